--- Gradients of slices: each adds to its part of one gradient of the whole, whatever else that gradient is used for.
local lab = require "optlab"
local leaf = require("tests.support.tensors").leaf
local grad = lab.autograd.grad

-- f's gradient with respect to x by backward, by autograd.grad, and by autograd.grad with a graph: all three are equal.
local function gradient(f, x)
  x.grad = nil
  f(x):backward()
  local g = x.grad:tolist()
  assert.same(g, grad(f(x), x):tolist())
  assert.same(g, grad(f(x), x, { create_graph = true }):tolist())
  return g
end

describe("the gradient of slices", function()
  it("is that of the whole", function()
    local x = leaf { { 1, 2, 3 }, { 4, 5, 6 } }
    assert.same({ { 0, 4, 0 }, { 8, 10, 12 } }, gradient(function(t) return (t[2] ^ 2):sum() + t[1][2] ^ 2 end, x))
  end)

  it("adds up where slices overlap, with steps, and slices of slices", function()
    local x = leaf { 1, 2, 3, 4, 5, 6, 7 }
    assert.same({ 1, 2, 4, 2, 6, 1, 5 }, gradient(function(t)
      local odd = t[{ { 1, 7, 2 } }]
      return t:sum() + t:narrow(1, 2, 4):sum() + 2 * odd[{ { 2, 3 } }]:sum() + 4 * odd[{ { 3, 4 } }][2] - 0 * odd:sum()
        + 2 * odd[3]
    end, x))
  end)

  it("goes through what else uses the tensor, before and after", function()
    local function f(x)
      local y = x * 2
      local a = y[1]
      local b = y:exp()
      local c = y[2]
      return (a * c).sum(a * c) + b:sum() + y[1]:sum()
    end
    local x = leaf { { 0, 1 }, { 2, 3 } }
    local e = math.exp
    local want = { { 2 * 4 + 2 + 2 * e(0), 2 * 6 + 2 + 2 * e(2) }, { 2 * e(4), 4 + 2 * e(6) } }
    for i, row in ipairs(gradient(f, x)) do
      for j, v in ipairs(row) do assert.near(want[i][j], v, 1e-4 * v) end
    end
  end)

  it("leaves gradients alone that somebody else holds", function()
    local x = leaf { 1, 2, 3 }
    local y = x * 1
    local z = y * 1
    local seed = lab.ones(3)
    local both = y[1] + y[3]
    local gy, gz, gx = table.unpack(grad({ z, both }, { y, z, x }, { grad_outputs = { seed, lab.tensor(1) } }))
    assert.same({ { 2, 1, 2 }, { 1, 1, 1 }, { 2, 1, 2 }, { 1, 1, 1 } },
      { gy:tolist(), gz:tolist(), gx:tolist(), seed:tolist() })
  end)

  it("can be asked for in the middle of slices of slices", function()
    local x = leaf { { 1, 2 }, { 3, 4 } }
    local row = x:narrow(1, 2, 1)
    local l = row:narrow(2, 1, 1):sum() * 3
    local g = grad(l, { row, x }, { retain_graph = true })
    assert.same({ { { 3, 0 } }, { { 0, 0 }, { 3, 0 } } }, { g[1]:tolist(), g[2]:tolist() })
  end)

  it("adds to a gradient that is there already", function()
    local x = leaf { 1, 2, 3 }
    x[2]:backward()
    x[2]:backward();
    (x[1] * x[3]):backward()
    assert.same({ 3, 2, 1 }, x.grad:tolist())
  end)

  it("has the same bits in a compiled step", function()
    local function gradients(wrap)
      lab.manual_seed(1)
      local x, w, start = leaf(lab.randn(3, 5, 4)), leaf(lab.randn(4, 4)), lab.randn(3, 4)
      local step = wrap(function(h)
        x.grad, w.grad = nil, nil
        for t = 1, 5 do h = (x:select(2, t) + h:mm(w)):tanh() end
        local l = h:sum() + x[{ {}, { 2, 4, 2 } }]:exp():sum() + (x * 2)[1][{ {}, { 1, 2 } }]:sum()
        l:backward()
        return l
      end)
      for _ = 1, 4 do step(start) end
      return { x.grad:tolist(), w.grad:tolist() }
    end
    assert.same(gradients(function(f) return f end), gradients(lab.compile))
  end)

  it("is differentiated again, with the same bits in a compiled step", function()
    local function gradients(wrap)
      lab.manual_seed(2)
      local x, w = leaf(lab.randn(3, 6, 4)), leaf(lab.randn(4, 4))
      local step = wrap(function(h)
        x.grad, w.grad = nil, nil
        local y = x * x
        for t = 1, 6 do h = (y:select(2, t) + h:mm(w)):tanh() end
        local g = grad(h:sum() + y[{ {}, { 1, 5, 2 } }]:exp():sum(), { y, w }, { create_graph = true })
        local l = (g[1] * g[1]):sum() + (g[2] * g[2]):sum()
        l:backward()
        return l
      end)
      local start, last = lab.randn(3, 4), nil
      for _ = 1, 4 do last = step(start):item() end
      return { last, x.grad:tolist(), w.grad:tolist() }
    end
    assert.same(gradients(function(f) return f end), gradients(lab.compile))
  end)

  it("costs no more for a slice of a long tensor than for one of a short tensor", function()
    local function seconds(n, create_graph)
      local x = lab.zeros(n, 64):requires_grad_(true)
      local y = x * 1
      local l = y[1]:sum()
      for i = 2, n do l = l + y[i]:sum() end
      local before = os.clock()
      grad(l, x, { create_graph = create_graph })
      return (os.clock() - before) / n
    end
    for _, create_graph in ipairs { false, true } do
      seconds(100, create_graph) -- with a gradient of the whole for each slice the next two would differ by 20
      assert.is_true(seconds(4000, create_graph) < 10 * seconds(200, create_graph))
    end
  end)
end)
