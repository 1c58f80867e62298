--- Filled areas: bands between curves, spans of an axis, bars.
-- @module optlab.plot.gnuplot.elements.areas
local look = require "optlab.plot.gnuplot.elements.look"
local number = require "optlab.plot.gnuplot.number"
local thin = require "optlab.plot.gnuplot.elements.thin"

local M = {}

-- A band with gaps where a row is not finite: an empty line ends one piece.
local function band_rows(el, view)
  local lo = el.lo
  if el.where then
    lo = {}
    for i, v in ipairs(el.lo) do lo[i] = el.where[i] and v or 0 / 0 end
  end
  local lines = number.rows(thin.dense({ el.x, lo, el.hi }, view))
  for i, line in ipairs(lines) do
    if line:find("NaN", 1, true) then lines[i] = "" end
  end
  return lines
end

function M.band(el, panel)
  local block = panel:block("band", band_rows(el, panel.view))
  panel:draw(el, block .. " using 1:2:3", "filledcurves " .. look.fill(el, "noborder"))
end

-- A span of one axis over the whole frame.
function M.span(el, panel)
  local other = panel:limits_of(el.axis == "x" and "y" or "x")
  local lo, hi = math.min(other[1], other[2]), math.max(other[1], other[2])
  local x, y = { el.from, el.to }, { lo, hi }
  if el.axis == "y" then x, y = { lo, hi }, { el.from, el.to } end
  local block = panel:block("span", number.rows { { x[1] }, { y[1] }, { x[1] }, { x[2] }, { y[1] }, { y[2] } })
  panel:draw(el, block .. " using 1:2:3:4:5:6", "boxxyerror " .. look.fill(el, "noborder"))
end

function M.bars(el, panel)
  local block = panel:block("hist", number.rows({ el.x, el.height, el.bar_width }))
  panel:draw(el, block .. " using 1:2:3", "boxes " .. look.fill(el, "border linecolor rgb paper"))
end

return M
