--- Lines with fewer points that look the same.
--
-- Of contours no point that is left out lies farther than a tenth of a pixel from the line that is drawn. From a point
-- on, each further one leaves a sector of directions in which a line passes it closely enough. While the next point
-- lies in what is left of all sectors, those between can be left out. One pass, whatever the shape.
--
-- A curve that runs to the right with far more points than pixels keeps of each quarter of a pixel's width the first,
-- the last, the highest and the lowest. Others keep all, in pieces, because cairo takes minutes for a line of a million
-- points.
-- @module optlab.plot.gnuplot.elements.thin
local number = require "optlab.plot.gnuplot.number"

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

-- --- curves ----------------------------------------------------------------------------------------------------------

local MANY, PARTS, PIECE = 20000, 4, 500 -- points of a curve, parts of a pixel, points of a piece

local function is_ascending(xs)
  for i = 2, #xs do
    local rises = xs[i] >= xs[i - 1] -- not if one is nan
    if not rises then return false end
  end
  return true
end

-- Whether all columns have a number in a row.
local function is_drawn(columns, i)
  for _, column in ipairs(columns) do
    if not number.finite(column[i]) then return false end
  end
  return true
end

-- Rows of one part of a pixel: the first, the last, and where each column but x is lowest and highest, in order.
local function outstanding(columns, from, to, add)
  local chosen = { [from] = true, [to] = true }
  for c = 2, #columns do
    local column, low, high = columns[c], from, from
    for i = from + 1, to do
      if column[i] < column[low] then low = i end
      if column[i] > column[high] then high = i end
    end
    chosen[low], chosen[high] = true, true
  end
  for i = from, to do
    if chosen[i] then add(i) end
  end
end

--- Columns of a curve with fewer rows, if there are far more than pixels and the first column ascends.
-- @tparam {{number,...},...} columns x and others
-- @tparam table view
-- @treturn {{number,...},...} the same columns, or new ones
function M.dense(columns, view)
  local n = #columns[1]
  if n <= MANY or not is_ascending(columns[1]) then return columns end
  local out, from, part = {}, nil, nil
  for c = 1, #columns do out[c] = {} end
  local function add(i)
    for c, column in ipairs(columns) do out[c][#out[c] + 1] = column[i] end
  end
  for i = 1, n + 1 do
    local drawn = i <= n and is_drawn(columns, i)
    local here = drawn and math.floor(view:pixel(columns[1][i], columns[2][i]) * PARTS) or nil
    if from and here ~= part then
      outstanding(columns, from, i - 1, add)
      from = nil
    end
    if drawn and not from then from, part = i, here end
    if not drawn and i <= n and (i == 1 or is_drawn(columns, i - 1)) then add(i) end
  end
  return out
end

--- Rows of a datablock in pieces that gnuplot draws one by one, each beginning where the one before it ends.
-- @tparam {string,...} rows
-- @treturn {string,...}
function M.pieces(rows)
  if #rows <= MANY then return rows end
  local out = {}
  for i, row in ipairs(rows) do
    out[#out + 1] = row
    if i % PIECE == 0 and i < #rows then out[#out + 1], out[#out + 2] = "", row end
  end
  return out
end

return M
