--- Schedules against PyTorch's and the book's values.
local lab = require "optlab"
local close = require "tests.support.close"
local text = require "tests.support.text"
local expected = dofile("tests/reference/sched_values.lua")
local optim, sched = lab.optim, lab.sched

-- Rates may be zero, where both sides differ by roundings of larger numbers.
local function near(want, got, what) close.number(want, got, what, 1e-9, 1e-16) end

local function follows(values, s)
  for i, want in ipairs(values) do near(want, s(i - 1), "t = " .. i - 1) end
end

local function optimizer()
  return optim.SGD({ lab.zeros(2, { requires_grad = true }) }, { lr = 0.4 })
end

-- Those of PyTorch's, made of optlab's functions.
local COMPOSITIONS = {
  sequential = function()
    return sched.sequential { milestones = { 12 }, schedules = {
      sched.ConstantLR { base_lr = 0.4, factor = 0.1, total_iters = 8 },
      sched.ExponentialLR { base_lr = 0.4, gamma = 0.9 } } }
  end,
  sequential3 = function()
    return sched.sequential { milestones = { 5, 25 }, schedules = {
      sched.LinearLR { base_lr = 0.4, start_factor = 0.2, total_iters = 5 },
      sched.CosineAnnealingLR { base_lr = 0.4, T_max = 20 },
      sched.StepLR { base_lr = 0.4, step_size = 4, gamma = 0.5 } } }
  end,
  sequential_restarts = function()
    return sched.sequential { milestones = { 10 }, schedules = {
      sched.LinearLR { base_lr = 0.4, start_factor = 0.01, total_iters = 9 },
      sched.CosineAnnealingWarmRestarts { base_lr = 0.4, T_0 = 7, T_mult = 2, eta_min = 0.02 } } }
  end,
  chain = function()
    return sched.chain { sched.ConstantLR { base_lr = 0.4, factor = 0.2, total_iters = 6 },
      sched.ExponentialLR { base_lr = 1, gamma = 0.95 } }
  end,
  chain3 = function()
    return sched.chain { sched.LinearLR { base_lr = 0.4, start_factor = 0.5, total_iters = 4 },
      sched.StepLR { base_lr = 1, step_size = 9, gamma = 0.4 }, sched.ExponentialLR { base_lr = 1, gamma = 0.99 } }
  end,
  chain_milestones = function()
    return sched.chain { sched.MultiStepLR { base_lr = 0.4, milestones = { 5, 11, 30 }, gamma = 0.3 },
      sched.ConstantLR { base_lr = 1, factor = 0.5, total_iters = 20 } }
  end,
  lambda = function()
    return sched.LambdaLR { base_lr = 0.4, lr_lambda = function(t) return 1 / (1 + 0.1 * t) end }
  end,
  lambda_wave = function()
    return sched.LambdaLR { base_lr = 0.4, lr_lambda = function(t) return 1 + 0.5 * math.sin(t) end }
  end,
  lambda_stairs = function()
    return sched.LambdaLR { base_lr = 0.4, lr_lambda = function(t) return 0.5 ^ (t // 7) end }
  end,
  multiplicative = function()
    return sched.MultiplicativeLR { base_lr = 0.4, lr_lambda = function(t) return 0.9 + 0.05 * (t % 3) end }
  end,
  multiplicative_constant = function()
    return sched.MultiplicativeLR { base_lr = 0.4, lr_lambda = function() return 0.97 end }
  end,
  multiplicative_late = function()
    return sched.MultiplicativeLR { base_lr = 0.4, lr_lambda = function(t) return t < 20 and 1 or 0.8 end }
  end,
}

describe("sched follows PyTorch and the book over 50 updates:", function()
  for _, case in ipairs(expected.schedules) do
    it(case.name .. " " .. text.options(case.options), function()
      assert.equal(51, #case.values)
      follows(case.values, sched[case.name](case.options))
    end)
  end

  for _, case in ipairs(expected.momenta) do
    it(case.name .. " " .. text.options(case.options), function()
      local o, rate = {}, { base_lr = true, max_lr = true, div_factor = true, final_div_factor = true }
      for k, v in pairs(case.options) do o[k] = not rate[k] and v or nil end
      follows(case.values, sched[case.name](o))
    end)
  end

  for name, make in pairs(COMPOSITIONS) do
    it(name, function() follows(expected.compositions[name], make()) end)
  end

  for _, case in ipairs(expected.plateaus) do
    it("ReduceLROnPlateau " .. text.options(case.options), function()
      local opt = optimizer()
      local scheduler = sched.ReduceLROnPlateau(opt, case.options)
      for i, metric in ipairs(expected.metrics) do
        local before = opt.lr
        assert.equal(case.values[i] ~= before, scheduler:step(metric) and opt.lr ~= before)
        near(case.values[i], opt.lr, "metric " .. i)
      end
    end)
  end

  it("in three settings or more of each scheduler", function()
    local count = { ReduceLROnPlateau = #expected.plateaus }
    for _, case in ipairs(expected.schedules) do count[case.name] = (count[case.name] or 0) + 1 end
    for _, case in ipairs(expected.momenta) do count[case.name] = (count[case.name] or 0) + 1 end
    for name in pairs(COMPOSITIONS) do
      local kind = name:match "^%l+"
      count[kind] = (count[kind] or 0) + 1
    end
    for name in ([[StepLR MultiStepLR ConstantLR LinearLR ExponentialLR PolynomialLR CosineAnnealingLR
      CosineAnnealingWarmRestarts CyclicLR OneCycleLR SWALR ReduceLROnPlateau CyclicMomentum OneCycleMomentum
      sequential chain lambda multiplicative]]):gmatch "%w+" do
      assert.is_true((count[name] or 0) >= 3, name)
    end
  end)
end)

-- PyTorch's schedulers carry the rate of the update before; its SequentialLR went wrong again and again with that.
describe("sched.sequential, where PyTorch's SequentialLR went wrong,", function()
  local function parts()
    return { sched.LinearLR { base_lr = 0.4, start_factor = 0.1, total_iters = 4 },
      sched.CosineAnnealingLR { base_lr = 0.4, T_max = 10 }, sched.ExponentialLR { base_lr = 0.2, gamma = 0.9 } }
  end
  local function joined() return sched.sequential { schedules = parts(), milestones = { 4, 9 } } end

  it("begins with the second schedule where the first milestone is 0 (pytorch#185872)", function()
    local one, two, three = table.unpack(parts())
    local s = sched.sequential { schedules = { one, two, three }, milestones = { 0, 5 } }
    for t = 0, 4 do assert.equal(two(t), s(t)) end
    for t = 5, 9 do assert.equal(three(t - 5), s(t)) end
  end)

  it("begins each schedule at its own first rate (pytorch#67586)", function()
    local one, two, three = table.unpack(parts())
    local s = joined()
    for t = 0, 3 do assert.equal(one(t), s(t)) end
    for t = 4, 8 do assert.equal(two(t - 4), s(t)) end
    for t = 9, 20 do assert.equal(three(t - 9), s(t)) end
  end)

  it("is the same one within the other and flat (pytorch#196243)", function()
    local one, two, three = table.unpack(parts())
    local flat = joined()
    local left = sched.sequential { milestones = { 9 }, schedules = {
      sched.sequential { schedules = { one, two }, milestones = { 4 } }, three } }
    local right = sched.sequential { milestones = { 4 }, schedules = {
      one, sched.sequential { schedules = { two, three }, milestones = { 5 } } } }
    for t = 0, 30 do
      assert.equal(flat(t), left(t))
      assert.equal(flat(t), right(t))
    end
  end)

  it("resumes with the rate at which it stood, before, at and after a milestone (pytorch#162591)", function()
    for stop = 1, 12 do
      local opt = optimizer()
      local before = sched.attach(opt, joined())
      for _ = 1, stop do before:step() end
      local states = { opt:state_dict(), before:state_dict() }
      local other = optimizer()
      local after = sched.attach(other, joined())
      other:load_state_dict(states[1])
      after:load_state_dict(states[2])
      for _ = 1, 6 do
        assert.equal(opt.lr, other.lr)
        before:step()
        after:step()
      end
    end
  end)

  it("tells its last rate (pytorch#69794)", function()
    local opt = optimizer()
    local scheduler = sched.attach(opt, joined())
    for t = 0, 12 do
      assert.same({ joined()(t) }, scheduler:get_last_lr())
      scheduler:step()
    end
  end)
end)
