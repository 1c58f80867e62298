--- How much of a graph is walked and freed, and that no graph keeps itself alive.
local lab = require "optlab"
local errors = require "tests.support.errors"
local leaf = require("tests.support.tensors").leaf
local grad = lab.autograd.grad

-- How many blocks of memory f asks for: the first count of them that is enough. One for each node on its way and each
-- operation of its formulas, so the same count means the same work.
local function allocations(f)
  f()
  for n = 1, 10000 do
    lab.fail_allocation(n)
    local ok = pcall(f)
    lab.fail_allocation(0)
    if ok then return n - 1 end
  end
end

-- x[t + 1] = x[t] tanh(w x[t]), over n steps; the last two
local function unroll(w, n)
  local x, before = leaf { 0.5, 0.25 }, nil
  for _ = 1, n do
    before, x = x, x * (w * x):tanh()
  end
  return before, x
end

describe("autograd.grad", function()
  it("does no more work for a long history than for a short one", function()
    local function work(n)
      local before, x = unroll(leaf { 0.3, 0.2 }, n)
      local l = x:sum()
      return allocations(function() grad(l, before, { retain_graph = true }) end)
    end
    local short = work(2)
    assert.is_true(short > 5)
    assert.equal(short, work(400))
  end)

  it("does no more work for a leaf that enters late", function()
    local function work(n)
      local _, x = unroll(leaf { 0.3, 0.2 }, n)
      local v = leaf { 1, 2 }
      local l = (x * v):sum()
      return allocations(function() grad(l, v, { retain_graph = true }) end)
    end
    assert.equal(work(2), work(400))
  end)

  it("runs no node that leads to no input", function()
    local x, z = leaf(2), leaf(3)
    local heavy = z:exp():log():sin()
    local function work(side)
      local l = x * side
      return allocations(function() grad(l, x, { retain_graph = true }) end)
    end
    assert.equal(work(heavy:detach()), work(heavy))
  end)

  it("gives the numbers of a walk through all of it", function()
    local w = leaf { 0.3, 0.2 }
    local before, x = unroll(w, 5)
    local gx, gw = table.unpack(grad(x:sum(), { before, w }, { retain_graph = true }))
    assert.same(gx:tolist(), grad(x:sum(), before, { retain_graph = true }):tolist())
    x:sum():backward()
    assert.same(w.grad:tolist(), gw:tolist())
  end)

  it("takes outputs, results in the middle and leaves as inputs, in any order", function()
    local x = leaf(2)
    local y = x * x
    local z = y * x
    local g = grad(z, { z, x, y, x }, { retain_graph = true })
    assert.same({ 1, 12, 2, 12 }, { g[1]:item(), g[2]:item(), g[3]:item(), g[4]:item() })
    assert.equal(1, grad(x, x):item())
    local both = grad({ y, z }, { y, x }, { retain_graph = true })
    assert.same({ 3, 16 }, { both[1]:item(), both[2]:item() })
    assert.is_nil(grad({ y, z }, leaf(1), { allow_unused = true, retain_graph = true }))
    errors.fails("does not depend on input 1", function() grad(y, z, { retain_graph = true }) end)
    errors.fails("does not depend on input 2", function() grad(z, { y, leaf(1) }) end)
  end)

  it("frees what it has run and asks only of that whether it was freed", function()
    local x = leaf(2)
    local y = x:exp()
    local z = y:sin()
    grad(z, y)
    errors.fails("was freed", function() grad(z, x) end)
    assert.equal(math.exp(2), grad(y, x):item())
    local a, b = x:exp(), leaf(3)
    local c = a * b
    grad(a, x)
    assert.equal(math.exp(2), grad(c, b, { retain_graph = true }):item())
    errors.fails("was freed", function() grad(c, x) end)
  end)

  it("differentiates a power whose exponent is no input this time", function()
    local x, e = leaf(3), leaf(2)
    local g = grad(x ^ e, x, { create_graph = true })
    assert.equal(6, g:item())
    assert.near(3 + 2 * 3 * math.log(3), grad(g, e):item(), 1e-12) -- d (e x^(e-1)) / de
  end)

  it("goes through an inner loop of gradients", function()
    local w0 = leaf(1.5)
    local w = w0
    for _ = 1, 20 do w = w - 0.1 * grad((w - 1) ^ 2, w, { create_graph = true }) end
    assert.near(0.8 ^ 20, grad(w, w0):item(), 1e-12)
  end)
end)

describe("a graph", function()
  local function live()
    collectgarbage()
    collectgarbage()
    return lab.memory().live
  end
  local function is_flat(f)
    f()
    local before = live()
    for _ = 1, 1000 do f() end
    assert.equal(before, live())
  end

  it("in a leaf's .grad does not keep the leaf", function()
    is_flat(function()
      local x = leaf { 1, 2, 3 }
      ;(x ^ 3):sum():backward(nil, { create_graph = true })
      assert.is_true(x.grad.requires_grad)
    end)
  end)

  it("in a .grad that the script set does not keep the tensor", function()
    is_flat(function()
      local x, w = lab.ones(3), lab.ones(3, { requires_grad = true })
      x.grad = x * w
      w.grad = (w * x) ^ 2
    end)
  end)

  it("through a chain of gradients does not keep them", function()
    is_flat(function()
      local x = leaf { 1, 2 }
      ;(x ^ 3):sum():backward(nil, { create_graph = true })
      local g = x.grad:detach():requires_grad_()
      ;(g * x.grad):sum():backward(nil, { create_graph = true })
    end)
  end)

  it("in the gradients of a network and its optimizer does not keep them", function()
    is_flat(function()
      local net = lab.nn.Sequential(lab.nn.Linear(2, 2), lab.nn.BatchNorm1d(2), lab.nn.Linear(2, 1))
      local opt = lab.optim.SGD(net:parameters(), { lr = 0.1, momentum = 0.9 })
      net(lab.ones(4, 2)):sum():backward(nil, { create_graph = true })
      opt:step()
    end)
  end)

  it("goes on without a leaf that is gone", function()
    local w = leaf(3)
    local function product() return leaf(2) * w end
    local y = product()
    live()
    y:backward()
    assert.equal(2, w.grad:item())
  end)

  it("follows a leaf whose requires_grad changes", function()
    local w, x = leaf(3), leaf(2)
    ;(w * x):backward()
    w.requires_grad = false
    local y = w * x
    y:backward(nil, { create_graph = true })
    assert.is_false(x.grad.requires_grad)
    w.grad = nil
    w.requires_grad = true
    ;(w * x):backward()
    assert.equal(2, w.grad:item())
  end)

  it("cannot be made circular by hand", function()
    local x, y = leaf(1), leaf(1)
    errors.fails("cannot be its own gradient", function() x.grad = x end)
    x.grad = y
    errors.fails("cannot be its own gradient", function() y.grad = x end)
    errors.fails("only a leaf has a gradient", function() (x * 2).grad = y end)
    x.grad = nil
    x:backward(x, { create_graph = true })
    assert.equal(1, x.grad:item())
    assert.is_true(x.grad ~= x)
  end)
end)
