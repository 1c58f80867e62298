--- A canvas of ASCII characters, a different one for each curve.
-- @module optlab.term.canvas.plain
local grid = require "optlab.term.canvas.grid"

local MARKS = { "*", "o", "+", "x", "#", "@", "%", "=" }

local M = {}

local function mark(colour) return MARKS[(colour - 1) % #MARKS + 1] end

local function set(self, x, y, colour)
  self.cells[y][x], self.colours[y][x] = mark(colour), colour
end

--- An empty canvas; see optlab.term.canvas.braille.
function M.new(columns, rows, style)
  return grid.new { columns = columns, rows = rows, width = columns, height = rows, set = set,
    sign = function(char) return char end, colours_shown = style.colours }
end

--- The sign of a curve in the key.
M.mark = mark

return M
