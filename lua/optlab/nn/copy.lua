--- Deep copies of modules, tensors and tables: what is shared inside stays shared in the copy.
--
-- A tensor of its own is copied with its values, its dtype, and whether it requires a gradient; .grad and hooks are
-- not. Functions and objects of other kinds (an optimizer, a loader) stay the same ones.
-- @module optlab.nn.copy
local args = require "optlab.base.args"
local class = require "optlab.nn.class"
local core = require "optlab.core".nn
local errors = require "optlab.base.errors"
local fields = require "optlab.nn.fields"
local module = require "optlab.nn.module"
local module_path = require "optlab.nn.module_path"
local ordered_dict = require "optlab.nn.ordered_dict"

local M = {}

local DEEPCOPY = args.declare("lab.deepcopy", {
  doc = "A copy of a module, a tensor or a table, with copies of everything inside.",
  positions = 1,
  { "value", "any", doc = "A module, a tensor or a table; anything else is returned as it is." },
})
local CLONE = args.declare("Module:clone", {
  doc = "A copy of the module, with its own parameters, buffers and modules.",
})

local copied

local function copy_tensor(t)
  if not t.is_leaf then
    errors.raise("lab.deepcopy: only tensors that were not computed by an operation can be copied; use detach() "
      .. "for one of shape (%s)", table.concat(t.shape, ", "))
  end
  return t:detach():clone():requires_grad_(t.requires_grad)
end

-- A built-in module.
local function copy_layer(m, seen)
  local twin = core.twin(m)
  for _, list in ipairs { core.own_parameters(m), core.own_buffers(m) } do
    for _, entry in ipairs(list) do core.swap_tensor(twin, entry[1], copied(entry[2], seen)) end
  end
  return twin
end

local function copy_entries(from, to, seen)
  for key, value in next, from do rawset(to, key, copied(value, seen)) end
end

-- Containers tell a module inside where it lies.
local function adopt_children(m, copy, seen)
  for _, child in ipairs(getmetatable(m).own_children(m)) do
    local label = module_path.label(child[2])
    if label then module_path.adopt(copy, seen[child[2]], label) end
  end
end

local function copy_module(m, seen)
  local copy = setmetatable({}, require("optlab.nn.hooks").bare_metatable(m))
  seen[m] = copy
  copy_entries(m, copy, seen)
  fields.copy(m, copy, function(t) return copied(t, seen) end)
  adopt_children(m, copy, seen)
  return copy
end

local function copy_table(t, seen)
  local copy = {}
  seen[t] = copy
  copy_entries(t, copy, seen)
  return setmetatable(copy, getmetatable(t))
end

local function copy_dict(d, seen)
  local copy = ordered_dict.new()
  seen[d] = copy
  for name, value in pairs(d) do copy[name] = copied(value, seen) end
  return copy
end

local function copier_of(value)
  local kind = core.kind(value)
  if kind then return kind == "tensor" and copy_tensor or copy_layer end
  if type(value) ~= "table" then return nil end
  if module.is_module(value) then return copy_module end
  if ordered_dict.is(value) then return copy_dict end
  return errors.is_plain(value) and copy_table or nil
end

function copied(value, seen)
  if value == nil or seen[value] ~= nil then return seen[value] end
  local copier = copier_of(value)
  if not copier then return value end
  seen[value] = copier(value, seen)
  return seen[value]
end

--- A deep copy.
-- @param value a module, a tensor or a table
-- @return the copy
-- @usage local best = lab.deepcopy(net)
function M.deepcopy(...)
  return copied(DEEPCOPY:read(...).value, {})
end

local function clone(self, ...)
  CLONE:read(...)
  return copied(self, {})
end

module.methods.clone = clone
core.methods.clone = clone
class.Module.clone = clone

return M
