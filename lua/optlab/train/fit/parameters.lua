--- The parameters that a training updates, and the length of their gradient.
-- @module optlab.train.fit.parameters
local core = require "optlab.core"
local field = require("optlab.base.kinds").field
local module = require "optlab.nn.module"
local order = require "optlab.base.order"

local M = {}

local function append(list, more)
  for i = 1, #more do list[#list + 1] = more[i] end
  return list
end

-- Those of one optimizer: of its groups, or of a table `params` of its own.
local function of_optimizer(optimizer)
  local groups, list = field(optimizer, "param_groups"), {}
  if not groups then return append(list, field(optimizer, "params") or {}) end
  for i = 1, #groups do append(list, groups[i].params or {}) end
  return list
end

local function is_optimizer(object) return field(object, "step") ~= nil end

-- The entries of a table of optimizers, or of a list of them, in the order of their names.
local function each_of(t)
  local names, by_name = {}, {}
  for key, one in pairs(t) do
    local name = tostring(key)
    names[#names + 1], by_name[name] = name, one
  end
  local i = 0
  order.sort(names)
  return function()
    i = i + 1
    return by_name[names[i]]
  end
end

--- The parameters: those of the optimizers, else those of the model; an empty list where neither tells.
-- @tparam object|table optimizer
-- @param model
-- @treturn {Tensor,...}
function M.of(optimizer, model)
  local list = {}
  if is_optimizer(optimizer) then
    list = of_optimizer(optimizer)
  else
    for one in each_of(optimizer) do append(list, of_optimizer(one)) end
  end
  if #list == 0 and module.is_module(model) then list = model:parameters() end
  return list
end

--- The norm of all gradients together; nil where there are none.
-- @tparam {Tensor,...} parameters
-- @treturn ?number
function M.grad_norm(parameters)
  local sum, found = 0.0, false
  core.autograd.no_grad(function()
    for _, p in ipairs(parameters) do
      local grad = p.grad
      if grad then
        local norm = grad:norm():item()
        sum, found = sum + norm * norm, true
      end
    end
  end)
  return found and math.sqrt(sum) or nil
end

return M
