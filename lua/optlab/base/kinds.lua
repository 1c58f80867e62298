--- The kinds of values that arguments may have: which values a kind accepts, and what messages call them.
--
-- A kind is a table: `what`, the words of "NAME must be ...", a string or a function of the argument's row; and
-- `accept(value, row)`, which returns the value to use (3 for 3.0, say) or nil. A list whose member is wrong returns
-- nil, "[i]", the member's row and the member. `takes` is "list" or "table" where the value may itself be a Lua table:
-- it tells a list, or a table with names, from the table of options.
--
-- Rows are described in `optlab.base.args`. A room adds kinds of its own by assigning to this table.
-- @module optlab.base.kinds
local core = require "optlab.core"
local numbers = require "optlab.base.number"

local M = {}

local is_tensor = core.tensor.is_tensor

-- A field of a table or userdata; nil where it has none, also where reading an unknown name is an error.
local function field(object, name)
  local kind = type(object)
  if kind ~= "table" and kind ~= "userdata" then return nil end
  local ok, value = pcall(function() return object[name] end)
  return ok and value or nil
end
M.field = field

local function is_callable(value)
  local mt = getmetatable(value)
  return type(value) == "function" or (type(mt) == "table" and mt.__call ~= nil)
end

-- --- numbers --------------------------------------------------------------------------------------------------------

local function number(x) return numbers.text(x, 14) end

-- " of at least 0", " above 0", " in [0, 1)", " from 1 to 50"; "" without limits.
local function range_words(row, integral)
  local low, high = row.min or row.above, row.max or row.below
  if low and high then
    if integral then return (" from %s to %s"):format(number(low), number(high)) end
    return (" in %s%s, %s%s"):format(row.min and "[" or "(", number(low), number(high), row.max and "]" or ")")
  end
  if low then return (row.min and " of at least " or " above ") .. number(low) end
  if high then return (row.max and " of at most " or " below ") .. number(high) end
  return ""
end

-- Whether a number lies within a row's limits.
local function in_range(x, row)
  if x ~= x then return false end
  local limited = row.min or row.max or row.above or row.below
  if (row.finite or limited) and (x == math.huge or x == -math.huge) then return false end
  return not ((row.min and x < row.min) or (row.max and x > row.max) or (row.above and x <= row.above)
    or (row.below and x >= row.below))
end

M.in_range = in_range

M.number = {
  what = function(row) return (row.finite and "a finite number" or "a number") .. range_words(row, false) end,
  accept = function(value, row) return type(value) == "number" and in_range(value, row) and value or nil end,
}

M.integer = {
  what = function(row) return "an integer" .. range_words(row, true) end,
  accept = function(value, row)
    local n = type(value) == "number" and math.tointeger(value)
    return n and in_range(n, row) and n or nil
  end,
}

M.dimension = {
  what = "a dimension (1, 2, ... or -1 for the last)",
  accept = function(value)
    local n = type(value) == "number" and math.tointeger(value)
    return n ~= 0 and n or nil
  end,
}

-- --- words ----------------------------------------------------------------------------------------------------------

local function quoted(words)
  local list = {}
  for i, word in ipairs(words) do list[i] = "'" .. tostring(word) .. "'" end
  return table.concat(list, ", ")
end

local function among(value, words)
  for _, word in ipairs(words) do
    if word == value then return value end
  end
  return nil
end

M.choice = {
  what = function(row) return (#row.choices > 1 and "one of " or "") .. quoted(row.choices) end,
  accept = function(value, row) return among(value, row.choices) end,
}

local DTYPES, FLOATS = { "float32", "float64", "int64", "uint8" }, { "float32", "float64" }

M.dtype = { what = "one of " .. quoted(DTYPES), accept = function(value) return among(value, DTYPES) end }
M.float_dtype = { what = "one of " .. quoted(FLOATS), accept = function(value) return among(value, FLOATS) end }

-- --- lists ----------------------------------------------------------------------------------------------------------

local TAIL = 8 -- of a list's members may lie among the names in memory, so that these come before them

-- A name in a list, where none belongs: an option that would be dropped.
local function name_in(list)
  local from = #list - TAIL
  for key in next, list, from > 0 and from or nil do
    if type(key) == "string" then return key end
  end
  return nil
end

-- The members of a list, taken as rows of kind `of`.
local function members(value, row)
  if type(value) ~= "table" or (row.width and #value ~= row.width) or #value < (row.least or 0) then return nil end
  local name = name_in(value)
  if name then return nil, "." .. name, { what = "outside of the list, which has no names" }, value[name] end
  local list, of, alternatives = {}, row.of, M.of(row.of)
  local accept = #alternatives == 1 and not of.test and alternatives[1].accept or M.accept -- lists may be long
  for i = 1, #value do
    local taken, at, wrong_row, wrong = accept(value[i], of)
    if taken == nil then
      local place = ("[%d]"):format(i)
      if at then return nil, place .. at, wrong_row, wrong end
      return nil, place, of, value[i]
    end
    list[i] = taken
  end
  return list
end

local PLURALS = { number = "numbers", integer = "integers", string = "strings", tensor = "tensors", table = "tables" }

-- "a list of 2 numbers in [0, 1)", "a list of 2 or more tensors", "a list of strings"; for other members a row has a
-- `what` of its own.
local function list_words(row)
  local kind, count = row.of.kind, row.width and row.width .. " " or ""
  if (row.least or 0) > 1 then count = row.least .. " or more " end
  local range = (kind == "number" or kind == "integer") and range_words(row.of, kind == "integer") or ""
  return ("a list of %s%s%s"):format(count, PLURALS[kind] or "values", range)
end

M.list = { takes = "list", what = list_words, accept = members }
M.tuple = M.list -- a list with `width`

-- --- everything else ------------------------------------------------------------------------------------------------

local function plain(name, what, takes)
  M[name] = { takes = takes, what = what, accept = function(value) return type(value) == name and value or nil end }
end

plain("string", "a string")
plain("function", "a function")
plain("table", "a table", "table")

-- A name of a file or a folder. The system would cut it at a byte 0.
M.path = {
  what = function(_, value)
    return type(value) == "string" and value:find("\0", 1, true) and "a string without a byte 0" or "a string"
  end,
  accept = function(value) return type(value) == "string" and not value:find("\0", 1, true) and value or nil end,
}

M.flag = { what = "true or false", accept = function(v) if type(v) == "boolean" then return v end end }
M["false"] = { what = "false", accept = function(v) if v == false then return v end end }
M.any = { takes = "table", what = "a value", accept = function(v) return v end }
M.tensor = { what = "a tensor", accept = function(v) return is_tensor(v) and v or nil end }
M.callable = { what = "a function", accept = function(v) return is_callable(v) and v or nil end }

M.module = {
  what = "a module",
  accept = function(v)
    local mt = getmetatable(v)
    return type(mt) == "table" and rawget(mt, "own_parameters") and v or nil
  end,
}

-- Options of a loader, which a data set has no use for.
local LOADER_OPTIONS = { "batch_size", "shuffle", "drop_last", "seed" }

M.dataset = {
  takes = "table", what = "a data set {X = tensor, y = tensor}",
  accept = function(v)
    if type(v) ~= "table" or not is_tensor(v.X) then return nil end
    for _, name in ipairs(LOADER_OPTIONS) do
      local option = rawget(v, name)
      if option ~= nil then return nil, "." .. name, { what = "an option, not a field of the data set" }, option end
    end
    return v
  end,
}

-- An object with certain methods or fields: `has = {"step", "zero_grad"}`, and `what` to say what that is.
M.object = {
  takes = "table", what = "an object",
  accept = function(v, row)
    for _, name in ipairs(row.has) do
      if field(v, name) == nil then return nil end
    end
    return v
  end,
}

-- --- rows -----------------------------------------------------------------------------------------------------------

--- The kinds that a row allows: "number|function" is two.
-- @tparam table row
-- @treturn {table,...}
function M.of(row)
  if not row.alternatives then
    row.alternatives = {}
    for name in row.kind:gmatch("[^|]+") do
      row.alternatives[#row.alternatives + 1] = assert(rawget(M, name), name)
    end
  end
  return row.alternatives
end

--- What a value must be: "an integer of at least 1 or a list of numbers".
-- @tparam table row
-- @param[opt] value what was given instead
-- @treturn string
function M.what(row, value)
  if row.what then return type(row.what) == "function" and row.what(row, value) or row.what end
  local words = {}
  for i, kind in ipairs(M.of(row)) do
    words[i] = type(kind.what) == "function" and kind.what(row, value) or kind.what
  end
  local last = table.remove(words)
  if #words == 0 then return last end
  return table.concat(words, ", "):gsub("^true or false", "true, false") .. " or " .. last
end

--- The value as a row takes it, or nil (then perhaps "[i]", the row of that member and its value).
function M.accept(value, row)
  local at, member_row, member
  for _, kind in ipairs(M.of(row)) do
    local taken, i, r, v = kind.accept(value, row)
    if taken ~= nil then
      if row.test and not row.test(taken) then return nil end
      return taken
    end
    if i then at, member_row, member = i, r, v end
  end
  return nil, at, member_row, member
end

--- Whether a row takes Lua tables: "list" (without names), "table" (any), or nil.
function M.takes(row)
  local takes
  for _, kind in ipairs(M.of(row)) do takes = takes == "table" and takes or kind.takes or takes end
  return takes
end

return M
