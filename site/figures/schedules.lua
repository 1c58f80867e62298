--- A curve for each schedule of the reference: an example, written as one writes it, over its first updates.
local lab = require "optlab"
local plot, sched = lab.plot, lab.sched

local N = 100

-- The calls whose curves a figure shows; "s" is a cosine that compositions start from.
local EXAMPLES = {
  chain = { "sched.chain{sched.StepLR{base_lr = 0.1, step_size = 30, gamma = 0.5}, "
    .. "sched.LinearLR{base_lr = 1, total_iters = 20}}" },
  Chebyshev = { "sched.Chebyshev{smallest = 1, largest = 20, total_steps = 16}" },
  clamp = { "s", "sched.clamp(s, {min = 0.02, max = 0.08})" },
  ConstantLR = { "sched.ConstantLR{base_lr = 0.1, factor = 0.5, total_iters = 25}" },
  Cosine = { "sched.Cosine{base_lr = 0.1, max_update = 80}",
    "sched.Cosine{base_lr = 0.1, max_update = 80, warmup_steps = 15, final_lr = 0.01}" },
  CosineAnnealingLR = { "sched.CosineAnnealingLR{base_lr = 0.1, T_max = 100}",
    "sched.CosineAnnealingLR{base_lr = 0.1, T_max = 25}" },
  CosineAnnealingWarmRestarts = { "sched.CosineAnnealingWarmRestarts{base_lr = 0.1, T_0 = 25}",
    "sched.CosineAnnealingWarmRestarts{base_lr = 0.1, T_0 = 14, T_mult = 2}" },
  CosineAnnealingWarmupRestarts = {
    "sched.CosineAnnealingWarmupRestarts{max_lr = 0.1, first_cycle_steps = 33, warmup_steps = 8, gamma = 0.6}" },
  CosineDecay = { "sched.CosineDecay{base_lr = 0.1, decay_steps = 80}",
    "sched.CosineDecay{base_lr = 0.1, decay_steps = 80, alpha = 0.2, exponent = 3}" },
  CosineLR = { "sched.CosineLR{base_lr = 0.1, t_initial = 33, cycle_limit = 3, cycle_decay = 0.5, lr_min = 0.005}" },
  CosineOneCycle = { "sched.CosineOneCycle{max_lr = 0.1, total_steps = 90}" },
  CyclicLR = { "sched.CyclicLR{base_lr = 0.01, max_lr = 0.1, step_size_up = 15}",
    "sched.CyclicLR{base_lr = 0.01, max_lr = 0.1, step_size_up = 15, mode = 'triangular2'}" },
  CyclicMomentum = { "sched.CyclicMomentum{base_momentum = 0.8, max_momentum = 0.9, step_size_up = 15}" },
  ExponentialDecay = { "sched.ExponentialDecay{base_lr = 0.1, decay_steps = 20, decay_rate = 0.5}",
    "sched.ExponentialDecay{base_lr = 0.1, decay_steps = 20, decay_rate = 0.5, staircase = true}" },
  ExponentialLR = { "sched.ExponentialLR{base_lr = 0.1, gamma = 0.98}",
    "sched.ExponentialLR{base_lr = 0.1, gamma = 0.94}" },
  Factor = { "sched.Factor{base_lr = 0.1, factor = 0.9, step = 3, stop_factor_lr = 0.01}" },
  InverseSquareRoot = { "sched.InverseSquareRoot{base_lr = 0.1, warmup_steps = 10}" },
  InverseTimeDecay = { "sched.InverseTimeDecay{base_lr = 0.1, decay_steps = 10, decay_rate = 0.5}",
    "sched.InverseTimeDecay{base_lr = 0.1, decay_steps = 10, decay_rate = 0.5, staircase = true}" },
  LambdaLR = { "sched.LambdaLR{base_lr = 0.1, lr_lambda = function(t) return 1 / (1 + t / 10) end}" },
  LinearLR = { "sched.LinearLR{base_lr = 0.1, start_factor = 0.1, total_iters = 20}",
    "sched.LinearLR{base_lr = 0.1, start_factor = 1, end_factor = 0, total_iters = 80}" },
  LinearOneCycle = { "sched.LinearOneCycle{max_lr = 0.1, total_steps = 90}" },
  MultiFactor = { "sched.MultiFactor{base_lr = 0.1, step = {30, 60}, factor = 0.5}" },
  MultiplicativeLR = { "sched.MultiplicativeLR{base_lr = 0.1, "
    .. "lr_lambda = function(t) return t % 2 == 0 and 0.93 or 1 end}" },
  MultiStepLR = { "sched.MultiStepLR{base_lr = 0.1, milestones = {20, 45, 80}, gamma = 0.5}" },
  OneCycleLR = { "sched.OneCycleLR{max_lr = 0.1, total_steps = 90}",
    "sched.OneCycleLR{max_lr = 0.1, total_steps = 90, anneal_strategy = 'linear', three_phase = true}" },
  OneCycleMomentum = { "sched.OneCycleMomentum{total_steps = 90}" },
  Piecewise = { "sched.Piecewise{base_lr = 0.1, boundaries = {30, 60, 90}, scales = {0.5, 0.8, 0.2}}",
    "sched.Piecewise{base_lr = 0.1, boundaries = {30, 60, 90}, scales = {0.5, 0.8, 0.2}, interpolation = 'linear'}",
    "sched.Piecewise{base_lr = 0.1, boundaries = {30, 60, 90}, scales = {0.5, 0.8, 0.2}, interpolation = 'cosine'}" },
  Poly = { "sched.Poly{base_lr = 0.1, max_update = 80}",
    "sched.Poly{base_lr = 0.1, max_update = 80, warmup_steps = 15, pwr = 1}" },
  PolyLR = { "sched.PolyLR{base_lr = 0.1, t_initial = 80}", "sched.PolyLR{base_lr = 0.1, t_initial = 80, power = 2}" },
  PolynomialDecay = { "sched.PolynomialDecay{base_lr = 0.1, decay_steps = 80, end_lr = 0.01}",
    "sched.PolynomialDecay{base_lr = 0.1, decay_steps = 80, end_lr = 0.01, power = 3}" },
  PolynomialLR = { "sched.PolynomialLR{base_lr = 0.1, total_iters = 80}",
    "sched.PolynomialLR{base_lr = 0.1, total_iters = 80, power = 3}" },
  restart = { "sched.restart(sched.CosineAnnealingLR{base_lr = 0.1, T_max = 20}, "
    .. "{steps = 20, decay = 0.8, growth = 1.4})" },
  REX = { "sched.REX{base_lr = 0.1, total_steps = 90}" },
  scale = { "s", "sched.scale(s, 0.5)" },
  sequential = { "sched.sequential{schedules = {sched.LinearLR{base_lr = 0.1, start_factor = 0.1, total_iters = 20}, "
    .. "sched.ExponentialLR{base_lr = 0.1, gamma = 0.97}}, milestones = {30}}" },
  SquareRoot = { "sched.SquareRoot{base_lr = 0.1}", "sched.SquareRoot{base_lr = 0.1, warmup_steps = 15}" },
  StepLR = { "sched.StepLR{base_lr = 0.1, step_size = 20, gamma = 0.5}" },
  stretch = { "s", "sched.stretch(s, 0.5)" },
  SWALR = { "sched.SWALR{base_lr = 0.1, swa_lr = 0.02, anneal_epochs = 40}",
    "sched.SWALR{base_lr = 0.1, swa_lr = 0.02, anneal_epochs = 40, anneal_strategy = 'linear'}" },
  TanhLR = { "sched.TanhLR{base_lr = 0.1, t_initial = 90}" },
  warmup = { "s", "sched.warmup(s, {steps = 15})" },
  WSD = { "sched.WSD{base_lr = 0.1, warmup_steps = 10, stable_steps = 50, decay_steps = 35}",
    "sched.WSD{base_lr = 0.1, warmup_steps = 10, stable_steps = 50, decay_steps = 35, decay_type = '1-sqrt'}" },
}

-- Rates that follow a loss, which stops to fall at update 40.
local function plateau()
  local opt = lab.optim.SGD({ lab.zeros(1) }, { lr = 0.1 })
  local on_plateau, rates = sched.ReduceLROnPlateau(opt, { factor = 0.5, patience = 10 }), {}
  for t = 0, N do
    rates[t + 1] = opt.lr
    on_plateau:step(math.max(1 - t / 40, 0))
  end
  return rates
end

local environment = { sched = sched, s = sched.CosineAnnealingLR { base_lr = 0.1, T_max = N } }

local function values(call)
  local schedule = assert(load("return " .. call, call, "t", environment))()
  return sched.values(schedule, N + 1)
end

local times = {}
for t = 0, N do times[t + 1] = t end

-- The curves without text, for a small picture.
local function draw_small(name, curves)
  local fig = plot.figure { size = { 240, 160 }, xticks = {}, yticks = {}, legend = false }
  for _, curve in ipairs(curves) do fig:line(times, curve, { style = "-" }) end
  fig:save(name .. "-small")
end

local function draw(name, calls, curves)
  local momentum = name:find "Momentum" ~= nil
  local fig = plot.figure { title = "sched." .. name, size = { 640, 360 }, xlabel = "update t", ylabel = momentum
    and "momentum" or "learning rate", ylim = not momentum and name ~= "Chebyshev" and { 0, 0.105 } or nil,
    legend = "below" }
  for i, curve in ipairs(curves) do
    local words = #curves > 1 and (calls[i]:gsub("^sched%.[%w.]+", "…")) or ""
    fig:line(times, curve, { label = words ~= "" and words or nil, style = "-" })
  end
  fig:save(name)
  draw_small(name, curves)
  print(("%s: %s"):format(name, table.concat(calls, "; ")))
end

local names = {}
for name in pairs(EXAMPLES) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  local curves = {}
  for i, call in ipairs(EXAMPLES[name]) do curves[i] = values(call) end
  draw(name, EXAMPLES[name], curves)
end
draw("ReduceLROnPlateau", { "the loss falls until update 40; factor = 0.5, patience = 10" }, { plateau() })
