--- How a call is written: values, arguments and whole signatures as text.
-- @module optlab.reference.call
local numbers = require "optlab.base.number"

local M = {}

-- The shortest text that is the number to 14 digits; fractions such as 1/3 as such.
local function number(x)
  local text = numbers.text(x, 14):gsub("e([+-])0+(%d)", "e%1%2"):gsub("e%+", "e")
  if #text <= 8 then return text end
  for below = 2, 12 do
    local above = x * below
    if above == math.floor(above) then return ("%d/%d"):format(above, below) end
  end
  return text
end

local function all_equal(list)
  for _, x in ipairs(list) do
    if x ~= list[1] then return false end
  end
  return #list > 0
end

--- A default as one writes it in Lua.
-- @param value
-- @tparam[opt] string kind of the argument; sizes that are equal are written as one
-- @treturn string
function M.value(value, kind)
  if type(value) == "number" then return number(value) end
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) ~= "table" then return tostring(value) end
  if kind and kind:find("^sizes") and all_equal(value) then return number(value[1]) end
  local texts = {}
  for i, x in ipairs(value) do texts[i] = M.value(x) end
  return "{" .. table.concat(texts, ", ") .. "}"
end

--- "name = value", or "name =" for an argument without a default.
-- @tparam table row
-- @treturn string
function M.option(row)
  if row.default == nil then return row.name .. " =" end
  return row.name .. " = " .. M.value(row.default, row.kind)
end

-- What stands in the parentheses by position: "a", ", b", "[, c = 1]".
local function positional(entry)
  local words = {}
  local function add(word, required)
    word = (#words > 0 and ", " or "") .. word
    words[#words + 1] = required and word or "[" .. word .. "]"
  end
  for _, name in ipairs(entry.inputs) do add(name, true) end
  for i = 1, entry.positions do
    local row = entry.args[i]
    add(row.default ~= nil and M.option(row) or row.name, row.required)
  end
  return words
end

-- What stands around the options: they are the whole call, or a table that must or may be given.
local function braces(entry, alone)
  if alone then return "{", "}" end
  for i = entry.positions + 1, #entry.args do
    if entry.args[i].required then return ", {", "})" end
  end
  return "[, {", "}])"
end

-- What stands before the first argument. "train.fit: checkpoint" is the table `checkpoint` of train.fit.
local function head_of(entry)
  local of_table = entry.name:match(": (.*)$")
  if not of_table then return entry.callee end
  return of_table:match("^[%w_]+$") and of_table .. " = " or ""
end

-- The head of a signature, and the pieces between which a line may end.
local function pieces(entry)
  local list, options = positional(entry), {}
  for i = entry.positions + 1, #entry.args do options[#options + 1] = M.option(entry.args[i]) end
  local alone = #list == 0 and #options > 0
  local open, close = braces(entry, alone)
  for i, option in ipairs(options) do
    list[#list + 1] = (i == 1 and open or ", ") .. option .. (i == #options and close or "")
  end
  if #options == 0 then list[#list + 1] = ")" end
  return head_of(entry) .. (alone and "" or "("), list
end

-- A piece that begins a new line: what remains on the line before it, and what follows.
local function split(piece)
  local comma, rest = piece:match("^(,) (.*)$")
  return comma or "", rest or piece
end

--- The signature: `nn.Linear(in_features, out_features[, {bias = true, dtype =}])`. Brackets surround what may be left
-- out, braces a table of options, as in docs/reference/api.md.
-- @tparam table entry
-- @tparam integer width columns at most; a longer signature takes several lines
-- @treturn string
function M.signature(entry, width)
  local line, list = pieces(entry)
  local lines, indent = {}, (" "):rep(math.min(#line, 20))
  for i, piece in ipairs(list) do
    local room = list[i + 1] == ")" and 2 or 1 -- for what must not begin a line
    if i > 1 and piece ~= ")" and #line + #piece + room > width then
      local comma, rest = split(piece)
      lines[#lines + 1], line = line .. comma, indent .. rest
    else
      line = line .. piece
    end
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

--- What an argument is: "number of at least 0".
-- @tparam table row
-- @treturn string
function M.kind(row)
  return (row.what:gsub("^an? ", ""))
end

--- The default as text: "0.1", "required", or "" where leaving the argument out has a meaning of its own.
-- @tparam table row
-- @treturn string
function M.default(row)
  if row.required then return "required" end
  return row.default == nil and "" or M.value(row.default, row.kind)
end

return M
