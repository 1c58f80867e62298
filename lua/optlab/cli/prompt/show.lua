--- Values as the prompt shows them: objects by what they print about themselves, tables with their fields, long lists
-- by their ends, functions by how they are called.
-- @module optlab.cli.prompt.show
local M = {}

local MOST = 40 -- fields shown of a table
local LIST = 20 -- elements shown of a list
local INNER = 6 -- of a table inside a table, if it fits
local ENDS = 3 -- elements at the beginning of a long list
local NARROW = 60 -- columns of a value inside a table

local function width() return math.max(40, require("optlab.core").system.columns()) - 4 end

-- --- objects ---------------------------------------------------------------------------------------------------------

--- What an object prints about itself; one without __tostring of its own shows its class and no internals.
-- @tparam table t
-- @treturn ?string nil for a table that is no object
function M.object_text(t)
  local mt = getmetatable(t)
  if type(mt) ~= "table" then return mt ~= nil and tostring(t) or nil end
  if mt.__tostring then return tostring(t) end
  local name = rawget(mt, "__name")
  if type(name) == "string" and not mt.__pairs and rawlen(t) == 0 then return (name:gsub("^optlab%.", "")) end
  return nil
end

-- An object's text on one line: that of a small tensor with its values, of others with what stands last or first.
local function on_one_line(text)
  if not text:find("\n") then return text end
  local joined = text:gsub("%s*\n%s*", " "):gsub("%s%s+", " "):gsub("^%s+", "")
  if #joined <= NARROW then return joined end
  local first = text:match("^%s*([^\n]*)")
  return text:match("\n(%[[^\n]*%])$") or first .. (first:match("%($") and "...)" or " ...")
end

-- --- functions -------------------------------------------------------------------------------------------------------

-- "function(a, b)" with the place of its definition; the library's by its name.
local function function_text(fn, inside)
  local explain = require "optlab.cli.prompt.explain"
  local name = not inside and explain.name_of(fn)
  if name then return ("function %s (?%s explains it)"):format(name, name) end
  local info = debug.getinfo(fn, "S")
  if info.what == "C" then return "function" end
  local text = "function" .. explain.arguments_of(fn)
  if inside or require("optlab.base.errors").is_own(info) then return text end
  return ("%s, defined in %s:%d"):format(text, info.short_src, info.linedefined)
end

-- --- tables ----------------------------------------------------------------------------------------------------------

-- A number inside a table, to six digits.
local function number_text(x)
  if math.type(x) == "integer" then return tostring(x) end
  local text = ("%.6g"):format(x)
  return text:find("^-?%d+$") and text .. ".0" or text
end

local function string_text(s) return (("%q"):format(s):gsub("\\\n", "\\n")) end

local function sorted_keys(t)
  local keys = {}
  for key in next, t do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    local na, nb = type(a) == "number", type(b) == "number"
    if na and nb then return a < b end
    if na ~= nb then return na end
    return tostring(a) < tostring(b)
  end)
  return keys
end

local inner

-- "name = value", "value" for the next element of a list, "[key] = value".
local function cell(t, key, is_next, depth)
  local value = inner(t[key], depth)
  if is_next then return value end
  if type(key) == "string" and key:match("^[%a_][%w_]*$") then return key .. " = " .. value end
  return ("[%s] = %s"):format(type(key) == "string" and string_text(key) or on_one_line(tostring(key)), value)
end

-- {1, 2, 3, ..., 20} (20 in all) for a list; nil if it is none or short enough.
local function long_list(t, count, most, depth)
  local n = rawlen(t)
  if n ~= count or n <= most then return nil end
  local cells = {}
  for i = 1, math.min(ENDS, n - 1) do cells[i] = inner(t[i], depth) end
  return ("{%s, ..., %s} (%d in all)"):format(table.concat(cells, ", "), inner(t[n], depth), n)
end

-- The table's cells, at most so many.
local function cells_of(t, keys, most, depth)
  local cells = {}
  for i, key in ipairs(keys) do
    if i > most then
      cells[i] = "..."
      break
    end
    cells[i] = cell(t, key, key == i, depth)
  end
  return cells
end

-- A table inside a table: on one line.
local function inner_table(t, depth)
  local keys = sorted_keys(t)
  if #keys == 0 then return "{}" end
  if depth > 2 then return "{...}" end
  local list = long_list(t, #keys, INNER, depth + 1)
  if list and #list <= NARROW then return list end
  local text = "{" .. table.concat(cells_of(t, keys, INNER, depth + 1), ", ") .. "}"
  if #text <= NARROW then return text end
  local is_list = rawlen(t) == #keys
  return ("{...} (%d %s)"):format(#keys, is_list and "in all" or #keys == 1 and "field" or "fields")
end

-- A value inside a table.
function inner(value, depth)
  if type(value) == "number" then return number_text(value) end
  if type(value) == "string" then return string_text(value) end
  if type(value) == "function" then return function_text(value, true) end
  if type(value) ~= "table" then return on_one_line(tostring(value)) end
  local text = M.object_text(value)
  return text and on_one_line(text) or inner_table(value, depth)
end

local function table_text(t)
  local keys = sorted_keys(t)
  if #keys == 0 then return "{}" end
  local list = long_list(t, #keys, LIST, 1)
  if list then return list end
  local cells = cells_of(t, keys, MOST, 1)
  local text = "{" .. table.concat(cells, ", ") .. "}"
  if #text <= width() then return text end
  return "{\n  " .. table.concat(cells, ",\n  ") .. "\n}"
end

-- A part of the library, such as nn: its names. nil for other tables, as for the three below.
local function space_text(t)
  local name = require("optlab.cli.prompt.explain").name_of(t)
  if not name then return nil end
  local names = {}
  for key in pairs(t) do
    if type(key) == "string" and not key:match("^_") then names[#names + 1] = key end
  end
  table.sort(names)
  local lines = require("optlab.base.text.script_text").fill(table.concat(names, " "), width() - 2)
  return ("%s (?%s explains these names)\n  %s"):format(name, name, table.concat(lines, "\n  "))
end

local function is_class(t) return rawget(t, "extend") ~= nil and type(rawget(t, "name")) == "string" end

-- A class of modules.
local function class_text(t)
  if not is_class(t) then return nil end
  local super = rawget(t, "super")
  local above = super and is_class(super) and " below " .. super.name or ""
  return ("class %s%s (a call of it makes a module)"):format(t.name, above)
end

-- The history of a training: first and last loss, then the fields.
local function history_text(t)
  local loss, steps = rawget(t, "loss"), rawget(t, "steps")
  if not (rawget(t, "train_loss") and rawget(t, "epochs") and type(loss) == "table" and type(steps) == "table") then
    return nil
  end
  if #loss == 0 then return "history without points " .. table_text(t) end
  return ("history of %d %s, loss %s to %s %s"):format(#loss, #loss == 1 and "point" or "points", number_text(loss[1]),
    number_text(loss[#loss]), table_text(t))
end

-- The path of a descent that has diverged.
local function path_text(t)
  local mt = getmetatable(t)
  if not (mt and mt.__name == "path" and t.diverged) then return nil end
  return ("%s, diverged at step %d"):format(table_text(t), t.diverged.step)
end

--- A value.
-- @param value
-- @treturn string
function M.text(value)
  if type(value) == "string" then return string_text(value) end
  if type(value) == "function" then return function_text(value) end
  if type(value) ~= "table" then return tostring(value) end
  return M.object_text(value) or space_text(value) or class_text(value) or history_text(value) or path_text(value)
    or table_text(value)
end

return M
