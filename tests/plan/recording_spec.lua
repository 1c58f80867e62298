--- What a recording keeps in memory, and gradients of replayed steps that a script or a graph goes on using.
local lab = require "optlab"
local compiled = require "tests.support.compiled"
local F, optim = lab.nn.functional, lab.optim

-- The most memory that f(...) takes beside what is in use before.
local function peak(f, ...)
  collectgarbage()
  collectgarbage()
  lab.reset_peak_memory()
  local before = lab.memory().live
  f(...)
  return lab.memory().peak - before
end

-- A step of n operations on tensors of `size` numbers, each of which backward needs.
local function long_step(n, size)
  local w = lab.ones(size, { requires_grad = true })
  local opt = optim.SGD({ w }, { lr = 1e-3 })
  return function(X, y)
    opt:zero_grad()
    local x = X
    for _ = 1, n do x = (x * w):tanh() + x end
    local loss = F.mse_loss(x, y)
    loss:backward()
    opt:step()
    return loss
  end, lab.randn(size), lab.randn(size)
end

describe("a recording", function()
  for _, case in ipairs { { 300, 1, 3 }, { 300, 64, 2 }, { 100, 4096, 2 } } do
    local n, size, factor = table.unpack(case)
    local title = "of %d operations on %d numbers needs at most %d times the memory of the step"
    it(title:format(3 * n, size, factor), function()
      local step, X, y = long_step(n, size)
      step(X, y)
      local eager, fn = peak(step, X, y), lab.compile(step)
      for _ = 1, 3 do assert.is_true(peak(fn, X, y) <= factor * eager) end
      assert.equal(1, fn.replays)
    end)
  end

  it("that differs in its middle from the one before is compared with the next one", function()
    compiled.same(function()
      local w, first = lab.ones(3, { requires_grad = true }), true
      local opt = optim.SGD({ w }, { lr = 0.1 })
      return {
        tensors = { w }, steps = 6, args = function(i) return lab.full({ 3 }, i) end,
        step = function(X)
          opt:zero_grad()
          local x = X * w
          if first then x = x * 1 end
          first = false
          local l = (x + X):square():sum()
          l:backward()
          opt:step()
          return l
        end,
      }
    end)
  end)
end)

describe("a gradient of a replayed step", function()
  local function training(use)
    compiled.same(function()
      local w = lab.tensor({ 1, 2, 3 }, { requires_grad = true })
      local log = {}
      return {
        tensors = { w }, steps = 8, args = function(i) return lab.full({ 3 }, i) end,
        step = function(X) w.grad = nil; (X * w * w):sum():backward() end,
        after = function(i) return use(w, log, i) end,
      }
    end)
  end

  it("keeps its numbers where the script keeps it", function()
    training(function(w, log)
      log[#log + 1] = w.grad
      return log[1]:sum():item() + log[#log // 2 + 1]:sum():item()
    end)
  end)

  it("keeps its numbers where the script keeps a view of it", function()
    training(function(w, log)
      log[#log + 1] = w.grad[2]
      log[#log + 1] = w.grad:detach()
      return log[1]:item() + log[2]:sum():item() + log[#log // 2]:sum():item()
    end)
  end)

  it("keeps its numbers where a graph needs them", function()
    local v = lab.ones(3, { requires_grad = true })
    training(function(w, log)
      log[#log + 1] = (v * w.grad):sum()
      return lab.autograd.grad(log[#log // 2 + 1], v, { retain_graph = true }):sum():item()
    end)
  end)

  it("is a result of its own", function()
    compiled.same(function()
      local w = lab.tensor({ 1, 2, 3 }, { requires_grad = true })
      local log = {}
      return {
        tensors = { w }, steps = 8, args = function(i) return lab.full({ 3 }, i) end,
        step = function(X)
          w.grad = nil
          ;(X * w * w):sum():backward()
          return w.grad
        end,
        after = function(i)
          if i % 3 == 0 then log[#log + 1] = w.grad:detach() end
          return log[1] and log[1]:sum():item()
        end,
      }
    end)
  end)
end)
