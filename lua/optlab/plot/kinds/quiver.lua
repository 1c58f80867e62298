--- Arrows: a field of directions, or the steps of a path.
-- @module optlab.plot.kinds.quiver
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local number = require "optlab.plot.gnuplot.number"
local options = require "optlab.plot.options"
local shades = require "optlab.plot.shades"

local Figure = figure.Figure

local QUIVER = args.declare("Figure:quiver", {
  doc = "Draws arrows (u, v) at points (x, y).",
  positions = 4,
  { "xs", "vector|function", what = "a list of numbers, a tensor or a function of two numbers", required = true,
    doc = "The x of the arrows; or a function f(x, y) that returns u and v." },
  { "ys", "vector", doc = "The y of the arrows." },
  { "u", "vector", doc = "How far each arrow points along x." },
  { "v", "vector", doc = "How far each arrow points along y." },
  { "x", "span", doc = "{from, to, step} of x for a function." },
  { "y", "span", doc = "{from, to, step} of y for a function." },
  { "c", "vector|function", what = "a list of numbers, a tensor or a function of two numbers",
    doc = "A value for each arrow, which its colour shows; or a function of x and y." },
  { "scale", "scalar", above = 0,
    doc = "Factor of u and v; by default the longest arrow is about as long as the distance between two points." },
  { "pivot", "choice", choices = { "tail", "mid", "tip" }, default = "tail",
    doc = "Which part of the arrow is at its point." },
  { "head", "scalar", min = 0, max = 1000, default = 6.5, doc = "Length of the arrows' heads in pixels." },
  options.COLOR, options.width(1.2),
  shades.PALETTE, shades.RANGE, shades.NORM, shades.BAR,
  { "label", "text", doc = "Name of the colour bar if there is one, else in the legend." },
  options.ENHANCED,
})

-- The points of a grid, and what a function gives there.
local function sampled(o, where)
  if not (o.x and o.y) then
    errors.raise("%s: a function needs its ranges: {x={from, to, step}, y={from, to, step}}", where)
  end
  local xs, ys = arrays.span(o.x, 15, where .. ": x"), arrays.span(o.y, 15, where .. ": y")
  if #xs * #ys > 1e5 then errors.raise("%s: %d x %d arrows are too many; take a larger step", where, #xs, #ys) end
  local x, y, u, v = {}, {}, {}, {}
  for _, b in ipairs(ys) do
    for _, a in ipairs(xs) do
      local n = #x + 1
      x[n], y[n] = a, b
      u[n], v[n] = arrays.pair(o.xs, where, a, b)
    end
  end
  return x, y, u, v
end

local function given(o, where)
  local x = arrays.filled(o.xs, where, "xs")
  for _, name in ipairs { "ys", "u", "v" } do
    if not o[name] then errors.bad_value(where, name, "a list of numbers or a tensor", nil) end
    arrays.same_length(x, o[name], where, "xs", name)
  end
  return x, o.ys, o.u, o.v
end

local function width_of(list)
  local lo, hi = math.huge, -math.huge
  for _, v in ipairs(list) do
    if number.finite(v) then lo, hi = math.min(lo, v), math.max(hi, v) end
  end
  return hi > lo and hi - lo or 1
end

-- A scale with which the longest arrow is about as long as the distance between arrows.
local function fitting(x, y, u, v)
  local count = math.max(1, math.sqrt(#x))
  local wide, high, most = width_of(x) / count, width_of(y) / count, 0
  for i = 1, #u do
    local length = math.sqrt((u[i] / wide) ^ 2 + (v[i] / high) ^ 2)
    if number.finite(length) then most = math.max(most, length) end
  end
  return most > 0 and 0.95 / most or 1
end

-- The value of each arrow.
local function values(c, x, y, where)
  if type(c) ~= "function" then
    arrays.same_length(x, c, where, "xs", "c")
    return c
  end
  local out = {}
  for i = 1, #x do out[i] = arrays.call(c, where, x[i], y[i]) end
  return out
end

local BEFORE = { tail = 0, mid = 0.5, tip = 1 } -- the part of an arrow that lies before its point

--- Arrows: `fig:quiver(x, y, u, v)`, or `fig:quiver(f, { x = {from, to, step}, y = {...} })` for a function
-- f(x, y) that returns u and v. They point along the axes: to (x + scale u, y + scale v).
-- @param xs array, tensor or function
-- @param[opt] ys array or tensor
-- @param[opt] u array or tensor
-- @param[opt] v array or tensor
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:quiver(...)
  local o, where = QUIVER:read(...), QUIVER.callee
  figure.check_kind(self, false, where)
  if self.opts.logx or self.opts.logy then errors.raise("%s: arrows need linear axes", where) end
  local x, y, u, v
  if type(o.xs) == "function" then x, y, u, v = sampled(o, where) else x, y, u, v = given(o, where) end
  local scale = o.scale or fitting(x, y, u, v)
  local el = { kind = "quiver", x = {}, y = {}, dx = {}, dy = {}, width = o.width, head = o.head }
  local ends = { {}, {} }
  for i = 1, #x do
    el.dx[i], el.dy[i] = u[i] * scale, v[i] * scale
    el.x[i], el.y[i] = x[i] - BEFORE[o.pivot] * el.dx[i], y[i] - BEFORE[o.pivot] * el.dy[i]
    ends[1][i], ends[2][i] = el.x[i] + el.dx[i], el.y[i] + el.dy[i]
  end
  el.span, el.columns = { x = { el.x, ends[1] }, y = { el.y, ends[2] } }, { el.x, el.y, el.dx, el.dy }
  el.hides = { { x = x, y = y, joined = false, weight = 1 } }
  if o.c then
    if o.color then errors.raise("%s: c colours the arrows by value, so drop color", where) end
    el.c = values(o.c, x, y, where)
    shades.set(self, el, o, { el.c }, where)
  else
    figure.dress(self, el, { color = o.color, width = o.width }, "-")
  end
  figure.set_label(el, o)
  shades.name_bar(el, o)
  return figure.add(self, el, false, where)
end

return Figure
