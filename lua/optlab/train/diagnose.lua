--- Why a loss is no number: looks for the first tensor that is to blame, and says what may help.
-- @module optlab.train.diagnose

local kinds = require "optlab.base.kinds"
local module = require "optlab.nn.module"
local no_grad = require("optlab.core").autograd.no_grad
local tensor = require("optlab.core").tensor

local M = {}

local function is_finite(t)
  return (t - t):sum():item() == 0 -- inf - inf and nan - nan are nan
end

-- The parameters as a list of {name, tensor}: by the model's names, else by their places in the optimizer.
local function named_parameters(model, optimizer)
  local list = {}
  if module.is_module(model) then
    for name, p in model:named_parameters() do list[#list + 1] = {("'%s'"):format(name), p} end
    return list
  end
  if not optimizer then return list end
  local groups = kinds.field(optimizer, "param_groups") or {optimizer}
  for g = 1, #groups do
    for i, p in ipairs(groups[g].params or {}) do
      list[#list + 1] = {#groups > 1 and ("%d of group %d"):format(i, g) or tostring(i), p}
    end
  end
  return list
end

local function first_bad(parameters, tensor_of)
  for _, entry in ipairs(parameters) do
    local t = tensor_of(entry[2])
    if t and not is_finite(t) then return entry[1] end
  end
end

local function smaller_rate(optimizer)
  local lr = kinds.field(optimizer, "lr")
  local than = type(lr) == "number" and (" than %g"):format(lr) or ""
  return ("a smaller learning rate%s, a warm-up, or optim.clip_grad_norm_ may help"):format(than)
end

local function itself(p) return p end

-- The name and the kind of the first layer, innermost first, whose output for X is not finite; nil where none is.
local function first_bad_layer(model, X)
  if not module.is_module(model) then return nil end
  local found, handles = nil, {}
  local function look(m, prefix)
    for name, child in m:named_children() do
      local path = prefix .. name
      look(child, path .. ".")
      handles[#handles + 1] = child:register_forward_hook(function(_, _, output)
        if not found and tensor.is_tensor(output) and not is_finite(output) then
          found = ("'%s' (%s)"):format(path, tostring(child):match "^[%w_]+")
        end
      end)
    end
  end
  look(model, "")
  pcall(no_grad, function() return model(X) end)
  for _, handle in ipairs(handles) do handle:remove() end
  return found
end

--- What is wrong with the parameters after the last update.
-- @tparam table o the options of train.fit
-- @treturn ?string nil if all are finite
function M.bad_parameter(o)
  local name = no_grad(first_bad, named_parameters(o.model, o.optimizer), itself)
  return name and ("parameter %s is not finite; %s"):format(name, smaller_rate(o.optimizer))
end

--- What is wrong and what to do, for a loss that is infinite or nan.
-- @tparam table o the options of train.fit
-- @tparam Tensor X the batch
-- @tparam Tensor y
-- @tparam integer steps how many updates there were before
-- @treturn string
function M.advice(o, X, y, steps)
  local parameters = named_parameters(o.model, o.optimizer)
  local smaller = smaller_rate(o.optimizer)
  local name = no_grad(first_bad, parameters, itself)
  if name and steps == 0 then
    return ("parameter %s is not finite before the first update: look at how it is initialised"):format(name)
  elseif name then
    return ("parameter %s is not finite after the update before; %s"):format(name, smaller)
  elseif not is_finite(X) or not is_finite(y) then
    return "the batch itself has values that are inf or nan: look at the data"
  end
  local random = tensor.get_rng_state() -- the script may go on, as if nobody had looked
  local ok = pcall(function() -- a step of the script's own may have no such loss, or several optimizers
    o.optimizer:zero_grad()
    o.loss(o.model(X), y):backward()
  end)
  name = ok and no_grad(first_bad, parameters, function(p) return p.grad end)
  local layer = first_bad_layer(o.model, X)
  tensor.set_rng_state(random)
  if layer then
    return ("the parameters are finite, but the output of layer %s is not; %s"):format(layer, smaller)
  end
  if not name then return smaller end
  return ("the parameters are finite, but the gradient of %s is not; %s"):format(name, smaller)
end

--- Where a loss is no number.
-- @treturn string
function M.place(value, counters)
  local shown = value ~= value and "nan" or tostring(value) -- C writes "-nan" too
  return ("the loss is %s at step %d (epoch %d)"):format(shown, counters.steps + 1, counters.epoch)
end

return M
