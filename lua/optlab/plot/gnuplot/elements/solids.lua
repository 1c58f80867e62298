--- Surfaces over the plane.
-- @module optlab.plot.gnuplot.elements.solids
local look = require "optlab.plot.gnuplot.elements.look"
local maps = require "optlab.plot.gnuplot.elements.maps"

local M = {}

-- A list, backwards if asked.
local function in_direction(list, backwards)
  if not backwards then return list end
  local out = {}
  for i = #list, 1, -1 do out[#out + 1] = list[i] end
  return out
end

-- The grid with its far corner first. Painted in that order each patch covers what lies behind it, so the surface hides
-- what it should and what is drawn later lies on top.
local function far_first(grid, panel)
  local x_back, y_back = panel:far_corner()
  local z = {}
  for j, row in ipairs(grid.z) do z[j] = in_direction(row, x_back) end
  return { x = in_direction(grid.x, x_back), y = in_direction(grid.y, y_back), z = in_direction(z, y_back) }
end

-- A net of white patches with coloured borders; a transparent one is nothing but the lines.
function M.wireframe(el, panel)
  if el.transparent then
    local net = panel:block("wireframe", maps.grid_rows(el.grid))
    return panel:draw(el, net .. " using 1:2:3", "lines " .. look.line(el))
  end
  local block = panel:block("wireframe", maps.grid_rows(far_first(el.grid, panel)))
  panel:set("pm3d border %s", look.line(el))
  panel:draw(nil, block .. " using 1:2:3", "pm3d fillcolor rgb paper")
  if panel.titles[el] then panel:draw(el, "keyentry", "lines " .. look.line(el)) end
end

function M.surface(el, panel)
  local block = panel:block("surface", maps.grid_rows(far_first(el.grid, panel)))
  panel:set("pm3d border linecolor rgb '#50ffffff' linewidth 0.4")
  panel:draw(nil, block .. " using 1:2:3", "pm3d")
end

-- A line over the whole frame at one value of the other axis.
return M
