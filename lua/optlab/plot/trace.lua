--- The book's pictures of a minimisation: the path on the graph of f, and the path among its contours.
-- @module optlab.plot.trace
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local number = require "optlab.plot.gnuplot.number"
local options = require "optlab.plot.options"
require "optlab.plot.kinds.contour"

local M = {}

local FIGURE = {
  options.TITLE, options.XLABEL, options.YLABEL, options.XLIM, options.YLIM, options.SIZE, options.LEGEND,
  options.MARKUP,
}

-- Rows, followed by those options of a figure that a trace has too.
local function with_figure(rows)
  return table.move(FIGURE, 1, #FIGURE, #rows + 1, rows)
end

local TRACE = args.declare("plot.trace", with_figure {
  doc = "Draws the path of a descent on the graph of a function of one variable.",
  positions = 2,
  { "f", "function", required = true, doc = "The objective, a function of a number." },
  { "path", "vector", required = true, doc = "The points visited." },
  { "n", "scalar", doc = "f is drawn from -n to n; by default the largest |x| of the path." },
  options.LABEL, options.COLOR,
})
local TRACE2D = args.declare("plot.trace2d", with_figure {
  doc = "Draws the path of a descent over the contours of a function of two variables.",
  positions = 2,
  { "f", "function", required = true, doc = "The objective, a function of two variables." },
  { "path", "array", of = { "pair" }, what = "a list of {x1, x2}", required = true, doc = "The points visited." },
  { "x", "span", doc = "{from, to, step} of the contours; by default {-5.5, 1, 0.1}, or more if the path leaves it." },
  { "y", "span", doc = "{from, to, step} of the contours; by default {-3, 1, 0.1}, or more if the path leaves it." },
  { "levels", "integer|vector", min = 1, max = 1000,
    doc = "The largest number of contours, or the list of their values." },
  options.LABEL, options.COLOR,
})

-- The options of the figure out of those of a trace.
local function figure_options(opts, xlabel, ylabel)
  local out = {}
  for _, row in ipairs(FIGURE) do out[row[1]] = opts[row[1]] end
  out.xlabel, out.ylabel = out.xlabel or xlabel, out.ylabel or ylabel
  return out
end

local function largest(list)
  local n = 0
  for _, v in ipairs(list) do
    if number.finite(v) then n = math.max(n, math.abs(v)) end
  end
  return n
end

--- The path of a one-dimensional minimisation: f over [-n, n] with n the largest |x| of the path, and the path on it.
-- @tparam function f of a number
-- @param path array or tensor of numbers
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function M.trace(...)
  local opts, where = TRACE:read(...), TRACE.callee
  local f, xs = opts.f, arrays.filled(opts.path, where, "path")
  local n = opts.n or largest(xs)
  if not (n > 0 and number.finite(n)) then n = 1 end
  local fig = figure.new(figure_options(opts, "x", "f(x)"))
  fig:line(f, { x = { -n, n, n / 200 } })
  return fig:line(xs, arrays.map(f, xs, where), { style = "-o", label = opts.label, color = opts.color })
end

-- At most this many steps of the grid along one axis, so that a path that runs away costs no more than one that stays.
local MOST_STEPS = 100

-- The book's range, moved outwards to a little beyond the path.
local function range(list, from, to, step)
  local lo, hi = from, to
  for _, v in ipairs(list) do
    if number.finite(v) then lo, hi = math.min(lo, v), math.max(hi, v) end
  end
  local room = (hi - lo) * 0.05
  if lo < from then lo = lo - room end
  if hi > to then hi = hi + room end
  return { lo, hi, math.max(step, (hi - lo) / MOST_STEPS) }
end

-- {lo, hi, step} whose last value is hi itself.
local function fitted(spec)
  local parts = math.max(1, math.ceil((spec[2] - spec[1]) / spec[3] - 1e-9))
  return { spec[1], spec[2], (spec[2] - spec[1]) / parts }
end

-- Raises about a list of paths.
local function check_one(path)
  local first = type(path) == "table" and arrays.plain(rawget(path, 1))
  if type(first) ~= "table" or type(rawget(first, 1)) ~= "table" then return end
  errors.raise('%s: path holds several paths; give the first, and add each other one: fig:line(path, {style = "-o"})',
    TRACE2D.callee)
end

--- The path of a two-dimensional minimisation among the contours of f.
-- @tparam function f of two numbers
-- @param path list of {x1, x2}, or an n x 2 tensor
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure a second path goes into it with `fig:line(path)`
-- @usage plot.trace2d(f, adam, {label = "Adam"}):line(sgd, {label = "SGD", style = "-o"}):save("paths")
function M.trace2d(...)
  check_one(select(2, ...))
  local opts, where = TRACE2D:read(...), TRACE2D.callee
  local f, x1, x2 = opts.f, arrays.columns(arrays.filled(opts.path, where, "path"))
  local function spec(given, default, name)
    if not given then return default end
    local values = arrays.span(given, 66, where .. ": " .. name)
    return { values[1], given[2], #values > 1 and values[2] - values[1] or 0.1 }
  end
  local x = fitted(range(x1, table.unpack(spec(opts.x, { -5.5, 1.0, 0.1 }, "x"))))
  local y = fitted(range(x2, table.unpack(spec(opts.y, { -3.0, 1.0, 0.1 }, "y"))))
  local fig = figure.new(figure_options(opts, "x₁", "x₂"))
  fig:contour(f, { x = x, y = y, levels = opts.levels, color = "#1f77b4" })
  figure.skip_colors(fig, opts.color and 1 or 2) -- those of the contours and of the path
  return fig:line(x1, x2, { style = "-o", label = opts.label, color = opts.color or "#ff7f0e" })
end

return M
