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
--   CosineAnnealingWarmRestarts CyclicLR OneCycleLR LambdaLR MultiplicativeLR`, and the object `ReduceLROnPlateau`
-- * compositions: `sequential{schedules =, milestones =}`, `chain{s1, s2, ...}` (their product),
--   `warmup(s, {steps =, begin_lr = 0, mode = "linear"})`, `scale(s, factor)`; see `src/sched/combinators.c`
-- * `at(s, t)` asks any schedule and checks the answer; `values(s, n)` makes a list for plots
-- @module optlab.sched
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"

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

return errors.strict(M, "lab.sched")
