--- The graph: backward, grad, no_grad, freeing, in-place checks, derivatives of Lua functions.
local lab = require "optlab"
local errors = require "tests.support.errors"

local leaf = require("tests.support.tensors").leaf

describe("backward", function()
  it("accumulates into leaves and counts every path", function()
    local x = leaf { 1, 2 }
    local y = (x * x + x):sum()
    y:backward()
    assert.same({ 3, 5 }, x.grad:tolist())
    local z = (3 * x):sum()
    z:backward()
    assert.same({ 6, 8 }, x.grad:tolist())
    x.grad = nil
    assert.is_nil(x.grad)
  end)

  it("takes a gradient for outputs of several elements", function()
    local x = leaf { 1, 2 }
    local y = x * x
    y:backward(lab.tensor({ 1, 10 }, { dtype = "float64" }))
    assert.same({ 2, 40 }, x.grad:tolist())
    errors.fails("the output has shape (2)", function() (x * x):backward() end)
    errors.fails("gradient's shape (3) is not that of the output, (2)", function() (x * x):backward(lab.zeros(3)) end)
  end)

  it("frees the graph once, unless asked to keep it", function()
    local x = leaf(3)
    local y = x * x
    y:backward(nil, { retain_graph = true })
    y:backward()
    assert.equal(12, x.grad:item())
    errors.fails("was freed by an earlier backward; pass {retain_graph=true}", function() y:backward() end)
    errors.fails("does not require a gradient", function() lab.tensor(1):backward() end)
  end)

  it("does not record under no_grad, and restores recording after an error", function()
    local x = leaf(2)
    local y = lab.no_grad(function() return x * x end)
    assert.is_false(y.requires_grad)
    local net = lab.nn.Linear(1, 1)
    assert.is_false(lab.no_grad(net, lab.ones(2, 1)).requires_grad)
    assert.matches("f must be a function or a module, got 3$", select(2, pcall(lab.no_grad, 3)))
    pcall(lab.no_grad, function() error("x") end)
    assert.is_true(lab.is_grad_enabled())
    assert.is_true((x * x).requires_grad)
    assert.is_false((x * x):detach().requires_grad)
  end)

  it("refuses to change in place what a gradient may need", function()
    local x = leaf { 1, 2 }
    errors.fails("requires a gradient; change it inside lab.no_grad", function() x:add_(1) end)
    errors.fails("may be needed by backward", function() (x * 2):mul_(2) end)
    errors.fails("requires a gradient", function() x[1] = 5 end)
    local w = lab.zeros(2)
    errors.fails("would lose", function() w:add_(x) end)
    local y = x * x
    lab.no_grad(function() x:add_(1) end)
    errors.fails("was changed in place after it was used", function() y:sum():backward() end)
  end)

  it("survives a graph of 200,000 nodes", function()
    local x = leaf(1)
    local y = x
    for _ = 1, 200000 do y = y + 1e-9 end
    y:backward()
    assert.equal(1, x.grad:item())
  end)

  it("gives gradients that may be changed without touching each other", function()
    local a, b = leaf { 1, 2 }, leaf { 3, 4 }
    local s = (a + b):sum()
    s:backward()
    a.grad:zero_()
    assert.same({ 1, 1 }, b.grad:tolist())
  end)
end)

describe("autograd.grad", function()
  it("leaves .grad alone and reaches intermediate results", function()
    local x = leaf(2)
    local y = x * x
    local z = y * x
    local gy, gx = table.unpack(lab.autograd.grad(z, { y, x }))
    assert.equal(2, gy:item())
    assert.equal(12, gx:item())
    assert.is_nil(x.grad)
  end)

  it("differentiates again with create_graph", function()
    local x = leaf(2)
    local y = x ^ 4
    for _, want in ipairs { 32, 48, 48, 24 } do
      y = lab.autograd.grad(y, x, { create_graph = true })
      assert.near(want, y:item(), 1e-12)
    end
  end)

  it("complains about inputs the output does not depend on, unless told not to", function()
    local x, u = leaf(1), leaf(1)
    errors.fails("does not depend on input 1", function() return lab.autograd.grad(x * 2, u) end)
    assert.is_nil(lab.autograd.grad(x * 2, u, { allow_unused = true }))
    errors.fails("input 1 does not require a gradient", function() return lab.autograd.grad(x * 2, lab.tensor(1)) end)
    errors.fails("did you mean 'create_graph'",
      function() return lab.autograd.grad(x * 2, x, { creat_graph = true }) end)
  end)
end)

describe("derivatives of Lua functions", function()
  local cosh = function(x) return lab.cosh(0.5 * x) end

  it("are exact for a function of one number", function()
    local sinh = lab.sinh(0.5 * 3)
    assert.near(0.5 * sinh, lab.func.grad(cosh)(3), 1e-12)
    for _, x in ipairs { -4, 0, 0.3, 10 } do
      assert.near(0.25 * lab.cosh(0.5 * x), lab.func.hessian(cosh)(x), 1e-10)
    end
  end)

  it("are exact for a function of two numbers and of a vector", function()
    local f = function(x, y) return x ^ 2 * y + lab.exp(x * y) end
    local gx, gy = lab.func.grad(f)(0.5, 2)
    assert.near(2 * 0.5 * 2 + 2 * math.exp(1), gx, 1e-12)
    assert.near(0.25 + 0.5 * math.exp(1), gy, 1e-12)
    local h = lab.func.hessian(f)(0.5, 2):tolist()
    local e = math.exp(1)
    assert.near(4 + 4 * e, h[1][1], 1e-10)
    assert.near(1 + e + 1 * e, h[1][2], 1e-10)
    assert.near(h[1][2], h[2][1], 1e-12)
    assert.near(0.25 * e, h[2][2], 1e-10)
    local v = lab.tensor({ 0.5, 2 }, { dtype = "float64" })
    local hv = lab.func.hessian(function(x) return f(x[1], x[2]) end)(v)
    assert.is_true((hv - lab.tensor(h, { dtype = "float64" })):abs():max():item() < 1e-10)
    local d = lab.tensor({ 1, -2 }, { dtype = "float64" })
    local want = hv:mv(d)
    assert.is_true((lab.func.hvp(function(x) return f(x[1], x[2]) end, v, d) - want):abs():max():item() < 1e-10)
  end)

  it("jacobian has one row a value", function()
    local jacobian = lab.func.jacobian(function(x) return lab.stack({ x[1] * x[2], x[1] ^ 2 }) end)
    local j = jacobian(lab.tensor({ 2, 3 }, { dtype = "float64" }))
    assert.same({ { 3, 2 }, { 4, 0 } }, j:tolist())
  end)

  it("explain what went wrong", function()
    errors.fails("the function must return a number or a tensor, got 'a'",
      function() lab.func.grad(function() return "a" end)(1) end)
    errors.fails("argument 1 of the function must be a number, a tensor, a list of these or a module, got 'x'",
      function() lab.func.grad(cosh)("x") end)
    errors.fails("func.grad", function() lab.func.grad(3) end)
    local double = function(x) return x * 2 end
    errors.fails("the function must return one value, got a tensor of shape (3)",
      function() lab.func.grad(double)(lab.zeros(3)) end)
  end)
end)
