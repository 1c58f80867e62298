--- What the canvases of characters share: cells with a colour, lines of dots, text.
-- @module optlab.term.canvas.grid
local colours = require "optlab.term.colours"

local Grid = {}
Grid.__index = Grid

local M = {}

--- An empty canvas.
-- @tparam table fields columns, rows: of cells; width, height: of dots; set(self, x, y, colour); sign(cell): a cell's
--   text; colours_shown
-- @treturn Canvas
function M.new(fields)
  fields.cells, fields.colours = {}, {}
  for row = 0, fields.rows - 1 do fields.cells[row], fields.colours[row] = {}, {} end
  return setmetatable(fields, Grid)
end

local function clamp(x, most) return math.max(0, math.min(most, math.floor(x + 0.5))) end

--- A straight line between two dots, both of them included; what lies outside is moved to the border.
function Grid:line(x0, y0, x1, y1, colour)
  x0, y0 = clamp(x0, self.width - 1), clamp(y0, self.height - 1)
  x1, y1 = clamp(x1, self.width - 1), clamp(y1, self.height - 1)
  local n = math.max(math.abs(x1 - x0), math.abs(y1 - y0))
  self:set(x0, y0, colour)
  for i = 1, n do
    self:set(math.floor(x0 + (x1 - x0) * i / n + 0.5), math.floor(y0 + (y1 - y0) * i / n + 0.5), colour)
  end
end

--- Lines of an axis are for pictures.
function Grid.rule() end

local function row_text(self, row)
  local parts, now = {}, nil
  for column = 0, self.columns - 1 do
    local cell = self.cells[row][column]
    local colour = cell and self.colours_shown and self.colours[row][column] or now
    if cell and colour ~= now then
      parts[#parts + 1] = colours.text(colour)
      now = colour
    end
    parts[#parts + 1] = cell and self.sign(cell) or " "
  end
  local text = table.concat(parts):gsub(" +$", "")
  return now and text .. colours.RESET or text
end

--- The rows as texts.
-- @treturn {string,...}
function Grid:content()
  local lines = {}
  for row = 0, self.rows - 1 do lines[row + 1] = row_text(self, row) end
  return lines
end

return M
