--- The marks of an axis in a terminal: few round numbers and their texts.
-- @module optlab.term.ticks
local M = {}

-- The smallest of 1, 2, 5 times a power of ten that is at least x > 0, and the exponent of its last digit.
local function round_up(x)
  local exponent = math.floor(math.log(x, 10))
  for e = exponent - 1, exponent + 1 do
    for _, digit in ipairs { 1, 2, 5 } do
      local step = digit * 10.0 ^ e
      if step >= x * (1 - 1e-9) then return step, e end
    end
  end
  return 10.0 ^ (exponent + 2), exponent + 2
end

-- A multiple of 10^exponent.
local function text_of(x, exponent)
  if math.abs(exponent) > 9 or math.abs(x) >= 1e6 then return ("%.3g"):format(x) end
  return ("%%.%df"):format(math.max(0, -exponent)):format(x)
end

--- Marks between two numbers at equal distances.
-- @tparam number lo
-- @tparam number hi above lo, both finite
-- @tparam integer most number of marks
-- @treturn {{value,text},...}
function M.linear(lo, hi, most)
  local step, exponent = round_up((hi - lo) / math.max(1, most))
  local marks = {}
  local first = math.ceil(lo / step - 1e-9)
  for i = 0, most do
    local value = (first + i) * step
    if value > hi + 1e-9 * step then break end
    marks[#marks + 1] = { value, text_of(value == 0 and 0 or value, exponent) }
  end
  return marks
end

-- Powers of ten with `digits` in each decade, every n-th decade.
local function decades(lo, hi, digits, every)
  local marks = {}
  for e = math.floor(math.log(lo, 10)), math.ceil(math.log(hi, 10)) do
    for _, digit in ipairs(digits) do
      local value = digit * 10.0 ^ e
      if e % every == 0 and value >= lo * (1 - 1e-9) and value <= hi * (1 + 1e-9) then
        local text = ("%g"):format(tonumber(("%.1g"):format(value)))
        marks[#marks + 1] = { value, (text:gsub("e([+-])0*(%d)", "e%1%2"):gsub("e%+", "e")) }
      end
    end
  end
  return marks
end

--- Marks of a logarithmic axis.
-- @tparam number lo above 0
-- @tparam number hi above lo
-- @tparam integer most number of marks
-- @treturn {{value,text},...}
function M.logarithmic(lo, hi, most)
  local every = 1
  for _, digits in ipairs { { 1, 2, 5 }, { 1, 3 }, { 1 } } do
    local marks = decades(lo, hi, digits, 1)
    if #marks <= most and #marks >= 2 then return marks end
  end
  repeat
    local marks = decades(lo, hi, { 1 }, every)
    every = every + 1
    if #marks <= most then return marks end
  until every > 400
  return {}
end

return M
