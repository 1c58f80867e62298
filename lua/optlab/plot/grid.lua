--- Several figures in one picture, in rows and columns.
-- @module optlab.plot.grid
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
require "optlab.plot.figure" -- adds the kind figure
local options = require "optlab.plot.options"
local save_figure = require "optlab.plot.save_figure"
local script = require "optlab.plot.gnuplot.script"
local themes = require "optlab.plot.look.themes"

local Grid = { __name = "optlab.Grid" }
Grid.__index = Grid

function Grid:__tostring()
  local n = #self.figures
  return ("Grid (%d %s; grid:save(name) draws it)"):format(n, n == 1 and "figure" or "figures")
end

local MANY = 50 -- rows or columns

-- Which figures have an axis in common.
local function shared(name, axis)
  return {
    "share" .. name, "flag|choice", choices = { "all", "row", "col" },
    doc = ("Which figures have the same limits of %s: true or \"all\", those of a \"row\", those of a \"col\"; "
      .. "only the outer axes have labels."):format(axis),
  }
end

local GRID = args.declare("plot.grid", {
  doc = "Puts figures side by side into one picture.",
  positions = 1,
  { "figures", "list", of = { "figure" }, least = 1, what = "a list of figures", required = true,
    doc = "The figures." },
  { "rows", "integer", min = 1, max = MANY, doc = "Number of rows; by default as many as needed." },
  { "cols", "integer", min = 1, max = MANY, doc = "Number of columns; by default at most 3." },
  options.TITLE, options.XLABEL, options.YLABEL,
  shared("x", "x"), shared("y", "y"),
  { "sharecolor", "flag", default = false,
    doc = "Whether all figures have one colour scale and one bar on the right." },
  { "legend", "choice|false", choices = { "below", "right" },
    doc = "\"below\" or \"right\": one legend for all figures; by default each has its own." },
  options.SIZE, options.MARKUP, options.THEME, options.FONT, options.FONT_SIZE, options.DPI,
})
local SAVE = args.declare("Grid:save", {
  hints = options.SAVE_HINTS,
  doc = "Writes the grid's data and gnuplot commands and starts drawing the picture.",
  positions = 1, { "name", "path", required = true,
    doc = "Name of the files; a suffix such as .png chooses the format." },
})

--- Writes the grid's script and starts drawing it.
-- @string name as of a figure
-- @treturn string the picture's path
function Grid:save(...)
  local name = SAVE:read(...).name
  return save_figure(name, SAVE.callee, function(...) return script.picture(self, ...) end, self)
end

-- Rows and columns that hold n figures.
local function shape(rows, cols, n)
  if not rows and not cols then cols = math.min(n, 3) end
  cols = cols or math.ceil(n / rows)
  rows = rows or math.ceil(n / cols)
  if rows * cols < n then
    errors.raise("plot.grid: %d figures do not fit into %d rows x %d columns", n, rows, cols)
  end
  return rows, cols
end

-- The look of the whole: what the grid says, or else the first figure's.
local function look_of(o)
  if o.theme or o.font or o.font_size or o.dpi then return themes.look(o) end
  return o.figures[1].look
end

--- Several figures in one picture: `plot.grid{rows=1, cols=3, fig1, fig2, fig3}`.
-- @tparam table options the figures, and see the declaration above; the default size is {320 cols, 250 rows}
-- @treturn table with a method save
local function grid(...)
  local o = GRID:read(...)
  for i, fig in ipairs(o.figures) do
    if fig.solid and (o.sharex or o.sharey or o.sharecolor or o.legend) then
      errors.raise("plot.grid: figure %d is three-dimensional and cannot share axes, colours or a legend", i)
    end
    if #fig.elements == 0 then errors.raise("plot.grid: figure %d is empty: draw something first", i) end
  end
  local rows, cols = shape(o.rows, o.cols, #o.figures)
  local opts = {
    rows = rows, cols = cols, enhanced = o.enhanced, title = o.title, xlabel = o.xlabel, ylabel = o.ylabel,
    sharex = o.sharex or nil, sharey = o.sharey or nil, sharecolor = o.sharecolor or nil, legend = o.legend or nil,
  }
  local look = look_of(o)
  local s = look.scale
  opts.size = o.size or { 320 * cols * s, (250 * rows + (o.title and 30 or 0)) * s }
  return setmetatable({ figures = o.figures, opts = opts, look = look }, Grid)
end

return grid
