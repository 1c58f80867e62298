--- Bars, error bars, and boxes and violins of distributions.
-- @module optlab.plot.gnuplot.elements.boxes
local look = require "optlab.plot.gnuplot.elements.look"
local number = require "optlab.plot.gnuplot.number"

local M = {}

-- A border of a colour of its own, or of the background's.
local function border_of(el)
  if not el.border then return "border linecolor rgb paper" end
  return el.border.color and "border linecolor " .. el.border.color or "border linetype " .. el.border.cycle
end

-- A border of the colour of the area.
local function own_border(el)
  return el.color and "border linecolor " .. el.color or "border linetype " .. el.cycle
end

-- Where bars end that begin at zero on a logarithmic axis: at its lower end.
local function within(list, axis)
  if not axis.log then return list end
  local out, least = {}, math.min(axis[1], axis[2])
  for i, v in ipairs(list) do out[i] = v > 0 and v or least end
  return out
end

--- Bars between two values.
function M.blocks(el, panel)
  local base = within(el.base, panel:limits_of(el.lying and "x" or "y"))
  local columns = { el.low, base, el.low, el.high, base, el.top }
  if el.lying then columns = { base, el.low, base, el.top, el.low, el.high } end
  panel:draw(el, panel:block("bar", number.rows(columns)) .. " using 1:2:3:4:5:6",
    "boxxyerror " .. look.fill(el, border_of(el)))
end

-- Lines between pairs of points, with an empty line after each.
local function segments(list)
  local rows = {}
  for i, s in ipairs(list) do
    if i > 1 then rows[#rows + 1] = "" end
    table.move(number.rows { { s[1], s[3] }, { s[2], s[4] } }, 1, 2, #rows + 1, rows)
  end
  return rows
end

-- A line from (x1, y1) to (x2, y2) with caps of so many pixels to both sides, as three segments.
local function capped(out, view, x1, y1, x2, y2, cap)
  if not (number.finite(x1) and number.finite(y1) and number.finite(x2) and number.finite(y2)) then return end
  out[#out + 1] = { x1, y1, x2, y2 }
  if cap == 0 then return end
  for _, p in ipairs { { x1, y1 }, { x2, y2 } } do
    local px, py = view:pixel(p[1], p[2])
    local dx, dy = x1 == x2 and cap or 0, x1 == x2 and 0 or cap
    local ax, ay = view:data(px - dx, py - dy)
    local bx, by = view:data(px + dx, py + dy)
    out[#out + 1] = { ax, ay, bx, by }
  end
end

-- A line's colour and width without its dash and point.
local function solid(el, width)
  return look.line { cycle = el.cycle, color = el.color, width = width or el.width }
end

--- Error bars, and the points and the line with them.
function M.errorbar(el, panel)
  local list = {}
  for i = 1, #el.x do
    if el.ylo then capped(list, panel.view, el.x[i], el.ylo[i], el.x[i], el.yhi[i], el.cap) end
    if el.xlo then capped(list, panel.view, el.xlo[i], el.y[i], el.xhi[i], el.y[i], el.cap) end
  end
  if #list == 0 then list[1] = { 0 / 0, 0 / 0, 0 / 0, 0 / 0 } end
  local bare = not (el.dash or el.point)
  panel:draw(bare and el or nil, panel:block("error", segments(list)) .. " using 1:2", "lines " .. solid(el))
  if bare then return end
  panel:draw(el, panel:block("points", number.rows { el.x, el.y }) .. " using 1:2", look.drawing(el) .. " "
    .. look.line(el))
end

-- --- distributions -------------------------------------------------------------------------------------------------

--- Boxes with medians, whiskers and what lies beyond.
function M.boxplot(el, panel)
  local areas, lines, medians = { {}, {}, {}, {}, {}, {} }, {}, {}
  for k, box in ipairs(el.boxes) do
    local x = el.x[k]
    for c, v in ipairs { x, box.median, x - el.half, x + el.half, box.low, box.high } do areas[c][k] = v end
    local cap = el.half / 2
    lines[#lines + 1] = { x, box.high, x, box.to }
    lines[#lines + 1] = { x, box.low, x, box.from }
    lines[#lines + 1] = { x - cap, box.to, x + cap, box.to }
    lines[#lines + 1] = { x - cap, box.from, x + cap, box.from }
    medians[k] = { x - el.half, box.median, x + el.half, box.median }
  end
  panel:draw(nil, panel:block("whisker", segments(lines)) .. " using 1:2", "lines " .. solid(el, 1.2))
  panel:draw(el, panel:block("box", number.rows(areas)) .. " using 1:2:3:4:5:6",
    "boxxyerror " .. look.fill(el, own_border(el)))
  panel:draw(nil, panel:block("median", segments(medians)) .. " using 1:2", "lines " .. solid(el, 2.4))
  if #el.fliers[1] > 0 then
    panel:draw(nil, panel:block("flier", number.rows(el.fliers)) .. " using 1:2",
      "points " .. solid(el, 1) .. " pointtype 6 pointsize 0.55")
  end
  if el.means then
    panel:draw(nil, panel:block("mean", number.rows(el.means)) .. " using 1:2",
      "points " .. solid(el, 1) .. " pointtype 13 pointsize 0.9")
  end
end

--- Densities to both sides.
function M.violin(el, panel)
  local rows = {}
  for i, line in ipairs(el.outlines) do
    if i > 1 then rows[#rows + 1] = "" end
    table.move(number.rows { line.x, line.y }, 1, #line.x, #rows + 1, rows)
  end
  panel:draw(el, panel:block("violin", rows) .. " using 1:2",
    "filledcurves closed " .. look.fill(el, own_border(el)))
  if not el.boxes then return end
  local thin, thick, medians = {}, {}, { {}, {} }
  for k, box in ipairs(el.boxes) do
    local x = el.x[k]
    thin[k], thick[k] = { x, box.from, x, box.to }, { x, box.low, x, box.high }
    medians[1][k], medians[2][k] = x, box.median
  end
  panel:draw(nil, panel:block("whisker", segments(thin)) .. " using 1:2", "lines " .. solid(el, 1))
  panel:draw(nil, panel:block("box", segments(thick)) .. " using 1:2", "lines " .. solid(el, 4.5))
  panel:draw(nil, panel:block("median", number.rows(medians)) .. " using 1:2",
    "points linecolor rgb paper pointtype 7 pointsize 0.5")
end

return M
