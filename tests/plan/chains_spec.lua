--- Consecutive element-wise operations of a compiled step, which it does block by block.
local lab = require "optlab"

local SIZES = { 2047, 2048, 2049, 4096, 5003, 16385, 33000, 100003 }

local function expect_equal(want, got, what)
  assert.same(want:size(), got:size(), what)
  local differ = want:ne(got):logical_and(want:eq(want):logical_or(got:eq(got)))
  assert.equal(0, differ:sum():item(), what)
  assert.equal(0, (1 / want):ne(1 / got):logical_and(want:eq(0)):sum():item(), what .. ": sign of 0")
end

-- f(x, y) called as it is and replayed returns the same bits, for every size.
local function same(f, dtype, sizes)
  for _, n in ipairs(sizes or SIZES) do
    local step = lab.compile(f)
    for i = 1, 4 do
      local x, y = lab.randn({ n }, { dtype = dtype }), lab.randn({ n }, { dtype = dtype })
      local want, got = { f(x, y) }, { step(x, y) }
      for k = 1, #want do expect_equal(want[k], got[k], ("n = %d, call %d, result %d"):format(n, i, k)) end
    end
    assert.is_true(step.replays >= 2)
  end
end

local function live()
  collectgarbage()
  collectgarbage()
  return lab.memory().live
end

describe("a chain of element-wise operations", function()
  it("gives the bits of the operations one after the other", function()
    for _, dtype in ipairs { "float32", "float64" } do
      same(function(x, y)
        local a = (x * 3 - y):tanh()
        local b = a:exp() / (1 + y * y)
        return b, a - b, (b * 0.5):sqrt()
      end, dtype)
    end
  end)

  it("sums on its way, in the order of a sum by itself", function()
    same(function(x, y)
      local a = x * y
      local s = a:sum()
      local b = a + x
      return s, b:sum(), (b * b):sum(), b / s
    end)
  end)

  it("selects by masks", function()
    same(function(x, y)
      local larger = x:gt(y)
      return lab.where(larger, x * 2, y - 1), larger
    end)
  end)

  describe("joins two operations", function()
    local FIRST = {
      add = function(a, b) return a + b end, sub = function(a, b) return a - b end,
      mul = function(a, b) return a * b end, square = function(a) return a ^ 2 end, neg = function(a) return -a end,
    }
    local SECOND = {
      function(f, c) return f + c end, function(f, c) return f - c end, function(f, c) return c - f end,
      function(f, c) return f * c end, function(f) return f:square() end, function(f) return -f end,
    }
    for name, first in pairs(FIRST) do
      it("with the bits of both: " .. name, function()
        for i = 1, 4 do
          for k = 1, 4 do
            local function all(x, y)
              local operands, results = { x, y, 0.7, x[1] }, {}
              for j, second in ipairs(SECOND) do
                results[j] = second(first(operands[i], operands[k]), operands[(i + k + j) % 4 + 1])
              end
              return table.unpack(results)
            end
            local is_unary = name == "square" or name == "neg"
            if is_unary and i < 3 and k == 1 or not is_unary and (i < 3 or k < 3) then
              same(all, "float32", { 2049 })
              same(all, "float64", { 2049 })
            end
          end
        end
      end)
    end

    it("where memory is written in between", function()
      same(function(x, y)
        local a, b = x * 2, x + y
        local f = a * b
        a:add_(1)
        local c = f - y
        local g = -b
        b:mul_(y)
        local d = g * b + a
        return a, b, c, d, ((x * y) ^ 2 - y) ^ 2, (d * 2):sum()
      end)
    end)
  end)

  it("leaves products with 1 out", function()
    for _, dtype in ipairs { "float32", "float64" } do
      same(function(x, y)
        local ones = lab.ones({ x:numel() }, { dtype = dtype })
        local a, b = x * 0, (x - y) * 1
        local c = ones * b
        c:add_(1)
        return a * ones, c, b, (y * 3) * 1 + b, x * 1
      end, dtype)
    end
  end)

  it("writes in place", function()
    same(function(x, y)
      local a = x + y
      a:mul_(x)
      a:add_(y):exp_()
      local b = a * 2
      a:sub_(b)
      return a, b
    end)
  end)

  it("keeps the order of operations that see the same memory elsewhere", function()
    same(function(x, y)
      local n = x:numel()
      local a = x * 2
      local left, right = a:narrow(1, 1, n - 1), a:narrow(1, 2, n - 1)
      left:add_(right)
      left:mul_(right):add_(y:narrow(1, 1, n - 1))
      local b = a + a:flip(1)
      a:add_(a[1])
      return a, b, a * a[n]
    end)
  end)

  it("powers as a whole tensor of exponents does", function()
    same(function(x, y)
      local a = x:abs() + 0.5
      return a:pow(lab.full({ x:numel() }, 2)) + y, a:pow(2) * y, a:pow(y)
    end)
  end)

  it("takes a step of gradients and an optimizer", function()
    for _, n in ipairs { 2048, 10001, 70000 } do
      local function start()
        lab.manual_seed(n)
        local x, y = lab.rand({ n }, { requires_grad = true }), lab.rand({ n }, { requires_grad = true })
        local opt = lab.optim.Adam({ x, y }, { lr = 0.01 })
        return function()
          opt:zero_grad()
          local a, b = 1 - x, y - x * x
          local loss = (a * a + 100 * (b * b)):sum()
          loss:backward()
          opt:step()
          return loss
        end, x, y
      end
      local eager, x, y = start()
      local wants = {}
      for i = 1, 6 do wants[i] = eager():detach() end
      local f, u, v = start()
      local step = lab.compile(f)
      local kept
      for i = 1, 6 do
        expect_equal(wants[i], step(), "loss")
        if i == 4 then kept = { u.grad, u.grad:clone() } end
      end
      for _, pair in ipairs { { x, u }, { y, v }, { x.grad, u.grad }, { y.grad, v.grad }, kept } do
        expect_equal(pair[1], pair[2], "n = " .. n)
      end
      assert.is_true(step.replays >= 3)
    end
  end)

  it("is the same on any number of threads", function()
    local function run(threads)
      local before = lab.get_num_threads()
      lab.set_num_threads(threads)
      lab.manual_seed(3)
      local step = lab.compile(function(x)
        local a = (x * x):exp() - x
        return (a * a):sum(), a / 3
      end)
      local results
      for _ = 1, 4 do results = { step(lab.randn(200001)) } end
      lab.set_num_threads(before)
      return results
    end
    local one = run(1)
    for threads = 2, 3 do
      for k, t in ipairs(run(threads)) do expect_equal(one[k], t, threads .. " threads") end
    end
  end)

  it("needs no memory for what is made and used up within it", function()
    local x = lab.randn(200000)
    local step = lab.compile(function(t)
      local a, b = t * 2, t + 1
      for _ = 1, 20 do
        a, b = a * b, (a - b):tanh()
      end
      return (a + b):sum()
    end)
    for _ = 1, 4 do step(x) end
    assert.is_true(step.replays >= 1)
    local with = live()
    step = nil -- luacheck: ignore
    assert.is_true(with - live() < 1.5 * 4 * x:numel()) -- the copy of the argument, and the plan itself
  end)

  it("is found in long steps in time that grows with their length", function()
    local step = lab.compile(function(t)
      for _ = 1, 5000 do t = t * 0.5 + 1 end
      return t
    end)
    local x, start = lab.randn(2048), os.clock()
    for _ = 1, 3 do step(x) end
    assert.is_true(step.replays >= 1)
    assert.is_true(os.clock() - start < 20)
  end)
end)
