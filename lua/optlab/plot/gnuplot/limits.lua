--- The limits of an axis: what the data span, with a margin of 5 % where they do not end at a natural edge.
-- The limits are written into the script, so that a figure does not depend on how gnuplot rounds them, text can be kept
-- inside the frame, and data without any finite value still give an empty frame instead of an error.
-- @module optlab.plot.gnuplot.limits
local number = require "optlab.plot.gnuplot.number"

local M = {}

local Limits = {}
Limits.__index = Limits

local MARGIN = 0.05

--- A collector for one axis.
-- @bool log whether the axis is logarithmic
-- @treturn table with methods add, stick, result
function M.new(log)
  return setmetatable({ lo = math.huge, hi = -math.huge, edges = {}, log = log }, Limits)
end

--- Takes a value in; numbers that cannot be drawn are passed over.
-- @number v
function Limits:add(v)
  if not number.finite(v) or (self.log and v <= 0) then return end
  if v < self.lo then self.lo = v end
  if v > self.hi then self.hi = v end
end

--- Takes a value in at which the axis ends without a margin (the border of an image, the foot of a bar).
-- @number v
function Limits:stick(v)
  self:add(v)
  self.edges[v] = true
end

-- A range wide enough for gnuplot's tics: not a point, and not lost in the last digits of its ends.
local function widen(lo, hi)
  local size = math.max(math.abs(lo), math.abs(hi))
  local least = size == 0 and 1 or size * 1e-14
  if hi - lo >= math.max(least, 1e-290) then return lo, hi end
  local half = size == 0 and 0.5 or math.max(size * 0.05, 1e-290)
  return (lo + hi) / 2 - half, (lo + hi) / 2 + half
end

--- The limits.
-- @treturn number low end
-- @treturn number high end, greater
function Limits:result()
  if self.lo > self.hi then return self.log and 0.1 or 0, self.log and 10 or 1 end
  local lo, hi = self.lo, self.hi
  if self.log then lo, hi = math.log(lo), math.log(hi) end
  local a, b = widen(lo, hi)
  local pad = (b - a) * MARGIN
  local low_end, high_end = a == lo and self.edges[self.lo], b == hi and self.edges[self.hi]
  if not low_end then a = a - pad end
  if not high_end then b = b + pad end
  if not self.log then return a, b end
  return low_end and self.lo or math.max(math.exp(a), 1e-300), high_end and self.hi or math.min(math.exp(b), 1e300)
end

-- Steps that people read easily, within one decade.
local STEPS = { 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 }

--- Round levels that cover a range in at most `count` intervals.
-- @number lo
-- @number hi
-- @int count
-- @treturn {number,...} ascending
function M.levels(lo, hi, count)
  if hi <= lo then return { lo } end
  local raw = (hi - lo) / count
  local decade = 10.0 ^ math.floor(math.log(raw, 10))
  for _, step in ipairs(STEPS) do
    step = step * decade
    local first, last = math.floor(lo / step + 1e-9), math.ceil(hi / step - 1e-9)
    if last - first <= count or step >= 10 * decade then
      local levels = {}
      for k = first, last do levels[#levels + 1] = k * step end
      return levels
    end
  end
end

--- Round levels that cover a positive range in at most `count` intervals, in about equal ratios.
-- @number lo above 0
-- @number hi
-- @int count
-- @treturn {number,...} ascending
function M.log_levels(lo, hi, count)
  local first, last = math.floor(math.log(lo, 10) + 1e-9), math.ceil(math.log(hi, 10) - 1e-9)
  local decades = math.max(last - first, 1)
  local digits = decades * 3 <= count and { 1, 2, 5 } or decades * 2 <= count and { 1, 3 } or { 1 }
  local stride, levels = math.max(1, math.ceil(decades / count)), {}
  for k = first, first + math.ceil(decades / stride) * stride, stride do
    for _, digit in ipairs(digits) do levels[#levels + 1] = digit * 10.0 ^ k end
  end
  while #levels > 2 and levels[#levels - 1] >= hi do levels[#levels] = nil end
  while #levels > 2 and levels[2] <= lo do table.remove(levels, 1) end
  return levels
end

--- The least and the greatest finite value of a matrix given by rows; 0, 0 where there is none.
-- @tparam {{number,...},...} rows
-- @treturn number
-- @treturn number
function M.extremes(rows)
  local lo, hi = math.huge, -math.huge
  for _, row in ipairs(rows) do
    for _, v in ipairs(row) do
      if number.finite(v) then lo, hi = math.min(lo, v), math.max(hi, v) end
    end
  end
  if lo > hi then return 0, 0 end
  return lo, hi
end

return M
