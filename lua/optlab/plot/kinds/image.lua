--- Pictures of pixels.
-- @module optlab.plot.kinds.image
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local number = require "optlab.plot.gnuplot.number"
local options = require "optlab.plot.options"

local Figure = figure.Figure

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

-- Rows of whole numbers 65536 red + 256 green + blue, from the bottom upwards if asked.
local function packed(rows, scale, upwards)
  local out, n = {}, #rows
  for j, row in ipairs(rows) do
    local line = {}
    for i, p in ipairs(row) do
      line[i] = byte(p[1], scale) << 16 | byte(p[2], scale) << 8 | byte(p[3], scale)
    end
    out[upwards and n + 1 - j or j] = line
  end
  return out
end

local function side(name, what)
  return { name, "pair", finite = true, test = function(ends) return ends[1] < ends[2] end,
    what = "a range {from, to} that is not empty",
    doc = ("{from, to}: the outer edges of the picture along %s; with them the figure has axes."):format(what) }
end

local IMAGE = args.declare("Figure:image", {
  doc = "Draws a picture; row 1 is at the top.",
  positions = 1,
  { "source", "array", of = PIXELS, what = "a matrix of greys or of {red, green, blue}", required = true,
    doc = "H x W greys or H x W x 3 colours, from 0 to 1, or from 0 to 255 if a value exceeds 1." },
  side("x", "x"), side("y", "y"), options.LABEL, options.ENHANCED,
})

--- A picture: its first row on top, square pixels, no axes; with x or y it lies there among axes.
-- @param source H x W greys or H x W x 3 colours, array or tensor; 0..1, or 0..255 if a value exceeds 1
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:image(...)
  local opts, where = IMAGE:read(...), IMAGE.callee
  figure.check_kind(self, false, where)
  if self.opts.logx or self.opts.logy then errors.raise("%s: a picture needs linear axes", where) end
  local rows, scale = pixels(opts.source, where)
  local width, height, lies = #rows[1], #rows, opts.x or opts.y
  local el = { kind = "rgbimage", pixels = packed(rows, scale, lies ~= nil) }
  if lies then
    el.x, el.y = opts.x or { 0, width }, opts.y or { 0, height }
    el.edge = { x = el.x, y = el.y }
  else
    self.opts.xlim = self.opts.xlim or { 0.5, width + 0.5 }
    self.opts.ylim = self.opts.ylim or { height + 0.5, 0.5 }
    self.opts.aspect, self.opts.bare = "equal", true
  end
  return figure.add(self, figure.set_label(el, opts), false, where)
end

return Figure
