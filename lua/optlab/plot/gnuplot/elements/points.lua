--- Points that differ in colour and size, and arrows.
-- @module optlab.plot.gnuplot.elements.points
local colors = require "optlab.plot.gnuplot.panel.colors"
local number = require "optlab.plot.gnuplot.number"

local M = {}

local fmt = number.format

-- A colour of one's own: "rgb '#rrggbb'", or that of the theme's cycle.
local function plain_color(el)
  return el.color and "linecolor " .. el.color or "linetype " .. (el.cycle or 1)
end

-- 0xAARRGGBB for a colour and how opaque it is.
local function with_alpha(color, alpha)
  local transparent = math.floor((1 - alpha) * 255 + 0.5)
  return transparent << 24 | tonumber(color:sub(2), 16)
end

-- The colours of the points as numbers, by value or of one colour.
local function numbers(el, panel)
  local out, plain = {}, not el.c and colors.of(el, panel.look)
  for i = 1, #el.x do
    local color = plain
    if el.c then color = number.finite(el.c[i]) and panel:shade(el.c[i]) or "#ffffff" end
    out[i] = with_alpha(color, el.alpha)
  end
  return out
end

-- Each point and then its edge, so that a point covers those before it with its edge too: x, y, size, type, colour.
local function numbered(el, panel)
  local columns = { {}, {}, {}, {}, {} }
  local function add(...)
    for c, v in ipairs { ... } do columns[c][#columns[c] + 1] = v end
  end
  local edge = el.edge and with_alpha(colors.of(el.edge, panel.look), 1)
  for i, color in ipairs(numbers(el, panel)) do
    local size = el.sizes and el.sizes[i] or el.point_size
    if not el.c or number.finite(el.c[i]) then
      add(el.x[i], el.y[i], size, el.point, color)
      if edge then add(el.x[i], el.y[i], size, el.point - 1, edge) end
    end
  end
  if #columns[1] == 0 then add(0 / 0, 0 / 0, 1, el.point, 0) end
  return columns
end

-- One point in the legend.
local function sample(el, panel)
  local color = el.c and "linecolor rgb soft" or plain_color(el)
  local look = ("points pointtype %d pointsize %s linewidth %s %s"):format(el.point, fmt(el.point_size), fmt(el.width),
    color)
  if panel.titles[el] then panel:draw(el, "keyentry", look) end
  panel.samples[el] = look
end

--- Points with colours, sizes, edges.
function M.scatter(el, panel)
  if el.edge or el.alpha < 1 then
    panel:draw(nil, panel:block("scatter", number.rows(numbered(el, panel))) .. " using 1:2:3:4:5",
      ("points pointsize variable pointtype variable linecolor rgb variable linewidth %s"):format(fmt(el.width)))
    if el.colorbar then panel:draw(nil, "keyentry", "points linecolor palette") end -- for gnuplot to draw the bar
    return sample(el, panel)
  end
  local columns, using = { el.x, el.y }, "1:2"
  if el.sizes then columns[#columns + 1] = el.sizes end
  if el.c then columns[#columns + 1] = el.c end
  for c = 3, #columns do using = using .. ":" .. c end
  panel:draw(nil, panel:block("scatter", number.rows(columns)) .. " using " .. using,
    ("points pointtype %d pointsize %s linewidth %s %s"):format(el.point, el.sizes and "variable" or fmt(el.point_size),
      fmt(el.width), el.c and "linecolor palette" or plain_color(el)))
  sample(el, panel)
end

--- Arrows.
function M.quiver(el, panel)
  local columns, using = { el.x, el.y, el.dx, el.dy }, "1:2:3:4"
  if el.c then columns[5], using = el.c, using .. ":5" end
  panel:draw(el, panel:block("quiver", number.rows(columns)) .. " using " .. using,
    ("vectors head filled size graph %s,20,60 linewidth %s %s"):format(fmt(el.head / panel.view.width), fmt(el.width),
      el.c and "linecolor palette" or plain_color(el)))
end

return M
