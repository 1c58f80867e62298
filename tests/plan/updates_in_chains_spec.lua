--- Optimizers whose update follows in each piece of a chain that makes the gradients, with the bits of the plain step.
local lab = require "optlab"

local optim = lab.optim

local function leaf(n) return lab.rand({ n }, { requires_grad = true }) end

local function expect_equal(want, got, what)
  assert.same(want:size(), got:size(), what)
  assert.equal(0, want:ne(got):logical_and(want:eq(want):logical_or(got:eq(got))):sum():item(), what)
end

local function rosenbrock(x, y) return ((1 - x) ^ 2 + (y - x ^ 2) ^ 2 * 100):sum() end

-- make(n) returns a step, the tensors to look at, what happens before step t (or nil), and an optimizer.
local function same(make, sizes)
  local threads = lab.get_num_threads()
  finally(function() lab.set_num_threads(threads) end)
  for _, n in ipairs(sizes or { 2048, 5003, 40001 }) do
    local function run(compiled)
      lab.manual_seed(n)
      local step, tensors, before, opt = make(n)
      local f, results = compiled and lab.compile(step) or step, {}
      for t = 1, 7 do
        if before then before(t, opt, tensors) end
        results[t] = f():detach():clone()
      end
      for _, x in ipairs(tensors) do results[#results + 1] = x:detach():clone() end
      for _, x in ipairs(tensors) do results[#results + 1] = x.grad and x.grad:clone() or lab.zeros(1) end
      if opt then
        for _, state in pairs(opt:state_dict().state) do
          for name, s in pairs(state) do
            if lab.is_tensor(s) then results[name .. #results] = s end
          end
        end
      end
      if compiled then assert.is_true(f.replays >= 2) end
      return results
    end
    local want = run(false)
    for _, count in ipairs { 1, 2, 3 } do
      lab.set_num_threads(count)
      local got = run(true)
      for i, w in ipairs(want) do expect_equal(w, got[i], ("n = %d, result %d, %d threads"):format(n, i, count)) end
    end
  end
end

local function plain(make_optimizer, loss, before)
  return function(n)
    local x, y = leaf(n), leaf(n)
    local opt = make_optimizer({ x, y })
    return function()
      opt:zero_grad()
      local l = (loss or rosenbrock)(x, y)
      l:backward()
      opt:step()
      return l
    end, { x, y }, before, opt
  end
end

describe("an optimizer that follows a chain", function()
  for name, o in pairs { SGD = { lr = 1e-4, momentum = 0.9 }, Adam = { lr = 0.01 }, Lion = { lr = 0.01 },
    AdamW = { lr = 0.01, amsgrad = true }, RMSprop = { lr = 0.01, centered = true }, Adagrad = { lr = 0.1 },
    Rprop = {}, NAdam = {}, SGLD = { lr = 1e-4 }, LAMB = {}, ScheduleFreeAdamW = {}, Prodigy = {},
  } do
    it("is " .. name, function()
      same(plain(function(params) return optim[name](params, o) end), { 5003 })
    end)
  end

  it("works at any size on any number of threads", function()
    same(plain(function(params) return optim.Adam(params, { lr = 0.01 }) end))
  end)

  it("has groups with rates of their own, which change", function()
    same(plain(function(params)
      return optim.Adam({ { params = { params[1] }, lr = 0.1 }, { params = { params[2] } } }, { lr = 0.01 })
    end, nil, function(t, opt)
      if t > 3 then opt.param_groups[1].lr = 0.1 / t end
      if t == 6 then opt:load_state_dict(opt:state_dict()) end
    end), { 5003 })
  end)

  it("waits where the chain reads a parameter elsewhere", function()
    same(plain(function(params) return optim.Adam(params, { lr = 0.01 }) end,
      function(x, y) return (x * x[1] + (y - x) ^ 2):sum() end), { 5003 })
    same(plain(function(params) return optim.SGD(params, { lr = 0.01 }) end,
      function(x, y) return (x ^ 2 + (y - x:flip(1)) ^ 2):sum() + x:sum() * 0.5 end), { 5003 })
  end)

  it("sums its parameters before it changes them", function()
    same(function(n)
      local x = leaf(n)
      local opt = optim.SGD({ x }, { lr = 0.01 })
      return function()
        opt:zero_grad()
        local l = (x * x * 0.5):sum()
        l:backward()
        local s = x:sum() + x.grad:sum()
        opt:step()
        return s + l
      end, { x }, nil, opt
    end)
  end)

  it("has parameters of other sizes, or without a gradient", function()
    same(function(n)
      local x, b, unused = leaf(n), leaf(1), leaf(n)
      local opt = optim.Adam({ x, b, unused }, { lr = 0.01 })
      return function()
        opt:zero_grad()
        local l = ((x - b) ^ 2 + x ^ 2):sum()
        l:backward()
        opt:step()
        return l
      end, { x, b, unused }, nil, opt
    end, { 5003 })
    same(function(n)
      local x, unused = leaf(n), leaf(n)
      local opt = optim.Adam({ unused, x }, { lr = 0.01 })
      return function()
        opt:zero_grad()
        local l = (x ^ 4 - x):sum()
        l:backward()
        opt:step()
        return l
      end, { x, unused }, nil, opt
    end, { 5003 })
  end)

  it("is one of two, or goes before other operations", function()
    same(function(n)
      local x, y = leaf(n), leaf(n)
      local first, second = optim.Adam({ x }, { lr = 0.01 }), optim.SGD({ y }, { lr = 0.001 })
      return function()
        first:zero_grad()
        second:zero_grad()
        local l = rosenbrock(x, y)
        l:backward()
        first:step()
        second:step()
        return (x:detach() * y:detach()):sum() + l
      end, { x, y }, nil, first
    end, { 5003 })
  end)

  it("leaves gradients that a script keeps alone", function()
    local kept = {}
    same(plain(function(params) return optim.Adam(params, { lr = 0.01 }) end, nil, function(t, _, tensors)
      if t == 5 then kept[#kept + 1] = { tensors[1].grad, tensors[1].grad:clone() } end
    end), { 5003 })
    for _, pair in ipairs(kept) do expect_equal(pair[2], pair[1], "kept") end
  end)
end)
