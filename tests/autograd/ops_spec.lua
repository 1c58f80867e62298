--- Every row of the op table: its gradient against central differences in first and second order, its values against
-- plain Lua.
local core = require "optlab.core"
local lab = require "optlab"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local inputs = require "tests.autograd.samples.inputs"

local samples = {}
for _, kind in ipairs { "elementwise", "shape", "reduce", "index", "linalg", "nn", "recurrent", "image" } do
  for name, list in pairs(require("tests.autograd.samples." .. kind)) do samples[name] = list end
end

describe("op table", function()
  it("has a sample for every differentiable op", function()
    for _, name in ipairs(lab.autograd.differentiable_ops()) do
      assert.is_truthy(samples[name], "no sample for op '" .. name .. "'")
    end
  end)

  for _, name in ipairs(lab.autograd.differentiable_ops()) do
    it("differentiates " .. name .. " in first and second order", function()
      for _, s in ipairs(samples[name] or {}) do
        local opts = s.loose and { eps = 2 ^ -7, rtol = 1e-2, atol = 1e-3 } or nil
        assert.is_true(lab.autograd.gradcheck(s[1], { table.unpack(s, 2) }, opts))
      end
    end)
  end

  it("notices a wrong gradient", function()
    local ok, why = lab.autograd.gradcheck(function(x) return x * x:detach() end, { inputs.a() }, { raise = false })
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
    floor = math.floor, ceil = math.ceil, round = function(x) return math.floor(x + 0.5) end,
    sign = function(x) return x > 0 and 1 or x < 0 and -1 or 0 end,
    logical_not = function(x) return x == 0 and 1 or 0 end,
  }

  it("of one argument are all compared, here or with PyTorch in operations_spec.lua", function()
    local with_pytorch, missing = files.read "tests/reference/operations_values.lua", {}
    for _, name in ipairs(core.tensor.elementwise().unary) do
      local compared = reference[name] or with_pytorch:find("lab." .. name .. "(", 1, true)
      if not compared then missing[#missing + 1] = name end
    end
    assert.equal("", table.concat(missing, " "))
  end)

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

  it("gelu of float32 is within a few units in the last place, where it is small, too", function()
    local F = lab.nn.functional
    local x = lab.linspace(-5, 9, 1401):requires_grad_()
    local y, x64 = F.gelu(x), x:detach():to("float64"):requires_grad_()
    local want = F.gelu(x64)
    local near = x64:detach():gt(-3):to("float64")
    assert.is_true(((y:to("float64") - want):abs() / (want:abs() + 1e-300) * near):max():item() < 8e-7)
    assert.is_true((y:to("float64") - want):abs():max():item() < 1e-6)
    local d, exact = lab.autograd.grad(y:sum(), x), lab.autograd.grad(want:sum(), x64)
    assert.is_true((d:to("float64") - exact):abs():max():item() < 3e-7)
  end)

  it("gives a gradient the same bits wherever it stands, in memory too", function()
    local F = lab.nn.functional
    local x, d = lab.randn(67) * 3, lab.randn(67)
    local function gradient(f, from, stride)
      local at = x[{ { from, 67 } }]
      if stride > 1 then at = at:unsqueeze(2):expand(68 - from, stride):contiguous():select(2, 1) end
      at = at:detach():requires_grad_()
      return lab.autograd.grad(f(at), at, { grad_outputs = d[{ { from, 67 } }] }):tolist()
    end
    local functions = { lab.relu, lab.tanh, lab.sigmoid, F.silu, F.gelu, function(v) return F.gelu(v, "tanh") end }
    for _, f in ipairs(functions) do
      local whole = gradient(f, 1, 1)
      for _, from in ipairs { 1, 2, 17, 60 } do
        local want = table.move(whole, from, 67, 1, {})
        for stride = 1, 2 do assert.same(want, gradient(f, from, stride)) end
      end
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
