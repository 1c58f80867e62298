--- Nested tables as a flat list of named tensors and a JSON text that tells how they were nested.
--
-- A tensor's name is its path, "model.0.weight". In the JSON text a table with string keys is an object and anything
-- else that JSON lacks is an array that begins with a word:
--
--   ["tensor", name]  ["list", v1, v2, ...]  ["table", [key, value], ...]  ["float", "inf"]  ["bytes", "00ff"]
--
-- Integers and floats stay what they are, to the last bit.
-- @module optlab.save.tree
local core = require("optlab.core").tensor
local errors = require "optlab.base.errors"
local json = require "optlab.base.json"
local kinds = require "optlab.base.kinds"
local number = require "optlab.base.number"
local order = require "optlab.base.order"

local M = {}

local MAX_DEPTH = 64

-- --- out ------------------------------------------------------------------------------------------------------------

local FLOATS = { inf = math.huge, ["-inf"] = -math.huge, nan = 0 / 0 }

local function pack_float(x)
  return ('["float",%q]'):format(x ~= x and "nan" or x > 0 and "inf" or "-inf")
end

local function pack_string(text)
  if utf8.len(text) then return json.quote(text) end
  return ('["bytes","%s"]'):format(text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

local function pack_number(x)
  if x ~= x or x == math.huge or x == -math.huge then return pack_float(x) end
  return json.number(x)
end

local SCALARS = { number = pack_number, string = pack_string, boolean = tostring }

-- Keys in an order that does not change from run to run.
local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  for i, key in ipairs(keys) do
    if i ~= key then break end
    if i == #keys then return keys end -- a list
  end
  table.sort(keys, function(a, b)
    if type(a) ~= type(b) then return order.less(type(a), type(b)) end
    if type(a) == "boolean" then return a and not b end
    if type(a) == "number" then return a < b end
    return order.less(tostring(a), tostring(b)) -- what is neither is refused later
  end)
  return keys
end

-- A name that no tensor has yet, from the path of keys; a value that is a tensor by itself has none.
local function new_name(out, path)
  local name = path or "tensor"
  if not utf8.len(name) then name = name:gsub("[^\32-\126]", function(c) return ("%%%02x"):format(c:byte()) end) end
  local free, n = name, 1
  while out.tensors[free] or free == "__metadata__" do
    n = n + 1
    free = ("%s#%d"):format(name, n)
  end
  return free
end

local function has_state(value) return type(kinds.field(value, "state_dict")) == "function" end

-- What to do about a value that cannot be saved.
local function refuse(out, value, path)
  local where = path and ("'%s'"):format(path) or "the value"
  local hint = has_state(value) and "; save its state_dict()" or ""
  errors.raise("%s: %s is %s; what can be saved are tensors, numbers, strings, booleans and tables of them%s", out.fn,
    where, errors.shown(value), hint)
end

local pack

local function pack_table(out, t, path, depth)
  if depth > MAX_DEPTH then
    errors.raise("%s: '%s...' is nested deeper than %d tables; does a table contain itself?", out.fn, path:sub(1, 60),
      MAX_DEPTH)
  end
  local keys, parts = sorted_keys(t), {}
  local list, object = #keys > 0, true
  for i, key in ipairs(keys) do
    if not SCALARS[type(key)] then refuse(out, key, (path or "the value") .. " (a key)") end
    list = list and math.type(key) == "integer" and key == i
    object = object and type(key) == "string" and utf8.len(key)
  end
  for i, key in ipairs(keys) do
    local word = type(key) == "number" and number.shown(key) or tostring(key)
    local below = path and path .. "." .. word or word
    local value = pack(out, t[key], below, depth + 1)
    if list then
      parts[i] = "," .. value
    elseif object then
      parts[i] = json.quote(key) .. ":" .. value
    else
      parts[i] = (",[%s,%s]"):format(SCALARS[type(key)](key), value)
    end
  end
  if list then return '["list"' .. table.concat(parts) .. "]" end
  if object then return "{" .. table.concat(parts, ",") .. "}" end
  return '["table"' .. table.concat(parts) .. "]"
end

function pack(out, value, path, depth)
  local scalar = SCALARS[type(value)]
  if scalar then return scalar(value) end
  if core.is_tensor(value) then
    local name = new_name(out, path)
    out.tensors[name] = value
    return ('["tensor",%s]'):format(json.quote(name))
  end
  if type(value) ~= "table" or has_state(value) then refuse(out, value, path) end
  return pack_table(out, value, path, depth)
end

-- Whether the table is nothing but tensors under strings, which needs no description.
local function is_plain(value)
  if type(value) ~= "table" then return false end
  for key, entry in pairs(value) do
    if type(key) ~= "string" or not utf8.len(key) or key == "__metadata__" then return false end
    if not core.is_tensor(entry) then return false end
  end
  return true
end

--- Takes a value apart.
-- @param value a tensor, number, string, boolean or table of such
-- @tparam string fn for messages
-- @treturn {[string]=Tensor,...} by name
-- @treturn ?string the JSON text; nil for a table of nothing but tensors under strings
function M.flatten(value, fn)
  local out = { fn = fn, tensors = {} }
  local text = pack(out, value, nil, 1)
  return out.tensors, not is_plain(value) and text or nil
end

-- --- in -------------------------------------------------------------------------------------------------------------

local unpack_value

local function key_of(value)
  local ok = SCALARS[type(value)] and value == value
  return ok and value or ok and false, ok
end

local UNPACK = {
  tensor = function(tensors, node)
    local t = type(node[2]) == "string" and tensors[node[2]]
    if not t then error({ message = ("there is no tensor '%s'"):format(tostring(node[2]):sub(1, 80)) }, 0) end
    return t
  end,
  list = function(tensors, node)
    local list = {}
    for i = 2, #node do list[i - 1] = unpack_value(tensors, node[i]) end
    return list
  end,
  table = function(tensors, node)
    local t = {}
    for i = 2, #node do
      local pair = json.is_array(node[i]) and node[i] or {}
      local key, ok = key_of(unpack_value(tensors, pair[1]))
      if not ok or #pair ~= 2 or t[key] ~= nil then error({ message = "a damaged key" }, 0) end
      t[key] = unpack_value(tensors, pair[2])
    end
    return t
  end,
  float = function(_, node)
    return FLOATS[node[2]] or error({ message = "a damaged number" }, 0)
  end,
  bytes = function(_, node)
    local hex = type(node[2]) == "string" and node[2] or "?"
    if #hex % 2 ~= 0 or hex:find("%X") then error({ message = "damaged bytes" }, 0) end
    return (hex:gsub("%x%x", function(two) return string.char(tonumber(two, 16)) end))
  end,
}

function unpack_value(tensors, node)
  if node == nil or node == json.null then error({ message = "a value that is missing" }, 0) end
  if type(node) ~= "table" then return node end
  if json.is_array(node) then
    local reader = UNPACK[type(node[1]) == "string" and node[1] or ""]
    if not reader then error({ message = "an unknown kind of value" }, 0) end
    return reader(tensors, node)
  end
  local t = {}
  for key, value in pairs(node) do t[key] = unpack_value(tensors, value) end
  return t
end

--- Puts a value together again.
-- @tparam {[string]=Tensor,...} tensors
-- @tparam string text as `flatten` gave it
-- @return the value, or nil and a message
function M.unflatten(tensors, text)
  local node, message = json.decode(text)
  if message then return nil, message end
  local ok, value = pcall(unpack_value, tensors, node)
  if ok then return value end
  if type(value) ~= "table" then error(value, 0) end
  return nil, value.message
end

return M
