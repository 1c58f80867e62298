--- Surfaces over the plane: nets of lines, and coloured ones.
-- @module optlab.plot.kinds.surface
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local fields = require "optlab.plot.fields"
local figure = require "optlab.plot.figure"
local options = require "optlab.plot.options"
local shades = require "optlab.plot.shades"

local Figure = figure.Figure

local function solid_element(fig, kind, opts, where)
  figure.check_kind(fig, true, where)
  for _, el in ipairs(fig.elements) do
    if el.grid then errors.raise("%s: this figure already holds a %s: use two figures", where, el.kind) end
  end
  local grid = fields.check(fig, fields.grid(fig, opts, where), where)
  return {
    kind = kind, grid = grid, span = { z = grid.z },
    edge = { x = fields.ends(grid.x), y = fields.ends(grid.y) },
  }
end

local WIREFRAME = args.declare("Figure:wireframe", {
  doc = "Draws a surface over the plane as a grid of lines.",
  positions = 1, fields.SOURCE, fields.X, fields.Y, fields.XS, fields.YS,
  options.COLOR, options.width(1), options.LABEL, options.ENHANCED,
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
  positions = 1, fields.SOURCE, fields.X, fields.Y, fields.XS, fields.YS,
  shades.PALETTE, shades.RANGE, shades.NORM, shades.COLORBAR, shades.BAR_LABEL, options.ENHANCED,
})

--- A surface coloured by height.
-- @param source as of @{contour}
-- @tparam table opts see the declaration above
-- @treturn Figure
function Figure:surface(...)
  local opts, where = SURFACE:read(...), SURFACE.callee
  local el = solid_element(self, "surface", opts, where)
  shades.check_bar(opts, where)
  shades.set(self, el, opts, el.grid.z, where)
  figure.set_label(el, opts)
  shades.name_bar(el, opts)
  return figure.add(self, el, true, where)
end

return Figure
