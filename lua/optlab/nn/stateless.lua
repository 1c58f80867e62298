--- Modules as functions of their parameters: functional_call, parameters as one vector and back.
-- @module optlab.nn.stateless
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local module = require "optlab.nn.module"
local substitute = require "optlab.base.modules.substitute"

local tensor = core.tensor
local M = {}

local TO_VECTOR = args.declare("nn.utils.parameters_to_vector", {
  doc = "All elements of a list of tensors as one vector, which is differentiable.",
  positions = 1,
  { "parameters", "list", of = { "tensor" }, required = true, doc = "The tensors, in order." },
})
local TO_PARAMETERS = args.declare("nn.utils.vector_to_parameters", {
  doc = "Copies the elements of a vector into a list of tensors.",
  positions = 2,
  { "vector", "tensor", required = true, doc = "A vector as parameters_to_vector returns it." },
  { "parameters", "list", of = { "tensor" }, required = true, doc = "The tensors that take the values." },
})

--- All elements of a list of tensors as one vector.
-- @treturn Tensor
-- @usage local w = nn.utils.parameters_to_vector(net:parameters())
function M.parameters_to_vector(...)
  local parts = {}
  for i, p in ipairs(TO_VECTOR:read(...).parameters) do parts[i] = p:reshape(-1) end
  if #parts == 0 then errors.raise("nn.utils.parameters_to_vector: parameters must hold at least one tensor") end
  return tensor.cat(parts)
end

--- Copies the elements of a vector into a list of tensors.
function M.vector_to_parameters(...)
  local o = TO_PARAMETERS:read(...)
  local total = 0
  for _, p in ipairs(o.parameters) do total = total + p:numel() end
  if o.vector:dim() ~= 1 or o.vector:numel() ~= total then
    errors.raise("nn.utils.vector_to_parameters: vector must have %d elements, as the parameters have, got shape (%s)",
      total, table.concat(o.vector.shape, ", "))
  end
  local at = 1
  for _, p in ipairs(o.parameters) do
    local n = p:numel()
    if n > 0 then core.nn.copy_(p, o.vector:detach()[{ { at, at + n - 1 } }]:reshape(p.shape)) end
    at = at + n
  end
end

-- --- other tensors for parameters -----------------------------------------------------------------------------------

local function shape_text(t) return "(" .. table.concat(t.shape, ", ") .. ")" end

-- tensor of the module -> tensor by that name
local function by_tensor(callee, m, given)
  local own, others, left = {}, {}, {}
  for _, list in ipairs { m:named_buffers(), m:named_parameters() } do
    for name, t in pairs(list) do own[name] = t end
  end
  for name, t in pairs(given) do
    local old = own[name]
    if not old then left[#left + 1] = tostring(name) end
    if core.nn.kind(t) ~= "tensor" then
      errors.raise("%s: '%s' must be a tensor, got %s", callee, tostring(name), errors.shown(t))
    end
    if old and shape_text(old) ~= shape_text(t) then
      errors.raise("%s: '%s' must have shape %s, got %s", callee, name, shape_text(old), shape_text(t))
    end
    if old and old ~= t then others[old] = t end
  end
  table.sort(left)
  if #left > 0 then errors.raise("%s: the module has no tensor '%s'", callee, left[1]) end
  return others
end

--- Calls a module with other tensors in the place of its parameters and buffers.
-- @param m a module
-- @tparam table parameters tensors by name, as named_parameters gives them; what is missing stays
-- @param ... the inputs
-- @return what the module returns
-- @usage nn.functional_call(net, {["0.weight"] = W}, x)
function M.functional_call(...)
  local callee, m, parameters = "nn.functional_call", ...
  if not module.is_module(m) then errors.bad_value(callee, "module", "a module", m) end
  if type(parameters) ~= "table" then
    errors.bad_value(callee, "parameters", "a table of tensors by name", parameters)
  end
  return substitute.call(m, by_tensor(callee, m, parameters), m, select(3, ...))
end

return M
