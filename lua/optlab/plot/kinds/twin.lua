--- A second y axis on the right, and small figures inside a figure.
-- @module optlab.plot.kinds.twin
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local options = require "optlab.plot.options"

local Figure = figure.Figure

-- --- a second axis ---------------------------------------------------------------------------------------------------

-- Options of a figure by name.
local own = {}
for _, row in ipairs(options.FIGURE) do own[row[1]] = row end

local TWINX = args.declare("Figure:twinx", {
  doc = "Gives a figure a second y axis on the right; returns a figure whose curves follow it.",
  { "ylabel", "text", doc = "Label of the axis on the right." },
  own.ylim, own.logy, own.yticks, own.yinteger,
  { "color", "color", doc = "Colour of the label and the ticks of the axis, such as that of its curves." },
  options.ENHANCED,
})

--- A figure on top of this one that has its x axis and a y axis of its own on the right. What is drawn on it belongs to
-- this figure: it takes the next colours, stands in the same legend, and is saved with it.
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
-- @usage
-- local right = fig:twinx { ylabel = "accuracy" }
-- right:line(epochs, accuracies, { label = "accuracy" })
function Figure:twinx(...)
  local o, where = TWINX:read(...), TWINX.callee
  if self.root then errors.raise("%s: this is a second axis already; call it on the figure itself", where) end
  if self.twin then errors.raise("%s: this figure has a second axis already", where) end
  figure.check_kind(self, false, where)
  figure.check_limits(o.ylim, o.logy, "ylim", where)
  self.solid = false
  local opts = self.opts
  opts.y2label, opts.y2lim, opts.logy2, opts.y2ticks = o.ylabel, o.ylim, o.logy, o.yticks
  opts.y2integer, opts.y2color, opts.y2enhanced = o.yinteger, o.color, o.enhanced
  self.twin = setmetatable({
    root = self, look = self.look, elements = self.elements, notes = self.notes, solid = false,
    opts = { logx = opts.logx, xlim = opts.xlim, logy = o.logy, enhanced = opts.enhanced },
  }, Figure)
  return self.twin
end

-- --- small figures inside -------------------------------------------------------------------------------------------

local INSET = args.declare("Figure:inset", {
  doc = "Puts a small figure inside the frame of this one.",
  positions = 2,
  { "figure", "figure", required = true, doc = "The small figure." },
  { "place", "list", of = { "number", min = -0.5, max = 1.5 }, width = 4, required = true,
    what = "{x, y, width, height} in parts of the frame",
    doc = "{x, y, width, height} of the small frame as fractions of this one; x and y are those of its lower left "
      .. "corner." },
  { "zoom", "flag", default = false,
    doc = "Whether a rectangle and two lines show which part of this figure the small one shows." },
})

--- A small figure inside: `fig:inset(other, { 0.55, 0.5, 0.4, 0.45 })`.
-- @tparam Figure other
-- @tparam {number,number,number,number} place
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:inset(...)
  local o, where = INSET:read(...), INSET.callee
  figure.check_kind(self, false, where)
  if o.figure == (self.root or self) then errors.raise("%s: a figure cannot be inside itself", where) end
  if o.figure.solid or #o.figure.elements == 0 then
    errors.raise("%s: the small figure must be flat and hold something", where)
  end
  if o.place[3] < 0.02 or o.place[4] < 0.02 then
    errors.raise("%s: place has the width %g and the height %g, but both must be at least 0.02", where, o.place[3],
      o.place[4])
  end
  local root = self.root or self
  if o.figure.insets or root.inside then
    errors.raise("%s: a small figure holds no other one; put both into the large figure", where)
  end
  root.solid, o.figure.inside = false, true
  root.insets = root.insets or {}
  table.insert(root.insets, { figure = o.figure, place = o.place, zoom = o.zoom })
  return self
end

return Figure
