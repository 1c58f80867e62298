--- The methods of a figure that draw a function of two variables, or a matrix, or a picture.
-- @module optlab.plot.fields
local contour = require "optlab.plot.contour"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local limits = require "optlab.plot.gnuplot.limits"
local number = require "optlab.plot.gnuplot.number"
local style = require "optlab.plot.gnuplot.style"
local theme = require "optlab.plot.gnuplot.theme"

local Figure = figure.Figure

local function ends(list)
  return { list[1], list[#list] }
end

local function palette(opts, where)
  local name = opts.palette or "viridis"
  theme.palette(name, where)
  return name
end

-- All that is coloured by value in a figure shares one palette.
local function check_palette(fig, name, where)
  for _, el in ipairs(fig.elements) do
    if el.palette and el.palette ~= name then
      errors.raise('%s: this figure already uses the palette "%s", so "%s" cannot be used too', where, el.palette, name)
    end
  end
end

-- --- contours ----------------------------------------------------------------------------------------------------

local function check_levels(levels, grid, where)
  local lo, hi = limits.extremes(grid.z)
  if levels == nil then return limits.levels(lo, hi, 8) end
  if type(levels) == "number" then
    local n = math.tointeger(levels)
    if not n or n < 1 or n > 1000 then errors.raise("%s: levels must be 1 to 1000, got %g", where, levels) end
    return limits.levels(lo, hi, n)
  end
  local list = arrays.vector(levels, where .. ": levels")
  for i = 2, #list do
    if list[i] <= list[i - 1] or list[i] ~= list[i] then
      errors.raise("%s: levels must ascend, but levels[%d] does not", where, i)
    end
  end
  return list
end

local CONTOUR_OPTIONS = { "x", "y", "levels", "color", "filled", "label", "labels", "width", "style", "palette",
  "colorbar", "enhanced" }

local function check_grid(grid, where)
  if #grid.x < 2 or #grid.y < 2 then
    errors.raise("%s needs at least 2 x 2 values, got %d x %d", where, #grid.y, #grid.x)
  end
  return grid
end

-- The loops of a filled contour. The band above the last level is coloured as if it reached the greatest value.
local function fill_bands(el, grid, opts, where)
  local _, hi = limits.extremes(grid.z)
  el.kind, el.loops = "filled", contour.bands(grid, el.levels)
  if #el.loops == 0 then errors.raise("%s: no value is above the lowest level, so there is nothing to fill", where) end
  el.top = math.max(hi, el.levels[#el.levels])
  el.palette, el.colorbar = palette(opts, where), opts.colorbar
  el.shades = { el.levels[1], el.top }
end

local function trace_lines(fig, el, grid, opts, where)
  el.kind, el.lines, el.labels = "contour", {}, opts.labels
  for _, level in ipairs(el.levels) do
    local lines = contour.lines(grid, level)
    table.move(lines, 1, #lines, #el.lines + 1, el.lines)
  end
  local parsed = style.parse(opts.style or "-", where)
  if opts.color or parsed.color then
    local look = { color = opts.color, style = opts.style, width = opts.width or 1.4 }
    figure.dress(fig, el, look, "-", where)
    figure.check_label(el, opts, where)
  else
    el.width = figure.check_positive(opts.width, where .. ": width")
    el.palette, el.colorbar = palette(opts, where), opts.colorbar
    el.shades = ends(el.levels)
  end
end

--- Contour lines, or filled bands, of a function of two numbers or of a matrix.
-- @param source f(x, y), or rows of numbers: row j lies at y[j]
-- @tparam table opts x={from, to, step}, y={from, to, step}; levels (8: up to so many round ones, or a list), filled,
-- color (one colour instead of one for each level), style, width, label, labels (write each level's value), palette
-- ("viridis"), colorbar
-- @treturn Figure
function Figure:contour(source, opts)
  local where = "fig:contour"
  opts = errors.check_options(opts, CONTOUR_OPTIONS, where)
  figure.check_kind(self, false, where)
  local grid = check_grid(arrays.grid(source, opts, where), where)
  local el = { levels = check_levels(opts.levels, grid, where), edge = { x = ends(grid.x), y = ends(grid.y) } }
  figure.check_label(el, opts, where)
  if opts.filled then
    fill_bands(el, grid, opts, where)
  else
    trace_lines(self, el, grid, opts, where)
    if #el.lines == 0 then -- a level that is never crossed: draw nothing, but keep the frame
      el.lines = { { x = { grid.x[1] }, y = { grid.y[1] }, level = el.levels[1] } }
    end
  end
  if el.palette then check_palette(self, el.palette, where) end
  return figure.add(self, el, false, where)
end

-- --- surfaces ----------------------------------------------------------------------------------------------------

local function solid_element(fig, kind, source, opts, where)
  figure.check_kind(fig, true, where)
  for _, el in ipairs(fig.elements) do
    if el.grid then errors.raise("%s: this figure already holds a %s: use two figures", where, el.kind) end
  end
  local grid = check_grid(arrays.grid(source, opts, where), where)
  return { kind = kind, grid = grid, span = { z = grid.z }, edge = { x = ends(grid.x), y = ends(grid.y) } }
end

--- The net of a surface, hidden lines removed.
-- @param source as of @{contour}
-- @tparam table opts x={from, to, step}, y={from, to, step}, color, width, label
-- @treturn Figure
function Figure:wireframe(source, opts)
  local where = "fig:wireframe"
  opts = errors.check_options(opts, { "x", "y", "color", "width", "label", "enhanced" }, where)
  local el = solid_element(self, "wireframe", source, opts, where)
  local look = { color = opts.color, width = opts.width or 1, label = opts.label, enhanced = opts.enhanced }
  return figure.add(self, figure.dress(self, el, look, "-", where), true, where)
end

--- A surface coloured by height.
-- @param source as of @{contour}
-- @tparam table opts x={from, to, step}, y={from, to, step}, palette ("viridis"), colorbar
-- @treturn Figure
function Figure:surface(source, opts)
  local where = "fig:surface"
  opts = errors.check_options(opts, { "x", "y", "palette", "colorbar" }, where)
  local el = solid_element(self, "surface", source, opts, where)
  el.palette, el.colorbar = palette(opts, where), opts.colorbar
  el.shades = { limits.extremes(el.grid.z) }
  return figure.add(self, el, true, where)
end

-- --- maps and pictures -------------------------------------------------------------------------------------------

-- The outer edges of evenly spaced cells around their middles.
local function cell_edges(list)
  local n = #list
  local half = n > 1 and (list[n] - list[1]) / (n - 1) / 2 or 0.5
  return { list[1] - half, list[n] + half }
end

--- A map of values by colour.
-- @param source as of @{contour}; each value is the middle of a cell
-- @tparam table opts x, y, palette ("viridis"), colorbar (true), label, range={lo, hi} of the colours
-- @treturn Figure
function Figure:heatmap(source, opts)
  local where = "fig:heatmap"
  opts = errors.check_options(opts, { "x", "y", "palette", "colorbar", "label", "range", "enhanced" }, where)
  figure.check_kind(self, false, where)
  if self.opts.logx or self.opts.logy then errors.raise("%s: a map of equal cells needs linear axes", where) end
  local grid = arrays.grid(source, opts, where)
  local el = { kind = "heatmap", grid = grid, edge = { x = cell_edges(grid.x), y = cell_edges(grid.y) } }
  el.palette, el.colorbar = palette(opts, where), opts.colorbar ~= false
  el.shades = opts.range and { arrays.pair(opts.range, where .. ": range") } or { limits.extremes(grid.z) }
  check_palette(self, el.palette, where)
  return figure.add(self, figure.check_label(el, opts, where), false, where)
end

-- 0..1 or 0..255 to 0..255; what is not finite is black.
local function byte(v, scale)
  if not number.finite(v) then return 0 end
  return math.max(0, math.min(255, math.floor(v * scale + 0.5)))
end

-- Rows of {r, g, b} from H x W or H x W x 3 values.
local function pixels(source, where)
  local rows, out, largest = arrays.is_tensor(source) and source:tolist() or source, {}, 0
  if type(rows) ~= "table" or #rows == 0 then errors.raise("%s needs a matrix of greys or of {r, g, b}", where) end
  for j = 1, #rows do
    out[j] = {}
    local row = arrays.is_tensor(rows[j]) and rows[j]:tolist() or rows[j]
    if type(row) ~= "table" or #row == 0 then errors.raise("%s: row %d is no array of values", where, j) end
    for i = 1, #row do
      local what = string.format("%s: pixel [%d][%d]", where, j, i)
      local p = arrays.is_array(row[i]) and arrays.vector(row[i], what) or { arrays.number(row[i], what) }
      if #p == 1 then p = { p[1], p[1], p[1] } end
      if #p ~= 3 then errors.raise("%s has %d values: 1 (grey) or 3 (red, green, blue) needed", what, #p) end
      for _, v in ipairs(p) do largest = number.finite(v) and math.max(largest, v) or largest end
      out[j][i] = p
    end
    if #out[j] ~= #out[1] then
      errors.raise("%s: row %d has %d pixels but row 1 has %d", where, j, #out[j], #out[1])
    end
  end
  return out, largest > 1 and 1 or 255
end

--- A picture: its first row on top, square pixels, no axes.
-- @param source H x W greys or H x W x 3 colours, array or tensor; 0..1, or 0..255 if a value exceeds 1
-- @tparam[opt] table opts label
-- @treturn Figure
function Figure:image(source, opts)
  local where = "fig:image"
  opts = errors.check_options(opts, { "label", "enhanced" }, where)
  figure.check_kind(self, false, where)
  if self.opts.logx or self.opts.logy then errors.raise("%s: a picture needs linear axes", where) end
  local rows, scale = pixels(source, where)
  for _, row in ipairs(rows) do
    for _, p in ipairs(row) do p[1], p[2], p[3] = byte(p[1], scale), byte(p[2], scale), byte(p[3], scale) end
  end
  local el = { kind = "rgbimage", pixels = rows }
  self.opts.xlim = self.opts.xlim or { 0.5, #rows[1] + 0.5 }
  self.opts.ylim = self.opts.ylim or { #rows + 0.5, 0.5 }
  self.opts.aspect, self.opts.bare = "equal", true
  return figure.add(self, figure.check_label(el, opts, where), false, where)
end

return Figure
