--- Recorded element-wise operations that write over an operand which nobody reads afterwards.
local lab = require "optlab"

-- Whether f, recorded, goes on returning what it returns when it is not.
local function same(f)
  local step = lab.compile(f)
  for i = 1, 5 do
    local x = lab.randn(70, 70)
    local want, got = { f(x) }, { step(x) }
    for k = 1, #want do assert.equal(0, want[k]:ne(got[k]):sum():item(), ("call %d, result %d"):format(i, k)) end
  end
  assert.is_true(step.replays >= 3)
end

describe("a recorded element-wise operation", function()
  it("leaves alone what is read later, or seen in another order as well", function()
    same(function(x)
      local a = x + 1
      local b = a + a:t()
      local c = b * 2
      local d = c - c
      return b + d, (c + x[1]):relu() * c:sum(1)
    end)
  end)

  it("leaves its arguments alone", function()
    local x = lab.randn(40, 40)
    local before = x:clone()
    local step = lab.compile(function(t) return (t * 2):exp():relu() end)
    for _ = 1, 4 do step(x) end
    assert.equal(0, x:ne(before):sum():item())
  end)

  it("takes gradients through operations that keep what they wrote", function()
    local w = lab.randn({ 70, 70 }, { requires_grad = true })
    same(function(x)
      local y = ((x * w):tanh() + x):relu():exp()
      local g = lab.autograd.grad((y * y):sum(), { w })
      return y:detach(), g[1]
    end)
  end)

  it("needs no second operand's memory in a chain", function()
    local x = lab.randn(1000, 100)
    collectgarbage()
    collectgarbage()
    local before = lab.memory().live
    local step = lab.compile(function(t)
      for _ = 1, 20 do t = (t * 0.5):tanh() + 1 end
      return t:sum()
    end)
    for _ = 1, 4 do step(x) end
    collectgarbage()
    collectgarbage()
    assert.is_true(lab.memory().live - before <= 3 * x:numel() * 4)
  end)
end)
