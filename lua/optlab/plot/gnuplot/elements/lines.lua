--- Lines and points through data, and lines across the frame.
-- @module optlab.plot.gnuplot.elements.lines
local look = require "optlab.plot.gnuplot.elements.look"
local number = require "optlab.plot.gnuplot.number"
local thin = require "optlab.plot.gnuplot.elements.thin"

local M = {}

-- The points of a line without a neighbour, of which gnuplot draws nothing that can be seen.
local function lonely(columns)
  local out, n = {}, #columns[1]
  local function drawn(i)
    for _, column in ipairs(columns) do
      if not column[i] or not number.finite(column[i]) then return false end
    end
    return true
  end
  for c = 1, #columns do out[c] = {} end
  for i = 1, n do
    if drawn(i) and not drawn(i - 1) and not drawn(i + 1) then
      for c, column in ipairs(columns) do table.insert(out[c], column[i]) end
    end
  end
  return out
end

function M.curve(el, panel)
  local columns = el.z and { el.x, el.y, el.z } or { el.x, el.y }
  if not el.z and not el.point then columns = thin.dense(columns, panel.view) end
  local rows = number.rows(columns)
  if not el.point and el.dash == "solid" then rows = thin.pieces(rows) end
  local block = panel:block(el.point and not el.dash and "points" or "line", rows)
  panel:draw(el, block .. " using " .. (el.z and "1:2:3" or "1:2"), look.drawing(el) .. " " .. look.line(el))
  local alone = el.point and { {} } or lonely(columns)
  if #alone[1] == 0 then return end
  panel:draw(nil, panel:block("lonely", number.rows(alone)) .. " using " .. (el.z and "1:2:3" or "1:2"),
    "points " .. look.line(el) .. " pointtype 7 pointsize 0.4")
end

-- A line over the whole frame at one value of the other axis.
function M.rule(el, panel)
  local lo, hi = table.unpack(panel:limits_of(el.along))
  local ends, at = { lo, hi }, { el.at, el.at }
  local block = panel:block("rule", number.rows(el.along == "x" and { ends, at } or { at, ends }))
  panel:draw(el, block .. " using 1:2", "lines " .. look.line(el))
end

-- An item that the user wrote.
function M.raw(el, panel)
  panel:item(el.item)
end

return M
