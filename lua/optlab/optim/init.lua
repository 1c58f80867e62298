--- Optimizers: the built-in ones, gradient clipping, and optimizers of your own.
--
-- Hyperparameters, their defaults and the numbers are PyTorch's; the update of each stands at the top of its file
-- in `src/optim/rules/`. `params` is a list of tensors, or a list of groups `{params = ..., lr = ...}`.
--
--     local opt = optim.Adam(model:parameters(), {lr = 0.01})
--     opt:zero_grad()
--     loss:backward()
--     opt:step()
--
-- `opt.lr` and every other hyperparameter can be read (from the first group) and written (to all groups);
-- `opt.param_groups[i]` is a live view of one group.
-- @module optlab.optim
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"

local M = {}
for name, value in pairs(core.optim) do M[name] = value end
M.declarations = nil -- for the reference

-- Names that a group or an optimizer already has.
local RESERVED = {
  add_param_group = true, defaults = true, initial_lr = true, load_state_dict = true, name = true, param_groups = true,
  params = true, state_dict = true, step = true, updates = true, zero_grad = true,
}

local FN = "optim.define"

local DEFINE = args.declare(FN, {
  doc = "Makes an optimizer of a Lua function that updates one parameter.",
  { "name", "string", required = true, doc = "Name of the optimizer, used in printing and in messages." },
  { "step", "function", required = true, doc = "step(p, g, state, h, t) updates one parameter." },
  { "defaults", "table", required = true,
    doc = "Hyperparameters, lr among them: numbers, booleans or lists of numbers." },
  { "state", "function|list", of = { "string" }, what = "a list of names or a function(p, h)",
    doc = "Names of state tensors that start at zero, or a function(p, h) that returns the initial state table." },
})

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

--- Makes an optimizer of a Lua function that updates one parameter.
--
-- `step(p, g, state, h, t)` is called at each step for each parameter that has a gradient, without recording:
--
-- * `p` the parameter. Either change it in place (`p:sub_(...)`) or return its new value, which is copied into it;
--   assigning to the local `p` alone has no effect.
-- * `g` its gradient, a tensor of the same shape
-- * `state` a table that belongs to this parameter and lasts over the steps; `state.v = ...` is fine too
-- * `h` the parameter's group: `h.lr`, `h.beta`, ..., as set for it just now
-- * `t` which update of this parameter it is: 1, 2, ...
--
-- What comes back is a constructor that is used like a built-in one: groups, `lr`, `zero_grad`, `state_dict`, closures
-- and schedules work the same.
-- @tparam table options see the declaration above
-- @treturn function `function(params, options)`
-- @usage
-- local Momentum = optim.define {
--   name = "Momentum", defaults = {lr = 0.01, beta = 0.9}, state = {"v"},
--   step = function(p, g, state, h)
--     state.v:mul_(h.beta):add_(g)
--     p:sub_(state.v * h.lr)
--   end,
-- }
-- local opt = Momentum(model:parameters(), {lr = 0.1})
function M.define(...)
  local spec = DEFINE:read(...)
  local names = checked_names(spec.defaults)
  return core.optim.define(spec.name, names, spec.defaults, spec.state, spec.step)
end

return errors.strict(M, "lab.optim")
