--- Contour lines and filled contours of a function of two numbers.
-- @module optlab.plot.kinds.contour
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local contour = require "optlab.plot.contour"
local errors = require "optlab.base.errors"
local fields = require "optlab.plot.fields"
local figure = require "optlab.plot.figure"
local limits = require "optlab.plot.gnuplot.limits"
local options = require "optlab.plot.options"
local shades = require "optlab.plot.shades"
local style = require "optlab.plot.gnuplot.style"

local Figure = figure.Figure

-- Levels at round values that cover a grid.
local function covering(grid, count, norm, where)
  if norm == "log" then
    local lo, hi = table.unpack(shades.extent(grid.z, norm, where))
    return limits.log_levels(lo, hi, count)
  end
  local lo, hi = limits.extremes(grid.z)
  return limits.levels(lo, hi, count)
end

local function levels_of(levels, grid, norm, where)
  if type(levels) == "number" then return covering(grid, levels, norm, where) end
  arrays.filled(levels, where, "levels")
  for i = 2, #levels do
    if levels[i] <= levels[i - 1] or levels[i] ~= levels[i] then
      errors.raise("%s: levels must ascend, but levels[%d] does not", where, i)
    end
  end
  if norm == "log" and levels[1] <= 0 then
    errors.raise("%s: levels[1] is %g, but norm = 'log' needs positive levels", where, levels[1])
  end
  return levels
end

local CONTOUR = args.declare("Figure:contour", {
  doc = "Draws the contour lines of a function of two variables, or of a matrix.",
  positions = 1, fields.SOURCE, fields.X, fields.Y, fields.XS, fields.YS,
  { "levels", "integer|vector", min = 1, max = 1000, default = 8,
    doc = "The largest number of contours, at round values; or the list of values." },
  { "filled", "flag", default = false, doc = "Whether to fill the bands between levels instead of drawing lines." },
  { "labels", "flag", default = false, doc = "Whether the value of each level is written on its line." },
  { "label", "text", doc = "Name in the legend, or of the colour bar if there is one." },
  { "color", "color", doc = "One colour for all levels, instead of a colour for each." },
  options.STYLE, options.WIDTH, options.PALETTE, options.COLORBAR, shades.NORM, options.ENHANCED,
})

-- Marching squares are linear between two values, so that a logarithmic axis is traced by its logarithm.
local function straightened(fig, grid)
  local out = { x = grid.x, y = grid.y, z = grid.z }
  for _, axis in ipairs { "x", "y" } do
    if fig.opts["log" .. axis] then
      out[axis] = {}
      for i, v in ipairs(grid[axis]) do out[axis][i] = math.log(v) end
    end
  end
  return out
end

-- Takes lines back to the axes of a figure.
local function bent(fig, lines)
  for _, axis in ipairs { "x", "y" } do
    for _, line in ipairs(fig.opts["log" .. axis] and lines or {}) do
      for i, v in ipairs(line[axis]) do line[axis][i] = math.exp(v) end
    end
  end
  return lines
end

-- The loops of a filled contour. The band above the last level is coloured as if it reached the greatest value.
local function fill_bands(fig, el, grid, opts, where)
  local _, hi = limits.extremes(grid.z)
  el.kind, el.loops = "filled", bent(fig, contour.bands(straightened(fig, grid), el.levels))
  if #el.loops == 0 then errors.raise("%s: no value is above the lowest level, so there is nothing to fill", where) end
  el.top = math.max(hi, el.levels[#el.levels])
  shades.set(fig, el, opts, { { el.levels[1], el.top } }, where)
end

local function trace_lines(fig, el, grid, opts, where)
  el.kind, el.lines, el.labels = "contour", {}, opts.labels
  local straight = straightened(fig, grid)
  for _, level in ipairs(el.levels) do
    local lines = bent(fig, contour.lines(straight, level))
    table.move(lines, 1, #lines, #el.lines + 1, el.lines)
  end
  if opts.color or style.parse(opts.style or "-").color then
    local look = { color = opts.color, style = opts.style, width = opts.width or 1.4 }
    figure.dress(fig, el, look, "-")
    figure.set_label(el, opts)
  else
    el.width = opts.width
    shades.set(fig, el, opts, { fields.ends(el.levels) }, where)
  end
end

--- Contour lines, or filled bands, of a function of two numbers or of a matrix.
-- @param source f(x, y), or rows of numbers: row j lies at y[j]
-- @tparam table opts see the declaration above
-- @treturn Figure
function Figure:contour(...)
  local opts, where = CONTOUR:read(...), CONTOUR.callee
  figure.check_kind(self, false, where)
  local grid = fields.check(self, fields.grid(self, opts, where), where)
  local el = {
    grid = grid, levels = levels_of(opts.levels, grid, opts.norm, where),
    edge = { x = fields.ends(grid.x), y = fields.ends(grid.y) },
  }
  figure.set_label(el, opts)
  if opts.filled then
    fill_bands(self, el, grid, opts, where)
  else
    trace_lines(self, el, grid, opts, where)
    if #el.lines == 0 then -- a level that is never crossed: draw nothing, but keep the frame
      el.lines, el.uncrossed = { { x = { grid.x[1] }, y = { grid.y[1] }, level = el.levels[1] } }, true
    end
  end
  shades.name_bar(el, opts)
  return figure.add(self, el, false, where)
end

return Figure
