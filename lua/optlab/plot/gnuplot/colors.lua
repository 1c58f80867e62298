--- The colours of a palette, computed as gnuplot does: red, green and blue linear between the colours of the palette.
-- @module optlab.plot.gnuplot.colors
local theme = require "optlab.plot.gnuplot.theme"

local M = {}

local stops = {} -- palette -> {{at, r, g, b}, ...}

local function stops_of(name)
  if stops[name] then return stops[name] end
  local list = {}
  for at, r, g, b in table.concat(theme.palette(name), " "):gmatch("([%d.]+) '#(%x%x)(%x%x)(%x%x)'") do
    list[#list + 1] = { tonumber(at), tonumber(r, 16), tonumber(g, 16), tonumber(b, 16) }
  end
  stops[name] = list
  return list
end

--- The colour at a part of a palette.
-- @string name
-- @number t from 0 to 1; what lies beyond has the colour of the end
-- @treturn string "#rrggbb"
function M.at(name, t)
  local list = stops_of(name)
  local v = list[1][1] + math.max(0, math.min(1, t)) * (list[#list][1] - list[1][1])
  local k = 1
  while k < #list - 1 and v > list[k + 1][1] do k = k + 1 end
  local a, b = list[k], list[k + 1]
  local share, out = (v - a[1]) / (b[1] - a[1]), {}
  for c = 2, 4 do out[c - 1] = math.floor(a[c] + (b[c] - a[c]) * share + 0.5) end
  return ("#%02x%02x%02x"):format(table.unpack(out))
end

--- The colour of an element that has one colour.
-- @tparam table el its field `color`, "rgb '#rrggbb'", or else `cycle`, a number of the theme's cycle
-- @treturn string "#rrggbb"
function M.of(el)
  if el.color then return el.color:match("#%x+") end
  for _, command in ipairs(theme.theme()) do
    local n, color = command:match("^set linetype (%d+)%s+linecolor rgb '(#%x+)'")
    if tonumber(n) == (el.cycle or 1) then return color end
  end
end

return M
