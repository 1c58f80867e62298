--- Lines with fewer points that look the same: no point that is left out lies farther than a tenth of a pixel from the
-- line that is drawn.
-- From a point on, each further one leaves a sector of directions in which a line passes it closely enough. While the
-- next point lies in what is left of all sectors, those between can be left out. One pass, whatever the shape.
-- @module optlab.plot.gnuplot.elements.thin
local M = {}

local NEAR = 0.1 -- pixels

-- The sector of directions from (0, 0) that pass (x, y) closely enough: its middle and half its width.
local function sector(x, y, distance)
  return math.atan(y, x), math.asin(math.min(1, NEAR / distance))
end

-- An angle as the equal one between -pi and pi.
local function turn(angle)
  return (angle + math.pi) % (2 * math.pi) - math.pi
end

-- The last point after `from` that may be joined to it directly.
local function reach(px, py, from)
  local x0, y0, farthest = px[from], py[from], 0
  local middle, low, high -- the sector, relative to its first middle
  for i = from + 1, #px do
    local x, y = px[i] - x0, py[i] - y0
    local distance = math.sqrt(x * x + y * y)
    if distance ~= distance or distance < farthest - NEAR then return math.max(i - 1, from + 1) end
    farthest = math.max(farthest, distance)
    if distance > NEAR then
      local angle, half = sector(x, y, distance)
      if not middle then middle, low, high = angle, -half, half end
      local off = turn(angle - middle)
      if off < low or off > high then return math.max(i - 1, from + 1) end
      low, high = math.max(low, off - half), math.min(high, off + half)
    end
  end
  return #px
end

--- A line without the points that nobody sees. The first and the last stay.
-- @tparam {number,...} xs data
-- @tparam {number,...} ys
-- @tparam table view which converts data to pixels
-- @treturn {number,...} xs
-- @treturn {number,...} ys
function M.line(xs, ys, view)
  local px, py, x, y, at = {}, {}, {}, {}, 1
  for i = 1, #xs do px[i], py[i] = view:pixel(xs[i], ys[i]) end
  repeat
    x[#x + 1], y[#y + 1] = xs[at], ys[at]
    at = at < #xs and reach(px, py, at) or nil
  until not at
  return x, y
end

return M
