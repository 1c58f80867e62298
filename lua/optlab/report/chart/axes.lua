--- Where a chart's axes begin and end and what their marks say; positions in the picture.
-- @module optlab.report.chart.axes
local limits = require "optlab.plot.gnuplot.limits"
local statistics = require "optlab.compare.statistics"
local thin = require "optlab.report.chart.thin"
local ticks = require "optlab.plot.gnuplot.ticks"

local M = {}

--- The picture's width and height in its own units; it is stretched to the place that it has on the page.
M.WIDTH, M.HEIGHT = 2000, 1000

-- How much of the values may be far above the rest before the axis is logarithmic from the start.
local LOG_FROM = 100

local function marks(found)
  local list = {}
  for i, value in ipairs(found.values) do list[i] = { value, found.texts[i] } end
  return { marks = list, common = found.common }
end

local function axis(lo, hi, found, log)
  local result = marks(found)
  result.lo, result.hi, result.log = thin.rounded(lo, 8), thin.rounded(hi, 8), log or nil
  return result
end

-- Powers of ten, every so many of them that there are at most seven.
local function decades(lo, hi)
  local first, last = math.ceil(math.log(lo, 10) - 1e-9), math.floor(math.log(hi, 10) + 1e-9)
  local every = math.max(1, math.ceil((last - first) / 6))
  local found = {}
  for k = math.ceil(first / every) * every, last, every do found[#found + 1] = 10.0 ^ k end
  return { values = found, texts = ticks.texts(found) }
end

local function log_marks(lo, hi)
  if hi / lo >= 1000 then return decades(lo, hi) end
  local found = ticks.logarithmic(lo, hi)
  return #found.values > 0 and found or decades(lo, hi)
end

--- The x axis, which ends where the curves do.
-- @tparam {table,...} lines with x
-- @treturn table lo, hi, marks ({value, text}, ...), common
function M.x(lines)
  local lo, hi, integral = math.huge, -math.huge, true
  for _, line in ipairs(lines) do
    for _, x in ipairs(line.x) do
      if statistics.finite(x) then
        lo, hi, integral = math.min(lo, x), math.max(hi, x), integral and x % 1 == 0
      end
    end
  end
  if lo > hi then lo, hi = 0, 1 end
  if lo == hi then lo, hi = lo - 0.5, hi + 0.5 end
  return axis(lo, hi, ticks.linear(lo, hi, { most = 6, longest = 8 }, integral))
end

local function y_axis(lines, log)
  local range = limits.new(log)
  for _, line in ipairs(lines) do
    for _, y in ipairs(line.y) do range:add(y) end
  end
  local lo, hi = range:result()
  return axis(lo, hi, log and log_marks(lo, hi) or ticks.linear(lo, hi, { most = 6, longest = 8 }), log)
end

local function can_be_log(lines)
  local positive = false
  for _, line in ipairs(lines) do
    for _, y in ipairs(line.y) do
      if y <= 0 then return false end
      positive = positive or y < math.huge
    end
  end
  return positive
end

--- The y axes: linear, and logarithmic where all values are positive. Lines of runs that diverged do not stretch them
-- where there are others.
-- @tparam {table,...} lines with y and diverged
-- @treturn table linear
-- @treturn ?table logarithmic
-- @treturn boolean whether the logarithmic one is shown first
function M.y(lines)
  local calm = {}
  for _, line in ipairs(lines) do
    if not line.diverged then calm[#calm + 1] = line end
  end
  if #calm == 0 then calm = lines end
  local linear = y_axis(calm)
  if not can_be_log(lines) then return linear, nil, false end
  local log = y_axis(calm, true)
  return linear, log, log.hi / log.lo > LOG_FROM
end

local function whole(v) return math.floor(v + 0.5) end

--- A position of x in the picture.
-- @tparam table axis
-- @tparam number x
-- @treturn integer
function M.across(axis_x, x)
  return whole((x - axis_x.lo) / (axis_x.hi - axis_x.lo) * M.WIDTH)
end

-- Far outside of the picture a line's direction is all that can be seen.
local FAR = 20 * M.HEIGHT

--- A position of y in the picture, from above; nil where it has none.
-- @tparam table axis
-- @tparam number y
-- @treturn ?integer
function M.down(axis_y, y)
  if not statistics.finite(y) or (axis_y.log and y <= 0) then return nil end
  local share
  if axis_y.log then
    share = (math.log(y) - math.log(axis_y.lo)) / (math.log(axis_y.hi) - math.log(axis_y.lo))
  else
    share = (y - axis_y.lo) / (axis_y.hi - axis_y.lo)
  end
  return whole(math.max(-FAR, math.min(FAR, (1 - share) * M.HEIGHT)))
end

--- The same for the edge of a band, which has a position everywhere: below the picture where an axis has none.
-- @tparam table axis
-- @tparam number y
-- @treturn integer
function M.edge(axis_y, y)
  return M.down(axis_y, y) or FAR
end

return M
