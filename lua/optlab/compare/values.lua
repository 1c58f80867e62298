--- Values of runs as text.
-- @module optlab.compare.values
local number = require "optlab.base.number"
local order = require "optlab.base.order"

local M = {}

--- What stands for a value that a run does not have.
M.NONE = "–"

local function shown_number(x)
  if x ~= x then return "nan" end
  return math.type(x) == "integer" and ("%d"):format(x) or number.text(x, 14)
end

local function shown_table(value)
  local parts = {}
  if #value > 0 or next(value) == nil then
    for i, member in ipairs(value) do parts[i] = M.shown(member) end
  else
    local names = {}
    for name in pairs(value) do names[#names + 1] = tostring(name) end
    for i, name in ipairs(order.sort(names)) do parts[i] = name .. " = " .. M.shown(value[name]) end
  end
  return table.concat(parts, ", ")
end

--- A parameter's value: 0.1, adam, true, "1, 2, 3" of a list.
-- @param value
-- @treturn string
function M.shown(value)
  if value == nil then return M.NONE end
  if type(value) == "number" then return shown_number(value) end
  if type(value) == "table" then return shown_table(value) end
  return tostring(value)
end

--- A measured number with four significant digits; whole numbers as they are.
-- @tparam ?number x
-- @tparam[opt=4] integer digits
-- @treturn string
function M.measured(x, digits)
  digits = digits or 4
  if type(x) ~= "number" then return M.NONE end
  if x ~= x then return "nan" end
  if x == math.huge then return "inf" elseif x == -math.huge then return "-inf" end
  local size = math.abs(x)
  if x % 1 == 0 and size < 1e6 then return ("%d"):format(x) end
  if size >= 1e6 or size < 1e-4 then return (("%%.%de"):format(digits - 1):format(x):gsub(",", ".")) end
  local decimals = math.max(0, digits - 1 - math.floor(math.log(size, 10)))
  return (("%%.%df"):format(decimals):format(x):gsub(",", "."))
end

--- A time: 0.42 s, 12 s, 3 min 20 s, 2 h 05 min.
-- @tparam ?number seconds
-- @treturn string
function M.duration(seconds)
  if type(seconds) ~= "number" or seconds ~= seconds then return M.NONE end
  if seconds < 10 then return (("%.2f s"):format(seconds):gsub(",", ".")) end
  if seconds < 90 then return ("%.0f s"):format(seconds) end
  local whole = math.floor(seconds + 0.5)
  if whole < 5400 then return ("%d min %02d s"):format(whole // 60, whole % 60) end
  return ("%d h %02d min"):format(whole // 3600, whole % 3600 // 60)
end

--- A size: 412 bytes, 38 KB, 1.9 MB.
-- @tparam integer bytes
-- @treturn string
function M.size(bytes)
  if bytes < 1000 then return ("%d bytes"):format(bytes) end
  if bytes < 1e6 then return ("%.0f KB"):format(bytes / 1000) end
  return (("%.1f MB"):format(bytes / 1e6):gsub(",", "."))
end

--- "1 run", "3 runs".
-- @tparam integer n
-- @tparam string noun
-- @tparam[opt] string plural
-- @treturn string
function M.count(n, noun, plural)
  return ("%d %s"):format(n, n == 1 and noun or plural or noun .. "s")
end

--- What was printed, as it stood on the screen: without colours, and of a line that was overwritten its last text.
-- @tparam string text
-- @treturn string
function M.printed(text)
  text = text:gsub("\27%[[%d;?]*%a", ""):gsub("\27%][^\7\27]*[\7\27]\\?", ""):gsub("\r\n", "\n")
  return (text:gsub("[^\n]*\r([^\r\n]+)", "%1"):gsub("\r", ""))
end

return M
