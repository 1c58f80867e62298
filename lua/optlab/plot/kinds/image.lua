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
