--- Convolution, pooling and batch normalisation beyond PyTorch's stored numbers.
local lab = require "optlab"
local close = require "tests.support.close"
local fails = require("tests.support.errors").fails
local nn = require "optlab.nn"
local F = nn.functional

local function randn(...) return lab.randn({ ... }, { dtype = "float64", requires_grad = true }) end
local function largest(t) return lab.max(lab.abs(t:detach())):item() end

-- Output and gradients of fn(inputs...) by all inputs, weighted by a fixed cotangent.
local function with_gradients(fn, ...)
  local out = fn(...)
  local weight = lab.cos(lab.arange(out:numel(), { dtype = "float64" })):reshape(out.shape)
  return out, table.unpack(lab.autograd.grad((out * weight):sum(), { ... }))
end

local function assert_close(want, got, tol)
  for i = 1, #want do close.within(want[i], got[i], tol, "value " .. i) end
end

describe("conv2d", function()
  -- Stride 1, no padding: one product for each place in the window, summed.
  local function slow_conv(x, w, bias)
    local oh, ow = x:size(3) - w:size(3) + 1, x:size(4) - w:size(4) + 1
    local y = bias
    for a = 1, w:size(3) do
      for b = 1, w:size(4) do
        local seen = x[{ {}, {}, { a, a + oh - 1 }, { b, b + ow - 1 } }]:permute(1, 3, 4, 2)
        y = y + lab.matmul(seen, w[{ {}, {}, a, b }]:t())
      end
    end
    return y:permute(1, 4, 2, 3)
  end

  it("agrees with a sum of products for images that are unrolled in several bands", function()
    local x, w, b = randn(3, 8, 41, 37), randn(4, 8, 3, 2), randn(4)
    assert_close({ with_gradients(slow_conv, x, w, b) }, { with_gradients(F.conv2d, x, w, b) }, 1e-9)
  end)

  it("agrees with a linear layer where images are single pixels, many channels and images included", function()
    local x, w, b = randn(40, 300, 1, 1), randn(512, 300, 1, 1), randn(512)
    local function pixels(...)
      local flat, matrix, bias = ...
      return F.linear(flat:flatten(2), matrix:flatten(2), bias):reshape(40, 512, 1, 1)
    end
    assert_close({ with_gradients(pixels, x, w, b) }, { with_gradients(F.conv2d, x, w, b) }, 1e-9)
  end)

  it("takes inputs and weights in any memory order", function()
    local x, w = randn(5, 6, 7, 2), randn(3, 2, 2, 3)
    local function permuted(a, b) return F.conv2d(a:permute(1, 4, 2, 3), b:permute(1, 2, 4, 3), { padding = 1 }) end
    local function copied(a, b)
      return F.conv2d(a:permute(1, 4, 2, 3):contiguous(), b:permute(1, 2, 4, 3):contiguous(), { padding = 1 })
    end
    assert_close({ with_gradients(copied, x, w) }, { with_gradients(permuted, x, w) }, 0)
    local wide = lab.randn({ 1, 1, 1, 1 }, { dtype = "float64" }):expand(2, 1, 3, 3)
    assert_close({ F.conv2d(wide:contiguous(), w[{ {}, { 1, 1 } }]) }, { F.conv2d(wide, w[{ {}, { 1, 1 } }]) }, 0)
  end)

  it("computes float32 in float32, near the float64 result", function()
    lab.manual_seed(1)
    local m = nn.Conv2d(3, 4, 5, { padding = 2, stride = 2 })
    local x = lab.randn(17, 3, 9, 11)
    local y = m(x)
    assert.equal("float32", y.dtype)
    assert.is_true(largest(m:to("float64")(x:to("float64")) - y:to("float64")) < 1e-5)
  end)

  it("keeps no image and no gradient of none", function()
    local m = nn.Conv2d(2, 3, 2)
    local x = lab.zeros({ 0, 2, 4, 4 }, { requires_grad = true })
    local y = m(x)
    assert.same({ 0, 3, 3, 3 }, y.shape)
    y:sum():backward()
    assert.equal(0, largest(m.weight.grad))
    assert.same({ 0, 2, 4, 4 }, x.grad.shape)
  end)
end)

describe("Conv2d", function()
  it("starts as U(-k, k) with k = 1 / sqrt(in kh kw)", function()
    lab.manual_seed(0)
    local m = nn.Conv2d(10, 400, { 5, 2 })
    for _, p in ipairs(m:parameters()) do
      assert.is_true(largest(p) <= 0.1)
      assert.is_true(largest(p) > 0.095)
    end
    assert.is_true(math.abs(m.weight:std():item() - 0.1 / math.sqrt(3)) < 0.001)
    assert.is_true(math.abs(m.weight:mean():item()) < 0.001)
  end)

  it("has PyTorch's shapes and fields; sizes are numbers or pairs, by position or by name", function()
    local m = nn.Conv2d(3, 8, { 3, 5 }, 2, { 1, 0 }, { bias = false, dtype = "float64" })
    assert.same({ 8, 3, 3, 5 }, m.weight.shape)
    assert.is_nil(m.bias)
    assert.equal("float64", m.weight.dtype)
    assert.same({ 3, 5 }, m.kernel_size)
    assert.same({ 2, 2 }, m.stride)
    assert.same({ 1, 0 }, m.padding)
    assert.equal(3, m.in_channels)
    assert.same({ 3, 3 }, nn.Conv2d { in_channels = 1, out_channels = 1, kernel_size = 3 }.kernel_size)
    assert.same({ 4, 1 }, nn.MaxPool2d({ 4, 1 }).stride)
    assert.same({ 1, 3 }, nn.AvgPool2d(2, { stride = { 1, 3 } }).stride)
  end)
end)

describe("max_pool2d", function()
  it("never takes padding, passes NaN on, and hands the gradient to the first of equals", function()
    local inf, nan = math.huge, 0 / 0
    local x = lab.tensor({ { { { -5, -inf }, { -7, -inf } } } }, { requires_grad = true })
    assert.same({ { { { -5, -inf }, { -7, -inf } } } }, F.max_pool2d(x, 2, { stride = 2, padding = 1 }):tolist())
    local y = F.max_pool2d(lab.tensor { { { { 1, nan, 2, 3 } } } }, { 1, 2 })
    assert.is_true(y:reshape(-1):tolist()[1] ~= y:reshape(-1):tolist()[1])
    assert.equal(3, y:reshape(-1):tolist()[2])
    local ones = lab.ones({ 1, 1, 2, 3 }, { requires_grad = true })
    F.max_pool2d(ones, 2, 1):sum():backward()
    assert.same({ { { { 1, 1, 0 }, { 0, 0, 0 } } } }, ones.grad:tolist())
  end)

  it("takes inputs in any memory order, integers too", function()
    local x = randn(2, 5, 4, 3)
    for _, pool in ipairs { F.max_pool2d, F.avg_pool2d } do
      local function permuted(a) return pool(a:permute(1, 4, 2, 3), { 3, 2 }, { padding = 1 }) end
      local function copied(a) return pool(a:permute(1, 4, 2, 3):contiguous(), { 3, 2 }, { padding = 1 }) end
      assert_close({ with_gradients(copied, x) }, { with_gradients(permuted, x) }, 0)
    end
    local whole = lab.arange(1, 5, { dtype = "int64" }):reshape(1, 1, 2, 2)
    assert.equal(4, F.max_pool2d(whole, 2):item())
    assert.equal(2.5, F.avg_pool2d(whole, 2):item())
  end)
end)

describe("gradcheck through layers for images, first and second order:", function()
  lab.manual_seed(7)
  local x = (lab.randperm(2 * 2 * 5 * 4):to("float64") / 40 - 1):reshape(2, 2, 5, 4):requires_grad_()
  local sources = {
    ["Conv2d"] = function() return nn.Conv2d(2, 2, { 2, 3 }, { stride = { 2, 1 }, padding = { 0, 1 } }) end,
    ["MaxPool2d"] = function() return nn.MaxPool2d({ 3, 2 }, { stride = { 2, 1 }, padding = { 1, 0 } }) end,
    ["AvgPool2d"] = function() return nn.AvgPool2d(3, { padding = 1 }) end,
    ["BatchNorm2d"] = function() return nn.BatchNorm2d(2, { track_running_stats = false }) end,
    ["BatchNorm2d in eval mode"] = function() return nn.BatchNorm2d(2):eval() end,
    ["Conv2d, BatchNorm2d, Tanh, AvgPool2d, Flatten, Linear"] = function()
      return nn.Sequential(nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(2, 1))
    end,
  }
  for name, make in pairs(sources) do
    it(name, function()
      lab.manual_seed(3)
      local m = make():to "float64"
      assert.is_true(lab.autograd.gradcheck(function(a) return m(a) end, { x, table.unpack(m:parameters()) }))
    end)
  end
end)

describe("a network for images", function()
  it("gives the same bits with one thread and with two", function()
    local before = lab.get_num_threads()
    local function step(threads, dtype, batch)
      lab.set_num_threads(threads)
      lab.manual_seed(4)
      local net = nn.Sequential(nn.Conv2d(2, 6, 5, { padding = 2 }), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 10)):to(dtype)
      local x = lab.randn({ batch, 2, 28, 28 }, { dtype = dtype, requires_grad = true })
      local out = net(x)
      out:square():mean():backward()
      local values = { out:tolist(), x.grad:tolist() }
      for _, p in ipairs(net:parameters()) do values[#values + 1] = p.grad:tolist() end
      for _, b in ipairs(net:buffers()) do values[#values + 1] = b:tolist() end
      return values
    end
    for _, case in ipairs { { "float32", 37 }, { "float64", 5 }, { "float32", 1 } } do
      local one, two = step(1, table.unpack(case)), step(2, table.unpack(case))
      lab.set_num_threads(before)
      assert.same(one, two)
    end
  end)
end)

describe("batch norm", function()
  it("normalises by the batch in training and by the running statistics in eval mode", function()
    local m = nn.BatchNorm1d(2, { dtype = "float64" })
    local x = lab.tensor({ { 1, 10 }, { 3, 30 } }, { dtype = "float64" })
    local y = m(x)
    assert.is_true(largest(y - lab.tensor({ { -1, -1 }, { 1, 1 } }, { dtype = "float64" })) < 1e-5)
    assert.same({ 0.2, 2 }, m.running_mean:tolist())
    assert.is_true(largest(m.running_var - lab.tensor({ 0.9 + 0.2, 0.9 + 20 }, { dtype = "float64" })) < 1e-12)
    assert.equal(1, m.num_batches_tracked:item())
    m:eval()
    local want = (x - m.running_mean) / lab.sqrt(m.running_var + 1e-5)
    assert.is_true(largest(m(x) - want) < 1e-12)
    assert.equal(1, m.num_batches_tracked:item())
    assert.same({ 0.2, 2 }, m.running_mean:tolist())
  end)

  it("follows the batch without a graph as well, and in place", function()
    local m = nn.BatchNorm2d(1)
    local mean = m.running_mean
    lab.no_grad(function() m(lab.ones(2, 1, 2, 2)) end)
    assert.equal(mean, m.running_mean)
    assert.is_true(math.abs(mean:item() - 0.1) < 1e-7)
    assert.is_false(mean.requires_grad)
  end)

  it("saves and loads its statistics; the count stays whole through to()", function()
    local m, other = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    m(lab.randn(4, 2))
    local state = m:state_dict()
    local names = {}
    for name in pairs(state) do names[#names + 1] = name end
    assert.same({ "weight", "bias", "running_mean", "running_var", "num_batches_tracked" }, names)
    other:load_state_dict(state)
    assert.same(m.running_var:tolist(), other.running_var:tolist())
    assert.equal(1, other.num_batches_tracked:item())
    assert.equal("int64", other:to("float64").num_batches_tracked.dtype)
    assert.equal("float64", other.running_mean.dtype)
    other:reset_parameters()
    assert.same({ 0, 0 }, other.running_mean:tolist())
    assert.equal(0, other.num_batches_tracked:item())
    other.num_batches_tracked = lab.tensor(7, { dtype = "int64" })
    assert.equal(7, other.num_batches_tracked:item())
    assert.equal(0, #nn.BatchNorm1d(2, { track_running_stats = false }):buffers())
    assert.equal(0, #nn.BatchNorm1d(2, { affine = false }):parameters())
  end)

  it("as a function moves the statistics it is given", function()
    local mean, var = lab.zeros(1), lab.ones(1)
    F.batch_norm(lab.tensor { { 1 }, { 3 } }, mean, var, { training = true, momentum = 0.5 })
    assert.equal(1, mean:item())
    assert.equal(1.5, var:item())
  end)

  it("leaves the statistics alone when the call fails", function()
    local m = nn.BatchNorm1d(2)
    assert.is_false((pcall(m, lab.ones(1, 2))))
    assert.same({ 0, 0 }, m.running_mean:tolist())
    assert.equal(0, m.num_batches_tracked:item())
  end)
end)

describe("errors of layers for images:", function()
  it("what a convolution takes", function()
    local m = nn.Conv2d(3, 4, 5)
    fails("nn.Conv2d: input is (2, 1, 9, 9), weight is (4, 3, 5, 5): the input must be (N, 3, H, W)",
      m, lab.ones(2, 1, 9, 9))
    fails("nn.Conv2d: input is (3, 9, 9), weight is (4, 3, 5, 5): the input must be (N, 3, H, W); a single image "
      .. "becomes one by x:unsqueeze(1)", m, lab.ones(3, 9, 9))
    fails("nn.Conv2d: input is (7), weight is (4, 3, 5, 5): the input must be (N, 3, H, W) (layer 1 'Conv2d' of "
      .. "Sequential)", nn.Sequential(m), lab.ones(7))
    fails("nn.Conv2d: input is (1, 3, 2, 9), padded to 4 x 11, weight is (1, 3, 5, 5): the window must fit into the "
      .. "padded image", nn.Conv2d(3, 1, 5, { padding = 1 }), lab.ones(1, 3, 2, 9))
    fails("nn.functional.conv2d: weight is (3, 3), must be (out, in, kh, kw)",
      F.conv2d, lab.ones(1, 1, 3, 3), lab.ones(3, 3))
    fails("weight is (1, 1, 0, 2), its window is empty", F.conv2d, lab.ones(1, 1, 3, 3), lab.ones(1, 1, 0, 2))
    fails("bias is (3), weight is (2, 1, 1, 1): the bias must be (2)",
      F.conv2d, lab.ones(1, 1, 3, 3), lab.ones(2, 1, 1, 1), lab.ones(3))
    fails("nn.functional.conv2d: bias must be a tensor, got 1",
      F.conv2d, lab.ones(1, 1, 3, 3), lab.ones(2, 1, 1, 1), 1)
  end)

  it("what a number or a pair may be", function()
    fails("nn.Conv2d: kernel_size is missing; it must be an integer of at least 1 or a list of 2",
      nn.Conv2d, 1, 2)
    fails("nn.Conv2d: kernel_size must be an integer of at least 1 or a list of 2, got 0",
      nn.Conv2d, 1, 2, 0)
    fails("nn.Conv2d: kernel_size[2] must be an integer of at least 1, got 0", nn.Conv2d, 1, 2, { 3, 0 })
    fails("nn.Conv2d: kernel_size must be an integer of at least 1 or a list of 2, got a table",
      nn.Conv2d, 1, 2, { 3, 3, 3 })
    fails("nn.Conv2d: kernel_size[2] must be an integer of at least 1, got 'x'", nn.Conv2d, 1, 2, { 3, "x" })
    fails("nn.Conv2d: stride must be an integer of at least 1 or a list of 2, got 0",
      nn.Conv2d, 1, 2, 3, { stride = 0 })
    fails("nn.Conv2d: padding must be an integer of at least 0, a list of 2 or one of 'same', 'valid', got -1",
      nn.Conv2d, 1, 2, 3, { padding = -1 })
    fails("nn.Conv2d: padding must be an integer of at least 0, a list of 2 or one of 'same', 'valid', got 'full'",
      nn.Conv2d, 1, 2, 3, { padding = "full" })
    fails("nn.Conv2d: padding = 'same' needs stride = 1, for the output is as large as the input",
      nn.Conv2d, 1, 2, 3, { padding = "same", stride = { 1, 2 } })
    fails("nn.Conv1d: in_channels is 3, out_channels is 2, groups is 2: both must be multiples of groups",
      nn.Conv1d, 3, 2, 3, { groups = 2 })
    fails("nn.Conv2d: padding must be an integer of at most 67108863, got 1099511627776",
      nn.Conv2d, 1, 2, 3, { padding = 2 ^ 40 // 1 | 0 })
    fails("nn.Conv2d: unknown option 'pading'; did you mean 'padding'?", nn.Conv2d, 1, 2, 3, { pading = 1 })
    fails("nn.MaxPool2d: kernel_size is missing", nn.MaxPool2d)
  end)

  it("what a pooling takes", function()
    fails("nn.MaxPool2d: padding (2, 2) is more than half of kernel_size (3, 3)", nn.MaxPool2d, 3, { padding = 2 })
    fails("nn.functional.avg_pool2d: padding (0, 1) is more than half of kernel_size (2, 1)",
      F.avg_pool2d, lab.ones(1, 1, 4, 4), { 2, 1 }, { padding = { 0, 1 } })
    fails("nn.MaxPool2d: input is (4, 4), must be (N, C, H, W)", nn.MaxPool2d(2), lab.ones(4, 4))
    fails("nn.AvgPool2d: input is (1, 4, 4), must be (N, C, H, W); a single image becomes one by x:unsqueeze(1)",
      nn.AvgPool2d(2), lab.ones(1, 4, 4))
    fails("nn.MaxPool2d: input is (1, 1, 0, 4), must be (N, C, H, W)", nn.MaxPool2d(2, 1, 1), lab.ones(1, 1, 0, 4))
    fails("nn.MaxPool2d: input is (1, 1, 2, 9), kernel_size is (5, 5), padding is (1, 1): the window must fit into the "
      .. "padded image", nn.MaxPool2d(5, { padding = 1 }), lab.ones(1, 1, 2, 9))
  end)

  it("what a batch norm takes", function()
    local one, two = nn.BatchNorm1d(3), nn.BatchNorm2d(3)
    fails("nn.BatchNorm1d: input is (3), must be (N, 3) or (N, 3, L)", one, lab.ones(3))
    fails("nn.BatchNorm2d: input is (2, 3), must be (N, 3, H, W)", two, lab.ones(2, 3))
    fails("nn.BatchNorm1d: input is (2, 4): its second dimension must be num_features, 3", one, lab.ones(2, 4))
    fails("nn.BatchNorm2d: input is (1, 3, 1, 1): in training every channel needs more than one value",
      two, lab.ones(1, 3, 1, 1))
    fails("nn.BatchNorm1d: eps must be a number of at least 0, got -1", nn.BatchNorm1d, 3, { eps = -1 })
    fails("nn.BatchNorm1d: 'num_batches_tracked' must be int64, got float32",
      function() one.num_batches_tracked = lab.tensor(1) end)
    fails("nn.functional.batch_norm: input is (3), must be (N, C) or (N, C, ...)", F.batch_norm, lab.ones(3))
    local x, good = lab.ones(4, 3), lab.ones(3)
    fails("running_mean and running_var are needed unless training = true", F.batch_norm, x)
    fails("running_mean and running_var come together, one of them is missing", F.batch_norm, x, good)
    fails("running_var is (2), input is (4, 3): it must be (3), one number a channel",
      F.batch_norm, x, good, lab.ones(2))
    fails("running_mean is (2), input is (4, 3)", F.batch_norm, x, lab.ones(2), good)
    fails("weight is (2), input is (4, 3)", F.batch_norm, x, good, good, lab.ones(2))
    fails("bias is (2), input is (4, 3)", F.batch_norm, x, good, good, { bias = lab.ones(2) })
    fails("running_mean and running_var must be float32 or float64, got int64 and float32",
      F.batch_norm, x, good:to "int64", good)
  end)
end)
