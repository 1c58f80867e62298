--- Several figures in one picture, in rows and columns.
-- @module optlab.plot.grid
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local save_figure = require "optlab.plot.save_figure"
local script = require "optlab.plot.gnuplot.script"
local text = require "optlab.plot.gnuplot.text"

local Grid = {}
Grid.__index = Grid

--- Writes the grid's script and starts drawing it.
-- @string name as of a figure
-- @treturn string the picture's path
function Grid:save(name)
  return save_figure(name, "grid:save", function(base, format) return script.grid(self, base, format) end)
end

local function count(v, what)
  if v == nil then return nil end
  local n = math.tointeger(arrays.number(v, "plot.grid: " .. what))
  if not n or n < 1 or n > 50 then errors.raise("plot.grid: %s must be 1 to 50, got %s", what, tostring(v)) end
  return n
end

-- Rows and columns that hold n figures.
local function shape(options, n)
  local rows, cols = count(options.rows, "rows"), count(options.cols, "cols")
  if not rows and not cols then cols = math.min(n, 3) end
  cols = cols or math.ceil(n / rows)
  rows = rows or math.ceil(n / cols)
  if rows * cols < n then
    errors.raise("plot.grid: %d figures do not fit into %d rows x %d columns", n, rows, cols)
  end
  return rows, cols
end

--- Several figures in one picture: `plot.grid{rows=1, cols=3, fig1, fig2, fig3}`.
-- @tparam table options the figures, rows, cols, title, size ({320 cols, 250 rows}), enhanced
-- @treturn table with a method save
local function grid(options)
  if type(options) ~= "table" then errors.raise("plot.grid: figures are needed, got %s", errors.shown(options)) end
  local figures, named = {}, {}
  for i, fig in ipairs(options) do
    if not figure.is_figure(fig) then errors.raise("plot.grid: entry %d is no figure but %s", i, errors.shown(fig)) end
    if #fig.elements == 0 then errors.raise("plot.grid: figure %d is empty: draw something first", i) end
    figures[i] = fig
  end
  for key, value in pairs(options) do
    if not figures[key] then named[key] = value end
  end
  errors.check_options(named, { "rows", "cols", "title", "size", "enhanced" }, "plot.grid")
  if #figures == 0 then errors.raise("plot.grid: there is no figure in it") end
  local rows, cols = shape(named, #figures)
  local opts = { rows = rows, cols = cols, enhanced = named.enhanced }
  opts.title = named.title ~= nil and text.check(named.title, "plot.grid: title") or nil
  opts.size = figure.check_size(named.size, { 320 * cols, 250 * rows + (opts.title and 30 or 0) }, "plot.grid")
  return setmetatable({ figures = figures, opts = opts }, Grid)
end

return grid
