--- Contour lines with their labels, and filled contours.
-- @module optlab.plot.gnuplot.elements.contours
local contour_labels = require "optlab.plot.gnuplot.elements.contour_labels"
local look = require "optlab.plot.gnuplot.elements.look"
local number = require "optlab.plot.gnuplot.number"
local thin = require "optlab.plot.gnuplot.elements.thin"

local M = {}

-- The datablock of many polylines, an empty line between two.
local function polyline_rows(lines, level_column, view)
  local rows = {}
  for i, line in ipairs(lines) do
    if i > 1 then rows[#rows + 1] = "" end
    local level = level_column and " " .. number.format(line.level, true) or ""
    for _, row in ipairs(number.rows { thin.line(line.x, line.y, view) }) do rows[#rows + 1] = row .. level end
  end
  return rows
end

function M.contour(el, panel)
  local lines = el.lines
  if el.labels then lines = contour_labels.place(el, panel) end
  local block = panel:block("contour", polyline_rows(lines, not el.color, panel.view))
  if el.color then
    panel:draw(el, block .. " using 1:2", "lines " .. look.line(el))
  else
    panel:draw(el, block .. " using 1:2:3", "lines linewidth " .. number.format(el.width or 1.4)
      .. " linecolor palette")
  end
end

-- The value that stands for a band on the colour scale: its number where each band has a colour of the bar.
local function band_value(el, band, panel)
  if panel.steps then return band - 0.5 end
  local lo, hi = el.levels[band], el.levels[band + 1] or el.top
  if el.norm == "log" then return math.sqrt(lo * hi) end
  return (lo + hi) / 2
end

-- One block of loops for all bands; every loop is an index of its own, painted in order.
function M.filled(el, panel)
  local rows = {}
  for i, loop in ipairs(el.loops) do
    if i > 1 then rows[#rows + 1], rows[#rows + 2] = "", "" end
    local lines = number.rows { thin.line(loop.x, loop.y, panel.view) }
    table.move(lines, 1, #lines, #rows + 1, rows)
  end
  local block = panel:block("band", rows)
  for i, loop in ipairs(el.loops) do
    local color = loop.band == 0 and "rgb paper"
      or "palette cb " .. number.format(band_value(el, loop.band, panel), true)
    panel:draw(i == 1 and el or nil, ("%s index %d using 1:2"):format(block, i - 1),
      "filledcurves closed fillcolor " .. color .. " fillstyle solid noborder")
  end
end

return M
