--- The colours of palettes and elements as numbers, computed as gnuplot does: red, green and blue linear between the
-- colours of a palette.
-- @module optlab.plot.gnuplot.panel.colors
local theme = require "optlab.plot.gnuplot.theme"

local M = {}

local function channels(color)
  local r, g, b = color:match("#(%x%x)(%x%x)(%x%x)")
  return { tonumber(r, 16), tonumber(g, 16), tonumber(b, 16) }
end

--- The colour at a part of a palette.
-- @string name
-- @number t from 0 to 1; what lies beyond has the colour of the end
-- @treturn string "#rrggbb"
function M.at(name, t)
  local list, steps = theme.stops(name)
  t = math.max(0, math.min(1, t))
  if steps then return list[math.min(#list, math.floor(t * #list) + 1)] end
  local k = math.min(#list - 1, math.floor(t * (#list - 1)) + 1)
  local a, b, share = channels(list[k]), channels(list[k + 1]), t * (#list - 1) - (k - 1)
  for c = 1, 3 do a[c] = math.floor(a[c] + (b[c] - a[c]) * share + 0.5) end
  return ("#%02x%02x%02x"):format(table.unpack(a))
end

--- The colour of an element that has one colour.
-- @tparam table el its field `color`, "rgb '#rrggbb'", or else `cycle`, a number of the look's cycle
-- @tparam table look as of optlab.plot.look.themes
-- @treturn string "#rrggbb"
function M.of(el, look)
  return el.color and el.color:match("#%x+") or look.cycle[((el.cycle or 1) - 1) % #look.cycle + 1]
end

return M
