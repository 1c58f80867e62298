--- Several values of a parameter in one word, for a sweep.
--
--    0.1,0.01            a list
--    1..10   0..1..0.25  numbers from one to another, by 1 (or -1) or by a step
--    log(1e-6, 1e-2, 5)  five numbers whose ratios are equal
--    linspace(0, 1, 5)   five numbers whose distances are equal
--    sgd,adam            texts, choices, true and false; "\," is a comma within a text
--
-- They may be mixed: `0,log(1e-4,1,5)`. To draw at random, `0.1..0.5`, `log(1e-6, 1e-2)` and `linspace(0, 1)` are whole
-- ranges. A parameter that is a list is one value, commas and all; its flag is repeated instead.
--
-- Computed numbers are rounded, to 12 digits in ranges of fractions and to 6 in `log` and `linspace`, so that what a
-- table shows is what a script was given.
-- @module optlab.params.grammar
local number = require "optlab.base.number"
local options = require "optlab.params.options"
local quoted = require("optlab.base.text.shell").word
local values = require "optlab.params.values"

local M = {}

--- The most values that one word may stand for.
M.MOST = 100000

local function round(x, digits) return number.parse(number.text(x + 0.0, digits)) + 0.0 end

local function is_number(entry) return entry.kind == "number" or entry.kind == "integer" end

-- --- pieces ---------------------------------------------------------------------------------------------------------

-- The parts between commas that stand in no parentheses, without the blanks around them.
local function split(text)
  local pieces, piece, depth, i = {}, {}, 0, 1
  local function close()
    pieces[#pieces + 1] = table.concat(piece):match("^%s*(.-)%s*$")
    piece = {}
  end
  while i <= #text do
    local c = text:sub(i, i)
    if c == "\\" and text:sub(i + 1, i + 1) == "," then
      i, c = i + 1, ","
    elseif c == "(" then
      depth = depth + 1
    elseif c == ")" then
      depth = math.max(depth - 1, 0)
    elseif c == "," and depth == 0 then
      close()
      c = ""
    end
    piece[#piece + 1] = c
    i = i + 1
  end
  close()
  return pieces
end

-- The finite numbers of a text "1e-6, 1e-2, 5"; nil where one is none.
local function numbers_of(text)
  local list = {}
  for part in (text .. ","):gmatch("%s*(.-)%s*,") do
    local x = options.number(part)
    if not x or x - x ~= 0 then return nil end
    list[#list + 1] = x
  end
  return list
end

local FORMS = {
  log = "log(LOW, HIGH, COUNT) with 0 < LOW < HIGH, such as log(1e-4, 1, 5)",
  linspace = "linspace(LOW, HIGH, COUNT), such as linspace(0, 1, 5)",
  range = "FROM..TO or FROM..TO..STEP, such as 1..10 or 0..1..0.25",
}

-- "log(1e-6, 1e-2, 5)" as {form = "log", low =, high =, count =}; nil and the form that it should have.
local function read_call(form, inside)
  local list = numbers_of(inside)
  if not list or #list < 2 or #list > 3 then return nil, FORMS[form] end
  local low, high, count = list[1], list[2], list[3]
  if count then count = math.tointeger(count) end
  if list[3] and not (count and count >= 1) then return nil, FORMS[form] end
  if low >= high or (form == "log" and low <= 0) then return nil, FORMS[form] end
  return { form = form, low = low, high = high, count = count }
end

-- "0..1..0.25" as {form = "range", low =, high =, step =}
local function read_range(from, to, step)
  local low, high, by = options.number(from), options.number(to), nil
  if step ~= "" then by = options.number(step) end
  local known = low and high and (by or step == "")
  if not known or low - low ~= 0 or high - high ~= 0 then return nil, FORMS.range end
  if by and (by - by ~= 0 or by == 0 or high > low and by < 0 or high < low and by > 0) then return nil, FORMS.range end
  return { form = "range", low = low, high = high, step = by }
end

-- What a piece says: {form = "value", text =}, a call or a range; nil and the form that it should have.
local function read_piece(entry, text)
  if not is_number(entry) then return { form = "value", text = text } end
  local form, inside = text:match("^(%a+)%s*%((.*)%)$")
  if FORMS[form] and form ~= "range" then return read_call(form, inside) end
  local from, rest = text:match("^(.-)%.%.(.*)$")
  if not from then return { form = "value", text = text } end
  local to, step = rest:match("^(.-)%.%.(.*)$")
  return read_range(from, to or rest, step or "")
end

-- --- the values of a piece ------------------------------------------------------------------------------------------

-- Each gives n and a function of i = 0, ..., n - 1; or nil and a message.
local COUNT = {}

function COUNT.range(piece)
  local whole = math.tointeger(piece.low) and math.tointeger(piece.high)
  local step = piece.step or (whole and (piece.low <= piece.high and 1 or -1))
  if not step then
    return nil, ("needs a step, %s..%s..STEP, or --sample N to draw from it"):format(values.text(piece.low),
      values.text(piece.high))
  end
  local low, high = piece.low, piece.high
  if math.type(low) == "integer" and math.type(high) == "integer" and math.type(step) == "integer" then
    local wraps = (high - low < 0) ~= (high < low)
    return wraps and 2.0 ^ 63 or (high - low) // step + 1, function(i) return low + i * step end
  end
  local n = math.floor((high - low) / step + 1e-9) + 1
  return n, function(i) return round(low + i * step, 12) end
end

local function spaced(piece, between)
  if not piece.count then
    return nil, ("needs a number of values, %s(%s, %s, COUNT), or --sample N to draw from it"):format(piece.form,
      values.text(piece.low), values.text(piece.high))
  end
  local last = piece.count - 1
  return piece.count, function(i)
    if i == 0 then return piece.low end
    if i == last then return piece.high end
    return round(between(i / last), 6)
  end
end

function COUNT.linspace(piece)
  return spaced(piece, function(t) return piece.low + t * (piece.high - piece.low) end)
end

function COUNT.log(piece)
  return spaced(piece, function(t) return math.exp((1 - t) * math.log(piece.low) + t * math.log(piece.high)) end)
end

-- Computed numbers of a parameter that takes integers are the nearest ones, except those of a range.
local function fit(entry, piece, x)
  if entry.kind ~= "integer" then return values.text(x + 0.0) end
  return values.text(math.tointeger(piece.form == "range" and x or math.floor(x + 0.5)) or x)
end

local function refuse(entry, text, expected, hint)
  return nil, ("--%s must be %s, got '%s'%s"):format(entry.name, expected, text, hint or "")
end

-- Adds a value by its text, unless it is among them.
local function add(entry, list, text)
  local value, expected, hint = values.read(entry, text)
  if value == nil then return refuse(entry, text, expected, hint) end
  local key = values.text(value)
  if list.known[key] then return true end
  list.known[key] = true
  list[#list + 1] = value
  return true
end

local function add_piece(entry, list, text)
  local piece, form = read_piece(entry, text)
  if not piece then return refuse(entry, text, form) end
  if piece.form == "value" then return add(entry, list, text) end
  local n, at = COUNT[piece.form](piece)
  if not n then return nil, ("--%s: %s %s"):format(entry.name, text, at) end
  if n > M.MOST then
    return nil, ("--%s: %s has %s values, at most %d"):format(entry.name, text, values.text(n), M.MOST)
  end
  for i = 0, n - 1 do
    local ok, message = add(entry, list, fit(entry, piece, at(i)))
    if not ok then return nil, message end
  end
  return true
end

--- The values that words stand for, in the order in which they are written, each once.
-- @tparam table entry of a declaration
-- @tparam {string,...} words what followed the flag each time that it was given
-- @treturn ?{any,...} nil and a message where one is wrong
function M.values(entry, words)
  local list = { known = {} }
  for _, word in ipairs(words) do
    for _, text in ipairs(entry.kind == "list" and { word } or split(word)) do
      local ok, message = add_piece(entry, list, text)
      if not ok then return nil, message end
    end
  end
  list.known = nil
  return list
end

-- --- ranges to draw from --------------------------------------------------------------------------------------------

local function range_of(entry, words)
  if #words ~= 1 or not is_number(entry) then return nil end
  local pieces = split(words[1])
  local piece = #pieces == 1 and read_piece(entry, pieces[1])
  if not piece or piece.form == "value" or piece.count or piece.step or piece.low >= piece.high then return nil end
  return { low = piece.low, high = piece.high, log = piece.form == "log" }
end

--- What to draw a parameter's values from.
-- @tparam table entry
-- @tparam {string,...} words
-- @treturn ?table {low =, high =, log = whether the logarithm is uniform}, or {values = list}; nil and a message
function M.source(entry, words)
  local range = range_of(entry, words)
  if not range then
    local list, message = M.values(entry, words)
    return list and { values = list }, message
  end
  for _, bound in ipairs { range.low, range.high } do
    local value, expected = values.read(entry, values.text(bound))
    if value == nil then return refuse(entry, words[1], expected) end
  end
  return range
end

--- The value of a source at a point of [0, 1).
-- @tparam table entry
-- @tparam table source what `source` gave
-- @tparam number u
-- @return a value
function M.at(entry, source, u)
  if source.values then return source.values[1 + math.floor(u * #source.values)] end
  local low, high = source.low, source.high
  if entry.kind == "integer" then
    if not source.log then return math.floor(low + u * (high - low + 1)) end
    high = high + 1
  end
  local x = source.log and math.exp((1 - u) * math.log(low) + u * math.log(high)) or low + u * (high - low)
  if entry.kind == "integer" then return math.min(math.floor(x), math.tointeger(source.high) or math.floor(x)) end
  return math.min(math.max(round(x, 6), source.low), source.high) + 0.0
end

-- --- a script that was given several values -------------------------------------------------------------------------

--- What to say about a word that a script refuses and a sweep would take: "; to try several values: optlab sweep ...".
-- @tparam table entry
-- @tparam string text
-- @tparam ?string script file name
-- @treturn string "" where it means nothing in a sweep either
function M.hint(entry, text, script)
  local source = M.source(entry, { text })
  if not source or (source.values and #source.values < 2) then return "" end
  return ("; to try several values: optlab sweep %s --%s %s"):format(quoted(script or "x.lua"), entry.name,
    quoted(text))
end

return M
