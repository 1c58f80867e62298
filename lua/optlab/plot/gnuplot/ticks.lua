--- The marks of an axis: where they stand and what is written beside them.
-- A mark is an integer times a power of ten, so its text is made of digits, without rounding: marks at different values
-- never have the same text. All texts of an axis have the same number of decimals, and the same power of ten where
-- plain digits would be long (0.5×10⁻⁹, 1.0×10⁻⁹). Where that is still too long, because the values differ only in
-- their last digits, a common part is taken out of all texts and stands beside the axis's label: (+ 1700000000).
-- @module optlab.plot.gnuplot.ticks
local text = require "optlab.plot.gnuplot.text"

local M = {}

local LONGEST = 12 -- characters of a text; longer ones have a common part taken out
local SHORT = 6 -- the same where only one or two longer ones find room
local FONT_SIZE = 12
local MINUS = "−" -- as `set minussign` in the theme writes it, not a hyphen
local GAP = 14 -- pixels between the texts of a horizontal axis

local SUPERSCRIPTS = {
  ["-"] = "⁻", ["0"] = "⁰", ["1"] = "¹", ["2"] = "²", ["3"] = "³", ["4"] = "⁴", ["5"] = "⁵", ["6"] = "⁶", ["7"] = "⁷",
  ["8"] = "⁸", ["9"] = "⁹",
}

local function power_of_ten(exponent)
  return "×10" .. ("%d"):format(exponent):gsub(".", SUPERSCRIPTS)
end

-- --- the digits of n * 10^exponent ---------------------------------------------------------------------------------

local function plain(n, exponent)
  if n == 0 then return "0" end
  local sign, digits = n < 0 and MINUS or "", ("%d"):format(math.abs(n))
  if exponent >= 0 then return sign .. digits .. ("0"):rep(exponent) end
  digits = ("0"):rep(1 - exponent - #digits) .. digits
  return sign .. digits:sub(1, exponent - 1) .. "." .. digits:sub(exponent)
end

--- An integer with the minus sign of the marks.
-- @number n
-- @treturn string
function M.integer(n) return plain(n, 0) end

-- The exponent of the first digit of the largest number.
local function leading(numbers, exponent)
  local most = 0
  for _, n in ipairs(numbers) do most = math.max(most, math.abs(n)) end
  return #("%d"):format(most) - 1 + exponent
end

local function all_plain(numbers, exponent)
  local out = {}
  for i, n in ipairs(numbers) do out[i] = plain(n, exponent) end
  return out
end

local function all_scientific(numbers, exponent)
  local top = leading(numbers, exponent)
  local out, tail = {}, power_of_ten(top)
  for i, n in ipairs(numbers) do out[i] = n == 0 and "0" or plain(n, exponent - top) .. tail end
  return out, tail, top
end

local function longest(texts)
  local most = 0
  for _, s in ipairs(texts) do most = math.max(most, utf8.len(s)) end
  return most
end

-- Texts of numbers n * 10^exponent of at most so many characters, and how they are written: "plain" digits,
-- "scientific", or "factor" with the power of ten that was taken out. Nil where no way of writing is short enough.
local function write(numbers, exponent, most)
  local digits, scientific = all_plain(numbers, exponent), all_scientific(numbers, exponent)
  local length, other = longest(digits), longest(scientific)
  if length <= most and length <= math.max(5, other + 1) then return digits, "plain" end
  if other <= most then return scientific, "scientific" end
  local _, factor, top = all_scientific(numbers, exponent)
  local mantissas = all_plain(numbers, exponent - top)
  if most < LONGEST and longest(mantissas) <= most then return mantissas, "factor", factor end
end

-- The part that all numbers share, as an integer times 10^exponent: the roundest number near them.
local function common_part(numbers)
  local lo, hi = math.min(table.unpack(numbers)), math.max(table.unpack(numbers))
  local unit = math.tointeger(1e18)
  while true do
    local common = (lo + unit // 2) // unit * unit
    if unit == 1 or math.max(math.abs(lo - common), math.abs(hi - common)) < 10 * (hi - lo) then return common end
    unit = unit // 10
  end
end

local function write_rest(numbers, exponent)
  local common, rest = common_part(numbers), {}
  for i, n in ipairs(numbers) do rest[i] = n - common end
  local digits = plain(math.abs(common), exponent):gsub("(%..-)0+$", "%1"):gsub("%.$", "")
  if #digits > 17 then digits = all_scientific({ math.abs(common) }, exponent)[1] end
  local sign = common < 0 and MINUS .. " " or "+ "
  return write(rest, exponent, LONGEST) or all_scientific(rest, exponent), sign .. digits
end

-- --- steps -----------------------------------------------------------------------------------------------------------

-- The smallest of 1, 2, 5 times a power of ten that is at least `least`: its digit and its exponent.
local function round_step(least)
  local exponent = math.floor(math.log(least, 10)) - 1
  while true do
    for _, digit in ipairs { 1, 2, 5 } do
      if digit * 10.0 ^ exponent >= least * (1 - 1e-9) then return digit, exponent end
    end
    exponent = exponent + 1
  end
end

-- n * 10^exponent as the nearest double, which multiplying by 0.1 would not give.
local function value(n, exponent)
  return exponent < 0 and exponent > -300 and n / 10.0 ^ -exponent or n * 10.0 ^ exponent
end

-- The marks digit * k * 10^exponent inside [lo, hi].
local function marks(lo, hi, digit, exponent, most)
  local step = value(digit, exponent)
  local numbers, values = {}, {}
  for k = math.ceil(lo / step - 1e-9), math.floor(hi / step + 1e-9) do
    numbers[#numbers + 1] = k * digit
    values[#values + 1] = value(k * digit, exponent)
  end
  local texts, way, common = write(numbers, exponent, most)
  if not texts then texts, common = write_rest(numbers, exponent) end
  return {
    values = values, texts = texts, common = common,
    step = way == "plain" and step or nil, decimals = way == "plain" and math.max(0, -exponent) or nil,
  }
end

--- The width of the widest of some texts.
-- @tparam {string,...} texts
-- @treturn number pixels
function M.width(texts)
  local widest = 0
  for _, s in ipairs(texts) do widest = math.max(widest, (text.extent(s, FONT_SIZE))) end
  return widest
end

-- The first and the last of some marks, where there is no room for all and one would say nothing of the distance.
local function outer(found)
  local n = #found.values
  return {
    values = { found.values[1], found.values[n] }, texts = { found.texts[1], found.texts[n] }, common = found.common,
  }
end

--- The marks of a linear axis.
-- @number lo
-- @number hi greater than lo
-- @tparam table room {most =, length =, longest =}: the most steps it may have; its length in pixels if it is
-- horizontal; the most characters of a text
-- @bool[opt] integral whether marks at fractions have no meaning (epochs)
-- @treturn table {values =, texts =, common =, step =, decimals =}: where the marks are and what they say; the part
-- that was taken out of all texts, "+ 1700000000" or "×10⁻⁹"; for texts of plain digits the distance between two marks
-- and the number of decimals
function M.linear(lo, hi, room, integral)
  local least, before = (hi - lo) / room.most, nil
  while true do
    local digit, exponent = round_step(integral and math.max(least, 1) or least)
    local found = marks(lo, hi, digit, exponent, room.longest or LONGEST)
    local count = #found.values
    if count == 0 and integral then return M.linear(lo, hi, room, false) end
    local fits = not room.length or count * (M.width(found.texts) + GAP) <= room.length
    if count <= 2 and (room.longest or LONGEST) > SHORT and not (fits and count == 2) then
      local shorter = { most = room.most, length = room.length, longest = SHORT }
      return M.linear(lo, hi, shorter, integral)
    end
    if count < 2 and before then return outer(before) end
    if fits or count <= 2 then return found end
    before, least = found, value(digit, exponent) * 1.5
  end
end

-- --- texts of given numbers ------------------------------------------------------------------------------------------

local function distinct(values, texts)
  local seen = {}
  for i, s in ipairs(texts) do
    if seen[s] and seen[s] ~= values[i] then return false end
    seen[s] = values[i]
  end
  return true
end

local function digits_of(v, digits)
  local s = ("%." .. digits .. "g"):format(math.abs(v)):gsub(",", ".")
  local mantissa, exponent = s:match("^(.-)e(.*)$")
  return (v < 0 and MINUS or "") .. (mantissa and mantissa .. power_of_ten(tonumber(exponent)) or s)
end

--- What numbers chosen by somebody else say: six digits, more where different numbers would get the same text.
-- @tparam {number,...} values
-- @treturn {string,...}
function M.texts(values)
  local out = {}
  for digits = 6, 17 do
    for i, v in ipairs(values) do out[i] = digits_of(v, digits) end
    if distinct(values, out) then break end
  end
  return out
end

--- The marks of a logarithmic axis that spans too little for powers of ten alone.
-- @number lo
-- @number hi
-- @bool[opt] integral as of @{linear}
-- @treturn table {values =, texts =, common =}
function M.logarithmic(lo, hi, integral)
  if hi / lo < 3 then return M.linear(lo, hi, { most = 6 }, integral) end
  local values = {}
  for k = math.floor(math.log(lo, 10)) - 1, math.ceil(math.log(hi, 10)) do
    for _, digit in ipairs { 1, 2, 5 } do
      local v = value(digit, k)
      if v >= lo * (1 - 1e-9) and v <= hi * (1 + 1e-9) and (not integral or v >= 1) then values[#values + 1] = v end
    end
  end
  if #values == 0 then return M.linear(lo, hi, { most = 6 }, integral) end
  return { values = values, texts = M.texts(values) }
end

return M
