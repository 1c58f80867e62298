--- A compiled step is called like the function: arguments, results, what changes between the calls, memory.
local lab = require "optlab"
local errors = require "tests.support.errors"
local nn, optim = lab.nn, lab.optim

describe("lab.compile", function()
  describe("is called like a function:", function()
    local w
    before_each(function() w = lab.ones(3, { requires_grad = true }) end)

    it("returned tensors are copies, other results are what they were", function()
      local step = lab.compile(function(X, scale) return X * w * scale, "text", nil, 4, w, scale end)
      local kept = {}
      for i = 1, 5 do
        local y, text, none, four, same_w, scale = step(lab.full({ 3 }, i), 2)
        kept[i] = y
        assert.equal("text", text)
        assert.is_nil(none)
        assert.equal(4, four)
        assert.is_true(rawequal(same_w, w) or same_w == w)
        assert.equal(2, scale)
        assert.is_false(y.requires_grad)
      end
      for i = 1, 5 do assert.same({ 2 * i, 2 * i, 2 * i }, kept[i]:tolist()) end
      assert.equal(3, step.replays)
    end)

    it("views of memory from outside and nan are results like others", function()
      local b = lab.ones(4)
      local step = lab.compile(function(X)
        b:add_(X)
        return b:reshape(2, 2), b[{ { 1, -1, 2 } }], 0 / 0
      end)
      for i = 1, 5 do
        local square, odd, nan = step(lab.ones(4))
        assert.same({ { i + 1, i + 1 }, { i + 1, i + 1 } }, square:tolist())
        assert.same({ i + 1, i + 1 }, odd:tolist())
        assert.is_true(nan ~= nan)
      end
      assert.equal(3, step.replays)
    end)

    it("a number, a string or a boolean as argument has a plan of its own for each value", function()
      local step = lab.compile(function(X, scale, what, on)
        return what == "double" and X * 2 * scale or on and X * scale or X - scale
      end)
      local X = lab.ones(2)
      for _ = 1, 4 do
        assert.same({ 6, 6 }, step(X, 3, "double", true):tolist())
        assert.same({ 3, 3 }, step(X, 3, "plain", true):tolist())
        assert.same({ -2, -2 }, step(X, 3, "plain", false):tolist())
        assert.same({ 5, 5 }, step(X, 5, "plain", true):tolist())
        assert.same({ 5, 5 }, step(X:to("float64"), 5, "plain", true):tolist())
      end
      assert.equal(10, step.recordings)
      assert.equal(10, step.replays)
    end)

    it("derivatives with respect to an argument", function()
      local step = lab.compile(function(X)
        X.requires_grad = true
        ;(X * X * w:detach()):sum():backward()
        return X.grad
      end)
      for i = 1, 4 do assert.same({ 2 * i, 2 * i, 2 * i }, step(lab.full({ 3 }, i)):tolist()) end
      assert.equal(2, step.replays)
      step = lab.compile(function(X)
        local p = w:detach()
        p.requires_grad = true
        ;(X * p * p):sum():backward()
        return p.grad
      end)
      for i = 1, 4 do assert.same({ 2 * i, 2 * i, 2 * i }, step(lab.full({ 3 }, i)):tolist()) end
      assert.equal(2, step.replays)
    end)

    it("arguments that are not contiguous", function()
      local step = lab.compile(function(X) return X * w end)
      for i = 1, 4 do
        local X = lab.arange(6):reshape(3, 2):t() * i
        assert.same((X * w):tolist(), step(X):tolist())
      end
      assert.equal(2, step.replays)
    end)

    it("a gradient that the script keeps keeps its numbers", function()
      local step = lab.compile(function(X) w.grad = nil; (X * w):sum():backward() end)
      local kept = {}
      for i = 1, 6 do
        step(lab.full({ 3 }, i))
        kept[i] = w.grad
      end
      for i = 1, 6 do assert.same({ i, i, i }, kept[i]:tolist()) end
    end)

    it("in-place changes count for graphs outside", function()
      local step = lab.compile(function(X) lab.no_grad(function() w:add_(X) end) end)
      for _ = 1, 3 do step(lab.ones(3)) end
      local outside = (w * w):sum()
      step(lab.ones(3))
      assert.is_truthy(errors.message(outside.backward, outside):find("was changed in place", 1, true))
    end)

    it("inside another compiled step, in a coroutine and under no_grad", function()
      local inner = lab.compile(function(X) return X * w end)
      local outer = lab.compile(function(X) return inner(X):sum() end)
      for i = 1, 4 do assert.equal(3 * i, outer(lab.full({ 3 }, i)):item()) end
      assert.equal(0, inner.recordings)
      local co = coroutine.wrap(function()
        for i = 1, 4 do coroutine.yield(inner(lab.full({ 3 }, i)):sum():item()) end
      end)
      for i = 1, 4 do assert.equal(3 * i, co()) end
      local grad = lab.compile(function(X) return lab.is_grad_enabled(), X:sum() end)
      for _ = 1, 3 do
        assert.is_true((grad(w:detach())))
        assert.is_false((lab.no_grad(function() return grad(w:detach()) end)))
      end
    end)

    it("by itself", function()
      for _, fallback in ipairs { false, true } do
        local depth, step = 0, nil
        step = lab.compile(function(X)
          depth = depth + 1
          return depth % 2 == 1 and step(X) * 3 or X * 2
        end, { fallback = fallback })
        for i = 1, 5 do assert.equal(18 * i, step(lab.full({ 3 }, i)):sum():item()) end
        assert.equal(3, step.replays)
      end
    end)

    it("a tensor that is converted or frozen afterwards is recorded anew", function()
      local net = nn.Linear(3, 1)
      local step = lab.compile(function(X) net:zero_grad(); local l = net(X):sum(); l:backward(); return l end)
      local X = lab.ones(1, 3)
      for _ = 1, 3 do step(X) end
      net.bias.requires_grad = false
      net:zero_grad()
      for _ = 1, 3 do step(X) end
      assert.is_nil(net.bias.grad)
      assert.is_truthy(net.weight.grad)
      net:to("float64")
      for _ = 1, 3 do assert.equal("float64", step(X:to("float64")).dtype) end
      net.weight = lab.ones(1, 3, { dtype = "float64" })
      for _ = 1, 3 do assert.equal(3 + net.bias:item(), step(X:to("float64")):item()) end
    end)

    it("each default dtype has a plan of its own", function()
      local step = lab.compile(function(x) return x:sqrt() end)
      local x = lab.tensor({ 4, 9 }, { dtype = "int64" })
      local function type_of() return step(x).dtype end
      for _ = 1, 3 do assert.equal("float32", type_of()) end
      lab.set_default_dtype("float64")
      for _ = 1, 3 do assert.equal("float64", type_of()) end
      lab.set_default_dtype("float32")
      local recordings = step.recordings
      assert.equal("float32", type_of())
      assert.equal(recordings, step.recordings)
    end)

    it("a layer added to a Sequential is seen", function()
      local net = nn.Sequential(nn.Linear(3, 2))
      local step = lab.compile(function(X) return net(X) end)
      for _ = 1, 3 do assert.equal(2, step(lab.ones(1, 3)).shape[2]) end
      net:append(nn.Linear(2, 5))
      for _ = 1, 3 do assert.equal(5, step(lab.ones(1, 3)).shape[2]) end
    end)

    it("variables from outside that are assigned anew", function()
      local scale, offset, other = 2, lab.ones(3), w
      local function shifted(X) return X * scale + offset end
      local step = lab.compile(function(X) return shifted(X) * other end)
      local function check(factor, shift)
        for i = 1, 4 do
          local v = i * factor + shift
          assert.same({ v, v, v }, step(lab.full({ 3 }, i)):tolist())
        end
      end
      check(2, 1)
      scale = 3
      check(3, 1)
      offset = lab.full({ 3 }, 5)
      check(3, 5)
      other = lab.ones(3)
      check(3, 5)
      assert.equal(8, step.recordings)
      local sum = lab.compile(function(X) return (X * scale):sum() end)
      local loader = lab.data.loader({ X = lab.ones(4, 3) }, { batch_size = 2 })
      for _ = 1, 3 do assert.same({ 18, 18 }, sum:run(loader):tolist()) end
      scale = 5
      for _ = 1, 3 do assert.same({ 30, 30 }, sum:run(loader):tolist()) end
    end)

    it("keeps at most sixteen plans and goes on", function()
      local step = lab.compile(function(X) return X:sum() end)
      for _ = 1, 3 do
        for n = 1, 20 do
          for _ = 1, 3 do assert.equal(n, step(lab.ones(n)):item()) end
        end
      end
    end)

    it("makes no allocation and needs no memory once it runs", function()
      local net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1))
      local opt, loss = optim.Adam(net:parameters()), nn.MSELoss()
      local step = lab.compile(function(X, y)
        opt:zero_grad()
        local l = loss(net(X), y)
        l:backward()
        opt:step()
        return l
      end)
      local data = { X = lab.randn(5000, 3), y = lab.randn(5000, 1) }
      local loader = lab.data.loader(data, { batch_size = 10, shuffle = true })
      for _ = 1, 2 do
        step:run(loader)
        collectgarbage()
      end
      local pass = step:pass(loader)
      pass:run(200) -- asks for memory of the size of its losses
      collectgarbage()
      local before = lab.memory()
      pass:run(200)
      local after = lab.memory()
      assert.equal(before.mallocs, after.mallocs)
      assert.is_true(after.live - before.live <= 8192) -- the losses
    end)

    it("frees everything with the step", function()
      w:sum():backward() -- what graphs hold of w stays with it
      w.grad = nil
      collectgarbage()
      collectgarbage()
      local before = lab.memory().live
      do
        local step = lab.compile(function(X) w.grad = nil; (X * w):sum():backward(); return X * 2 end)
        for n = 1, 4 do
          for _ = 1, n do step(lab.ones(3)) end
          for _ = 1, n do step(lab.ones(2, 3)) end
        end
      end
      w.grad = nil
      collectgarbage()
      collectgarbage()
      assert.equal(before, lab.memory().live)
    end)

    it("runs out of memory without a trace", function()
      for n = 1, 60 do
        local v = lab.ones(3, { requires_grad = true })
        local opt = optim.SGD({ v }, { lr = 0.1, momentum = 0.9 })
        local step = lab.compile(function(X)
          opt:zero_grad()
          local l = (X * v):square():sum()
          l:backward()
          opt:step()
          return l
        end)
        local X = lab.ones(3)
        lab.fail_allocation(n)
        local ok, message = true, nil
        for _ = 1, 3 do
          ok, message = pcall(step, X)
          if not ok then break end
        end
        lab.fail_allocation(0)
        if not ok then assert.is_truthy(tostring(message):find("out of memory", 1, true), message) end
        for _ = 1, 4 do assert.equal("number", type(step(X):item())) end
      end
    end)
  end)

  it("with fallback goes on as plain Lua where it cannot record", function()
    local step = lab.compile(function(X) return X:sum():item() end, { fallback = true })
    for i = 1, 4 do assert.equal(3 * i, step(lab.full({ 3 }, i))) end
    assert.is_true(step.eager)
    assert.is_truthy(step.reason:find("item() reads a value", 1, true))
  end)

  it("survives optimizers that are closed or dropped", function()
    local w = lab.ones(3, { requires_grad = true })
    local opt = optim.SGD({ w }, { lr = 1 })
    local step = lab.compile(function(X) opt:zero_grad(); (X * w):sum():backward(); opt:step() end)
    for _ = 1, 3 do step(lab.ones(3)) end
    assert.same({ -2, -2, -2 }, w:tolist())
    do local closing <close> = opt end -- luacheck: ignore
    assert.is_truthy(errors.message(step, lab.ones(3)):find("this optimizer was closed", 1, true))
  end)
end)
