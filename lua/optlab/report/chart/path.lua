--- Lines as SVG paths in whole units of the picture, each point as the step from the one before. page.js draws the same
-- (`pathOf`, `areaOf`) when an axis or a grouping is switched.
-- @module optlab.report.chart.path
local axes = require "optlab.report.chart.axes"

local M = {}

-- Lets a picture be smaller: "-" separates numbers too.
local function step(dx, dy)
  return dy < 0 and ("l%d%d"):format(dx, dy) or ("l%d %d"):format(dx, dy)
end

--- A line; where it has no value there is a gap, and a value without neighbours is a dot.
-- @tparam table x_axis
-- @tparam table y_axis
-- @tparam {number,...} x
-- @tparam {number,...} y
-- @treturn string
function M.line(x_axis, y_axis, x, y)
  local parts, px, py, alone = {}, nil, nil, false
  for i = 1, #x do
    local down = axes.down(y_axis, y[i])
    if not down then
      if alone then parts[#parts + 1] = "h0" end
      px, alone = nil, false
    else
      local across = axes.across(x_axis, x[i])
      parts[#parts + 1] = px and step(across - px, down - py) or ("M%d %d"):format(across, down)
      alone = px == nil
      px, py = across, down
    end
  end
  if alone then parts[#parts + 1] = "h0" end
  return table.concat(parts)
end

--- A band as an area: along its lower edge and back along the upper one.
-- @tparam table x_axis
-- @tparam table y_axis
-- @tparam table band x, low, high
-- @treturn string
function M.area(x_axis, y_axis, band)
  local n, parts, px, py = #band.x, {}, nil, nil
  local function go(i, edge)
    local x, y = axes.across(x_axis, band.x[i]), axes.edge(y_axis, edge[i])
    parts[#parts + 1] = px and step(x - px, y - py) or ("M%d %d"):format(x, y)
    px, py = x, y
  end
  for i = 1, n do go(i, band.low) end
  for i = n, 1, -1 do go(i, band.high) end
  return table.concat(parts) .. "z"
end

return M
