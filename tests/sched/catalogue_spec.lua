--- Schedules beyond PyTorch's: their values against the programs they come from, compositions, and hyperparameters
-- other than the rate.
local lab = require "optlab"
local close = require "tests.support.close"
local errors = require "tests.support.errors"
local expected = dofile("tests/reference/schedules_values.lua")
local optim, sched = lab.optim, lab.sched

local function optimizer(groups)
  local params = {}
  for i = 1, groups or 1 do params[i] = { params = { lab.zeros(2, { requires_grad = true }) }, lr = 0.1 * i } end
  return optim.SGD(params, { lr = 0.1, momentum = 0.9 })
end

-- WSD that falls to 0.
local function wsd(shape)
  return sched.WSD { base_lr = 0.1, warmup_steps = 5, stable_steps = 15, decay_steps = 15, decay_type = shape }
end

-- The same schedules here. timm's cosine without warmup_prefix climbs towards base_lr and jumps down at the end of
-- the warm-up; here a warm-up ends where the schedule goes on. Its multistep makes each step one update early,
-- transformers' cosine_warmup_with_min_lr ends the warm-up one early: options here. pytorch_optimizer's WSD falls to
-- 0 and then jumps up to the rate of the end, but for cosine; here each shape falls to final_lr, and only the fall is
-- compared. timm's plateau is a loop over two schedules.
local HERE = {
  ["optax polynomial"] = function()
    return sched.PolynomialDecay { base_lr = 0.1, end_lr = 0.01, power = 2, decay_steps = 20, begin = 5 }
  end,
  ["optax exponential_decay"] = function()
    return sched.ExponentialDecay { base_lr = 0.1, decay_steps = 6, decay_rate = 0.5, begin = 3,
      staircase = true, end_lr = 0.01 }
  end,
  ["optax cosine_decay"] = function()
    return sched.CosineDecay { base_lr = 0.1, decay_steps = 30, alpha = 0.1, exponent = 2 }
  end,
  ["optax warmup_cosine_decay"] = function()
    local s = sched.CosineDecay { base_lr = 0.1, decay_steps = 24, alpha = 0.05, exponent = 1.5 }
    return sched.warmup(s, { steps = 8, begin_lr = 0.01 })
  end,
  ["optax warmup_exponential_decay"] = function()
    local s = sched.ExponentialDecay { base_lr = 0.1, decay_steps = 6, decay_rate = 0.5, begin = 3, end_lr = 0.01 }
    return sched.warmup(s, { steps = 5 })
  end,
  ["optax piecewise_constant"] = function()
    return sched.Piecewise { base_lr = 0.1, boundaries = { 10, 20, 30 }, scales = { 0.5, 0.2, 4 } }
  end,
  ["optax piecewise_interpolate linear"] = function()
    return sched.Piecewise { base_lr = 0.1, boundaries = { 10, 20, 30 }, scales = { 0.5, 0.2, 4 },
      interpolation = "linear" }
  end,
  ["optax piecewise_interpolate cosine"] = function()
    return sched.Piecewise { base_lr = 0.1, boundaries = { 10, 20, 30 }, scales = { 0.5, 0.2, 4 },
      interpolation = "cosine" }
  end,
  ["optax linear_onecycle"] = function()
    return sched.LinearOneCycle { max_lr = 0.1, total_steps = 36 }
  end,
  ["optax cosine_onecycle"] = function()
    return sched.CosineOneCycle { max_lr = 0.1, total_steps = 36 }
  end,
  ["optax sgdr"] = function()
    return sched.sequential {
      schedules = {
        sched.warmup(sched.CosineDecay { base_lr = 0.1, decay_steps = 9, alpha = 0.1 }, { steps = 3 }),
        sched.warmup(sched.CosineDecay { base_lr = 0.05, decay_steps = 14, alpha = 0.04 },
          { steps = 4, begin_lr = 0.01 }),
      },
      milestones = { 12 },
    }
  end,
  ["timm cosine (restarts, k-decay)"] = function()
    local s = sched.CosineLR { base_lr = 0.1, t_initial = 10, lr_min = 0.001, cycle_mul = 1.5,
      cycle_decay = 0.5, cycle_limit = 2, k_decay = 1.5 }
    return sched.warmup(s, { steps = 3, begin_lr = 0.01 })
  end,
  ["timm cosine (no prefix)"] = function()
    local s = sched.CosineLR { base_lr = 0.1, t_initial = 30, lr_min = 0.001 }
    return sched.warmup(s, { steps = 5, begin_lr = 0.01, overlap = true })
  end,
  ["timm tanh"] = function()
    local s = sched.TanhLR { base_lr = 0.1, t_initial = 12, lr_min = 0.001, cycle_decay = 0.5, cycle_limit = 3 }
    return sched.warmup(s, { steps = 4, begin_lr = 0.01, overlap = true })
  end,
  ["timm poly"] = function()
    local s = sched.PolyLR { base_lr = 0.1, t_initial = 15, power = 0.5, lr_min = 0.001, cycle_mul = 2,
      cycle_decay = 0.5, cycle_limit = 2, k_decay = 2 }
    return sched.warmup(s, { steps = 3, begin_lr = 0.01 })
  end,
  ["timm step"] = function()
    return sched.warmup(sched.StepLR { base_lr = 0.1, step_size = 6, gamma = 0.7 }, { steps = 4, begin_lr = 0.01 })
  end,
  ["timm multistep"] = function()
    local s = sched.MultiStepLR { base_lr = 0.1, milestones = { 8 - 1, 20 - 1, 30 - 1 }, gamma = 0.5 }
    return sched.warmup(s, { steps = 4, begin_lr = 0.01, overlap = true })
  end,
  ["timm plateau"] = function()
    local opt = optimizer()
    local warm = sched.warmup(function() return 0.1 end, { steps = 4, begin_lr = 0.01 })
    local plateau = sched.ReduceLROnPlateau(opt, { mode = "max", patience = 3, factor = 0.5, cooldown = 2,
      min_lr = 0.01 })
    return function(t)
      if t <= 4 then
        opt.lr = warm(t)
      else
        plateau:step(0.1 * math.min(t - 1, 9) + (t - 1 >= 25 and 0.5 or 0))
      end
      return opt.lr
    end
  end,
  ["transformers inverse_sqrt"] = function()
    return sched.InverseSquareRoot { base_lr = 0.1, warmup_steps = 5, timescale = 7 }
  end,
  ["transformers wsd (1-sqrt)"] = function()
    return sched.WSD { base_lr = 0.1, warmup_steps = 5, stable_steps = 15, decay_steps = 15,
      warmup_begin_lr = 0.01, final_lr = 0.01, warmup_type = "1-sqrt", decay_type = "1-sqrt" }
  end,
  ["transformers wsd (defaults)"] = function()
    return sched.WSD { base_lr = 0.1, warmup_steps = 5, stable_steps = 15, decay_steps = 15 }
  end,
  ["transformers polynomial"] = function()
    local s = sched.PolynomialDecay { base_lr = 0.1, end_lr = 0.001, power = 2, decay_steps = 30 }
    return sched.warmup(s, { steps = 5 })
  end,
  ["transformers cosine_with_restarts"] = function()
    return sched.warmup(sched.CosineLR { base_lr = 0.1, t_initial = 10, cycle_limit = 3 }, { steps = 5 })
  end,
  ["transformers cosine"] = function()
    return sched.warmup(sched.CosineAnnealingLR { base_lr = 0.1, T_max = 30 }, { steps = 5 })
  end,
  ["transformers cosine_with_min_lr"] = function()
    return sched.warmup(sched.CosineAnnealingLR { base_lr = 0.1, T_max = 30, eta_min = 0.02 }, { steps = 5 })
  end,
  ["transformers cosine_warmup_with_min_lr"] = function()
    local s = sched.CosineAnnealingLR { base_lr = 0.1, T_max = 30, eta_min = 0.02 }
    return sched.warmup(s, { steps = 5 - 1, begin_lr = 0.01 })
  end,
  ["transformers linear"] = function()
    return sched.warmup(sched.PolynomialDecay { base_lr = 0.1, decay_steps = 30 }, { steps = 5 })
  end,
  ["REX"] = function()
    return sched.REX { base_lr = 0.1, min_lr = 0.005, total_steps = 36 }
  end,
  ["WSD (pytorch_optimizer, cosine)"] = function()
    return sched.WSD { base_lr = 0.1, warmup_steps = 5, stable_steps = 15, decay_steps = 15, final_lr = 0.01 }
  end,
  ["WSD (pytorch_optimizer, 1-sqrt)"] = function() return wsd "1-sqrt" end,
  ["WSD (pytorch_optimizer, linear)"] = function() return wsd "linear" end,
  ["WSD (pytorch_optimizer, 1-square)"] = function() return wsd "1-square" end,
  ["CosineAnnealingWarmupRestarts"] = function()
    return sched.CosineAnnealingWarmupRestarts { max_lr = 0.1, min_lr = 0.005, first_cycle_steps = 12,
      cycle_mult = 1.5, warmup_steps = 3, gamma = 0.5 }
  end,
}

describe("the catalogue of schedules", function()
  for _, case in ipairs(expected) do
    it("follows " .. case.name, function()
      local s = HERE[case.name]()
      assert.equal(41, #case.values)
      for t = case.first or 0, case.last or 40 do close.number(case.values[t + 1], s(t), "t = " .. t, 1e-12, 1e-17) end
    end)
  end

  it("holds each schedule of C among these cases or those of PyTorch", function()
    local seen = { LambdaLR = true, MultiplicativeLR = true, ReduceLROnPlateau = true }
    for _, case in ipairs(dofile("tests/reference/sched_values.lua").schedules) do seen[case.name] = true end
    for _, make in pairs(HERE) do
      for name in tostring(make()):gmatch("%u%w+") do seen[name] = true end
    end
    local own = { Chebyshev = true, InverseTimeDecay = true, CyclicMomentum = true, OneCycleMomentum = true } -- below
    for name in pairs(sched) do
      if name:match("^%u") then assert(seen[name] or own[name], name .. " is never compared") end
    end
  end)

  it("gives gradient descent Chebyshev's polynomial", function()
    local smallest, largest, n = 0.1, 4.0, 12
    local s = sched.Chebyshev { smallest = smallest, largest = largest, total_steps = n }
    -- the error's factor of eigenvalue h after n steps is T_n(map(h)) / T_n(map(0)); at most 1 / T_n(map(0)) within
    local function factor(h)
      local product = 1
      for t = 0, n - 1 do product = product * (1 - s(t) * h) end
      return product
    end
    local kappa = largest / smallest
    local r = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
    local bound = 2 * r ^ n / (1 + r ^ (2 * n))
    local worst = 0
    for i = 0, 400 do worst = math.max(worst, math.abs(factor(smallest + (largest - smallest) * i / 400))) end
    assert.near(bound, worst, 1e-10)
    assert.near(bound, factor(smallest), 1e-10)
    assert.equal(s(0), s(n))
  end)

  it("falls like 1 / t", function()
    local s = sched.InverseTimeDecay { base_lr = 1, decay_rate = 2, decay_steps = 4 }
    assert.same({ 1.0, 1 / 2, 1 / 3 }, { s(0), s(2), s(4) })
    s = sched.InverseTimeDecay { base_lr = 1, decay_rate = 2, decay_steps = 4, staircase = true }
    assert.same({ 1.0, 1 / 3 }, { s(3.9), s(7) })
  end)

  it("moves the momentum against the rate, as PyTorch's OneCycleLR and CyclicLR do", function()
    -- with the rate's place x between its ends, the momentum is at 1 - x
    local o = { total_steps = 30, anneal_strategy = "linear" }
    local momentum = sched.OneCycleMomentum(o)
    o.max_lr, o.div_factor, o.final_div_factor = 1, 1e9, 1
    local rate = sched.OneCycleLR(o)
    for t = 0, 40 do assert.near(0.95 - 0.1 * rate(t), momentum(t), 1e-8) end
    o = { step_size_up = 4, step_size_down = 6, mode = "triangular2" }
    momentum = sched.CyclicMomentum(o)
    o.base_lr, o.max_lr = 0, 1
    rate = sched.CyclicLR(o)
    for t = 0, 40 do assert.near(0.9 - 0.1 * rate(t), momentum(t), 1e-12) end
  end)

  local CASES = {
    { function() sched.Piecewise { base_lr = 1, boundaries = { 2, 1 }, scales = { 1, 1 } } end,
      "sched.Piecewise: boundaries[2] must be a number above 2, got 1" },
    { function() sched.Piecewise { base_lr = 1, boundaries = { 2, 3 }, scales = { 1 } } end,
      "sched.Piecewise: 2 boundaries need 2 scales, got 1" },
    { function() sched.Piecewise { base_lr = 1, boundaries = { 0 }, scales = { 1 }, interpolation = "linear" } end,
      "sched.Piecewise: boundaries[1] must be a number above 0, got 0" },
    { function() sched.TanhLR { base_lr = 1, t_initial = 2, lb = 3 } end,
      "sched.TanhLR: lb must be below ub, got 3 and 3" },
    { function() sched.CosineAnnealingWarmupRestarts { max_lr = 1, first_cycle_steps = 3, warmup_steps = 3 } end,
      "sched.CosineAnnealingWarmupRestarts: warmup_steps must be below first_cycle_steps, got 3 and 3" },
    { function() sched.Chebyshev { smallest = 2, largest = 1, total_steps = 3 } end,
      "sched.Chebyshev: smallest must be at most largest, got 2 and 1" },
    { function() sched.LinearOneCycle { max_lr = 1, total_steps = 3, pct_start = 0.9 } end,
      "sched.LinearOneCycle: pct_start must be at most pct_final, got 0.9 and 0.85" },
    { function() sched.clamp(sched.REX { base_lr = 1, total_steps = 3 }, { min = 2, max = 1 }) end,
      "sched.clamp: min must be at most max, got 2 and 1" },
  }
  for _, case in ipairs(CASES) do
    it("says what is wrong: " .. case[2], function() assert.equal(case[2], errors.text(case[1])) end)
  end
end)

describe("compositions of schedules", function()
  local function t_plus_1(t) return t + 1.0 end

  it("clamp", function()
    assert.same({ 2.0, 2.0, 3.0, 4.0, 4.0 }, sched.values(sched.clamp(t_plus_1, { min = 2, max = 4 }), 5))
    assert.same({ 1.0, 2.0, 3.0 }, sched.values(sched.clamp(t_plus_1), 3))
  end)

  it("restart", function()
    assert.same({ 1.0, 2.0, 1.0, 2.0, 1.0 }, sched.values(sched.restart(t_plus_1, { steps = 2 }), 5))
    assert.same({ 1.0, 2.0, 0.5, 1.0, 1.5, 1.5 },
      sched.values(sched.restart(t_plus_1, { steps = 2, times = 2, decay = 0.5 }), 6))
    assert.same({ 1.0, 2.0, 1.0, 1.5, 2.0, 2.5, 1.0, 1.25 },
      sched.values(sched.restart(t_plus_1, { steps = 2, growth = 2 }), 8))
    local s = sched.restart(t_plus_1, { steps = 2, growth = 2, times = 2 })
    assert.same({ 3.0, 3.0 }, { s(6), s(1e6) })
    assert.equal(1.0, sched.restart(t_plus_1, { steps = 1 })(1e15)) -- without a loop of that length
  end)

  it("stretch: epochs for updates", function()
    local s = sched.stretch(sched.StepLR { base_lr = 1, step_size = 2, gamma = 0.5 }, 10)
    assert.same({ 1.0, 0.5, 0.25 }, { s(19), s(20), s(40) })
  end)

  it("a warm-up that replaces the first updates", function()
    local s = sched.warmup(sched.PolynomialDecay { base_lr = 1, decay_steps = 10 }, { steps = 4, overlap = true })
    assert.near(0.3, s(2), 1e-15)
    assert.near(0.6, s(4), 1e-15)
    assert.near(0.1, s(9), 1e-15)
  end)
end)

describe("sched.attach", function()
  local s = sched.PolynomialDecay { base_lr = 1, decay_steps = 10 }
  local momentum = sched.OneCycleMomentum { total_steps = 10 }

  it("moves any hyperparameter", function()
    local opt = optimizer()
    local a = sched.attach(opt, { lr = s, momentum = momentum, weight_decay = function(t) return t / 100 end })
    for t = 0, 12 do
      assert.same({ s(t), momentum(t), t / 100 }, { opt.lr, opt.momentum, opt.weight_decay })
      assert.equal(s(t + 1), a:step())
    end
    assert.is_false(a.recordable)
    assert.equal("LRScheduler(lr: PolynomialDecay(base_lr=1, decay_steps=10), "
      .. "momentum: OneCycleMomentum(total_steps=10), weight_decay: function of", tostring(a):match("^.*function of"))
    assert.equal("table", type(a.schedule))
  end)

  it("moves members of a tuple and leaves the others", function()
    local opt = optim.Adam({ lab.zeros(2, { requires_grad = true }) }, { betas = { 0.9, 0.99 } })
    local a = sched.attach(opt, { betas = { momentum } })
    assert.same({ 0.95, 0.99 }, opt.betas)
    a:step()
    assert.same({ momentum(1), 0.99 }, opt.betas)
    assert.equal(1e-3, opt.lr)
    assert.equal("LRScheduler(betas[1]: OneCycleMomentum(total_steps=10), t=1)", tostring(a))
  end)

  it("gives groups schedules of their own; the others keep their ratio", function()
    local opt = optimizer(3)
    local a = sched.attach(opt, { lr = s, groups = { [2] = { lr = sched.scale(s, 5), momentum = momentum } } })
    local function now(name)
      return { opt.param_groups[1][name], opt.param_groups[2][name], opt.param_groups[3][name] }
    end
    local third = 0.1 * 3 / 0.1
    assert.same({ 1.0, 5.0, third }, now "lr")
    assert.same({ 0.9, 0.95, 0.9 }, now "momentum")
    a:step()
    assert.same({ 0.9, 4.5, 0.9 * third }, now "lr")
    opt:add_param_group { params = { lab.zeros(1, { requires_grad = true }) }, lr = 0.45 }
    a:step()
    assert.near(0.4, opt.param_groups[4].lr, 1e-15)
    assert.matches("lr of group 2: scale%(", tostring(a))
  end)

  it("goes on from its state", function()
    local opt, other = optimizer(2), optimizer(2)
    local what = { lr = s, momentum = momentum }
    local a = sched.attach(opt, what)
    for _ = 1, 4 do a:step() end
    local b = sched.attach(other, what)
    b:load_state_dict(a:state_dict())
    assert.same({ opt.lr, opt.momentum, opt.param_groups[2].lr, 4 },
      { other.lr, other.momentum, other.param_groups[2].lr, b.t })
  end)

  it("is part of a compiled step with any hyperparameter, to the same bits", function()
    local function run(compile)
      lab.manual_seed(3)
      local net = lab.nn.Linear(3, 1)
      local opt = optim.Adam(net:parameters(), { lr = 0.1 })
      local a = sched.attach(opt, { lr = s, betas = { momentum }, weight_decay = sched.ExponentialLR {
        base_lr = 0.1, gamma = 0.9 } })
      assert.is_true(a.recordable)
      local x = lab.randn(5, 3)
      local function step()
        opt:zero_grad()
        net(x):square():mean():backward()
        opt:step()
        a:step()
      end
      if compile then step = lab.compile(step) end
      for _ = 1, 9 do step() end
      return net.weight:tolist(), opt.lr, opt.betas, opt.weight_decay
    end
    assert.same({ run(false) }, { run(true) })
  end)

  it("changes nothing when a value is out of range", function()
    local opt = optim.Adam({ lab.zeros(2, { requires_grad = true }) })
    local value = 0.5
    local a = sched.attach(opt, { lr = s, betas = { function() return value end } })
    for _, case in ipairs { { -1, "gave %-1 at t = 1" }, { 1.5, "optim.Adam: betas.*1%.5" } } do
      value = case[1]
      assert.error_matches(function() a:step() end, case[2])
      assert.same({ 1.0, { 0.5, 0.999 }, 0 }, { opt.lr, opt.betas, a.t })
    end
  end)

  local opt = optimizer(2)
  local CASES = {
    { { lr = 0.1 }, "sched.attach: lr must be a function of t or one of sched.*, got 0.1" },
    { { rate = s }, "sched.attach: unknown option 'rate'" },
    { { nesterov = s }, "sched.attach: nesterov of optim.SGD is no number, and only numbers follow a schedule" },
    { { groups = { [3] = { lr = s } } }, "sched.attach: groups[3]: the optimizer has groups 1 to 2" },
    { { groups = { s } }, "sched.attach: " },
    { {}, "sched.attach: the table names no schedule, as {lr = s} does" },
  }
  for _, case in ipairs(CASES) do
    it("says what is wrong: " .. case[2], function()
      local message = errors.text(function() sched.attach(opt, case[1]) end)
      assert.equal(case[2], message:sub(1, #case[2]))
    end)
  end
end)
