--- Tables whose fields are loaded when they are first used: a script pays for what it needs.
--
--    return lazy.fields(M, "lab.nn", {
--      LSTM = { "optlab.nn.recurrent.layers", "LSTM" },      the module, and its field; without: the whole module
--      gradients = function() return ... end,
--    }, { "optlab.nn.hooks" })                               what is loaded with all fields, having none of its own
--
-- `pairs` loads all fields first, so that it meets all of them. An unknown name is an error, as of `errors.strict`.
-- @module optlab.base.modules.lazy
local errors = require "optlab.base.errors"

local M = {}

local lists = setmetatable({}, { __mode = "k" }) -- table -> {fields =, also =}

local function load_field(module, name, entry)
  local value
  if type(entry) == "function" then
    value = entry(name)
  else
    value = require(entry[1])
    if entry[2] then value = value[entry[2]] end
  end
  rawset(module, name, value)
  return value
end

--- Gives a table its fields.
-- @tparam table module what it holds already stays
-- @tparam string title what users call it, "lab.nn"
-- @tparam table fields name -> {module, field} or a function that returns the value
-- @tparam ?{string,...} also modules that `load_all` loads, too
-- @treturn table module
function M.fields(module, title, fields, also)
  lists[module] = { fields = fields, also = also or {} }
  local mt = {}
  function mt.__index(_, name)
    local entry = fields[name]
    if entry then return load_field(module, name, entry) end
    if type(name) ~= "string" then return nil end
    return errors.no_field(title, name, fields, module)
  end
  function mt.__pairs()
    M.load_all(module)
    return next, module, nil
  end
  return setmetatable(module, mt)
end

--- Loads all fields of a table, and those of the tables in them. Other values are left alone.
-- @param module
function M.load_all(module)
  local list = lists[module]
  if not list then return end
  for name, entry in pairs(list.fields) do
    if rawget(module, name) == nil then load_field(module, name, entry) end
  end
  for _, name in ipairs(list.also) do require(name) end
  for _, value in next, module do
    if value ~= module then M.load_all(value) end
  end
end

--- A field of a table, loaded if need be; nil where there is none.
-- @tparam table module any table
-- @tparam string name
function M.get(module, name)
  local value, list = rawget(module, name), lists[module]
  if value == nil and list and list.fields[name] then return module[name] end
  return value
end

return M
