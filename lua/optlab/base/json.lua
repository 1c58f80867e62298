--- JSON (RFC 8259), strictly: integers stay exact to 64 bits, and what is doubtful is an error.
--
-- Objects become tables with string keys, arrays become lists that `is_array` recognises, null becomes `null`. Refused
-- are names that occur twice in an object, text that is no UTF-8, lone surrogates, nesting beyond 200, more than
-- a million arrays and objects (which would take far more memory than the text), anything behind the value.
--
-- Two JSON libraries for Lua are common, and neither can take this module's place, because files come from anywhere.
-- lua-cjson reads every number as a float (an integer beyond 2^53 changes); both take the last of two equal names and
-- text that is no UTF-8; lua-cjson also takes NaN and 0x10, dkjson comments, [1,] and a lone surrogate, and it
-- overflows the stack on deep nesting.
-- @module optlab.base.json
local number = require "optlab.base.number"
local order = require "optlab.base.order"

local M = {}

local MAX_DEPTH = 200
local MAX_TABLES = 1 << 20
local ARRAY = {}

--- What stands for null.
M.null = setmetatable({}, { __tostring = function() return "null" end })

--- Whether a value came from a JSON array.
function M.is_array(value)
  return getmetatable(value) == ARRAY
end

-- --- reading --------------------------------------------------------------------------------------------------------

-- Raises a table, which `decode` turns into its second result.
local function fail(at, what)
  error({ message = ("%s at byte %d"):format(what, at) }, 0)
end

local ESCAPES = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

-- \uXXXX, and the pairs of them that stand for characters beyond 16 bits; the four digits begin at `at`.
local function read_unicode(text, at)
  local hex = text:match("^%x%x%x%x", at)
  if not hex then fail(at, "a damaged \\u escape") end
  local code = tonumber(hex, 16)
  if code < 0xD800 or code > 0xDFFF then return utf8.char(code), at + 4 end
  local low = code < 0xDC00 and text:match("^\\u([dD][c-fC-F]%x%x)", at + 4)
  if not low then fail(at, "half of a surrogate pair") end
  return utf8.char(0x10000 + (code - 0xD800) * 0x400 + tonumber(low, 16) - 0xDC00), at + 10
end

-- The string whose opening quote is before `at`; returns it and the position behind the closing quote.
local function read_string(text, at)
  local plain, behind = text:match('^([^%c"\\\128-\255]*)"()', at) -- nothing to unfold or to check, as in most strings
  if plain then return plain, behind end
  local parts, start = {}, at
  while true do
    local stop = text:find('[\0-\31"\\]', at)
    local sign = stop and text:sub(stop, stop)
    if sign ~= '"' and sign ~= "\\" then fail(start, "a string without an end") end
    parts[#parts + 1] = text:sub(at, stop - 1)
    at = stop + 1
    if sign == '"' then break end
    local letter = text:sub(at, at)
    if letter == "u" then
      parts[#parts + 1], at = read_unicode(text, at + 1)
    else
      parts[#parts + 1], at = ESCAPES[letter] or fail(stop, "an unknown escape"), at + 1
    end
  end
  local value = table.concat(parts)
  if not utf8.len(value) then fail(start, "text that is not UTF-8") end
  return value, at
end

-- 12 is an integer, 12.0 and 1e3 are floats; an integer beyond 64 bits becomes a float.
local function read_number(text, at)
  local plain, behind = text:match("^(%-?[1-9]%d*)()[,%]}%s]", at)
  if not plain then plain, behind = text:match("^(%-?%d%.%d+)()[,%]}%s]", at) end
  if plain then return number.parse(plain), behind end -- as most are
  local whole, rest = text:match("^%-?(%d+)([%d.eE+-]*)", at)
  local fraction = rest and rest:match("^%.%d+") or ""
  local exponent = rest and rest:sub(#fraction + 1)
  if not whole or whole:match("^0%d") or not (exponent == "" or exponent:match("^[eE][+-]?%d+$")) then
    fail(at, "a damaged number")
  end
  local stop = text:find("[^%d.eE+-]", at) or #text + 1
  return number.parse(text:sub(at, stop - 1)), stop
end

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local read_value

local tables -- arrays and objects read so far

local function count_table(at)
  tables = tables + 1
  if tables > MAX_TABLES then fail(at, ("more than %d arrays and objects"):format(MAX_TABLES)) end
end

local function read_array(text, at, depth)
  count_table(at)
  local list = setmetatable({}, ARRAY)
  at = skip(text, at)
  if text:sub(at, at) == "]" then return list, at + 1 end
  while true do
    list[#list + 1], at = read_value(text, at, depth + 1)
    local sign = text:sub(at, at)
    if sign == "]" then return list, at + 1 end
    if sign ~= "," then fail(at, "no ',' or ']'") end
    at = at + 1
  end
end

local function read_object(text, at, depth)
  count_table(at)
  local object = {}
  at = skip(text, at)
  if text:sub(at, at) == "}" then return object, at + 1 end
  while true do
    local start, name = at
    local plain, behind = text:match('^[ \t\r\n]*"([^%c"\\\128-\255]*)":()', at)
    if plain then
      name, at = plain, behind
    else
      at = skip(text, at)
      if text:sub(at, at) ~= '"' then fail(at, "no name") end
      name, at = read_string(text, at + 1)
      at = skip(text, at)
      if text:sub(at, at) ~= ":" then fail(at, "no ':'") end
      at = at + 1
    end
    if object[name] ~= nil then fail(skip(text, start), ("the name '%s' twice"):format(name:sub(1, 80))) end
    object[name], at = read_value(text, at, depth + 1)
    local sign = text:sub(at, at)
    if sign == "}" then return object, at + 1 end
    if sign ~= "," then fail(at, "no ',' or '}'") end
    at = at + 1
  end
end

local WORDS = { ["true"] = true, ["false"] = false, null = M.null }

-- The value at `at`, and the position of what follows it and its blanks.
function read_value(text, at, depth)
  if depth > MAX_DEPTH then fail(at, "nesting beyond " .. MAX_DEPTH) end
  at = skip(text, at)
  local sign = text:sub(at, at)
  local value
  if sign == "{" then
    value, at = read_object(text, at + 1, depth)
  elseif sign == "[" then
    value, at = read_array(text, at + 1, depth)
  elseif sign == '"' then
    value, at = read_string(text, at + 1)
  elseif sign:match("[%d-]") then
    value, at = read_number(text, at)
  else
    local word = text:match("^%l+", at)
    value = WORDS[word]
    if value == nil then fail(at, at > #text and "the end" or "no value") end
    at = at + #word
  end
  return value, skip(text, at)
end

--- The value of a JSON text.
-- @tparam string text
-- @return the value, or nil and a message
function M.decode(text)
  tables = 0
  local ok, value, at = pcall(read_value, text, 1, 1)
  if ok and at <= #text then return nil, ("something behind the value at byte %d"):format(at) end
  if ok then return value end
  if type(value) ~= "table" then error(value, 0) end
  return nil, value.message
end

--- Whether a text that was written well is too large to be read.
-- @tparam string text
-- @treturn ?string then why
function M.too_large(text)
  if #text <= MAX_TABLES or select(2, text:gsub("[%[{]", "")) <= MAX_TABLES then return nil end
  return select(2, M.decode(text)) -- brackets inside strings do not count
end

-- --- writing --------------------------------------------------------------------------------------------------------

local NAMED = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

--- A string in JSON's quotes.
-- @tparam string text UTF-8
-- @treturn string
function M.quote(text)
  return '"' .. text:gsub('[\0-\31\127"\\]', function(c) return NAMED[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
end

--- A finite number so that reading gives the same one, integer or float.
-- @tparam number x
-- @treturn string
function M.number(x)
  local text = number.text(x, 17)
  if math.type(x) == "integer" then return text end
  return text:find("[.e]") and text or text .. ".0"
end

--- A list that is written as an array although it may be empty.
-- @tparam {any,...} list
-- @treturn {any,...} the same list
function M.array(list) return setmetatable(list, ARRAY) end

local FLOATS = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

local function write_number(x)
  if x ~= x then return '{"float": "nan"}' end
  if x - x ~= 0 then return ('{"float": "%s"}'):format(x > 0 and "inf" or "-inf") end
  return M.number(x)
end

--- The text of a value, in one line: an object's names are sorted; a list is an array, an empty one only if it comes
-- from `array`. Numbers that are not finite, which JSON does not have, become {"float": "nan"}, "inf" or "-inf".
-- @param value of tables with string keys or lists, UTF-8 strings, numbers, booleans, `null`
-- @treturn string
function M.encode(value)
  if type(value) == "number" then return write_number(value) end
  if type(value) == "string" then return M.quote(value) end
  if type(value) ~= "table" or value == M.null then return tostring(value) end
  local items = {}
  if #value > 0 or M.is_array(value) then
    for i, item in ipairs(value) do items[i] = M.encode(item) end
    return "[" .. table.concat(items, ", ") .. "]"
  end
  for i, name in ipairs(order.names(value)) do items[i] = M.quote(name) .. ": " .. M.encode(value[name]) end
  return "{" .. table.concat(items, ", ") .. "}"
end

--- A decoded value as plain Lua: without nulls, and with the numbers that `encode` wrote as objects.
-- @param value
-- @return the value; tables are changed in place
function M.plain(value)
  if value == M.null then return nil end
  if type(value) ~= "table" then return value end
  local float = FLOATS[value.float]
  if float and next(value, next(value)) == nil then return float end
  for key, member in pairs(value) do value[key] = M.plain(member) end
  return setmetatable(value, nil)
end

return M
