--- Learning-rate schedules: functions of the update count t = 0, 1, ..., ready-made, composed, or your own.
--
-- A schedule is called with t and answers with the learning rate; it keeps nothing between calls, so it can be plotted,
-- composed and resumed. Any Lua function of t is one. The ready-made ones are made by one options table that holds
-- `base_lr`; formulas and defaults are in the opening comments of `src/optim/sched_*.c`.
--
--     local s = sched.Cosine{base_lr = 0.3, max_update = 20, final_lr = 0.01, warmup_steps = 5}
--     local scheduler = sched.attach(opt, s)      -- opt.lr = s(0)
--     scheduler:step()                            -- opt.lr = s(1)
--
-- * the book's: `Factor MultiFactor SquareRoot Poly Cosine`, each with `warmup_steps`, `warmup_begin_lr`, `warmup_mode`
-- * PyTorch's: `StepLR MultiStepLR ConstantLR LinearLR ExponentialLR PolynomialLR CosineAnnealingLR
--   CosineAnnealingWarmRestarts CyclicLR OneCycleLR LambdaLR MultiplicativeLR`, and the object `ReduceLROnPlateau`
-- * compositions: `sequential chain warmup scale`
-- * `at(s, t)` asks any schedule and checks the answer; `values(s, n)` makes a list for plots
-- @module optlab.sched
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local M = {}
for name, value in pairs(core.sched) do M[name] = value end

-- A schedule composed in Lua: a table that is called, so that it can be printed.
local Composed = { __name = "optlab.Schedule" }

function Composed:__call(t)
  if type(t) ~= "number" or t ~= t or t < 0 then
    errors.raise("%s: t must be a number >= 0, the count of updates, got %s", self.name, errors.shown(t))
  end
  return self.rate(t)
end

function Composed:__tostring() return self.text end

local function compose(name, parts, rate)
  local words = {}
  for i, part in ipairs(parts) do words[i] = tostring(part) end
  return setmetatable({ name = name, text = ("%s(%s)"):format(name, table.concat(words, ", ")), rate = rate }, Composed)
end

local function check_schedule(s, fn, what)
  local mt = getmetatable(s)
  if type(s) ~= "function" and not (type(mt) == "table" and mt.__call) then
    errors.raise("%s: %s must be a schedule (a function of t or one of sched.*), got %s", fn, what, errors.shown(s))
  end
  return s
end

local function check_schedules(list, fn)
  errors.check_table(list, fn, "the list of schedules")
  if #list == 0 then errors.raise("%s: the list of schedules is empty", fn) end
  for i, s in ipairs(list) do check_schedule(s, fn, "schedule " .. i) end
  return list
end

--- One schedule after another: from `milestones[i]` on, `schedules[i + 1]` runs with t counted from there.
-- @tparam table o `schedules`: a list; `milestones`: ascending update counts, one fewer
-- @treturn schedule
-- @usage sched.sequential{schedules = {warm, sched.ExponentialLR{base_lr = 0.1, gamma = 0.9}}, milestones = {5}}
function M.sequential(o)
  local fn = "sched.sequential"
  errors.check_options(o, { "schedules", "milestones" }, fn)
  errors.check_table(o, fn, "the options")
  local list, milestones = check_schedules(o.schedules, fn), errors.check_table(o.milestones, fn, "milestones")
  if #milestones ~= #list - 1 then
    errors.raise("%s: %d schedules need %d milestones, got %d", fn, #list, #list - 1, #milestones)
  end
  for i, m in ipairs(milestones) do
    errors.check_number(m, fn, ("milestones[%d]"):format(i), milestones[i - 1] or 0)
  end
  return compose("sequential", list, function(t)
    local i = #list
    while i > 1 and t < milestones[i - 1] do i = i - 1 end
    return core.sched.at(list[i], t - (milestones[i - 1] or 0))
  end)
end

--- The product of several schedules, as PyTorch's ChainedScheduler: one gives a rate, the others factors
-- (`base_lr = 1`).
-- @tparam {schedule,...} list
-- @treturn schedule
-- @usage sched.chain{sched.StepLR{base_lr = 0.1, step_size = 10}, sched.LinearLR{base_lr = 1}}
function M.chain(list)
  check_schedules(list, "sched.chain")
  return compose("chain", list, function(t)
    local lr = 1
    for _, s in ipairs(list) do lr = lr * core.sched.at(s, t) end
    return lr
  end)
end

--- A warm-up before any schedule: `steps` updates up to s(0), then s counted from there.
-- @tparam schedule s
-- @tparam table o `steps`; `begin_lr` (0); `mode`: "linear" (from begin_lr, the default) or "constant" (at begin_lr)
-- @treturn schedule
-- @usage sched.warmup(sched.SquareRoot{base_lr = 0.1}, {steps = 5})
function M.warmup(s, o)
  local fn = "sched.warmup"
  check_schedule(s, fn, "argument #1")
  errors.check_options(o, { "steps", "begin_lr", "mode" }, fn)
  o = errors.check_table(o, fn, "the options")
  local steps = errors.check_number(o.steps, fn, "steps", 0)
  local begin = errors.check_number(o.begin_lr or 0, fn, "begin_lr", 0)
  local mode = errors.check_choice(o.mode or "linear", { "linear", "constant" }, fn, "mode")
  return compose("warmup", { s, "steps=" .. steps }, function(t)
    if t >= steps then return core.sched.at(s, t - steps) end
    if mode == "constant" then return begin end
    return begin + (core.sched.at(s, 0) - begin) * t / steps
  end)
end

--- A schedule times a number.
-- @tparam schedule s
-- @tparam number factor
-- @treturn schedule
function M.scale(s, factor)
  check_schedule(s, "sched.scale", "argument #1")
  errors.check_number(factor, "sched.scale", "the factor", 0)
  return compose("scale", { s, factor }, function(t) return factor * core.sched.at(s, t) end)
end

-- base_lr and lr_lambda of LambdaLR and MultiplicativeLR.
local function lambda_options(o, fn)
  errors.check_table(o, fn, "the options")
  errors.check_options(o, { "base_lr", "lr_lambda" }, fn)
  errors.check_function(o.lr_lambda, fn, "lr_lambda")
  return errors.check_number(o.base_lr, fn, "base_lr", 0), o.lr_lambda
end

--- base_lr lr_lambda(t).
-- @tparam table o `base_lr`, `lr_lambda`: a function of t that gives the factor
-- @treturn schedule
function M.LambdaLR(o)
  local base_lr, f = lambda_options(o, "sched.LambdaLR")
  return compose("LambdaLR", { "base_lr=" .. base_lr }, function(t) return base_lr * core.sched.at(f, t) end)
end

--- base_lr lr_lambda(1) lr_lambda(2) ... lr_lambda(t).
-- @tparam table o `base_lr`, `lr_lambda`: a function of t that gives the factor of that update
-- @treturn schedule
function M.MultiplicativeLR(o)
  local base_lr, f = lambda_options(o, "sched.MultiplicativeLR")
  local known = { [0] = base_lr } -- rates computed so far; only to save time
  return compose("MultiplicativeLR", { "base_lr=" .. base_lr }, function(t)
    t = t // 1 | 0
    for i = #known + 1, t do known[i] = known[i - 1] * core.sched.at(f, i) end
    return known[t]
  end)
end

return errors.strict(M, "lab.sched")
