--- The book's pictures of a minimisation: the path on the graph of f, and the path among its contours.
-- @module optlab.plot.trace
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local number = require "optlab.plot.gnuplot.number"
require "optlab.plot.fields" -- gives figures their contours

local M = {}

local FIGURE_KEYS = { "title", "xlabel", "ylabel", "xlim", "ylim", "size", "legend", "enhanced" }

-- The options of the figure out of those of a trace.
local function figure_options(opts, xlabel, ylabel)
  local out = {}
  for _, key in ipairs(FIGURE_KEYS) do out[key] = opts[key] end
  out.xlabel, out.ylabel = out.xlabel or xlabel, out.ylabel or ylabel
  return out
end

local function with_figure_keys(...)
  local names = { ... }
  return table.move(FIGURE_KEYS, 1, #FIGURE_KEYS, #names + 1, names)
end

local function check_function(f, where)
  if type(f) ~= "function" then errors.raise("%s: f must be a function, got %s", where, errors.shown(f)) end
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
-- @tparam[opt] table opts n, label, color, and the options of a figure
-- @treturn Figure
function M.trace(f, path, opts)
  local where = "plot.trace"
  opts = errors.check_options(opts, with_figure_keys("n", "label", "color"), where)
  check_function(f, where)
  local xs = arrays.vector(path, where .. ": path")
  local n = opts.n and arrays.number(opts.n, where .. ": n") or largest(xs)
  if not (n > 0 and number.finite(n)) then n = 1 end
  local fig = figure.new(figure_options(opts, "x", "f(x)"))
  fig:line(f, { x = { -n, n, n / 200 } })
  return fig:line(xs, arrays.map(f, xs, where), { style = "-o", label = opts.label, color = opts.color })
end

-- The two columns of a path: a list of pairs, an n x 2 tensor, or a list of tensors with two elements.
local function columns(path, where)
  local rows = arrays.is_tensor(path) and path:tolist() or path
  if type(rows) ~= "table" then
    errors.raise("%s: path must be a list of {x1, x2}, got %s", where, errors.shown(path))
  end
  if #rows == 0 then errors.raise("%s: path is empty: there is nothing to draw", where) end
  local x1, x2 = {}, {}
  for i = 1, #rows do x1[i], x2[i] = arrays.pair(rows[i], string.format("%s: path[%d]", where, i)) end
  return x1, x2
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

--- The path of a two-dimensional minimisation among the contours of f.
-- @tparam function f of two numbers
-- @param path list of {x1, x2}, or an n x 2 tensor
-- @tparam[opt] table opts x={from, to, step} ({-5.5, 1.0, 0.1}) and y ({-3.0, 1.0, 0.1}), both made wider where the
-- path leaves them; levels, label, color ("#ff7f0e"), and the options of a figure
-- @treturn Figure
function M.trace2d(f, path, opts)
  local where = "plot.trace2d"
  opts = errors.check_options(opts, with_figure_keys("x", "y", "levels", "label", "color"), where)
  check_function(f, where)
  local x1, x2 = columns(path, where)
  local function spec(given, default, name)
    if not given then return default end
    local values = arrays.span(given, 66, where .. ": " .. name)
    return { values[1], given[2], #values > 1 and values[2] - values[1] or 0.1 }
  end
  local x = fitted(range(x1, table.unpack(spec(opts.x, { -5.5, 1.0, 0.1 }, "x"))))
  local y = fitted(range(x2, table.unpack(spec(opts.y, { -3.0, 1.0, 0.1 }, "y"))))
  local fig = figure.new(figure_options(opts, "x1", "x2"))
  fig:contour(f, { x = x, y = y, levels = opts.levels, color = "#1f77b4" })
  return fig:line(x1, x2, { style = "-o", label = opts.label, color = opts.color or "#ff7f0e" })
end

return M
