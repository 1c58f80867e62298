--- Convolutions of all kinds against PyTorch's, float32 against float64, the pass that takes a ReLU and a pool along
-- against the three layers by themselves, and the same bits on any number of threads. More of PyTorch's numbers are in
-- reference_spec.lua, image_layers_spec.lua and lenet_spec.lua.
local lab = require "optlab"
local close = require "tests.support.close"
local formula = require "tests.support.formula"
local files = require "tests.support.files"
local program = require "tests.support.program"
local nn = lab.nn
local F = nn.functional

-- images, channels, height, width, output channels, window, padding
local shapes = {
  { 8, 1, 4, 4, 1, { 2, 2 }, { 0, 0 } },
  { 16, 1, 28, 28, 6, { 5, 5 }, { 2, 2 } },
  { 17, 6, 14, 14, 16, { 5, 5 }, { 0, 0 } },
  { 33, 3, 7, 9, 5, { 3, 2 }, { 1, 0 } },
  { 40, 2, 6, 11, 7, { 1, 7 }, { 0, 6 } },
  { 19, 5, 9, 5, 3, { 4, 1 }, { 3, 0 } },
  { 255, 2, 5, 5, 2, { 3, 3 }, { 1, 1 } },
  { 24, 4, 8, 21, 17, { 3, 9 }, { 2, 4 } },
}

local function case(shape)
  local n, c, h, w, o, window, padding = table.unpack(shape)
  local x = lab.randn(n, c, h, w)
  local weight, bias = lab.randn(o, c, window[1], window[2]) / 4, lab.randn(o)
  return x, weight, bias, padding
end

-- The output and the three gradients in a dtype.
local function with_gradients(x, weight, bias, padding, dtype)
  local inputs = {}
  for i, t in ipairs { x, weight, bias } do inputs[i] = t:to(dtype):detach():requires_grad_() end
  local y = F.conv2d(inputs[1], inputs[2], inputs[3], { padding = padding })
  local wave = lab.arange(0, y:numel(), 1, { dtype = dtype }):sin():reshape(table.unpack(y.shape))
  local grads = lab.autograd.grad((y * wave):sum(), inputs)
  return { y:detach(), grads[1], grads[2], grads[3] }
end

-- --- PyTorch's numbers ------------------------------------------------------------------------------------------

-- The numbers of t (N, C, ...) in a memory order.
local function lay(t, order)
  local last = #t.shape
  if order == "batch innermost" then return t:transpose(1, last):contiguous():transpose(1, last) end
  if order == "channels last" then return t:transpose(2, last):contiguous():transpose(2, last) end
  return t:contiguous()
end

local function leaf(start, shape, dtype, order)
  return lay(formula.centred(start, shape):to(dtype), order):detach():requires_grad_()
end

describe("convolutions are PyTorch's:", function()
  for _, entry in ipairs(dofile "tests/reference/convolutions_values.lua") do
    local c = entry.case
    local name = ("conv%s%dd"):format(c.transposed and "_transpose" or "", #c.image)
    local groups = c.options.groups or 1
    local shape = c.transposed and { c.c, c.out // groups } or { c.out, c.c // groups }
    for dtype, tolerance in pairs { float32 = 1e-5, float64 = 1e-12 } do
      it(("%s, %d images, %d channels to %d, %s"):format(name, c.n, c.c, c.out, dtype), function()
        local x = leaf(0, { c.n, c.c, table.unpack(c.image) }, dtype, c.layout)
        local weight = leaf(600000, { shape[1], shape[2], table.unpack(c.window) }, dtype)
        local bias = c.bias and leaf(700000, { c.out }, dtype) or nil
        local options = { bias = bias }
        for k, v in pairs(c.options) do options[k] = v end
        local out = F[name](x, weight, options)
        formula.assert_digest(entry.output, out, tolerance, "output")
        out:backward(lay(formula.centred(300000, out.shape):to(dtype), c.grad_layout))
        formula.assert_digest(entry.input, x.grad, tolerance, "input's gradient")
        formula.assert_digest(entry.weight, weight.grad, tolerance, "weight's gradient")
        if bias then formula.assert_digest(entry.bias, bias.grad, tolerance, "bias's gradient") end
      end)
    end
  end
end)

describe("convolution", function()
  for _, shape in ipairs(shapes) do
    local name = ("%d x %dx%dx%d -> %d, window %dx%d, padding %dx%d"):format(shape[1], shape[2], shape[3], shape[4],
      shape[5], shape[6][1], shape[6][2], shape[7][1], shape[7][2])
    it("agrees in float32 with float64: " .. name, function()
      lab.manual_seed(4)
      local x, weight, bias, padding = case(shape)
      local fast = with_gradients(x, weight, bias, padding, "float32")
      local right = with_gradients(x, weight, bias, padding, "float64")
      for i = 1, 4 do
        local scale = 1 + right[i]:abs():max():item() -- sums may cancel
        local difference = close.difference(fast[i], right[i])
        assert.is_true(difference < 5e-5 * scale, ("result %d: %g of %g"):format(i, difference, scale))
      end
    end)
  end

  it("gives the same bits for any order of its inputs in memory", function()
    lab.manual_seed(5)
    local x, weight, bias, padding = case { 21, 3, 8, 7, 4, { 3, 3 }, { 1, 1 } }
    local y = F.conv2d(x, weight, bias, { padding = padding })
    for _, order in ipairs { { 2, 3, 4, 1 }, { 4, 3, 2, 1 }, { 1, 3, 4, 2 } } do
      local back = {}
      for i, d in ipairs(order) do back[d] = i end
      local permuted = x:permute(table.unpack(order)):contiguous():permute(table.unpack(back))
      assert.same(y:tolist(), F.conv2d(permuted, weight, bias, { padding = padding }):tolist())
    end
    local window = lab.cat({ x + 1, x, x - 1 }, 4)[{ {}, {}, {}, { 8, 14 } }]
    assert.is_false(window:is_contiguous())
    assert.same(y:tolist(), F.conv2d(window, weight, bias, { padding = padding }):tolist())
    local one = x[{ { 1, 1 } }]
    assert.same(F.conv2d(one:expand(20, 3, 8, 7), weight, bias)[20]:tolist(),
      F.conv2d(one:expand(20, 3, 8, 7):contiguous(), weight, bias)[1]:tolist())
  end)

  -- { images, channels, height, width, output channels, window, options }; rows shorter than a vector and longer ones,
  -- output channels that fill vectors and not
  for _, c in ipairs {
    { 33, 5, 9, 14, 32, 3, { padding = 1 } }, { 16, 8, 12, 7, 45, 2, { stride = 2 } },
    { 64, 3, 6, 30, 16, 5, { padding = 2 } }, { 20, 4, 5, 4, 32, 2, {} },
    { 32, 6, 8, 8, 40, 3, { padding = 1, groups = 2 } }, { 17, 2, 5, 19, 10, 3, {} }, { 32, 8, 3, 3, 16, 1, {} },
  } do
    it(("gives gradients of the same bits for any order, %d images %dx%d"):format(c[1], c[3], c[4]), function()
      lab.manual_seed(8)
      for _, dtype in ipairs { "float32", "float64" } do
        local x = lab.randn(c[1], c[2], c[3], c[4]):to(dtype)
        local weight = lab.randn(c[5], c[2] // (c[7].groups or 1), c[6], c[6]):to(dtype)
        local expected
        local dy = lab.randn(table.unpack(F.conv2d(x, weight, c[7]).shape)):to(dtype)
        for _, order in ipairs { "plain", "batch innermost", "channels last", "window" } do
          local function ordered(t)
            if order == "window" then return lab.cat({ t, t }, 2):narrow(2, 1, t.shape[2]) end
            return lay(t, order)
          end
          local leaves = { ordered(x):detach():requires_grad_(), weight:detach():requires_grad_() }
          local grads = lab.autograd.grad(F.conv2d(leaves[1], leaves[2], c[7]), leaves, { grad_outputs = ordered(dy) })
          expected = expected or grads
          for i, g in ipairs(grads) do assert.is_true(expected[i]:eq(g):all():item() ~= 0, order .. ", " .. dtype) end
        end
      end
    end)
  end

  it("gives the same bits on any number of threads", function()
    local threads = lab.get_num_threads()
    for _, c in ipairs {
      { 40, 6, 20, 17, 20, 3, { padding = 1 } }, { 5, 3, 30, 31, 7, 4, { stride = 3, padding = { 2, 5 } } },
      { 130, 4, 9, 8, 12, 2, { groups = 2, dilation = 2 } },
    } do
      local n, channels, h, w, out, k, options = table.unpack(c)
      lab.manual_seed(3)
      local x = lab.randn(n, channels, h, w)
      local weight, bias = lab.randn(out, channels // (options.groups or 1), k, k), lab.randn(out)
      local results = {}
      for t = 1, 3 do
        lab.set_num_threads(t)
        local leaves = {}
        for i, tensor in ipairs { x, weight, bias } do leaves[i] = tensor:detach():clone():requires_grad_() end
        options.bias = leaves[3]
        local y = F.conv2d(leaves[1], leaves[2], options)
        local g = lab.autograd.grad((y * y):sum(), leaves)
        results[t] = { y:detach(), g[1], g[2], g[3] }
      end
      lab.set_num_threads(threads)
      for i = 1, 4 do
        for t = 2, 3 do
          local equal = results[1][i]:eq(results[t][i]):sum():item()
          assert.equal(results[1][i]:numel(), equal, ("result %d, %d threads"):format(i, t))
        end
      end
    end
  end)

  it("takes no images, and channels without a sum", function()
    local none = F.conv2d(lab.zeros(0, 2, 5, 5), lab.ones(3, 2, 2, 2):requires_grad_())
    assert.same({ 0, 3, 4, 4 }, none.shape)
    local weight = lab.ones(3, 2, 2, 2):requires_grad_()
    F.conv2d(lab.zeros(0, 2, 5, 5), weight):sum():backward()
    assert.equal(0, weight.grad:abs():sum():item())
    assert.same({ { { { 2, 2 }, { 2, 2 } } } },
      F.conv2d(lab.zeros(1, 0, 2, 2), lab.ones(1, 0, 1, 1), lab.tensor { 2 }):tolist())
  end)

  it("makes images that look row-major from outside", function()
    local y = F.conv2d(lab.ones(16, 1, 4, 4), lab.ones(2, 1, 2, 2))
    assert.same({ 16, 2, 3, 3 }, y.shape)
    assert.is_false(y:is_contiguous())
    assert.same(y:tolist(), y:contiguous():tolist())
    assert.same({ 16, 18 }, y:flatten(2).shape)
    assert.same(y:flatten(2):tolist(), y:contiguous():flatten(2):tolist())
    assert.is_false((y * 2 + 1):is_contiguous()) -- element-wise functions keep the order
    assert.is_true(y:contiguous():is_contiguous())
    assert.is_true(y:clone():is_contiguous())
  end)
end)

describe("a convolution with its ReLU and pool in one pass", function()
  -- The same layers with something between them that keeps them apart.
  local function pair(conv, window)
    local function pool()
      return nn.MaxPool2d { kernel_size = { window[1], window[2] }, stride = window.stride, padding = window.padding,
        ceil_mode = window.ceil_mode }
    end
    return nn.Sequential(conv, nn.ReLU(), pool()), nn.Sequential(conv, nn.Identity(), nn.ReLU(), pool())
  end

  local function gradients(net, x, create_graph)
    local params = { x, table.unpack(net:parameters()) }
    local y = net(x)
    local wave = lab.arange(0, y:numel()):sin():reshape(table.unpack(y.shape))
    local g = lab.autograd.grad((y * wave):sum(), params, { create_graph = create_graph })
    if create_graph then
      local sum = 0
      for _, gi in ipairs(g) do sum = sum + (gi * gi):sum() end
      g = lab.autograd.grad(sum, params, { allow_unused = true })
    end
    return y, g
  end

  for _, c in ipairs {
    { { 16, 1, 12, 12 }, 6, { 5, 5 }, { 2, 2 }, { 2, 2 } },
    { { 37, 3, 9, 7 }, 5, { 3, 2 }, { 1, 0 }, { 2, 3 } },
    { { 8, 2, 5, 5 }, 4, { 2, 2 }, { 0, 0 }, { 3, 1 } },
    { { 33, 3, 11, 10 }, 15, { 3, 3 }, { 1, 1 }, { 3, 3, stride = 2, padding = 1 } },
    { { 5, 2, 9, 12 }, 3, { 2, 2 }, { 0, 0 }, { 3, 4, stride = { 1, 3 }, padding = { 1, 2 } } },
    { { 33, 2, 10, 9 }, 17, { 3, 3 }, { 0, 0 }, { 3, 3, stride = 2, ceil_mode = true } },
    { { 17, 3, 9, 12 }, 4, { 2, 2 }, { 0, 0 }, { 2, 4, stride = { 3, 3 }, padding = { 1, 1 }, ceil_mode = true } },
    { { 18, 1, 4, 4 }, 2, { 3, 3 }, { 0, 0 }, { 3, 3, stride = 3, ceil_mode = true } },
    { { 130, 4, 8, 7 }, 6, { 3, 3 }, { 2, 2 }, { 2, 2, stride = { 2, 1 } }, { groups = 2, dilation = 2 } },
  } do
    local shape, out, kernel, padding, window, options = table.unpack(c)
    options = options or {}
    options.padding = padding
    it(("equals the three layers, %d images, window %dx%d%s"):format(shape[1], window[1], window[2],
      window.ceil_mode and ", ceil_mode" or ""), function()
      lab.manual_seed(6)
      local one, three = pair(nn.Conv2d(shape[2], out, kernel, options), window)
      local x = lab.randn(table.unpack(shape)):requires_grad_()
      for _, second_order in ipairs { false, true } do
        local y1, g1 = gradients(one, x, second_order)
        local y3, g3 = gradients(three, x, second_order)
        assert.same(y3:tolist(), y1:tolist())
        for i = 1, 3 do
          assert.equal(g3[i] == nil, g1[i] == nil)
          if g3[i] then
            assert.is_true(close.difference(g1[i], g3[i]) <= 2e-5 * (1 + g3[i]:abs():max():item()), "gradient " .. i)
          end
        end
      end
    end)
  end

  it("sends no gradient through windows without a positive element, and one through a NaN", function()
    local net = pair(nn.Conv2d(1, 1, 1, { bias = false }), { 2, 2 })
    lab.no_grad(function() net[1].weight:fill_(1) end)
    local x = lab.full({ 8, 1, 2, 2 }, -1)
    x[{ 2, 1, 1, 2 }], x[{ 3, 1, 1, 1 }] = 5, 0 / 0
    x:requires_grad_()
    local y = net(x)
    y:sum():backward()
    local values = y:flatten():tolist()
    assert.same({ 0, 5 }, { values[1], values[2] })
    assert.is_true(values[3] ~= values[3])
    assert.same({ { { 0, 0 }, { 0, 0 } } }, x.grad[1]:tolist())
    assert.same({ { { 0, 1 }, { 0, 0 } } }, x.grad[2]:tolist())
    assert.same({ { { 1, 0 }, { 0, 0 } } }, x.grad[3]:tolist()) -- as PyTorch's ReLU
  end)

  it("is not used where something looks between the layers", function()
    local seen
    local net = nn.Sequential(nn.Conv2d(1, 2, 3), function(z) seen = z return z end, nn.ReLU(), nn.MaxPool2d(2))
    net(lab.randn(16, 1, 6, 6))
    assert.same({ 16, 2, 4, 4 }, seen.shape)
  end)
end)

describe("pooling with the batch innermost", function()
  local pools = {
    max = function(x) return F.max_pool2d(x, { 3, 2 }, { stride = { 2, 1 }, padding = { 1, 0 } }) end,
    mean = function(x) return F.avg_pool2d(x, 3, { stride = { 1, 2 }, padding = 1 }) end,
  }
  for name, pool in pairs(pools) do
    for _, dtype in ipairs { "float32", "float64" } do
      it(("gives the bits of row-major images: %s, %s"):format(name, dtype), function()
        lab.manual_seed(9)
        local numbers = (lab.randn(37, 3, 7, 6, { dtype = dtype }) * 2):round() -- with many ties
        numbers[{ 5, 2, 3, 3 }] = 0 / 0
        local shape = pool(numbers).shape
        local weights = lab.randn(table.unpack(shape)):to(dtype)
        local results = {}
        for i, order in ipairs { { 1, 2, 3, 4 }, { 2, 3, 4, 1 } } do
          local back = {}
          for k, d in ipairs(order) do back[d] = k end
          local x = numbers:permute(table.unpack(order)):contiguous():permute(table.unpack(back)):requires_grad_()
          local y = pool(x)
          assert.equal(i == 1, y:is_contiguous())
          local g = lab.autograd.grad((y ^ 3 * weights)[{ { 6, 37 } }]:sum(), x, { create_graph = true })
          local gg = lab.autograd.grad((g ^ 2)[{ { 6, 37 } }]:sum(), x)
          results[i] = { tostring(y[5]:detach()), y[{ { 6, 37 } }]:tolist(), g[{ { 6, 37 } }]:tolist() }
          results[i][4] = gg[{ { 6, 37 } }]:tolist()
        end
        assert.same(results[1], results[2])
      end)
    end
  end
end)

describe("the kernels of other processors", function()
  local script = [[
    local lab = require "optlab"
    local nn = lab.nn
    lab.manual_seed(8)
    local net = nn.Sequential(nn.Conv2d(2, 7, 3, {padding = 1}), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(7, 3, {2, 4}))
    local x = lab.randn(21, 2, 9, 10):requires_grad_()
    local y = net(x)
    lab.sum(y * y):backward()
    print(y:sum():item(), x.grad:abs():sum():item())
    for _, p in ipairs(net:parameters()) do print(p.grad:sum():item(), p.grad:abs():sum():item()) end
  ]]
  local function numbers(level)
    local list = {}
    local dir = files.folder()
    files.write(dir .. "/net.lua", script)
    local status, text = program.shell(dir, ("OPTLAB_CPU=%s '%s' net.lua"):format(level, program.path))
    files.remove(dir)
    assert.equal(0, status)
    for word in text:gmatch "%S+" do list[#list + 1] = assert(tonumber(word), text) end
    return list
  end

  for _, level in ipairs { "avx2", "baseline" } do
    it("compute the same: " .. level, function()
      local best, other = numbers(""), numbers(level)
      assert.equal(10, #best)
      for i, x in ipairs(best) do assert.near(x, other[i], 1e-4 * (1 + math.abs(x))) end
    end)
  end
end)
