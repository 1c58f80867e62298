--- A canvas of braille signs, 2 x 4 dots a cell.
-- @module optlab.term.canvas.braille
local grid = require "optlab.term.canvas.grid"

local BITS = { [0] = { [0] = 1, 2, 4, 64 }, { [0] = 8, 16, 32, 128 } } -- of the dot in column x, row y of a cell

local M = {}

local function set(self, x, y, colour)
  local row, column = y // 4, x // 2
  local dots, colours = self.cells[row], self.colours[row]
  dots[column] = (dots[column] or 0) | BITS[x % 2][y % 4]
  colours[column] = colour
end

local function sign(dots) return utf8.char(0x2800 + dots) end

--- An empty canvas.
-- @tparam integer columns of cells
-- @tparam integer rows
-- @tparam table style {colours = whether colours are used}
-- @treturn Canvas width, height (of dots), `:line(x0, y0, x1, y1, colour)`, `:content()`
function M.new(columns, rows, style)
  return grid.new { columns = columns, rows = rows, width = 2 * columns, height = 4 * rows, set = set, sign = sign,
    colours_shown = style.colours }
end

--- The sign of a curve in the key.
function M.mark() return "⠶⠶" end

return M
