--- Points with error bars, and lines that go in steps.
-- @module optlab.plot.kinds.errorbar
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local options = require "optlab.plot.options"
local style = require "optlab.plot.gnuplot.style"

local Figure = figure.Figure

local function error_row(name, axis)
  return { name, "scalar|vector|matrix", what = "a number, a list of numbers, or {below, above}",
    doc = "How far the bars along " .. axis .. " reach: one number, one for each point, or two lists {below, above}." }
end

local ERRORBAR = args.declare("Figure:errorbar", {
  doc = "Draws points with error bars.",
  positions = 2,
  { "xs", "vector", required = true, doc = "The x of the points." },
  { "ys", "vector", required = true, doc = "The y of the points." },
  error_row("yerr", "y"), error_row("xerr", "x"),
  options.LABEL, { "style", "style", default = "o", doc = "A line, a marker and a colour letter, as of Figure:line." },
  options.COLOR, options.width(1.4),
  { "size", "scalar", above = 0, max = 1000, doc = "Size of the markers." },
  { "capsize", "scalar", min = 0, max = 1000, default = 3, doc = "Half the length of the caps of the bars, in "
    .. "pixels." },
  options.ENHANCED,
})

-- Lists of how far bars reach below and above.
local function reach(err, n, where, name)
  if not err then return nil end
  local below, above = err, err
  if type(err) == "number" then
    below = {}
    for i = 1, n do below[i] = err end
    above = below
  elseif type(err[1]) == "table" then
    if #err ~= 2 then errors.raise("%s: %s has %d lists, two are needed: {below, above}", where, name, #err) end
    below, above = err[1], err[2]
  end
  for _, list in ipairs { below, above } do
    if #list ~= n then errors.raise("%s: %s has %d values for %d points", where, name, #list, n) end
    for i, v in ipairs(list) do
      if v < 0 then errors.raise("%s: %s[%d] is %g, but lengths are not negative", where, name, i, v) end
    end
  end
  return below, above
end

-- The ends of the bars along an axis, and those that its limits take in: on a logarithmic axis a bar below zero goes to
-- the end of the frame.
local function ends(fig, axis, column, err, where, name)
  local below, above = reach(err, #column, where, name)
  if not below then return nil end
  local lo, hi, seen = {}, {}, {}
  for i, v in ipairs(column) do
    lo[i], hi[i] = v - below[i], v + above[i]
    seen[i] = lo[i]
    if fig.opts["log" .. axis] and lo[i] <= 0 then lo[i], seen[i] = v * 1e-9, v end
  end
  return lo, hi, seen
end

--- Points with error bars: `fig:errorbar(x, y, { yerr = deviations })`.
-- @param xs array or tensor
-- @param ys array or tensor
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:errorbar(...)
  local o, where = ERRORBAR:read(...), ERRORBAR.callee
  local x, y = figure.points_of(self, o, where)
  local xlo, xhi, xseen = ends(self, "x", x, o.xerr, where, "xerr")
  local ylo, yhi, yseen = ends(self, "y", y, o.yerr, where, "yerr")
  if not (xlo or ylo) then errors.raise("%s: yerr or xerr must say how far the bars reach", where) end
  local el = {
    kind = "errorbar", x = x, y = y, xlo = xlo, xhi = xhi, ylo = ylo, yhi = yhi, cap = o.capsize,
    span = { x = { x, xhi }, y = { y, yhi } }, columns = { x, y },
  }
  table.insert(el.span.x, xseen)
  table.insert(el.span.y, yseen)
  el.hides = { { x = x, y = y, joined = false, weight = 2 } }
  if ylo then
    table.insert(el.hides, { x = x, y = ylo, joined = false, weight = 1 })
    table.insert(el.hides, { x = x, y = yhi, joined = false, weight = 1 })
  end
  if o.style == "" then
    figure.dress(self, el, { color = o.color, width = o.width }, "-")
    el.dash = nil
  else
    figure.dress(self, el, o, "o")
  end
  figure.set_label(el, o)
  return figure.add(self, el, false, where)
end

-- --- steps ----------------------------------------------------------------------------------------------------------

local STEP = args.declare("Figure:step", {
  doc = "Draws a line in steps.",
  positions = 2,
  { "xs", "vector", required = true, doc = "The x of the points; the y of the points if it is the only argument." },
  { "ys", "vector", doc = "The y of the points." },
  { "where", "choice", choices = { "pre", "post", "mid" }, default = "pre",
    doc = "Where y changes: at the point before (\"pre\"), at the point (\"post\"), or between them (\"mid\")." },
  options.LABEL, options.STYLE, options.COLOR, options.WIDTH, options.ENHANCED,
})

-- The corners of the steps.
local function corners(x, y, how)
  local xs, ys = {}, {}
  local function add(px, py) xs[#xs + 1], ys[#ys + 1] = px, py end
  add(x[1], y[1])
  for i = 2, #x do
    if how == "mid" then
      add((x[i - 1] + x[i]) / 2, y[i - 1])
      add((x[i - 1] + x[i]) / 2, y[i])
    elseif how == "pre" then
      add(x[i - 1], y[i])
    else
      add(x[i], y[i - 1])
    end
    if how ~= "mid" or i == #x then add(x[i], y[i]) end
  end
  return xs, ys
end

--- A line in steps: `fig:step(x, y, { where = "post" })`.
-- @param xs array or tensor
-- @param[opt] ys array or tensor
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:step(...)
  local o, where = STEP:read(...), STEP.callee
  local x, y = arrays.filled(o.xs, where, "xs"), o.ys
  if not y then
    x, y = {}, o.xs
    for i = 1, #y do x[i] = i end
  end
  arrays.same_length(x, y, where, "xs", "ys")
  if style.parse(o.style or "-").point then
    errors.raise("%s: a line in steps has no markers; draw fig:points too", where)
  end
  local xs, ys = corners(x, y, o.where)
  return self:line(xs, ys, {
    label = o.label, style = o.style or "-", color = o.color, width = o.width, enhanced = o.enhanced,
  })
end

return Figure
