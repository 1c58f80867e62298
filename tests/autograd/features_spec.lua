--- Operations with a backward of their own, hooks of tensors, derivatives over lists and modules, vmap.
local lab = require "optlab"
local errors = require "tests.support.errors"
local tensors = require "tests.support.tensors"
local nn = lab.nn
local F64 = { dtype = "float64" }
local f64 = tensors.leaf

local function near(want, got, tolerance)
  assert.same(want.shape, got.shape)
  assert.is_true((want:detach() - got:detach()):abs():sum():item() <= (tolerance or 1e-12), tostring(got))
end

describe("lab.autograd.Function", function()
  local Cube = lab.autograd.Function.extend {
    name = "Cube",
    forward = function(ctx, x)
      ctx:save_for_backward(x)
      return x ^ 3
    end,
    backward = function(ctx, g) return g * 3 * ctx.saved_tensors[1] ^ 2 end,
  }
  local Exp = lab.autograd.Function.extend {
    forward = function(ctx, x)
      local y = lab.exp(x)
      ctx:save_for_backward(y)
      return y
    end,
    backward = function(ctx, g) return g * ctx.saved_tensors[1] end,
  }
  local Split = lab.autograd.Function.extend {
    forward = function(ctx, x, k, y)
      ctx:save_for_backward(x, y)
      ctx.k = k
      return x * y, lab.ones(1, { dtype = "int64" }), x * k
    end,
    backward = function(ctx, g, _, h)
      local x, y = table.unpack(ctx.saved_tensors)
      return g * y + h * ctx.k, nil, g * x
    end,
  }

  it("has the gradients that its backward gives, of every order", function()
    local x, y = f64 { 0.3, -0.7, 1.2 }, f64 { 0.5, 0.1, -2 }
    assert.is_true(lab.autograd.gradcheck(Cube, { x }))
    assert.is_true(lab.autograd.gradcheck(Exp.apply, { x }))
    assert.is_true(lab.autograd.gradcheck(function(a, b)
      local p, whole, q = Split(a, 3, b)
      assert.equal("int64", whole.dtype)
      return p * p + q
    end, { x, y }))
    local third = Cube(x):sum()
    for _ = 1, 3 do third = lab.autograd.grad(third, x, { create_graph = true }):sum() end
    assert.near(18, third:item(), 1e-12)
  end)

  it("says what is wrong", function()
    local x = f64 { 1, 2 }
    local Wrong = lab.autograd.Function.extend {
      forward = function(_, a) return a * 2 end, backward = function(_, g) return g:sum() end,
    }
    errors.fails("the gradient of input 1 must have shape (2), got ()", function() Wrong(x):sum():backward() end)
    local Failing = lab.autograd.Function.extend {
      forward = function(_, a) return a * 2 end, backward = function() error("no way") end,
    }
    errors.fails("no way", function() Failing(x):sum():backward() end)
    local y = lab.zeros(2, F64)
    local loss = Split(x, 1, y)
    y:fill_(3)
    errors.fails("saved tensor 2 was changed in place", function() loss:sum():backward() end)
    local z = Cube(x):sum()
    z:backward()
    errors.fails("was freed by an earlier backward", function() z:backward() end)
  end)

  it("records nothing where no gradient is asked for", function()
    assert.is_false(Cube(lab.ones(2)).requires_grad)
    assert.is_false(lab.no_grad(function() return Cube(f64 { 1 }) end).requires_grad)
  end)
end)

describe("Tensor:register_hook", function()
  it("sees and changes the gradient of a computed tensor", function()
    local x, seen = f64 { 1, 2 }, {}
    local y = x * 3
    local z = (y * y):sum() + y:sum()
    local first = y:register_hook(function(g) seen[#seen + 1] = g:tolist() end)
    y:register_hook(function(g) return g * 2 end)
    z:backward { retain_graph = true }
    assert.same({ { 7, 13 } }, seen)
    assert.same({ 42, 78 }, x.grad:tolist())
    first:remove()
    z:backward()
    assert.equal(1, #seen)
    assert.same({ 84, 156 }, x.grad:tolist())
  end)

  it("gets all that a backward adds to a leaf", function()
    local x, seen = f64 { 1, 2 }, {}
    local handle = x:register_hook(function(g)
      seen[#seen + 1] = g:tolist()
      return g * 10
    end)
    for _ = 1, 2 do ((x * 2):sum() + (x * x):sum()):backward() end
    assert.same({ { 4, 6 }, { 4, 6 } }, seen)
    assert.same({ 80, 120 }, x.grad:tolist())
    assert.same({ 20, 40 }, lab.autograd.grad((x * x):sum(), x):tolist())
    handle:remove()
    x.grad = nil
    x:sum():backward()
    assert.same({ 1, 1 }, x.grad:tolist())
    errors.fails("hook failed", function()
      local y = x * 1
      y:register_hook(function() error("hook failed") end)
      y:sum():backward()
    end)
    errors.fails("a tensor that does not require a gradient", function() lab.ones(1):register_hook(print) end)
  end)
end)

describe("lab.func", function()
  local a, b = f64 { 1, 2 }, f64 { { 0.5, -1 }, { 2, 1 } }
  local function f(p) return (p.b:mv(p[1]) ^ 2):sum() * p[1][1] + p[2] end

  it("takes lists", function()
    local p = { a, 3, b = b }
    local g = lab.func.grad(f)(p)
    local want = lab.autograd.grad(f({ a, lab.tensor(3, F64), b = b }), { a, b })
    near(want[1], g[1])
    near(want[2], g.b)
    assert.equal(1, g[2])
    local H = lab.func.hessian(f)(p)
    assert.same({ 7, 7 }, H.shape)
    near(H, H:t())
    local v = { f64 { 1, -1 }, 0.5, b = f64 { { 1, 2 }, { 3, 4 } } }
    local flat = lab.cat { v[1], f64 { 0.5 }, v.b:reshape(-1) }
    near(H:mv(flat:detach()), lab.func.hvp(f, p, flat:detach()), 1e-10)
    near(lab.func.hvp(f, p, flat:detach())[{ { 1, 2 } }], lab.func.hvp(f, p, v)[1], 1e-10)
  end)

  it("takes modules", function()
    local net = nn.Sequential(nn.Linear(2, 3, F64), nn.Tanh(), nn.Linear(3, 1, F64))
    local x = lab.randn({ 4, 2 }, F64)
    local function loss(m) return (m(x) ^ 2):mean() end
    local weight = net[1].weight
    local g = lab.func.grad(loss)(net)
    loss(net):backward()
    for name, p in pairs(net:named_parameters()) do near(p.grad, g[name]) end
    assert.is_true(rawequal(weight, net[1].weight))
    local H = lab.func.hessian(loss)(net)
    assert.same({ 13, 13 }, H.shape)
    local v = lab.randn(13, F64)
    near(H:mv(v), lab.func.hvp(loss, net, v), 1e-10)
    errors.fails("v must have the form of x", function() lab.func.hvp(loss, net, lab.ones(12, F64)) end)
  end)

  it("multiplies by the Jacobian from both sides", function()
    local function h(x) return lab.sin(x) * x:sum() end
    local x, v = lab.randn(5, F64), lab.randn(5, F64)
    local J = lab.func.jacobian(h)(x)
    local y, along = lab.func.jvp(h, x, v)
    near(h(x), y)
    near(J:mv(v), along)
    local z, back = lab.func.vjp(h, x, v)
    near(h(x), z)
    near(J:t():mv(v), back)
    assert.near(2 * 3 * 4, select(2, lab.func.jvp(function(s) return s * s end, 3, 4)):item(), 1e-12)
  end)

  it("maps over a dimension", function()
    local W, x = lab.randn({ 3, 2 }, F64):requires_grad_(), lab.randn({ 4, 2 }, F64)
    local y = lab.vmap(function(row) return W:mv(row) end)(x)
    near(x:matmul(W:t()), y)
    y:sum():backward()
    near(lab.ones({ 3, 1 }, F64):matmul(x:sum(1, true)), W.grad)
    near(y:t(), lab.vmap(function(row) return W:mv(row) end, { out_dims = 2 })(x))
    local function loss(w, row) return (w:mv(row) ^ 2):sum() end
    local each = lab.vmap(lab.func.grad(loss), { in_dims = { false, 1 } })(W, x)
    assert.same({ 4, 3, 2 }, each.shape)
    near(lab.func.grad(loss)(W, x[2]), each[2])
    errors.fails("lab.vmap: the arguments' sizes differ", function()
      lab.vmap(function(s, t) return s + t end)(x, lab.ones(3))
    end)
  end)
end)
