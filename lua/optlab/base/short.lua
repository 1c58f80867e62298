--- Numbers in a line for people: three decimals, and where these would say nothing, three significant digits.
-- @module optlab.base.short
local M = {}

--- 0.243, 12.500; but 0.00042 instead of 0.000, and 1.23e+30 instead of thirty digits.
-- @tparam number x
-- @treturn string
function M.number(x)
  local size = math.abs(x)
  if x ~= x then return "nan" end
  if x == 0 then return "0.000" end
  if size < 0.0005 then return ("%.2g"):format(x) end
  return (size < 1e6 and "%.3f" or "%.3g"):format(x)
end

--- A time with three digits that say something, and never with an exponent: 0.00112, 1.34, 250.
-- @tparam number seconds
-- @treturn string
function M.seconds(seconds)
  if not (seconds > 1e-9 and seconds < math.huge) then return M.number(seconds) end
  local decimals = 2 - math.floor(math.log(seconds, 10))
  return ("%%.%df"):format(math.max(decimals, 0)):format(seconds)
end

return M
