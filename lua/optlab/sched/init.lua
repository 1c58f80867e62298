--- Learning-rate schedules: functions of the update count t = 0, 1, ..., ready-made, composed, or your own.
--
-- A schedule is called with t and answers with the learning rate; it keeps nothing between calls, so it can be plotted,
-- composed and resumed. Any Lua function of t is one. The ready-made ones are made by one options table that holds
-- `base_lr`; formulas and defaults are declared in `src/sched/families/*.c`.
--
--     local s = sched.Cosine{base_lr = 0.3, max_update = 20, final_lr = 0.01, warmup_steps = 5}
--     local scheduler = sched.attach(opt, s)      -- opt.lr = s(0)
--     scheduler:step()                            -- opt.lr = s(1)
--
-- * the book's: `Factor MultiFactor SquareRoot Poly Cosine`, each with `warmup_steps`, `warmup_begin_lr`, `warmup_mode`
-- * PyTorch's: `StepLR MultiStepLR ConstantLR LinearLR ExponentialLR PolynomialLR CosineAnnealingLR
--   CosineAnnealingWarmRestarts CyclicLR OneCycleLR SWALR LambdaLR MultiplicativeLR`, the object `ReduceLROnPlateau`
-- * optax's and Keras's: `PolynomialDecay ExponentialDecay CosineDecay InverseTimeDecay Piecewise LinearOneCycle
--   CosineOneCycle`; timm's: `CosineLR TanhLR PolyLR`; others: `WSD REX InverseSquareRoot Chebyshev
--   CosineAnnealingWarmupRestarts`; for the momentum: `OneCycleMomentum CyclicMomentum`
-- * compositions: `sequential{schedules =, milestones =}`, `chain{s1, s2, ...}` (their product),
--   `warmup(s, {steps =, begin_lr = 0, mode = "linear"})`, `scale(s, factor)`, `clamp(s, {min =, max =})`,
--   `restart(s, {steps =})`, `stretch(s, by)`; see `src/sched/combinators.c`
-- * `at(s, t)` asks any schedule and checks the answer; `values(s, n)` makes a list; `plot(s, n)` draws a figure
-- * `attach(opt, {lr = s1, momentum = s2})` moves any hyperparameter; see `src/lua/sched/ltracks.h`
-- @module optlab.sched
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"

local M = {}
for name, value in pairs(core.sched) do M[name] = value end
M.declarations = nil -- for the reference

-- A schedule that is a Lua function of another: a table that is called, so that it can be printed.
local Composed = { __name = "optlab.Schedule" }

function Composed:__call(t)
  if type(t) ~= "number" or t ~= t or t < 0 then
    errors.bad_value("sched." .. self.name, "t", "a number of at least 0", t)
  end
  return self.rate(t)
end

function Composed:__tostring() return self.text end

local function composed(name, base_lr, rate)
  return setmetatable({ name = name, text = ("%s(base_lr=%s)"):format(name, base_lr), rate = rate }, Composed)
end

local function declare(name, doc, equation, factor)
  return args.declare(name, {
    doc = doc, equation = equation,
    { "base_lr", "number", min = 0, required = true, doc = "The rate that is multiplied." },
    { "lr_lambda", "callable", required = true, doc = factor },
  })
end
local LAMBDA = declare("sched.LambdaLR", "The base rate times a Lua function of t.", "base_lr lr_lambda(t)",
  "A function of t that returns the factor.")
local MULTIPLICATIVE = declare("sched.MultiplicativeLR", "Multiplies the rate at each update by a Lua function of t.",
  "base_lr lr_lambda(1) lr_lambda(2) ... lr_lambda(t)", "A function of t that returns the factor of update t.")

--- base_lr lr_lambda(t).
-- @tparam table options see the declaration above
-- @treturn schedule
function M.LambdaLR(...)
  local o = LAMBDA:read(...)
  local base_lr, f = o.base_lr, o.lr_lambda
  return composed("LambdaLR", base_lr, function(t) return base_lr * core.sched.at(f, t) end)
end

--- base_lr lr_lambda(1) lr_lambda(2) ... lr_lambda(t).
-- @tparam table options see the declaration above
-- @treturn schedule
function M.MultiplicativeLR(...)
  local o = MULTIPLICATIVE:read(...)
  local base_lr, f = o.base_lr, o.lr_lambda
  local known = { [0] = base_lr } -- rates computed so far; only to save time
  return composed("MultiplicativeLR", base_lr, function(t)
    t = t // 1 | 0
    for i = #known + 1, t do known[i] = known[i - 1] * core.sched.at(f, i) end
    return known[t]
  end)
end

-- --- figures --------------------------------------------------------------------------------------------------------

local PLOT = args.declare("sched.plot", {
  doc = "Draws schedules over their first n updates; returns the figure, to be saved.",
  positions = 2,
  { "schedules", "callable|table", required = true,
    doc = "A schedule, a list of schedules, or a table of schedules by the texts of the key." },
  { "n", "integer", min = 2, required = true, doc = "Number of updates." },
  { "ylabel", "string", default = "learning rate", doc = "What the schedules give." },
  { "logy", "flag", doc = "Whether the vertical axis is logarithmic." },
})

local function is_schedule(value)
  local mt = getmetatable(value)
  return type(value) == "function" or (mt ~= nil and mt.__call ~= nil)
end

-- The schedules as a list of {label, schedule}.
local function labelled(schedules)
  if is_schedule(schedules) then return { { nil, schedules } } end
  local list = {}
  for _, name in ipairs(order.names(schedules)) do
    local s = schedules[name]
    if not is_schedule(s) then
      errors.bad_value("sched.plot", ("schedules[%s]"):format(errors.shown(name)), "a schedule", s)
    end
    list[#list + 1] = { type(name) == "string" and name or tostring(s):match("^[^(]+"), s }
  end
  if #list == 0 then errors.raise("sched.plot: schedules is empty") end
  return list
end

--- A figure of schedules over t = 0, ..., n - 1.
-- @tparam schedule|table schedules one, a list, or a table by label
-- @tparam integer n
-- @tparam[opt] table options see the declaration above
-- @treturn Figure
function M.plot(...)
  local o = PLOT:read(...)
  local fig = require("optlab.plot").figure { xlabel = "t", ylabel = o.ylabel, logy = o.logy }
  local t = {}
  for i = 1, o.n do t[i] = i - 1 end
  for _, one in ipairs(labelled(o.schedules)) do
    fig:line(t, core.sched.values(one[2], o.n), one[1] and { label = one[1] } or nil)
  end
  return fig
end

return errors.strict(M, "lab.sched")
