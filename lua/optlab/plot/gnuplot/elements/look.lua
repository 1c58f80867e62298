--- How lines, points and areas look: the words that gnuplot has for it.
-- @module optlab.plot.gnuplot.elements.look
local number = require "optlab.plot.gnuplot.number"

local M = {}

--- The colour, width, dash and point of a line, on top of the theme's linetype.
-- @tparam table el
-- @treturn string
function M.line(el)
  local parts = { "linetype " .. (el.cycle or 1) }
  if el.color then parts[#parts + 1] = "linecolor " .. el.color end
  if el.width then parts[#parts + 1] = "linewidth " .. number.format(el.width) end
  if el.dash and el.dash ~= "solid" then parts[#parts + 1] = "dashtype " .. el.dash end
  if el.point then
    parts[#parts + 1] = "pointtype " .. el.point .. " pointsize " .. number.format(el.point_size)
  end
  return table.concat(parts, " ")
end

--- The colour of an area.
-- @tparam table el
-- @string border "noborder", or "border" and its colour
-- @treturn string
function M.fill(el, border)
  local color = el.color and "fillcolor " .. el.color or "linetype " .. (el.cycle or 1)
  local solid = el.alpha == 1 and "solid" or "transparent solid " .. number.format(el.alpha)
  return string.format("%s fillstyle %s %s", color, solid, border)
end

--- Where a line has a dash and points: "lines", "points" or "linespoints".
-- @tparam table el
-- @treturn string
function M.drawing(el)
  if el.dash and el.point then return "linespoints" end
  return el.point and "points" or "lines"
end

return M
