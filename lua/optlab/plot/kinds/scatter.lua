--- Points whose colours and sizes show values.
-- @module optlab.plot.kinds.scatter
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local options = require "optlab.plot.options"
local shades = require "optlab.plot.shades"
local style = require "optlab.plot.gnuplot.style"

local Figure = figure.Figure

local MARKERS = { "o", ".", "s", "^", "v", "D", "d", "p", "*", "+", "x" }
local OPEN = { ["*"] = true, ["+"] = true, x = true } -- markers made of lines, which have no edge

local SCATTER = args.declare("Figure:scatter", {
  doc = "Draws points whose colours and sizes may show values.",
  positions = 2,
  { "xs", "vector", required = true, doc = "The x of the points." },
  { "ys", "vector", required = true, doc = "The y of the points." },
  { "c", "vector", doc = "A value for each point, which its colour shows." },
  { "size", "scalar|vector", above = 0, max = 1000, default = 1, doc = "Size of the markers, or of each." },
  { "marker", "choice", choices = MARKERS, default = "o", doc = "The marker, a letter as in a style." },
  options.COLOR,
  { "alpha", "scalar", min = 0, max = 1, default = 1, doc = "How opaque the points are." },
  { "edgecolor", "color", doc = "Colour of an edge around each marker." },
  { "width", "scalar", above = 0, max = 1000, default = 1, doc = "Width of the edges, and of markers made of lines." },
  shades.PALETTE, shades.RANGE, shades.NORM, shades.BAR,
  { "label", "text", doc = "Name of the colour bar if there is one, else in the legend." },
  options.ENHANCED,
})

local UNIT = 4 / 3 -- size 1 beside that of markers on lines

-- The sizes in gnuplot's units, in which markers of one size look alike.
local function set_size(el, size, unit, where)
  if type(size) == "number" then
    el.point_size = size * unit
    return
  end
  arrays.same_length(el.x, size, where, "xs", "size")
  for i, v in ipairs(size) do
    if not (v >= 0 and v <= 1000) then errors.raise("%s: size[%d] is %g; sizes are from 0 to 1000", where, i, v) end
    size[i] = v * unit
  end
  el.sizes, el.point_size = size, unit
end

-- A scale of colours, or one colour.
local function set_color(fig, el, o, where)
  if o.c then
    arrays.same_length(el.x, o.c, where, "xs", "c")
    if o.color then errors.raise("%s: c colours the points by value, so drop color", where) end
    el.c = o.c
    return shades.set(fig, el, o, { o.c }, where)
  end
  figure.dress(fig, el, { color = o.color, width = o.width }, "o")
end

--- Points that show values: `fig:scatter(x, y, { c = losses, size = 2 })`.
-- @param xs array or tensor
-- @param ys array or tensor
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:scatter(...)
  local o, where = SCATTER:read(...), SCATTER.callee
  local x, y = figure.points_of(self, o, where)
  if o.edgecolor and OPEN[o.marker] then
    errors.raise("%s: the marker '%s' is made of lines and has no edge: drop edgecolor", where, o.marker)
  end
  local el = {
    kind = "scatter", x = x, y = y, span = { x = { x }, y = { y } }, columns = { x, y, o.c },
    hides = { { x = x, y = y, joined = false, weight = 1 } },
  }
  set_color(self, el, o, where)
  local look = style.parse(o.marker)
  el.point, el.dash, el.width = look.point, nil, o.width
  set_size(el, o.size, look.size * UNIT, where)
  el.alpha = o.alpha
  if o.edgecolor then
    el.edge = {}
    el.edge.color, el.edge.cycle = style.colorspec(o.edgecolor)
  end
  figure.set_label(el, o)
  shades.name_bar(el, o)
  return figure.add(self, el, false, where)
end

return Figure
