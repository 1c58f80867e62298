--- The values of parameters: from the words of a command line, and as text.
-- @module optlab.params.values
local errors = require "optlab.base.errors"
local kinds = require "optlab.base.kinds"
local options = require "optlab.params.options"

local M = {}

local BOOLEANS = {
  ["true"] = true, yes = true, on = true, ["1"] = true,
  ["false"] = false, no = false, off = false, ["0"] = false,
}

-- The members of a list are strings if those of the default are; without a default, unless all are numbers. An empty
-- text is an empty list.
local function read_list(text, entry)
  local list, numbers = {}, {}
  for item in (text == "" and "" or text .. ","):gmatch("%s*([^,]-)%s*,") do
    list[#list + 1] = item
    numbers[#list] = options.number(item)
  end
  local first = type(entry.default) == "table" and entry.default[1]
  if type(first) == "string" then return list end
  for i = 1, #list do
    if not numbers[i] then return not first and list or nil, "a list of numbers separated by commas" end
  end
  return numbers
end

-- Each gives the value, or nil and what was expected.
local READ = {
  integer = function(text)
    local number = options.number(text)
    local value = number and math.tointeger(number)
    if value or not number or number ~= number then return value, "an integer" end
    if math.abs(number) < 2 ^ 63 then return nil, "an integer (a default such as 1.0 would allow fractions)" end
    return nil, ("an integer from %d to %d"):format(math.mininteger, math.maxinteger)
  end,
  number = function(text)
    local value = options.number(text)
    return value and value + 0.0, "a number"
  end,
  boolean = function(text) return BOOLEANS[text:lower()], "true or false" end,
  string = function(text) return text end,
  list = read_list,
}

-- What one value must be besides its type and, for a choice, what was probably meant; nil if it is.
local function violation_of_one(entry, value)
  if entry.choices then
    for _, choice in ipairs(entry.choices) do
      if choice == value then return nil end
    end
    local names = {}
    for i, choice in ipairs(entry.choices) do names[i] = tostring(choice) end
    return "one of '" .. table.concat(names, "', '") .. "'", errors.hint(tostring(value), names)
  end
  if type(value) ~= "number" or not (entry.min or entry.max) then return nil end
  local row = { kind = entry.kind == "integer" and "integer" or "number", min = entry.min, max = entry.max }
  local infinite = value - value ~= 0 and value == value
  local within = infinite and (value < 0 and not entry.min or value > 0 and not entry.max) or kinds.in_range(value, row)
  return not within and kinds.what(row) or nil
end

--- What a value must be besides its type.
-- @tparam table entry
-- @param value of the entry's type
-- @treturn ?string nil if it is that
-- @treturn ?string a guess at what was meant
function M.violation(entry, value)
  if type(value) ~= "table" then return violation_of_one(entry, value) end
  for i, member in ipairs(value) do
    local wrong, hint = violation_of_one(entry, member)
    if wrong then return ("a list; its member %d must be %s"):format(i, wrong), hint end
  end
  return nil
end

--- Reads one value.
-- @tparam table entry
-- @tparam string text
-- @return the value; or nil, what was expected, and a guess at what was meant or nil
function M.read(entry, text)
  local value, type_wanted = READ[entry.kind](text, entry)
  local bracketed = value == nil and text:find "[%[%]{}]"
  if value == nil then return nil, type_wanted, bracketed and "; several values have no brackets: 1,2,3" or nil end
  local expected, hint = M.violation(entry, value)
  if expected then return nil, expected, hint end
  return value
end

--- The value of a word; the reader that argparse calls.
-- @tparam table entry
-- @tparam string text
-- @return the value, or nil and a message
function M.convert(entry, text)
  local value, expected, hint = M.read(entry, text)
  if value ~= nil then return value end
  return nil, ("--%s must be %s, got '%s'%s"):format(entry.name, expected, text, hint or "")
end

--- A value as the command line would read it.
-- @param value
-- @treturn string
function M.text(value)
  if type(value) == "table" then
    local items = {}
    for i, item in ipairs(value) do items[i] = M.text(item) end
    return #items > 0 and table.concat(items, ",") or '""'
  end
  if value == "" then return '""' end
  return type(value) == "number" and options.text_of_number(value) or tostring(value)
end

return M
