--- Filled areas: the band between two curves, and spans of an axis.
-- @module optlab.plot.kinds.fill
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local options = require "optlab.plot.options"
local style = require "optlab.plot.gnuplot.style"

local Figure = figure.Figure

local function alpha(default)
  return { "alpha", "scalar", min = 0, max = 1, default = default, doc = "How opaque the area is." }
end

-- --- between two curves ---------------------------------------------------------------------------------------------

local BAND = args.declare("Figure:band", {
  doc = "Fills the band between two curves.",
  positions = 3,
  { "x", "vector", required = true, doc = "The x of the points." },
  { "lo", "vector", required = true, doc = "The lower curve." },
  { "hi", "vector", required = true, doc = "The upper curve." },
  options.LABEL, options.COLOR, alpha(0.25), options.ENHANCED,
})

-- An area between two columns, in the colour of the line drawn last.
local function area(fig, o, low, high, names, where)
  local xs = arrays.filled(o.x, where, "x")
  arrays.same_length(xs, low, where, "x", names[1])
  arrays.same_length(xs, high, where, "x", names[2])
  figure.check_log(fig, "x", xs, where .. ": x")
  figure.check_log(fig, "y", low, where .. ": " .. names[1])
  figure.check_log(fig, "y", high, where .. ": " .. names[2])
  local el = {
    kind = "band", x = xs, lo = low, hi = high, alpha = o.alpha, cycle = figure.last_cycle(fig),
    span = { x = { xs }, y = { low, high } },
  }
  if o.color then el.color, el.cycle = style.colorspec(o.color) end
  return figure.set_label(el, o)
end

--- The band between two curves, in the colour of the line drawn last.
-- @param x array or tensor
-- @param lo array or tensor
-- @param hi array or tensor
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:band(...)
  local o, where = BAND:read(...), BAND.callee
  return figure.add(self, area(self, o, o.lo, o.hi, { "lo", "hi" }, where), false, where)
end

local FILL_BETWEEN = args.declare("Figure:fill_between", {
  doc = "Fills the area between a curve and another one, or a level.",
  positions = 3,
  { "x", "vector", required = true, doc = "The x of the points." },
  { "y1", "vector|scalar", required = true, doc = "A curve, or its one value." },
  { "y2", "vector|scalar", default = 0, doc = "The other curve, or its one value." },
  { "where", "vector|list", of = { "flag" }, what = "a list of true and false, or of 1 and 0",
    doc = "At which points to fill; by default at all points." },
  options.LABEL, options.COLOR, alpha(0.25), options.ENHANCED,
})

local function column(v, n)
  if type(v) ~= "number" then return v end
  local out = {}
  for i = 1, n do out[i] = v end
  return out
end

--- The area between a curve and another, in the colour of the line drawn last.
-- @param x array or tensor
-- @param y1 array, tensor or number
-- @param[opt] y2 array, tensor or number
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:fill_between(...)
  local o, where = FILL_BETWEEN:read(...), FILL_BETWEEN.callee
  local el = area(self, o, column(o.y1, #o.x), column(o.y2, #o.x), { "y1", "y2" }, where)
  if o.where then
    arrays.same_length(el.x, o.where, where, "x", "where")
    el.where = {}
    for i, v in ipairs(o.where) do el.where[i] = v ~= false and v ~= 0 end
  end
  return figure.add(self, el, false, where)
end

-- --- spans -----------------------------------------------------------------------------------------------------------

local function span_rows(axis, doc)
  return {
    doc = doc, positions = 2,
    { axis .. "min", "scalar", finite = true, required = true, doc = "Start of the span." },
    { axis .. "max", "scalar", finite = true, required = true, doc = "End of the span." },
    options.LABEL,
    { "color", "color", default = "#7f7f7f",
      doc = "A letter, a name, \"#rrggbb\", or \"C1\" to \"C10\" of the theme." },
    alpha(0.2), options.ENHANCED,
  }
end
local AXVSPAN = args.declare("Figure:axvspan", span_rows("x", "Shades a range of x over the height of the frame."))
local AXHSPAN = args.declare("Figure:axhspan", span_rows("y", "Shades a range of y over the width of the frame."))

local function span(fig, o, axis, where)
  local from, to = o[axis .. "min"], o[axis .. "max"]
  if from == to then errors.raise("%s: the span from %g to %g is empty", where, from, to) end
  if from > to then from, to = to, from end
  figure.check_log(fig, axis, { from }, where .. ": " .. axis .. "min")
  figure.check_kind(fig, false, where)
  local el = { kind = "span", axis = axis, from = from, to = to, alpha = o.alpha, edge = { [axis] = { from, to } } }
  el.color, el.cycle = style.colorspec(o.color)
  return figure.add(fig, figure.set_label(el, o), false, where)
end

--- A range of x, shaded over the height of the frame.
-- @number xmin
-- @number xmax
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:axvspan(...)
  return span(self, AXVSPAN:read(...), "x", AXVSPAN.callee)
end

--- A range of y, shaded over the width of the frame.
-- @number ymin
-- @number ymax
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:axhspan(...)
  return span(self, AXHSPAN:read(...), "y", AXHSPAN.callee)
end

return Figure
