--- PyTorch's values and derivatives where formulas divide by zero, saturate, tie or meet inf and nan.
local lab = require "optlab"
local layers = require "tests.support.layers"
local reference = dofile "tests/reference/singular_values.lua"
local grad = lab.autograd.grad

local function stored(entry)
  local x = lab.tensor(entry.values, { dtype = entry.dtype })
  return #entry.shape == 0 and x:reshape {} or x:reshape(entry.shape)
end

local function is_same(want, got, tolerance)
  if want ~= want then return got ~= got end
  return want == got or math.abs(want - got) <= tolerance * math.max(1, math.abs(want))
end

local function list(values)
  local texts = {}
  for i, v in ipairs(values) do texts[i] = ("%.17g"):format(v) end
  return table.concat(texts, " ")
end

-- nan counts as equal to nan
local function equals(entry, got, what, tolerance)
  assert.same(entry.shape, got.shape, what .. ": shape")
  local values = got:detach():reshape(-1):tolist()
  for i, want in ipairs(entry.values) do
    local message = ("%s is %s, expected %s"):format(what, list(values), list(entry.values))
    assert.is_true(is_same(want, values[i], tolerance or 1e-12), message)
  end
end

describe("at singular points", function()
  for i, case in ipairs(reference) do
    local title = ("%d: %s of %s"):format(i, case.lua, list(case.inputs[1].values))
    it(title, function()
      local inputs, names = {}, { "a", "b", "c" }
      for k, entry in ipairs(case.inputs) do
        local x = stored(entry)
        x.requires_grad = k <= #case.grads
        inputs[names[k]] = x
      end
      local y = layers.eval(case.lua, inputs)
      equals(case.output, y, "the value", case.tolerance)
      for k, want in ipairs(case.grads) do
        local g = grad(y:sum(), inputs[names[k]], { retain_graph = true })
        equals(want, g, "the gradient of " .. names[k], case.tolerance)
      end
      if not case.second then return end
      local a = inputs.a
      local g = grad(y:sum(), a, { create_graph = true })
      local direction = lab.arange(1, a:numel() + 1):to("float64"):reshape(a.shape)
      local h = g.requires_grad and grad((g * direction):sum(), a, { allow_unused = true }) or nil
      equals(case.second, h or lab.zeros(a.shape), "the second derivative")
    end)
  end

  it("smooth_l1_loss without a rounded part is l1_loss, also at 0", function()
    local F = lab.nn.functional
    local x = lab.tensor({ -math.huge, -2, 0, 1, math.huge }, { dtype = "float64", requires_grad = true })
    local zero = lab.zeros({ 5 }, { dtype = "float64" })
    local smooth = grad(F.smooth_l1_loss(x, zero, { beta = 0, reduction = "sum" }), x)
    assert.same({ -1, -1, 0, 1, 1 }, smooth:tolist())
    assert.same(smooth:tolist(), grad(F.l1_loss(x, zero, { reduction = "sum" }), x):tolist())
  end)

  it("second derivatives are finite where std and norm are 0", function()
    for _, f in ipairs { lab.std, lab.norm, function(x) return x:norm(3) end } do
      local x = lab.zeros({ 3 }, { dtype = "float64", requires_grad = true })
      local g = grad(f(x), x, { create_graph = true })
      assert.same({ 0, 0, 0 }, g:tolist())
      assert.same({ 0, 0, 0 }, grad(g:sum(), x):tolist())
    end
  end)

  it("the cross entropy of float32 probabilities bounds logarithms too", function()
    local p = lab.tensor({ 0, 1e-40, 1, 0.5 }, { requires_grad = true })
    local y = lab.tensor { 1, 1, 0, 0.5 }
    local loss = lab.nn.functional.binary_cross_entropy(p, y, { reduction = "none" })
    assert.same({ 100, 100 }, { loss[1]:item(), loss[3]:item() })
    assert.near(92.1034, loss[2]:item(), 1e-3)
    local g = grad(loss:sum(), p):tolist()
    assert.near(-1e12, g[1], 1e5)
    assert.near(-1e12, g[2], 1e5)
    assert.near(1e12, g[3], 1e5)
    assert.equal(0, g[4])
  end)

  it("a nan among probabilities makes the loss nan", function()
    local p, y = lab.tensor({ 0 / 0, 0.5 }, { requires_grad = true }), lab.tensor { 1, 1 }
    local loss = lab.nn.functional.binary_cross_entropy(p, y)
    assert.is_true(loss:item() ~= loss:item())
    local g = grad(loss, p):tolist()
    assert.is_true(g[1] ~= g[1])
    assert.equal(-1, g[2])
  end)
end)
