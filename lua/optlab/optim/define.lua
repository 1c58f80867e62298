--- Optimizers of one's own: `optim.define`.
-- @module optlab.optim.define
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local notice = require "optlab.base.notice"
local order = require "optlab.base.order"
local rule = require "optlab.optim.rule"

local M = {}

-- Names that a group or an optimizer already has.
local RESERVED = {
  add_param_group = true, defaults = true, elementwise = true, eval = true, initial_lr = true, load_state_dict = true,
  name = true, needs = true, param_groups = true, params = true, state_dict = true, step = true, train = true,
  updates = true, zero_grad = true,
}

local FN = "optim.define"

-- A function in the place of the text.
local function rule_words(_, value)
  return type(value) == "function" and "a string; a function is given as step" or "a string"
end

local function state_words(_, value)
  local words = "a list of names or a function(p, h)"
  return type(value) == "string" and ("%s: write {%q}"):format(words, value) or words
end

-- Hyperparameters beside `defaults`.
local HINTS = {}
for _, name in ipairs { "lr", "beta", "beta1", "beta2", "betas", "momentum", "weight_decay", "eps", "alpha" } do
  HINTS[name] = ("defaults = {%s = ...}"):format(name)
end

local DEFINE = args.declare(FN, {
  hints = HINTS,
  doc = "Makes an optimizer of an update rule: its text, or a Lua function that updates one parameter.",
  { "name", "string", required = true, doc = "Name of the optimizer, used in printing and in messages." },
  { "rule", "string", what = rule_words, doc = "The update as text: assignments, one per line." },
  { "step", "function", doc = "Instead of a rule: step(p, g, state, h, t) updates one parameter." },
  { "update", "function",
    doc = "Instead of both: update(opt, states, closure) updates all parameters, and returns what step() returns." },
  { "defaults", "table", required = true,
    doc = "Hyperparameters, lr among them: numbers, booleans or lists of numbers." },
  { "state", "function|list", of = { "string|table", what = "a name or a table {name, number = true, start = 1}" },
    what = state_words,
    doc = "Names of state tensors that start at zero; with step also a function(p, h) that returns the first state." },
})

local STATE = args.declare(FN .. ": state", {
  doc = "A state of a rule: elements of the parameter's shape, or a number.",
  { "name", "string", required = true, doc = "Its name in the rule and in state_dict." },
  { "number", "flag", default = false, doc = "Whether it is a single number for each parameter." },
  { "start", "number|string", default = 0,
    doc = "Its first value: a number, the name of a hyperparameter, or \"p\" for a copy of the parameter." },
  { "per", "string", choices = { "row", "column" },
    doc = "One element for each row or column of the last two dimensions; a parameter of fewer dimensions is one "
      .. "row." },
  { "when", "string", doc = "Name of a hyperparameter: the state exists only if it is not 0; by default it always "
    .. "exists." },
}):called(FN)

-- Whether a default is one that the core can keep: a number, a boolean, a list of numbers.
local function is_default(value)
  if type(value) == "table" then
    if #value == 0 then return false end
    for key, v in pairs(value) do
      if math.type(key) ~= "integer" or type(v) ~= "number" then return false end
    end
    return true
  end
  return type(value) == "number" or type(value) == "boolean"
end

-- The names of the hyperparameters: lr first, the others in alphabetical order.
local function checked_names(defaults)
  if type(defaults.lr) ~= "number" then errors.raise("%s: defaults must hold lr, a number (schedules move it)", FN) end
  local names = {}
  for name, value in pairs(defaults) do
    if type(name) ~= "string" then errors.raise("%s: defaults are given by name, got key %s", FN, tostring(name)) end
    if RESERVED[name] then errors.raise("%s: a hyperparameter cannot be called '%s'", FN, name) end
    if not is_default(value) then
      errors.raise("%s: the default of '%s' must be a number, true or false, or a list of numbers, got %s; "
        .. "other values can be locals of the script", FN, name, errors.shown(value))
    end
    if name ~= "lr" then names[#names + 1] = name end
  end
  order.sort(names)
  table.insert(names, 1, "lr")
  return names
end

-- Names as keys, {m = 0, a = 0}, where a list of them belongs.
local function refuse_keys(state)
  if type(state) ~= "table" or #state > 0 or state.name ~= nil then return end
  local names = {}
  for name in pairs(state) do names[#names + 1] = ("%q"):format(tostring(name)) end
  if #names == 0 then return end
  errors.raise("%s: state must be a list of names, got names with values; write state = {%s}", FN,
    table.concat(order.sort(names), ", "))
end

-- --- rules ----------------------------------------------------------------------------------------------------------

-- The names that a rule knows, in the order of their places, and the place of each hyperparameter.
local function rule_names(names, defaults)
  local list, place = {}, {}
  for _, name in ipairs(names) do
    place[name] = #list
    local value = defaults[name]
    for _, member in ipairs(rule.names_of(name, type(value) == "table" and #value or nil)) do
      list[#list + 1] = member
    end
  end
  return list, place
end

local function hyperparameter(place, name, what)
  if place[name] then return place[name] end
  return errors.raise("%s: %s: there is no hyperparameter '%s'%s", FN, what, name,
    errors.hint(name, order.names(place)))
end

-- One entry of `state` as the compiler and as C want it.
local function state_slot(entry, place)
  if type(entry) == "string" then entry = { name = entry } end
  local o = STATE:read { name = entry.name or entry[1], number = entry.number, start = entry.start, when = entry.when,
    per = entry.per }
  local slot = { name = o.name, letter = o.name, number = o.number, per = o.per, start = 0, when = 0, initial = 0 }
  if o.when then slot.when = hyperparameter(place, o.when, "state '" .. o.name .. "'") end
  if o.start == "p" then
    slot.copy = true
  elseif type(o.start) == "string" then
    slot.initial = 1 + hyperparameter(place, o.start, "state '" .. o.name .. "'")
  else
    slot.start = o.start
  end
  return slot, { letter = o.name, number = o.number or nil, when = o.when, per = o.per,
    start = o.start ~= 0 and o.start or nil }
end

local function define_rule(spec, names)
  if type(spec.state) == "function" then errors.raise("%s: the state of a rule is a list of names", FN) end
  local known, place = rule_names(names, spec.defaults)
  local slots, states = {}, {}
  for i, entry in ipairs(spec.state or {}) do slots[i], states[i] = state_slot(entry, place) end
  local lists = rule.program(("%s: %s"):format(FN, spec.name), { hyper = known, state = states, rule = spec.rule })
  return core.optim.define_rule(spec.name, names, spec.defaults, slots, lists)
end

-- --- functions ------------------------------------------------------------------------------------------------------

-- Whether the parameters of an optimizer had to move: one has a gradient that is not 0, and a rate.
local function has_to_move(opt, recorded)
  for _, group in ipairs(opt.param_groups) do
    for _, p in ipairs(group.lr ~= 0 and group.params or {}) do
      if p.grad and (recorded or p.grad:norm():item() ~= 0) then return true end
    end
  end
  return false
end

-- A step that assigns to its local p alone, `p = p - h.lr * g`, does nothing.
-- Optimizers of optlab's own may wait, as SOAP does.
core.optim.on_idle(function(opt, fn, recorded)
  local info = debug.getinfo(fn, "S")
  if errors.is_own(info) or not has_to_move(opt, recorded) then return end
  notice("%s: the function of %s:%d has changed no parameter in its first update: an assignment to the local p has no "
    .. "effect; change p in place, p:sub_(...), or let step return its new value", opt.name, info.short_src,
    info.linedefined)
end)

-- --- both ways ------------------------------------------------------------------------------------------------------

--- Makes an optimizer of an update rule.
--
-- `rule` is the update as text, an assignment a line. It is compiled at once, and runs about as fast as a built-in:
--
-- * `p` the parameter, `g` its gradient; the names of the state; the hyperparameters (of a list `betas` the members are
--   `beta1`, `beta2`); `t`, which update of this parameter it is: 1, 2, ...; names that the rule assigns to
-- * `+ - * / ^`, comparisons, `and or not`; `sqrt exp log abs sign tanh sigmoid floor ceil round max min where clamp`
-- * `loss`, what step(loss) was given; `normal()`, standard normal numbers; `initial_lr`, the first lr of the group
-- * `row_mean row_max col_mean col_max matrix_mean`, the same in all elements of a row, a column, a matrix
-- * `sum mean norm dot amax amin` over the parameter's elements, and `total total_norm total_dot total_max` over those
--   of all parameters; `numel(p)`, `ndim(p)`; `new(m)`, whether the state m was made for this very update
-- * `if` at the end of a line: the assignment is made only where a condition on numbers holds
--
-- Without a rule, `step(p, g, state, h, t)` is called at each step for each parameter that has a gradient, without
-- recording:
--
-- * `p` the parameter. Either change it in place (`p:sub_(...)`) or return its new value, which is copied into it;
--   assigning to the local `p` alone has no effect. To leave it as it is, return `p`: a first update that changes and
--   returns nothing is reported on standard error.
-- * `g` its gradient, a tensor of the same shape
-- * `state` a table that belongs to this parameter and lasts over the steps; `state.v = ...` is fine too
-- * `h` the parameter's group: `h.lr`, `h.beta`, ..., as set for it just now
-- * `t` which update of this parameter it is: 1, 2, ...
--
-- With `update(opt, states, closure)` in place of `step`, one call updates all parameters, of `opt.param_groups`;
-- states[i] is the table of the i-th one, empty at first. It calls the closure itself, lab.enable_grad(closure), if it
-- needs to, and what it returns is what step(closure) returns.
--
-- What comes back is a constructor that is used like a built-in one: groups, `lr`, `zero_grad`, `state_dict`, closures
-- and schedules work the same.
-- @tparam table options see the declaration above
-- @treturn function `function(params, options)`
-- @usage
-- local Momentum = optim.define {
--   name = "Momentum", defaults = {lr = 0.01, beta = 0.9}, state = {"v"},
--   rule = [[
--     v = beta * v + g
--     p = p - lr * v
--   ]],
-- }
-- local opt = Momentum(model:parameters(), {lr = 0.1})
function M.define(...)
  local given = ...
  if type(given) == "table" then refuse_keys(rawget(given, "state")) end
  local spec = DEFINE:read(...)
  if spec.rule and spec.step then errors.raise("%s: give a rule or a step, not both", FN) end
  if spec.update and (spec.rule or spec.step) then
    errors.raise("%s: give an update, or a rule or step, not both", FN)
  end
  if not (spec.rule or spec.step or spec.update) then
    errors.raise("%s: a rule is missing (or a step, a function that updates one parameter)", FN)
  end
  if spec.update and spec.state then
    errors.raise("%s: state belongs to a rule or a step; update fills its tables itself", FN)
  end
  local names = checked_names(spec.defaults)
  if spec.rule then return define_rule(spec, names) end
  for i, entry in ipairs(type(spec.state) == "table" and spec.state or {}) do
    if type(entry) ~= "string" then errors.bad_value(FN, ("state[%d]"):format(i), "a name", entry) end
  end
  local whole = spec.update ~= nil
  return core.optim.define(spec.name, names, spec.defaults, spec.state, spec.step or spec.update, whole)
end

return M
