--- A canvas of pixels, shown as sixels or by kitty's protocol.
-- @module optlab.term.canvas.picture
local colours = require "optlab.term.colours"
local kitty = require "optlab.term.kitty"
local raster = require("optlab.core").terminal.raster

local Picture = {}
Picture.__index = Picture

local MOST = 4096 -- pixels along a side

local M = {}

--- An empty canvas.
-- @tparam integer columns of cells
-- @tparam integer rows
-- @tparam table style {kind = "sixel" or "kitty", cell = {width, height}, id = the picture's number for kitty}
-- @treturn Canvas see optlab.term.canvas.braille
function M.new(columns, rows, style)
  local width = math.min(MOST, columns * style.cell[1])
  local height = math.min(MOST, rows * style.cell[2]) // 6 * 6 -- whole sixels
  return setmetatable({ columns = columns, rows = rows, width = width, height = height, style = style,
    raster = raster(width, height), thickness = math.max(1, style.cell[2] // 9) }, Picture)
end

--- A straight line.
function Picture:line(x0, y0, x1, y1, colour)
  self.raster:line(x0, y0, x1, y1, self.thickness, self.raster:colour(colours.tone(colour)))
end

--- A thin line at a mark of the vertical axis.
function Picture:rule(y)
  local grey = self.raster:colour(colours.GREY)
  for x = 0, self.width - 1, 6 do self.raster:line(x, y, x, y, 1, grey) end
end

--- Empty rows, and the picture over them.
-- @treturn {string,...}
-- @treturn string the bytes that draw the picture at the cursor
-- @treturn string the bytes that remove it
function Picture:content()
  local lines = {}
  for row = 1, self.rows do lines[row] = "" end
  if self.style.kind == "sixel" then return lines, self.raster:sixel(), "" end
  return lines, kitty.draw(self.raster:png(), self.style.id, self.columns, self.rows), kitty.remove(self.style.id)
end

--- The sign of a curve in the key.
function M.mark(_, style) return style.unicode and "━━" or "--" end

return M
