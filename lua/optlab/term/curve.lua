--- The points of a curve in bounded memory: when there are too many, neighbours are merged, and of each group the
-- lowest, the highest and the last value stay. So a peak is never lost, and a point costs the same at any length.
-- @module optlab.term.curve
local Curve = {}
Curve.__index = Curve

local MOST = 1024 -- groups
local FARTHEST = 1e280 -- a place on the horizontal axis

local M = {}

--- A curve without points.
-- @tparam string run
-- @tparam string quantity
-- @treturn Curve fields run, quantity, count; `first`, `last`: values; lists x, low, high, y (the last of each group)
function M.new(run, quantity)
  return setmetatable({ run = run, quantity = quantity, count = 0, group = 1, inside = 0, x = {}, low = {}, high = {},
    y = {} }, Curve)
end

-- nan stands for "no finite value" and loses against every number.
local function least(a, b) return (b ~= b or a < b) and a or b end
local function most(a, b) return (b ~= b or a > b) and a or b end

local function merge(self)
  local x, y, low, high, n = self.x, self.y, self.low, self.high, 0
  for i = 2, #x, 2 do
    n = n + 1
    x[n], y[n], low[n], high[n] = x[i], y[i], least(low[i - 1], low[i]), most(high[i - 1], high[i])
  end
  for i = #x, n + 1, -1 do x[i], y[i], low[i], high[i] = nil, nil, nil, nil end
  self.group = 2 * self.group
end

--- Adds a point at the right. One at no place (x is infinite, nan or beyond what an axis can show) is left out.
-- @tparam number x
-- @tparam number y
function Curve:add(x, y)
  x, y = x + 0.0, y + 0.0 -- the difference of two integers may not be one
  if x ~= x or math.abs(x) >= FARTHEST then return end
  self.count, self.last, self.first = self.count + 1, y, self.first or y
  local finite = y - y == 0 and y or 0 / 0
  local n = #self.x
  if self.inside == 0 or n == 0 then
    if n == MOST then merge(self) n = #self.x end
    n = n + 1
    self.low[n], self.high[n] = finite, finite
  else
    self.low[n], self.high[n] = least(finite, self.low[n]), most(finite, self.high[n])
  end
  self.x[n], self.y[n] = x, finite
  self.inside = (self.inside + 1) % self.group
end

--- The least and the greatest finite value, or nil.
-- @treturn ?number
-- @treturn ?number
function Curve:range()
  local lo, hi = math.huge, -math.huge
  for i = 1, #self.x do
    if self.low[i] < lo then lo = self.low[i] end
    if self.high[i] > hi then hi = self.high[i] end
  end
  if lo <= hi then return lo, hi end
  return nil
end

return M
