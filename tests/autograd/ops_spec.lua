--- Every row of the op table: its gradient against central differences in first and second order, its values against
-- plain Lua.
local lab = require "optlab"
local errors = require "tests.support.errors"
local tensors = require "tests.support.tensors"

local f64, index = tensors.leaf, tensors.int64
local F = lab.nn.functional

-- A function whose gradient by its `which`-th input is the op under test; squared, so that the gradient depends on all.
local function gradient_of(f, which)
  return function(...)
    return lab.autograd.grad((f(...) ^ 2):sum(), (select(which, ...)), { create_graph = true })
  end
end

-- Points away from corners and poles. a and b broadcast.
local a = function() return f64 { { 0.3, -0.7, 1.2 }, { 0.9, 0.4, -1.1 } } end
local positive = function() return f64 { { 0.3, 0.7, 1.2 }, { 0.9, 0.4, 1.1 } } end
local b = function() return f64 { 0.5, -0.8, 1.7 } end
local m34 = function() return f64 { { 0.1, 0.5, -0.3, 0.8 }, { -0.6, 0.2, 0.9, 0.4 }, { 0.7, -0.2, 0.3, -0.5 } } end
local batch = function(...) return lab.randn({ ... }, { dtype = "float64", requires_grad = true }) end
-- Numbers in a shuffled order, no two of them near each other: no winner of a window changes within gradcheck's step.
local distinct = function(...)
  local n = lab.zeros(...):numel()
  lab.manual_seed(11)
  return (lab.randperm(n):to("float64") / n):reshape(...):requires_grad_()
end
local strided = function(x, w, ...) return F.conv2d(x, w, ..., { stride = { 2, 1 }, padding = { 1, 2 } }) end
local max_pool = function(x) return F.max_pool2d(x, { 3, 2 }, { stride = { 2, 1 }, padding = { 1, 0 } }) end
local avg_pool = function(x) return F.avg_pool2d(x, 3, { stride = { 1, 2 }, padding = 1 }) end

-- A convolution, a ReLU and a pool that run as one op, of at least eight float32 images. Steps of the central
-- differences are powers of two, which float32 adds exactly.
local block = lab.nn.Sequential(lab.nn.Conv2d(1, 2, 2), lab.nn.ReLU(), lab.nn.MaxPool2d(2))
for i, p in ipairs(block:parameters()) do
  local numbers = lab.arange(1, p:numel() + 1):reshape(table.unpack(p.shape))
  lab.no_grad(function() p:copy_((numbers * 5.0 * i):sin() / 2) end)
end
local pooled = function(x) return block(x:to("float32")):to("float64") end
local images = function() return (distinct(8, 1, 3, 3) * 4):detach():requires_grad_() end

-- One or more samples per op: { function of the inputs, inputs... }.
local samples = {
  neg = { { lab.neg, a() } },
  exp = { { lab.exp, a() } },
  log = { { lab.log, positive() } },
  log1p = { { lab.log1p, positive() } },
  expm1 = { { lab.expm1, a() } },
  sqrt = { { lab.sqrt, positive() } },
  square = { { lab.square, a() } },
  abs = { { lab.abs, a() } },
  sign = { { lab.sign, a() } },
  sin = { { lab.sin, a() } },
  cos = { { lab.cos, a() } },
  tan = { { lab.tan, a() } },
  sinh = { { lab.sinh, a() } },
  cosh = { { lab.cosh, a() } },
  tanh = { { lab.tanh, a() } },
  erf = { { lab.erf, a() } },
  sigmoid = { { lab.sigmoid, a() } },
  relu = { { lab.relu, a() } },
  softplus = { { lab.softplus, a() } },
  reciprocal = { { lab.reciprocal, positive() } },
  floor = { { lab.floor, a() } },
  ceil = { { lab.ceil, a() } },
  round = { { lab.round, a() } },
  clamp = { { function(x) return x:clamp(-0.5, 1) end, a() } },
  to = { { function(x) return x:to("float32"):to("float64") * 1 end, f64 { 0.5, 0.25 }, loose = true } },
  clone = { { function(x) return x:clone() end, a() } },
  add = { { lab.add, a(), b() }, { function(x) return 2 + x end, a() } },
  sub = { { lab.sub, a(), b() }, { function(x) return 2 - x end, a() } },
  mul = { { lab.mul, a(), b() }, { function(x, y) return x * y end, f64(1.5), a() } },
  div = { { lab.div, a(), b() }, { function(x) return 2 / x end, positive() } },
  pow = {
    { lab.pow, positive(), b() },
    { function(x) return x ^ 3 end, a() },
    { function(x) return x ^ 2 end, a() },
    { function(x) return x ^ 0 end, a() },
    { function(x) return 2 ^ x end, a() },
    { function(x) return x ^ -1.5 end, positive() },
  },
  maximum = { { lab.maximum, a(), b() } },
  minimum = { { lab.minimum, a(), b() } },
  where = { { function(x, y) return lab.where(x:gt(0), x * x, y) end, a(), b() } },
  reshape = { { function(x) return x:reshape(3, 2) end, a() }, { function(x) return x:t():reshape(-1) end, a() } },
  permute = { { function(x) return x:permute(2, 3, 1) end, batch(2, 3, 2) } },
  expand = {
    { function(x) return x:expand(4, 2, 3) end, a() },
    { function(x) return x:unsqueeze(2):expand(3, 2) end, b() },
  },
  slice = { { function(x) return x[{ {}, { 1, 4, 2 } }] end, m34() }, { function(x) return x[2] end, m34() } },
  slice_grad = {
    { function(x)
      local y = (x[{ { 1, 2 } }] ^ 2):sum()
      return lab.autograd.grad(y, x, { create_graph = true })
    end, m34() },
  },
  sum = {
    { lab.sum, a() },
    { function(x) return x:sum(1) end, a() },
    { function(x) return x:sum({ 1, 3 }, true) end, batch(2, 3, 2) },
  },
  mean = { { lab.mean, a() }, { function(x) return x:mean(2, true) end, a() } },
  amax = { { lab.amax, a() }, { function(x) return x:amax(1) end, a() } },
  amin = { { lab.amin, a() }, { function(x) return x:amin(2, true) end, a() } },
  var = { { lab.var, a() }, { function(x) return x:var(2, { unbiased = false }) end, a() } },
  std = { { lab.std, a() }, { function(x) return x:std({ 1 }, true) end, a() } },
  norm = { { lab.norm, a() }, { function(x) return x:norm(2, 1) end, a() }, { function(x) return x:norm(3) end, a() },
    { function(x) return x:norm(1, 2, true) end, a() }, { function(x) return x:norm(0.5, 1) end, a() },
    { function(x) return x:norm(1.5) end, a() }, { function(x) return x:norm(-1, 2) end, a() },
    { function(x) return x:norm(math.huge, 2) end, a() }, { function(x) return x:norm(-math.huge) end, a() } },
  index_select = {
    { function(x) return x:index_select(1, index { 3, 1, 3 }) end, m34() },
    { function(x) return x:index_select(2, index { 4, 4 }) end, m34() },
  },
  index_add = {
    { function(x)
      local y = (x:index_select(1, index { 3, 1, 3 }) ^ 2):sum()
      return lab.autograd.grad(y, x, { create_graph = true })
    end, m34() },
  },
  gather = {
    { function(x) return x:gather(2, index { { 1, 4 }, { 2, 2 }, { 3, 1 } }) end, m34() },
    { function(x) return (x:max(2)) end, m34() },
  },
  scatter_add = {
    { function(x)
      local y = (x:gather(1, index { { 1, 3, 2, 2 }, { 1, 1, 1, 3 } }) ^ 2):sum()
      return lab.autograd.grad(y, x, { create_graph = true })
    end, m34() },
  },
  cat = {
    { function(x, y) return lab.cat({ x, y, x }, 1) end, a(), f64 { { 1, 2, 3 } } },
    { function(x, y) return lab.stack({ x, y }, 2) end, a(), a() },
  },
  mm = { { lab.mm, a(), m34() }, { function(x, y) return lab.mm(y:t(), x:t()) end, a(), m34() } },
  bmm = { { lab.matmul, batch(2, 3, 2), batch(2, 2, 4) }, { lab.matmul, batch(2, 1, 3, 2), batch(3, 2, 2) } },
  linear = {
    { lab.nn.functional.linear, a(), f64 { { 0.1, 0.2, 0.3 }, { -1, 0.5, 0.7 } }, f64 { 0.3, -0.4 } },
    { lab.nn.functional.linear, batch(2, 2, 3), f64 { { 0.1, 0.2, 0.3 } } },
  },
  softmax = { { function(x) return x:softmax(2) end, a() }, { function(x) return x:softmax(1) end, a() } },
  log_softmax = {
    { function(x) return x:log_softmax(-1) end, a() },
    { function(x) return x:log_softmax(2) end, batch(2, 3, 2) },
  },
  binary_cross_entropy = {
    { function(x, y) return F.binary_cross_entropy(x:sigmoid(), y:sigmoid()) end, a(), positive() },
  },
  mse_loss = {
    { lab.nn.functional.mse_loss, a(), positive() },
    { function(x, y) return lab.nn.functional.mse_loss(x, y, { reduction = "none" }) end, a(), positive() },
  },
  cross_entropy = {
    { function(x) return F.cross_entropy(x, index { 2, 3 }) end, a() },
    { function(x) return F.cross_entropy(x, index { 1, 4, 1 }, { reduction = "none", label_smoothing = 0.3 }) end,
      m34() },
    { function(x) return F.cross_entropy(x, index { { 1, 3 }, { 2, 2 } }, { reduction = "sum" }) end, batch(2, 3, 2) },
  },
  cross_entropy_grad = {
    { gradient_of(function(x) return F.cross_entropy(x, index { 2, 3 }) end, 1), a() },
    { gradient_of(function(x)
      return F.cross_entropy(x, index { 1, 4, 1 }, { reduction = "none", label_smoothing = 0.3 })
    end, 1), m34() },
  },
  conv2d = {
    { F.conv2d, batch(2, 2, 4, 3), batch(3, 2, 2, 2), batch(3) },
    { function(x, w) return strided(x, w, nil) end, batch(1, 2, 4, 3), batch(2, 2, 3, 2) },
  },
  conv2d_grad_input = {
    { gradient_of(F.conv2d, 1), batch(1, 2, 3, 3), batch(2, 2, 2, 2) },
    { gradient_of(function(x, w) return strided(x, w, nil) end, 1), batch(2, 1, 4, 3), batch(2, 1, 3, 2) },
  },
  conv2d_grad_weight = {
    { gradient_of(F.conv2d, 2), batch(2, 2, 3, 3), batch(1, 2, 2, 2) },
    { gradient_of(function(x, w) return strided(x, w, nil) end, 2), batch(2, 1, 4, 3), batch(2, 1, 3, 2) },
  },
  conv2d_relu_pool = { { pooled, images(), loose = true } },
  conv2d_unpool = { { gradient_of(pooled, 1), images(), loose = true } },
  conv2d_pick = {
    { function(x)
      return lab.autograd.grad((pooled(x) ^ 3):sum(), x, { create_graph = true }) * x
    end, images(), loose = true },
  },
  max_pool2d = { { max_pool, distinct(2, 1, 4, 3) } },
  max_pool2d_grad = { { gradient_of(max_pool, 1), distinct(1, 2, 4, 3) } },
  max_pool2d_pick = {
    { function(x)
      return lab.autograd.grad((max_pool(x) ^ 3):sum(), x, { create_graph = true }) * x
    end, distinct(1, 1, 4, 3) },
  },
  avg_pool2d = { { avg_pool, batch(2, 1, 4, 5) } },
  avg_pool2d_grad = { { gradient_of(avg_pool, 1), batch(1, 2, 4, 3) } },
}

describe("op table", function()
  it("has a sample for every differentiable op", function()
    for _, name in ipairs(lab.autograd.differentiable_ops()) do
      assert.is_truthy(samples[name], "no sample for op '" .. name .. "'")
    end
  end)

  for _, name in ipairs(lab.autograd.differentiable_ops()) do
    it("differentiates " .. name .. " in first and second order", function()
      for _, s in ipairs(samples[name]) do
        local opts = s.loose and { eps = 2 ^ -7, rtol = 1e-2, atol = 1e-3 } or nil
        assert.is_true(lab.autograd.gradcheck(s[1], { table.unpack(s, 2) }, opts))
      end
    end)
  end

  it("notices a wrong gradient", function()
    local ok, why = lab.autograd.gradcheck(function(x) return x * x:detach() end, { a() }, { raise = false })
    assert.is_false(ok)
    assert.matches("input 1, element 1: analytic 0.15.*numeric 0.3", why)
  end)
end)

-- erf x = 2 / sqrt(pi) e^(-x^2) sum_n 2^n x^(2n + 1) / (1 3 5 ... (2n + 1))
local function erf(x)
  local term, sum, n = x, 0, 0
  while math.abs(term) > 1e-18 * math.abs(sum) do
    sum, n = sum + term, n + 1
    term = term * 2 * x * x / (2 * n + 1)
  end
  return 2 / math.sqrt(math.pi) * math.exp(-x * x) * sum
end

describe("element-wise functions", function()
  local reference = {
    neg = function(x) return -x end, exp = math.exp, log = math.log, log1p = function(x) return math.log(1 + x) end,
    expm1 = function(x) return math.exp(x) - 1 end,
    sqrt = math.sqrt, square = function(x) return x * x end, abs = math.abs,
    sin = math.sin, cos = math.cos, tan = math.tan, sinh = function(x) return (math.exp(x) - math.exp(-x)) / 2 end,
    cosh = function(x) return (math.exp(x) + math.exp(-x)) / 2 end,
    tanh = function(x) return (math.exp(x) - math.exp(-x)) / (math.exp(x) + math.exp(-x)) end,
    erf = erf, sigmoid = function(x) return 1 / (1 + math.exp(-x)) end, relu = function(x) return math.max(x, 0) end,
    softplus = function(x) return math.log(1 + math.exp(x)) end, reciprocal = function(x) return 1 / x end,
    floor = math.floor, ceil = math.ceil,
  }
  for name, f in pairs(reference) do
    it(name .. " agrees with plain Lua on numbers, float32 and float64, whatever the length", function()
      for n = 1, 40, 13 do
        local points = {}
        for i = 1, n do points[i] = 0.05 + 0.11 * i end
        local y64 = lab[name](lab.tensor(points, { dtype = "float64" })):tolist()
        local y32 = lab[name](lab.tensor(points)):tolist()
        for i, x in ipairs(points) do
          local want = f(x)
          local tol = 1e-12 * math.max(1, math.abs(want))
          assert.near(want, lab[name](x), tol)
          assert.near(want, y64[i], tol)
          assert.near(want, y32[i], 1e-5 * math.max(1, math.abs(want)))
        end
      end
    end)
  end

  it("gives an element the same bits wherever it stands", function()
    local x = lab.randn(1000)
    local whole = lab.tanh(x)
    for _, from in ipairs { 1, 2, 17, 990 } do
      assert.same(whole[{ { from, 1000 } }]:tolist(), lab.tanh(x[{ { from, 1000 } }]:clone()):tolist())
    end
  end)

  it("saturates instead of overflowing", function()
    local x = lab.tensor { -1e4, 0, 100, 1e4 }
    assert.same({ 0, 0.5, 1, 1 }, x:sigmoid():tolist())
    assert.same({ -1, 0, 1, 1 }, x:tanh():tolist())
    assert.same({ 0, 100, 1e4 }, x:softplus()[lab.tensor({ 1, 3, 4 }, { dtype = "int64" })]:tolist())
  end)
end)

describe("broadcasting and dtypes", function()
  it("follows NumPy's rule", function()
    local s = lab.zeros(2, 1, 3) + lab.ones(4, 1)
    assert.same({ 2, 4, 3 }, s.shape)
  end)

  it("names the op and both shapes when shapes do not fit", function()
    assert.equal("add: shapes (2, 3) and (4) do not broadcast",
      errors.text(function() return lab.zeros(2, 3) + lab.zeros(4) end))
  end)

  it("promotes to the wider type, and numbers to the tensor's", function()
    local i = lab.tensor({ 1, 2, 3 }, { dtype = "int64" })
    assert.equal("int64", (i + 1).dtype)
    assert.equal("float32", (i + 0.5).dtype)
    assert.equal("float32", (i / 2).dtype)
    assert.equal("float64", (i + lab.zeros({ 3 }, { dtype = "float64" })).dtype)
    assert.equal("float32", (lab.ones(3) * 2.5).dtype)
    assert.same({ 2, 3, 4 }, (i + 1):tolist())
    assert.equal("uint8", i:gt(1).dtype)
    assert.same({ 0, 1, 1 }, i:gt(1):tolist())
    assert.equal(2, i:gt(1):sum():item())
  end)

  it("brings the gradient of a promoted input back to its type", function()
    local x = lab.tensor({ 1, 2 }, { requires_grad = true })
    local y = x * lab.tensor({ 3, 4 }, { dtype = "float64" })
    y:sum():backward()
    assert.equal("float32", x.grad.dtype)
    assert.same({ 3, 4 }, x.grad:tolist())
  end)
end)

describe("reductions", function()
  local x = lab.tensor({ { 3, 1, 2 }, { 6, 5, 4 } })
  it("sum, mean, var, std over all or some dimensions", function()
    assert.equal(21, x:sum():item())
    assert.same({ 9, 6, 6 }, x:sum(1):tolist())
    assert.same({ { 6 }, { 15 } }, x:sum(2, true):tolist())
    assert.same({ 2, 5 }, x:mean(-1):tolist())
    assert.near(3.5, x:var():item(), 1e-6)
    assert.near(math.sqrt(35 / 12), x:std({ unbiased = false }):item(), 1e-6)
    assert.same({ 1, 1 }, x:var(2):tolist())
  end)

  it("max and min give values and 1-based positions", function()
    local v, i = x:max(2)
    assert.same({ 3, 6 }, v:tolist())
    assert.same({ 1, 1 }, i:tolist())
    v, i = x:min(1)
    assert.same({ 3, 1, 2 }, v:tolist())
    assert.same({ 1, 1, 1 }, i:tolist())
    assert.equal(6, x:max():item())
    assert.equal(4, x:argmax():item())
    assert.same({ 2, 3 }, x:argmin(2):tolist())
  end)

  it("norms", function()
    local v = lab.tensor { 3, -4 }
    assert.equal(5, v:norm():item())
    assert.equal(7, v:norm(1):item())
    assert.equal(4, v:norm(math.huge):item())
    local z = lab.zeros({ 2 }, { requires_grad = true })
    z:norm():backward()
    assert.same({ 0, 0 }, z.grad:tolist())
  end)

  it("sums many numbers accurately and in an order that no thread count changes", function()
    local big = lab.rand(1000003)
    local before = lab.get_num_threads()
    lab.set_num_threads(1)
    local one = { big:sum():item(), big:reshape(-1, 1):sum(1):item(), lab.exp(big):sum():item() }
    lab.set_num_threads(2)
    assert.same(one, { big:sum():item(), big:reshape(-1, 1):sum(1):item(), lab.exp(big):sum():item() })
    lab.set_num_threads(before)
    assert.near(big:to("float64"):sum():item(), one[1], 0.1)
  end)
end)

describe("products", function()
  local A = lab.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
  it("matrices, vectors, inner products", function()
    assert.same({ { 14, 32 }, { 32, 77 } }, (A:mm(A:t())):tolist())
    assert.same({ 14, 32 }, A:mv(lab.tensor { 1, 2, 3 }):tolist())
    assert.equal(14, lab.dot(lab.tensor { 1, 2, 3 }, lab.tensor { 1, 2, 3 }):item())
    assert.same({ 9, 12, 15 }, lab.matmul(lab.tensor { 1, 2 }, A):tolist())
    assert.equal(0, lab.matmul(lab.zeros(2, 0), lab.zeros(0, 2)):sum():item())
  end)

  it("large ones agree with a sum of products and between thread counts, transposed or not", function()
    local X, Y = lab.randn({ 130, 70 }, { dtype = "float64" }), lab.randn({ 70, 90 }, { dtype = "float64" })
    local Z = X:mm(Y)
    assert.near((X[17] * Y[{ {}, 33 }]):sum():item(), Z[17][33]:item(), 1e-12)
    local W = X:t():contiguous():t():mm(Y:t():contiguous():t())
    assert.is_true((W - Z):abs():max():item() < 1e-12)
    lab.set_num_threads(1)
    local one = X:mm(Y)
    lab.set_num_threads(2)
    assert.is_true(X:mm(Y):eq(one):sum():item() == one:numel())
  end)

  it("names both shapes when they do not multiply", function()
    assert.error_matches(function() return A:mm(A) end, "mm: shapes %(2, 3%) and %(2, 3%) do not multiply")
    assert.error_matches(function() return lab.matmul(lab.zeros(2, 2, 3), lab.zeros(3, 3, 4)) end, "do not broadcast")
  end)
end)
