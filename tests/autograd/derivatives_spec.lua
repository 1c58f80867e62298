--- Derivatives of functions that are derivatives themselves, and the forms of points and vectors.
local lab = require "optlab"
local errors = require "tests.support.errors"
local tensors = require "tests.support.tensors"
local nn, func = lab.nn, lab.func
local F64 = { dtype = "float64" }

local function cube(x) return x ^ 3 end
local function sum_of_cubes(x) return (x ^ 3):sum() end
local function vector(...) return lab.tensor({ ... }, F64) end

describe("lab.func", function()
  it("differentiates derivatives", function()
    assert.equal(12, func.grad(func.grad(cube))(2))
    assert.equal(6, func.grad(func.grad(func.grad(cube)))(2))
    assert.equal(6, func.grad(func.hessian(cube))(2))
    assert.equal(6, func.hessian(func.grad(cube))(2))
    assert.same({ { 6, 0 }, { 0, 12 } }, func.jacobian(func.grad(sum_of_cubes))(vector(1, 2)):tolist())
    local ones = vector(1, 1)
    local function by_hvp(x) return func.hvp(sum_of_cubes, x, ones):sum() end
    assert.same({ 6, 6 }, func.grad(by_hvp)(vector(1, 2)):tolist())
    local function by_jvp(x) return (select(2, func.jvp(cube, x, ones))):sum() end
    assert.same({ 6, 12 }, func.grad(by_jvp)(vector(1, 2)):tolist())
    local function by_vjp(x) return (select(2, func.vjp(cube, x, ones))):sum() end
    assert.same({ 6, 12 }, func.grad(by_vjp)(vector(1, 2)):tolist())
    local function by_vmap(x) return lab.vmap(func.grad(cube))(x):sum() end
    assert.same({ 6, 12 }, func.grad(by_vmap)(vector(1, 2)):tolist())
  end)

  it("sees what an inner function takes from outside", function()
    local function outer(x) return func.grad(function(y) return x * y end)(3) end
    assert.equal(1, func.grad(outer)(5))
  end)

  it("records derivatives at tensors that were computed, and at no others", function()
    local w = tensors.leaf { 2, 3 }
    func.grad(sum_of_cubes)(w * 1):sum():backward()
    assert.same({ 12, 18 }, w.grad:tolist())
    assert.is_false(func.grad(sum_of_cubes)(w).requires_grad)
    assert.is_false(lab.no_grad(func.grad(sum_of_cubes), w * 1).requires_grad)
    assert.is_false(pcall(func.grad(function() error "no" end), 1))
    assert.is_false(func.grad(sum_of_cubes)(w).requires_grad)
  end)

  it("gives gradients of each sample by vmap, by the names of a module's parameters", function()
    local net, x = nn.Linear(3, 2):to("float64"), lab.randn({ 4, 3 }, F64)
    local function loss(m, row) return (m(row) ^ 2):sum() end
    local g = lab.vmap(function(row) return func.grad(function(m) return loss(m, row) end)(net) end)(x)
    assert.same({ 4, 2, 3 }, g.weight.shape)
    for k = 1, 4 do
      local one = func.grad(function(m) return loss(m, x[k]) end)(net)
      assert.same(one.weight:tolist(), g.weight[k]:tolist())
      assert.same(one.bias:tolist(), g.bias[k]:tolist())
    end
    errors.fails("lab.vmap: in_dims has no entry for argument 2", lab.vmap(cube, { in_dims = { 1 } }), x, x)
    local n = 0
    local function varying(row)
      n = n + 1
      return table.unpack({ row, row }, 1, n)
    end
    errors.fails("lab.vmap: the function returned 1 results, then 2", lab.vmap(varying), x)
    errors.fails("must return tensors, numbers or tables of them, got", lab.vmap(function() return nil end), x)
  end)

  it("takes the vector for a module by the names of its parameters", function()
    local net, x = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3)):to("float64"), lab.randn({ 5, 3 }, F64)
    local function f(m) return (m(x) ^ 3):sum() end
    local g = func.grad(f)(net)
    local flat, product = {}, {}
    local hv = func.hvp(f, net, g)
    for name in pairs(net:named_parameters()) do
      flat[#flat + 1], product[#product + 1] = g[name]:reshape(-1), hv[name]:reshape(-1)
    end
    local want = func.hessian(f)(net):mv(lab.cat(flat))
    assert.is_true((want - lab.cat(product)):abs():max():item() < 1e-10)
    assert.is_true((want - func.hvp(f, net, lab.cat(flat))):abs():max():item() < 1e-10)
  end)

  it("takes a vector of all elements of any point", function()
    local x = vector(1, 2, 3, 4):reshape(2, 2)
    assert.same({ 6, 12, 18, 24 }, func.hvp(sum_of_cubes, x, vector(1, 1, 1, 1)):tolist())
    assert.same({ 12 }, func.hvp(cube, 2, vector(1)):tolist())
  end)

  it("says what is wrong with a vector or a point", function()
    local form = "func.hvp: v must have the form of x, or be a vector of all its elements"
    local function f(p) return sum_of_cubes(p.a) end
    errors.fails(form, func.hvp, f, { a = vector(1) }, { b = vector(1) })
    errors.fails(form, func.hvp, f, { a = vector(1) }, { a = vector(1), b = vector(1) })
    errors.fails(form, func.hvp, sum_of_cubes, vector(1, 2), { 1, 2 })
    errors.fails("func.grad: argument 2 of the function is int64, which has no derivatives", func.grad(cube), 1,
      lab.ones(2, { dtype = "int64" }))
  end)

  it("gives empty matrices for nothing", function()
    assert.same({ 0, 0 }, func.hessian(function(x) return x:sum() end)(lab.ones({ 0 }, F64)).shape)
    assert.same({ 0, 3 }, func.jacobian(function(x) return x[{ { 3, 2 } }] end)(vector(1, 2, 3)).shape)
  end)
end)
