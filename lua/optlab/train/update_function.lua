--- Update rules written as formulas, and the one way in which training code names an optimizer.
--
-- An update rule is a Lua function
--
--     function(x, grad, state, t) return new_x end
--
-- of the current value x, the gradient of the objective there, a table `state` that belongs to this x alone (empty at
-- the first step) and the step number t = 1, 2, ... It returns the new value and changes nothing else. Operators and
-- `lab.sqrt` and its kin take numbers and tensors alike, so the rule that the book writes once serves a function of
-- one variable, a function of several and the weights of a model:
--
--     local function momentum(x, grad, state)
--       state.v = 0.9 * (state.v or 0) + grad
--       return x - 0.01 * state.v
--     end
--
-- A built-in optimizer is named by a table, {"SGD", lr = 0.01, momentum = 0.9}, or with the constructor itself,
-- {optim.define{...}, lr = 0.01}.
-- @module optlab.train.update_function

local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local no_grad = require("optlab.core").autograd.no_grad
local optim = require "optlab.optim"

local M = {}

--- What messages say an update rule or an optimizer must be.
-- @treturn string
function M.WHAT(_, value)
  local words = 'an update rule (a function) or an optimizer such as {"SGD", lr = 0.1}'
  if type(value) == "string" then return ("%s; a name stands in a table, {%q}"):format(words, value) end
  if type(value) == "function" then return words .. "; a constructor stands in a table, {optim.Adam, lr = 0.1}" end
  return words
end

--- Whether a value is no constructor of an optimizer: these are functions, too, but no update rules.
-- @treturn boolean
function M.is_no_constructor(value)
  if type(value) ~= "function" then return true end
  local info = debug.getinfo(value, "S")
  return info.what ~= "C" and not errors.is_own(info)
end

local OPTIMIZER = args.declare("train.optimizer", {
  doc = "Makes an optimizer, or an object like one from an update rule.",
  positions = 2,
  { "params", "table", required = true, doc = "A list of tensors." },
  { "how", "function|object|table", has = { "step", "zero_grad" }, required = true, what = M.WHAT,
    test = M.is_no_constructor,
    doc = "An update rule, a table such as {\"SGD\", lr = 0.1}, or an optimizer that is already made." },
})

-- An update rule behind the face of an optimizer: `step`, `zero_grad`.
local RuleOptimizer = { __name = "optlab.RuleOptimizer" }
RuleOptimizer.__index = RuleOptimizer

function RuleOptimizer.__newindex(_, key)
  errors.raise("an update rule has no '%s' to set: let the rule depend on its step number t, or use optim.define",
    tostring(key))
end

function RuleOptimizer:__tostring()
  return ("RuleOptimizer (parameters: %d, updates: %d)"):format(#self.params, self.run.t)
end

function RuleOptimizer:step()
  local run = self.run
  run.t = run.t + 1
  no_grad(run.update)
end

function RuleOptimizer:zero_grad()
  for _, param in ipairs(self.params) do param.grad = nil end
end

-- Checks what a rule gave back. `x` is what it was given.
local function checked(new, x, t)
  if type(new) == type(x) then return new end
  if type(new) == "number" and type(x) == "userdata" and x:numel() == 1 then return new end
  local wanted = type(x) == "number" and "number" or "tensor"
  return errors.raise("the update rule returned %s at step %d; it must return the new value of its argument, a %s",
    errors.shown(new), t, wanted)
end
M.checked = checked

--- Makes an optimizer of an update rule.
-- @tparam table params a list of tensors; each has a state of its own
-- @tparam function rule see above; it is called without recording, one parameter after another
-- @treturn table with the methods `step()` and `zero_grad()`
function M.from_function(params, rule)
  local states, run = {}, {t = 0}
  for i = 1, #params do states[i] = {} end
  function run.update()
    for i, param in ipairs(params) do
      local grad = param.grad
      if grad then param:copy_(checked(rule(param, grad, states[i], run.t), param, run.t)) end
    end
  end
  return setmetatable({params = params, run = run}, RuleOptimizer)
end

-- The constructor that a table such as {"Adam", lr = 0.1} names, and its options.
local function constructor_of(spec)
  local make, options = spec[1], {}
  for key, value in pairs(spec) do
    if key ~= 1 then options[key] = value end
  end
  if type(make) == "string" then make = optim[make] end
  if not make then
    errors.raise("train.optimizer: an optimizer's table starts with its name or its constructor: {\"SGD\", lr = 0.1}")
  end
  return make, options
end

--- Makes an optimizer for `params` of an update rule, of a table {"SGD", lr = 0.1}, or takes one that is already made.
-- @tparam table params a list of tensors
-- @tparam function|table|userdata spec
-- @treturn table|userdata an object with `step` and `zero_grad`
function M.optimizer(...)
  local o = OPTIMIZER:read(...)
  local params, spec = o.params, o.how
  if type(spec) == "function" then return M.from_function(params, spec) end
  if type(spec) == "table" and not spec.step then
    local make, options = constructor_of(spec)
    return make(params, options)
  end
  return spec
end

return M
