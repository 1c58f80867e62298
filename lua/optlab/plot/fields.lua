--- The methods of a figure that draw a function of two variables, or a matrix, or a picture.
-- @module optlab.plot.fields
local args = require "optlab.base.args"
local contour = require "optlab.plot.contour"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local limits = require "optlab.plot.gnuplot.limits"
local number = require "optlab.plot.gnuplot.number"
local style = require "optlab.plot.gnuplot.style"
local options = require "optlab.plot.options"

local Figure = figure.Figure

local BAR_LABEL = { "label", "text", doc = "Name of the colour bar." }

-- The label of something coloured by value: it names the colour bar if there is one.
local function name_bar(el, opts)
  if el.colorbar then el.bar_label, el.label = opts.label, nil end
end

local function check_bar(opts, where)
  if opts.label and not opts.colorbar then
    errors.raise("%s: label names the colour bar, but there is none: set colorbar = true or drop label", where)
  end
end

local function ends(list)
  return { list[1], list[#list] }
end

local SOURCE = {
  "source", "function|matrix", what = "a function of two numbers or a matrix of numbers", required = true,
  doc = "A function f(x, y), or a matrix whose row j lies at the j-th y.",
}
local X = { "x", "span",
  doc = "{from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of columns." }
local Y = { "y", "span",
  doc = "{from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of rows." }

-- All that is coloured by value in a figure shares one palette.
local function check_palette(fig, name, where)
  for _, el in ipairs(fig.elements) do
    if el.palette and el.palette ~= name then
      errors.raise("%s: this figure already uses the palette '%s', so '%s' cannot be used too", where, el.palette, name)
    end
  end
end

-- --- contours ----------------------------------------------------------------------------------------------------

local function levels_of(levels, grid, where)
  if type(levels) == "number" then
    local lo, hi = limits.extremes(grid.z)
    return limits.levels(lo, hi, levels)
  end
  arrays.filled(levels, where, "levels")
  for i = 2, #levels do
    if levels[i] <= levels[i - 1] or levels[i] ~= levels[i] then
      errors.raise("%s: levels must ascend, but levels[%d] does not", where, i)
    end
  end
  return levels
end

local CONTOUR = args.declare("Figure:contour", {
  doc = "Draws the contour lines of a function of two numbers, or of a matrix.",
  positions = 1, SOURCE, X, Y,
  { "levels", "integer|vector", min = 1, max = 1000, default = 8,
    doc = "The largest number of contours, at round values; or the list of values." },
  { "filled", "flag", default = false, doc = "Whether to fill the bands between levels instead of drawing lines." },
  { "labels", "flag", default = false, doc = "Whether the value of each level is written on its line." },
  { "label", "text", doc = "Name in the legend, or of the colour bar if there is one." },
  { "color", "color", doc = "One colour for all levels, instead of one for each." },
  options.STYLE, options.WIDTH, options.PALETTE, options.COLORBAR, options.ENHANCED,
})

local function check_grid(fig, grid, where)
  if #grid.x < 2 or #grid.y < 2 then
    errors.raise("%s needs at least 2 x 2 values, got %d x %d", where, #grid.y, #grid.x)
  end
  for _, axis in ipairs { "x", "y" } do figure.check_log(fig, axis, grid[axis], where .. ": " .. axis) end
  return grid
end

-- The loops of a filled contour. The band above the last level is coloured as if it reached the greatest value.
local function fill_bands(el, grid, opts, where)
  local _, hi = limits.extremes(grid.z)
  el.kind, el.loops = "filled", contour.bands(grid, el.levels)
  if #el.loops == 0 then errors.raise("%s: no value is above the lowest level, so there is nothing to fill", where) end
  el.top = math.max(hi, el.levels[#el.levels])
  el.palette, el.colorbar = opts.palette, opts.colorbar
  el.shades = { el.levels[1], el.top }
end

local function trace_lines(fig, el, grid, opts)
  el.kind, el.lines, el.labels = "contour", {}, opts.labels
  for _, level in ipairs(el.levels) do
    local lines = contour.lines(grid, level)
    table.move(lines, 1, #lines, #el.lines + 1, el.lines)
  end
  if opts.color or style.parse(opts.style or "-").color then
    local look = { color = opts.color, style = opts.style, width = opts.width or 1.4 }
    figure.dress(fig, el, look, "-")
    figure.set_label(el, opts)
  else
    el.width = opts.width
    el.palette, el.colorbar = opts.palette, opts.colorbar
    el.shades = ends(el.levels)
  end
end

--- Contour lines, or filled bands, of a function of two numbers or of a matrix.
-- @param source f(x, y), or rows of numbers: row j lies at y[j]
-- @tparam table opts see the declaration above
-- @treturn Figure
function Figure:contour(...)
  local opts, where = CONTOUR:read(...), CONTOUR.callee
  figure.check_kind(self, false, where)
  local grid = check_grid(self, arrays.grid(opts.source, opts, where), where)
  local el = {
    grid = grid, levels = levels_of(opts.levels, grid, where), edge = { x = ends(grid.x), y = ends(grid.y) },
  }
  figure.set_label(el, opts)
  if opts.filled then
    fill_bands(el, grid, opts, where)
  else
    trace_lines(self, el, grid, opts)
    if #el.lines == 0 then -- a level that is never crossed: draw nothing, but keep the frame
      el.lines, el.uncrossed = { { x = { grid.x[1] }, y = { grid.y[1] }, level = el.levels[1] } }, true
    end
  end
  if el.palette then check_palette(self, el.palette, where) end
  name_bar(el, opts)
  return figure.add(self, el, false, where)
end

-- --- surfaces ----------------------------------------------------------------------------------------------------

local function solid_element(fig, kind, opts, where)
  figure.check_kind(fig, true, where)
  for _, el in ipairs(fig.elements) do
    if el.grid then errors.raise("%s: this figure already holds a %s: use two figures", where, el.kind) end
  end
  local grid = check_grid(fig, arrays.grid(opts.source, opts, where), where)
  return { kind = kind, grid = grid, span = { z = grid.z }, edge = { x = ends(grid.x), y = ends(grid.y) } }
end

local WIREFRAME = args.declare("Figure:wireframe", {
  doc = "Draws a surface over the plane as a net of lines.",
  positions = 1, SOURCE, X, Y, options.COLOR, options.width(1), options.LABEL, options.ENHANCED,
  { "transparent", "flag", default = false, doc = "Whether the lines behind the surface show through it." },
})

--- The net of a surface, hidden lines removed unless it is transparent.
-- @param source as of @{contour}
-- @tparam table opts see the declaration above
-- @treturn Figure
function Figure:wireframe(...)
  local opts, where = WIREFRAME:read(...), WIREFRAME.callee
  local el = solid_element(self, "wireframe", opts, where)
  el.transparent = opts.transparent
  return figure.add(self, figure.dress(self, el, opts, "-"), true, where)
end

local SURFACE = args.declare("Figure:surface", {
  doc = "Draws a coloured surface over the plane.",
  positions = 1, SOURCE, X, Y, options.PALETTE, options.COLORBAR, BAR_LABEL, options.ENHANCED,
})

--- A surface coloured by height.
-- @param source as of @{contour}
-- @tparam table opts see the declaration above
-- @treturn Figure
function Figure:surface(...)
  local opts, where = SURFACE:read(...), SURFACE.callee
  local el = solid_element(self, "surface", opts, where)
  el.palette, el.colorbar = opts.palette, opts.colorbar
  el.shades = { limits.extremes(el.grid.z) }
  check_bar(opts, where)
  figure.set_label(el, opts)
  name_bar(el, opts)
  return figure.add(self, el, true, where)
end

-- --- maps and pictures -------------------------------------------------------------------------------------------

-- The outer edges of evenly spaced cells around their middles.
local function cell_edges(list)
  local n = #list
  local half = n > 1 and (list[n] - list[1]) / (n - 1) / 2 or 0.5
  return { list[1] - half, list[n] + half }
end

local HEATMAP = args.declare("Figure:heatmap", {
  doc = "Draws the values of a function of two numbers, or of a matrix, as colours.",
  positions = 1, SOURCE, X, Y, options.PALETTE,
  { "colorbar", "flag", default = true, doc = "Whether a bar explains the colours." },
  { "range", "pair", doc = "{lowest, highest} value of the colour scale; by default those of the data." },
  BAR_LABEL, options.ENHANCED,
})

--- A map of values by colour.
-- @param source as of @{contour}; each value is the middle of a cell
-- @tparam table opts see the declaration above
-- @treturn Figure
function Figure:heatmap(...)
  local opts, where = HEATMAP:read(...), HEATMAP.callee
  figure.check_kind(self, false, where)
  if self.opts.logx or self.opts.logy then errors.raise("%s: a map of equal cells needs linear axes", where) end
  local grid = arrays.grid(opts.source, opts, where)
  local el = { kind = "heatmap", grid = grid, edge = { x = cell_edges(grid.x), y = cell_edges(grid.y) } }
  el.palette, el.colorbar = opts.palette, opts.colorbar
  el.shades = opts.range or { limits.extremes(grid.z) }
  check_palette(self, el.palette, where)
  check_bar(opts, where)
  figure.set_label(el, opts)
  name_bar(el, opts)
  return figure.add(self, el, false, where)
end

-- 0..1 or 0..255 to 0..255; what is not finite is black.
local function byte(v, scale)
  if not number.finite(v) then return 0 end
  return math.max(0, math.min(255, math.floor(v * scale + 0.5)))
end

local PIXELS = {
  "array", of = { "scalar|vector", what = "a grey or {red, green, blue}" }, what = "a row of greys or colours",
}

-- The red, green and blue of a pixel, or nil.
local function color_of(pixel)
  if type(pixel) == "number" then return { pixel, pixel, pixel } end
  if #pixel == 1 then return { pixel[1], pixel[1], pixel[1] } end
  return #pixel == 3 and pixel or nil
end

-- Rows of {r, g, b} from H x W or H x W x 3 values, and what makes bytes of them.
local function pixels(rows, where)
  local out, largest = {}, 0
  for j, row in ipairs(arrays.filled(rows, where, "source")) do
    out[j] = {}
    for i, pixel in ipairs(arrays.filled(row, where, "row " .. j)) do
      local p = color_of(pixel)
      if not p then
        errors.raise("%s: pixel [%d][%d] has %d values, 1 (grey) or 3 (red, green, blue) are needed", where, j, i,
          #pixel)
      end
      for _, v in ipairs(p) do largest = number.finite(v) and math.max(largest, v) or largest end
      out[j][i] = p
    end
    if #out[j] ~= #out[1] then
      errors.raise("%s: row %d has %d pixels but row 1 has %d", where, j, #out[j], #out[1])
    end
  end
  return out, largest > 1 and 1 or 255
end

local IMAGE = args.declare("Figure:image", {
  doc = "Draws a picture; row 1 is at the top.",
  positions = 1,
  { "source", "array", of = PIXELS, what = "a matrix of greys or of {red, green, blue}", required = true,
    doc = "H x W greys or H x W x 3 colours, from 0 to 1, or from 0 to 255 if a value exceeds 1." },
  options.LABEL, options.ENHANCED,
})

--- A picture: its first row on top, square pixels, no axes.
-- @param source H x W greys or H x W x 3 colours, array or tensor; 0..1, or 0..255 if a value exceeds 1
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:image(...)
  local opts, where = IMAGE:read(...), IMAGE.callee
  figure.check_kind(self, false, where)
  if self.opts.logx or self.opts.logy then errors.raise("%s: a picture needs linear axes", where) end
  local rows, scale = pixels(opts.source, where)
  for _, row in ipairs(rows) do
    for _, p in ipairs(row) do p[1], p[2], p[3] = byte(p[1], scale), byte(p[2], scale), byte(p[3], scale) end
  end
  local el = { kind = "rgbimage", pixels = rows }
  self.opts.xlim = self.opts.xlim or { 0.5, #rows[1] + 0.5 }
  self.opts.ylim = self.opts.ylim or { #rows + 0.5, 0.5 }
  self.opts.aspect, self.opts.bare = "equal", true
  return figure.add(self, figure.set_label(el, opts), false, where)
end

return Figure
