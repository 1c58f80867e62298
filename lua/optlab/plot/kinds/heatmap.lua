--- Maps of values by colour.
-- @module optlab.plot.kinds.heatmap
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local fields = require "optlab.plot.fields"
local figure = require "optlab.plot.figure"
local options = require "optlab.plot.options"
local shades = require "optlab.plot.shades"
local theme = require "optlab.plot.gnuplot.theme"

local Figure = figure.Figure

-- The outer edges of evenly spaced cells around their middles.
local function cell_edges(list)
  local n = #list
  local half = n > 1 and (list[n] - list[1]) / (n - 1) / 2 or 0.5
  return { list[1] - half, list[n] + half }
end

-- Whether numbers have equal distances.
local function even(list)
  local n = #list
  local step = n > 1 and (list[n] - list[1]) / (n - 1) or 1
  for i = 2, n do
    if math.abs(list[i] - list[i - 1] - step) > 1e-6 * step then return false end
  end
  return true
end

-- The middle of two numbers.
local function middle(a, b, log)
  return log and math.sqrt(a * b) or (a + b) / 2
end

-- What lies half as far beyond b as b lies from a.
local function beyond(a, b, log)
  return log and b * math.sqrt(b / a) or b + (b - a) / 2
end

-- The edges of cells around their middles, half-way between two of them.
local function edges_around(list, log)
  local n, out = #list, {}
  if n == 1 then return log and { list[1] / 2, list[1] * 2 } or { list[1] - 0.5, list[1] + 0.5 } end
  for i = 2, n do out[i] = middle(list[i - 1], list[i], log) end
  out[1], out[n + 1] = beyond(list[2], list[1], log), beyond(list[n - 1], list[n], log)
  return out
end

-- The middles of cells between edges.
local function middles(list, log)
  local out = {}
  for i = 2, #list do
    out[i - 1] = middle(list[i - 1], list[i], log)
  end
  return out
end

-- The middles and the edges of cells along an axis with n values.
local function cells_along(list, n, log)
  if #list == n + 1 then return middles(list, log), list, true end
  return list, edges_around(list, log), log or not even(list)
end

-- The values and, where cells differ in size, their edges.
local function cells(fig, opts, where)
  local grid = fields.grid(fig, opts, where, true)
  for _, axis in ipairs { "x", "y" } do figure.check_log(fig, axis, grid[axis], where .. ": " .. axis) end
  local x, x_edges, x_uneven = cells_along(grid.x, #grid.z[1], fig.opts.logx)
  local y, y_edges, y_uneven = cells_along(grid.y, #grid.z, fig.opts.logy)
  return { x = x, y = y, z = grid.z }, (x_uneven or y_uneven) and { x = x_edges, y = y_edges } or nil
end

local XS = { "xs", "vector",
  doc = "The x of the centres of the cells, or of their edges, one more: cells may differ in width." }
local YS = { "ys", "vector",
  doc = "The y of the centres of the cells, or of their edges, one more: cells may differ in height." }

local HEATMAP = args.declare("Figure:heatmap", {
  doc = "Draws the values of a function of two variables, or of a matrix, as colours.",
  positions = 1, fields.SOURCE, fields.X, fields.Y, XS, YS,
  shades.PALETTE, shades.BAR, shades.RANGE, shades.NORM,
  { "classes", "list", of = { "text" }, least = 1, what = "a list of names",
    doc = "Names of the values 1, 2, ..., which the colour bar shows; the palette then has a colour for each." },
  shades.BAR_LABEL, options.ENHANCED,
})

-- The names of values that are classes: 1, 2, ..., each with a colour of its own.
local function set_classes(el, opts, z, where)
  local classes = opts.classes
  for j, row in ipairs(z) do
    for i, v in ipairs(row) do
      if v == v and not (v % 1 == 0 and v >= 1 and v <= #classes) then
        errors.raise("%s: [%d][%d] is %g, but there are classes 1 to %d", where, j, i, v, #classes)
      end
    end
  end
  if opts.range or opts.norm == "log" then errors.raise("%s: classes have no range and no norm: drop them", where) end
  opts.range, el.classes = { 1, math.max(#classes, 1 + 1e-9) }, classes
  if not theme.is_categorical(opts.palette) then opts.palette = "okabe_ito" end
end

--- A map of values by colour.
-- @param source as of @{contour}; each value is the middle of a cell
-- @tparam table opts see the declaration above
-- @treturn Figure
function Figure:heatmap(...)
  local opts, where = HEATMAP:read(...), HEATMAP.callee
  figure.check_kind(self, false, where)
  shades.check_bar(opts, where)
  local grid, edges = cells(self, opts, where)
  local el = { kind = "heatmap", grid = grid, edges = edges }
  el.edge = edges and { x = fields.ends(edges.x), y = fields.ends(edges.y) }
    or { x = cell_edges(grid.x), y = cell_edges(grid.y) }
  if opts.classes then set_classes(el, opts, grid.z, where) end
  shades.set(self, el, opts, grid.z, where)
  figure.set_label(el, opts)
  shades.name_bar(el, opts)
  return figure.add(self, el, false, where)
end

return Figure
