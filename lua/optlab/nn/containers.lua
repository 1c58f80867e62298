--- ModuleList, ModuleDict and ParameterList: modules and parameters that a module of one's own keeps and calls itself.
--
-- The names of parameters count from 0, as PyTorch's do ("layers.0.weight"); `list[i]` counts from 1.
-- @module optlab.nn.containers
local class = require "optlab.nn.class"
local core = require "optlab.core".nn
local errors = require "optlab.base.errors"
local module = require "optlab.nn.module"
local module_path = require "optlab.nn.module_path"

local inherited = class.instance_meta

local function is_plain(value) return type(value) == "table" and getmetatable(value) == nil end

-- The members that a list is made of: one after another, or in one table.
local function members(callee, what, ...)
  local list, n = { ... }, select("#", ...)
  if n == 1 and is_plain(list[1]) then list, n = list[1], #list[1] end
  for key, value in next, list do
    if type(key) == "string" then
      errors.raise("%s: a list of %s has no names, got %s = %s", callee, what, key, errors.shown(value))
    end
  end
  return list, n
end

-- A class whose instances hold numbered members; take(self, i, value) checks one.
local function numbered(name, what, take, meta)
  local List = { name = name }
  local callee = "nn." .. name
  function List:init(...)
    local list, n = members(callee, what .. "s", ...)
    for i = 1, n do rawset(self, i, take(self, i, list[i])) end
  end
  function List:append(member)
    local i = #self + 1
    rawset(self, i, take(self, i, member))
    require("optlab.core").compile.changed()
    return self
  end
  function meta.__newindex(self, i, value)
    if math.type(i) ~= "integer" then return inherited.__newindex(self, i, value) end
    if i ~= #self + 1 then
      errors.raise("%s: there is no member %d to set, the next one is %d", callee, i, #self + 1)
    end
    self:append(value)
  end
  return class.extend(class.Module, List, meta)
end

local function take_module(self, i, value)
  local name = getmetatable(self).describe(self)
  if not module.is_module(value) then errors.bad_value("nn." .. name, "member " .. i, "a module", value) end
  module_path.adopt(self, value, ("%d '%s'"):format(i, (module.describe(value))))
  return value
end

local function take_parameter(_, i, value)
  if core.kind(value) ~= "tensor" or not value.is_leaf then
    errors.bad_value("nn.ParameterList", "member " .. i, "a tensor that was not computed by an operation", value)
  end
  return value:requires_grad_()
end

-- The members, then what the module keeps in fields.
local function with_members(kind)
  return function(self)
    local list = {}
    for i = 1, #self do list[i] = { tostring(i - 1), self[i] } end
    for _, entry in ipairs(inherited[kind](self)) do list[#list + 1] = entry end
    return list
  end
end

local ModuleList = numbered("ModuleList", "module", take_module, {
  own_children = with_members "own_children",
  clear_grads = function(self, seen)
    if seen[self] then return end
    for i = 1, #self do getmetatable(self[i]).clear_grads(self[i], seen) end
    inherited.clear_grads(self, seen)
  end,
})

local ParameterList = numbered("ParameterList", "parameter", take_parameter, {
  own_parameters = with_members "own_parameters",
  clear_grads = function(self, seen)
    for i = 1, #self do self[i].grad = nil end
    inherited.clear_grads(self, seen)
  end,
  swap_tensor = function(self, name, tensor)
    local i = math.tointeger(tonumber(name))
    if i then return rawset(self, i + 1, tensor) end
    inherited.swap_tensor(self, name, tensor)
  end,
})

-- --- modules by name ------------------------------------------------------------------------------------------------

local ModuleDict = { name = "ModuleDict" }

local function set_module(self, name, value)
  if type(name) ~= "string" or not module.is_module(value) then
    errors.bad_value("nn.ModuleDict", tostring(name), "a module under a name", value)
  end
  inherited.__newindex(self, name, value)
end

-- {a = module, b = module}: in alphabetical order; {{"b", module}, {"a", module}}: in this one.
function ModuleDict:init(modules)
  if modules == nil then return end
  if not is_plain(modules) then
    errors.bad_value("nn.ModuleDict", "modules", "a table of modules by name", modules)
  end
  for i, pair in ipairs(modules) do
    if not is_plain(pair) then errors.bad_value("nn.ModuleDict", "entry " .. i, "a pair {name, module}", pair) end
    set_module(self, pair[1], pair[2])
  end
  local names = {}
  for name in next, modules do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do set_module(self, name, modules[name]) end
end

return {
  ModuleList = ModuleList, ModuleDict = class.extend(class.Module, ModuleDict, {}), ParameterList = ParameterList,
}
