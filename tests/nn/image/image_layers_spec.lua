--- Layers for images against PyTorch: many shapes, memory orders and batch sizes, chains of layers, second derivatives.
-- Inputs are formulas, results are compared by digests (tests/support/formula.lua).
local lab = require "optlab"
local formula = require "tests.support.formula"
local F = lab.nn.functional
local reference = dofile "tests/reference/image_layers_values.lua"

local TOLERANCE = { float32 = 1e-5, float64 = 1e-11 }
local NAN = 0 / 0

-- The numbers of t (N, C, H, W), all in one memory order each.
local layouts = {
  ["plain"] = function(t) return t end,
  ["batch innermost"] = function(t) return t:permute(2, 3, 4, 1):contiguous():permute(4, 1, 2, 3) end,
  ["channels last"] = function(t) return t:permute(1, 3, 4, 2):contiguous():permute(1, 4, 2, 3) end,
  ["transposed"] = function(t) return t:transpose(3, 4):contiguous():transpose(3, 4) end,
  -- every second row of a part of larger images, with NaN around
  ["sliced"] = function(t)
    local n, c, h, w = table.unpack(t.shape)
    local window = lab.full({ n + 1, c, 2 * h, w + 3 }, NAN, { dtype = t.dtype })
    window = window[{ { 2, n + 1 }, {}, { 1, 2 * h - 1, 2 }, { 3, w + 2 } }]
    return window:copy_(t)
  end,
  -- a single image, or number, behind all
  ["expanded"] = function(t) return t:narrow(1, 1, 1):expand(t.shape) end,
}

local function inputs(c)
  local one = c.layout == "expanded"
  return formula.centred(0, { one and 1 or c.n, c.c, c.h, c.w }):expand(c.n, c.c, c.h, c.w)
end

local function cotangent(shape, c, dtype)
  if c.grad_layout == "expanded" then return lab.full({ 1, 1, 1, 1 }, 0.5, { dtype = dtype }):expand(shape) end
  return layouts[c.grad_layout](formula.centred(300000, shape):to(dtype))
end

-- A leaf of the given type, and memory order if there is one.
local function leaf(t, dtype, layout)
  t = t:contiguous():to(dtype)
  return (layout and layouts[layout](t) or t):detach():requires_grad_()
end

local function parameter(start, shape, dtype) return leaf(formula.centred(start, shape), dtype) end

local function assert_digests(entry, out, c, dtype, leaves)
  local tol = TOLERANCE[dtype]
  formula.assert_digest(entry.output, out, tol, "output")
  out:backward(cotangent(out.shape, c, dtype))
  for name, t in pairs(leaves) do formula.assert_digest(entry[name], t.grad, tol, "gradient of the " .. name) end
end

-- One spec for each case and dtype: check(entry, case, dtype).
local function each(name, entries, title, check)
  describe(name .. " is PyTorch's:", function()
    for i, entry in ipairs(entries) do
      local c = entry.case
      local lies = ("input %s, gradient %s"):format(c.layout, c.grad_layout)
      for dtype in pairs(TOLERANCE) do
        it(("%d: (%d, %d, %d, %d) %s, %s, %s"):format(i, c.n, c.c, c.h, c.w, title(c), lies, dtype), function()
          check(entry, c, dtype)
        end)
      end
    end
  end)
end

local function window(c)
  return ("%dx%d, stride %d, %d, padding %d, %d"):format(c.kernel[1], c.kernel[2], c.stride[1], c.stride[2],
    c.padding[1], c.padding[2])
end

describe("the memory orders of this file", function()
  local t = formula.centred(0, { 3, 2, 4, 5 })
  for name, lay in pairs(layouts) do
    it("keep the numbers: " .. name, function()
      local want = name == "expanded" and t:narrow(1, 1, 1):expand(t.shape) or t
      assert.same(want:tolist(), lay(t):tolist())
      assert.equal(name == "plain", lay(t):is_contiguous())
    end)
  end
end)

describe("a digest", function()
  local t = formula.centred(0, { 40, 50 })
  local want = formula.digest(t)
  local function notices(message, change, tol)
    local other = t:clone()
    change(other)
    local ok, why = pcall(formula.assert_digest, want, other, tol, "it")
    assert.is_false(ok)
    assert.matches(message, tostring(why))
  end

  it("notices a wrong element, exchanged elements, NaN and another shape", function()
    formula.assert_digest(want, t, 0, "it")
    notices("weighted sum", function(x) x[{ 17, 23 }] = x[{ 17, 23 }] + 1e-3 end, 1e-5)
    notices("weighted sum", function(x) x[5], x[6] = t[6], t[5] end, 1e-5)
    notices("number of NaN", function(x) x[{ 2, 2 }] = NAN end, 1e-5)
    assert.is_false((pcall(formula.assert_digest, want, t:t(), 1, "it")))
  end)
end)

each("conv2d", reference.conv, function(c) return c.out .. " of " .. window(c) end, function(entry, c, dtype)
  local x = leaf(inputs(c), dtype, c.layout)
  local weight = parameter(600000, { c.out, c.c, c.kernel[1], c.kernel[2] }, dtype)
  local bias = c.bias and parameter(700000, { c.out }, dtype) or nil
  local out = F.conv2d(x, weight, bias, c.stride, c.padding)
  assert_digests(entry, out, c, dtype, { input = x, weight = weight, bias = bias })
end)

each("pooling", reference.pool, function(c) return c.kind .. " " .. window(c) .. ", " .. c.values end,
  function(entry, c, dtype)
    local x = inputs(c)
    if c.values == "ties" then x = lab.floor(x * 1.5) end
    if c.values == "nan" then x = lab.where(formula.uniform(0, { 1, c.c, c.h, c.w }):lt(0.1), NAN, x) end
    x = leaf(x, dtype, c.layout)
    local pool = c.kind == "max" and F.max_pool2d or F.avg_pool2d
    assert_digests(entry, pool(x, c.kernel, c.stride, c.padding), c, dtype, { input = x })
  end)

each("batch_norm", reference.norm, function(c) return c.training and "training" or "eval" end,
  function(entry, c, dtype)
    local x = leaf(inputs(c) * 3 + 1, dtype, c.layout)
    local weight = leaf(formula.centred(600000, { c.c }) + 2, dtype)
    local bias = parameter(700000, { c.c }, dtype)
    local mean = formula.centred(800000, { c.c }):to(dtype)
    local var = (formula.uniform(810000, { c.c }) + 0.5):to(dtype)
    local out = F.batch_norm(x, mean, var, weight, bias, { training = c.training })
    assert_digests(entry, out, c, dtype, { input = x, weight = weight, bias = bias })
    formula.assert_digest(entry.mean, mean, TOLERANCE[dtype], "running mean")
    formula.assert_digest(entry.var, var, TOLERANCE[dtype], "running variance")
  end)

-- conv, ReLU, max-pool, conv, ReLU, max-pool, flatten, linear on whole numbers: float32 computes them exactly, in any
-- order of summation, and windows are full of equal elements.
describe("a chain of layers is PyTorch's, exactly:", function()
  local SHAPES = { { 6, 1, 5, 5 }, { 6 }, { 16, 6, 3, 3 }, { 16 }, { 5, 64 }, { 5 } }
  local NAMES = { "w1", "b1", "w2", "b2", "w3", "b3" }

  local function whole(start, shape, low, high, dtype) return formula.whole(start, shape, low, high):to(dtype) end

  local function chain_inputs(c, dtype)
    local x = whole(0, { c.n, 1, 12, 12 }, -2, 2, dtype)
    if c.nan then x[{ c.n // 2 + 1, 1, 6, 7 }] = NAN end
    local p = {}
    for k, shape in ipairs(SHAPES) do p[k] = whole(600000 + 5000 * (k - 1), shape, -1, 1, dtype) end
    return x, p
  end

  local function stages(x, p)
    local s = {}
    s.conv1 = F.conv2d(x, p[1], p[2], { padding = 2 })
    s.relu1 = F.relu(s.conv1)
    s.pool1 = F.max_pool2d(s.relu1, 2)
    s.conv2 = F.conv2d(s.pool1, p[3], p[4])
    s.relu2 = F.relu(s.conv2)
    s.pool2 = F.max_pool2d(s.relu2, 2)
    s.flat = F.flatten(s.pool2, 2)
    return F.linear(s.flat, p[5], p[6]), s
  end

  local function total(out, s, uses, dtype)
    local sum = (out * whole(300000, out.shape, -1, 1, dtype)):sum()
    for _, name in ipairs(uses) do
      sum = sum + (s[name] * whole(310000, s[name].shape, -1, 1, dtype)):sum()
    end
    return sum
  end

  -- The whole numbers stay below 2^24; only the digests are rounded.
  local function assert_exact(want, got, what) formula.assert_digest(want, got, 1e-14, what) end

  local function assert_gradients(entry, c, dtype, x, p, with_input, with_parameters)
    x.grad, x.requires_grad = nil, with_input
    for _, t in ipairs(p) do t.grad, t.requires_grad = nil, with_parameters end
    local out, s = stages(x, p)
    assert_exact(entry.output, out, "output")
    total(out, s, c.uses, dtype):backward()
    if with_input then assert_exact(entry.input, x.grad, "gradient of the input") end
    for k, name in ipairs(with_parameters and NAMES or {}) do
      assert_exact(entry[name], p[k].grad, "gradient of " .. name)
    end
  end

  for _, entry in ipairs(reference.chain) do
    local c = entry.case
    for dtype in pairs(TOLERANCE) do
      local used = #c.uses > 0 and table.concat(c.uses, ", ") .. " used again" or "nothing used twice"
      it(("%d images%s, %s, %s"):format(c.n, c.nan and " with a NaN" or "", used, dtype), function()
        local x, p = chain_inputs(c, dtype)
        assert_exact(entry.output, lab.no_grad(function() return (stages(x, p)) end), "output without a graph")
        assert_gradients(entry, c, dtype, x, p, false, true)
        assert_gradients(entry, c, dtype, x, p, true, false)
        assert_gradients(entry, c, dtype, x, p, true, true)
      end)
    end
  end
end)

describe("gradients of gradients", function()
  it("through conv, tanh, avg-pool, conv, ReLU, max-pool and linear are PyTorch's", function()
    local x = parameter(0, { 3, 2, 9, 8 }, "float64")
    local leaves = { x }
    for k, shape in ipairs { { 4, 2, 3, 2 }, { 4 }, { 5, 4, 2, 2 }, { 5 }, { 2, 20 }, { 2 } } do
      leaves[k + 1] = parameter(600000 + 5000 * (k - 1), shape, "float64")
    end
    local _, w1, b1, w2, b2, w3, b3 = table.unpack(leaves)
    local y = F.avg_pool2d(lab.tanh(F.conv2d(x, w1, b1, { padding = { 1, 0 } })), 2)
    y = F.max_pool2d(F.relu(F.conv2d(y, w2, b2)), 2, 1, { 1, 0 })
    local out = F.linear(F.flatten(y, 2), w3, b3)
    local norm = 0
    for _, g in ipairs(lab.autograd.grad((out ^ 2):sum(), leaves, { create_graph = true })) do
      norm = norm + (g ^ 2):sum()
    end
    local want = reference.second_order
    assert.near(want.norm, norm:item(), 1e-11 * want.norm)
    for k, g in ipairs(lab.autograd.grad(norm, leaves)) do
      formula.assert_digest(want.second[k], g, 1e-11, "second gradient " .. k)
    end
  end)
end)
