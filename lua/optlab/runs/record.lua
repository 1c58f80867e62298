--- run.json: what is known of a run, as text. Format 1 is described in docs/howto/runs.md.
--
-- Numbers that are not finite, which JSON does not have, are written {"float": "nan"}, "inf" or "-inf". Text that is no
-- UTF-8, such as an argument of the command line, is written with its bytes spelled out.
-- @module optlab.runs.record
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local json = require "optlab.base.json"
local decimal = require "optlab.base.number"
local order = require "optlab.base.order"

local M = {}

M.FORMAT = 1
M.NAME = "run.json"

-- The fields that come first, in this order; others follow by name.
local FIRST = {
  "format", "kind", "experiment", "script", "arguments", "parameters", "given", "seed", "status", "error", "diverged",
  "started", "seconds", "final",
}

-- --- writing ------------------------------------------------------------------------------------------------------

local INFINITE = { [math.huge] = "inf", [-math.huge] = "-inf" }

local function number(x)
  if x ~= x then return '{"float": "nan"}' end
  if INFINITE[x] then return ('{"float": "%s"}'):format(INFINITE[x]) end
  for digits = 15, 16 do
    local text = math.type(x) == "float" and decimal.text(x, digits)
    if text and decimal.parse(text) == x then return text:find "[.e]" and text or text .. ".0" end
  end
  return json.number(x)
end

local function is_list(t) return #t > 0 end

local function keys_of(t, first)
  local keys, rest, placed = {}, {}, {}
  for _, key in ipairs(first or {}) do
    if t[key] ~= nil then keys[#keys + 1], placed[key] = key, true end
  end
  for key in pairs(t) do
    if not placed[key] then rest[#rest + 1] = tostring(key) end
  end
  return table.move(order.sort(rest), 1, #rest, #keys + 1, keys)
end

local text_of

local function list_text(t, indent)
  local items = {}
  for i, value in ipairs(t) do items[i] = text_of(value, indent) end
  return "[" .. table.concat(items, ", ") .. "]"
end

local function object_text(t, indent, first)
  local lines, inner = {}, indent .. "  "
  for i, key in ipairs(keys_of(t, first)) do
    lines[i] = ("%s%s: %s"):format(inner, json.quote(key), text_of(t[key], inner))
  end
  if #lines == 0 then return "{}" end
  return "{\n" .. table.concat(lines, ",\n") .. "\n" .. indent .. "}"
end

function text_of(value, indent)
  if type(value) == "number" then return number(value) end
  if type(value) == "boolean" then return tostring(value) end
  if type(value) == "table" then return (is_list(value) and list_text or object_text)(value, indent) end
  local text = tostring(value)
  return json.quote(utf8.len(text) and text or errors.visible(text))
end

--- The text of run.json.
-- @tparam table fields
-- @treturn string
function M.encode(fields)
  return object_text(fields, "", FIRST) .. "\n"
end

--- A value of a field as text.
-- @param value
-- @treturn string
function M.encode_value(value) return text_of(value, "") end

-- --- reading ------------------------------------------------------------------------------------------------------

local FLOATS = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

-- Puts numbers that are not finite in the place of what stands for them, and drops nulls.
local function restore(t)
  for key, value in pairs(t) do
    if value == json.null then
      t[key] = nil
    elseif type(value) == "table" then
      local float = FLOATS[value.float]
      if float and next(value, next(value)) == nil then t[key] = float else restore(value) end
    end
  end
  return t
end

local KINDS = {
  format = "number", kind = "string", experiment = "string", status = "string", parameters = "object", final = "object",
  arguments = "array", given = "array", seed = "number", seconds = "number", started = "string", sweep = "string",
  script = "string", code = "object", data = "object", versions = "object", cell = "string", error = "string",
  diverged = "string", host = "string", pid = "number", out = "string", ranks = "number", threads = "number",
}

-- An empty table has lost what it was: `encode` writes {} for both.
local function is_of(kind, value)
  if kind == "array" then return type(value) == "table" and (json.is_array(value) or next(value) == nil) end
  if kind == "object" then return type(value) == "table" and (not json.is_array(value) or next(value) == nil) end
  return type(value) == kind
end

--- The value that `encode_value` wrote.
-- @tparam string text
function M.decode_value(text)
  local value = json.decode(text)
  return type(value) == "table" and restore(value) or value
end

--- Reads the text of a run.json.
-- @tparam string text
-- @treturn ?table its fields, or nil and a message
function M.decode(text)
  local fields, message = json.decode(text)
  if not fields then return nil, message end
  if type(fields) ~= "table" or fields == json.null or json.is_array(fields) then return nil, "it holds no object" end
  restore(fields)
  if fields.format ~= M.FORMAT then
    return nil, ("its format is %s, this optlab reads format %d"):format(tostring(fields.format), M.FORMAT)
  end
  for name, kind in pairs(KINDS) do
    local value = fields[name]
    if value ~= nil and not is_of(kind, value) then return nil, ("its '%s' is no %s"):format(name, kind) end
  end
  if not (fields.kind and fields.experiment and fields.status) then
    return nil, "it lacks 'kind', 'experiment' or 'status'"
  end
  return fields
end

--- Reads the run.json of a directory.
-- @tparam string path of the directory
-- @treturn ?table its fields, or nil and a message
function M.read(path)
  local file = path .. "/" .. M.NAME
  if not files.readable(file) then return nil, files.readable(path) and "it has no run.json" or "it is not there" end
  local text, message = files.read(file)
  if not text then return nil, message end
  local fields, wrong = M.decode(text)
  return fields, wrong and "run.json is damaged: " .. wrong
end

--- Writes the run.json of a directory.
-- @tparam string path of the directory
-- @tparam table fields
-- @tparam[opt=false] boolean flush whether it is on the disk when the function returns
-- @treturn ?boolean true, or nil and a message
function M.write(path, fields, flush)
  fields.format = M.FORMAT
  local file, text = path .. "/" .. M.NAME, M.encode(fields)
  return files.note(file, text, flush)
end

return M
