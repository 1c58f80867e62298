--- Curves with no more points than a picture can show.
--
-- The steps are cut into intervals of equal length; of each, the lowest and the highest value stay, so that a spike is
-- never lost. Values keep five significant digits.
-- @module optlab.report.chart.thin
local number = require "optlab.base.number"
local statistics = require "optlab.compare.statistics"

local M = {}

--- A number with few significant digits; what is not finite stays, and integers do.
-- @tparam number v
-- @tparam[opt=5] integer digits
-- @treturn number
function M.rounded(v, digits)
  if v ~= v or v == math.huge or v == -math.huge or math.type(v) == "integer" then return v end
  return number.parse(number.text(v, digits or 5)) + 0.0
end

local finite = statistics.finite

-- Marks the extremes of the points from `first` to `last`; a value that is not finite is kept where it stands first.
local function mark(y, first, last, keep)
  local low, high, lost
  for i = first, last do
    if not finite(y[i]) then
      lost = lost or i
    else
      if not low or y[i] < y[low] then low = i end
      if not high or y[i] > y[high] then high = i end
    end
  end
  if low then keep[low] = true end
  if high then keep[high] = true end
  if lost then keep[lost] = true end
end

--- The positions of the points that stay.
-- @tparam {number,...} y
-- @tparam integer most
-- @treturn {integer,...} all of them where they are few enough
function M.positions(y, most)
  local list, keep = {}, {}
  if #y <= most then
    for i = 1, #y do list[i] = i end
    return list
  end
  local intervals = math.max(1, (most - 2) // 2)
  for k = 1, intervals do
    mark(y, (k - 1) * #y // intervals + 1, k * #y // intervals, keep)
  end
  keep[1], keep[#y] = true, true
  for i = 1, #y do
    if keep[i] then list[#list + 1] = i end
  end
  return list
end

--- A curve with at most about `most` points.
-- @tparam {number,...} x
-- @tparam {number,...} y
-- @tparam integer most
-- @treturn {number,...} x
-- @treturn {number,...} y
function M.curve(x, y, most)
  local thin_x, thin_y = {}, {}
  for i, at in ipairs(M.positions(y, most)) do thin_x[i], thin_y[i] = M.rounded(x[at], 8), M.rounded(y[at]) end
  return thin_x, thin_y
end

return M
