--- Curves with their axes and a key, as lines of text for a terminal and, where it shows pictures, a picture.
-- @module optlab.term.chart
local canvases = {
  braille = require "optlab.term.canvas.braille", text = require "optlab.term.canvas.plain",
}
local axes = require "optlab.term.axes"
local key = require "optlab.term.key"

local M = {}

local LEAST_COLUMNS, LEAST_ROWS = 24, 8 -- of a terminal in which an axis is drawn
local MOST_ROWS = 20 -- of a chart
local MOST_CURVES = 8

-- Pictures are drawn by a module of their own, which most terminals do without. Braille in one colour cannot tell
-- curves apart.
local function canvas_module(style, n)
  if style.kind == "kitty" or style.kind == "sixel" then return require "optlab.term.canvas.picture" end
  if style.kind == "braille" and not style.colours and n > 1 then return canvases.text end
  return canvases[style.kind]
end

-- The newest curves, in their order.
local function newest(curves)
  return table.move(curves, math.max(1, #curves - MOST_CURVES + 1), #curves, 1, {})
end

-- The line through a curve's groups; a group that holds several values is a line from its lowest to its highest.
local function draw_curve(canvas, curve, x_axis, y_axis, colour)
  local last_x, last_y
  for i = 1, #curve.x do
    local y = y_axis.place(curve.y[i])
    local x = x_axis.place(curve.x[i])
    local low, high = y_axis.place(curve.low[i]), y_axis.place(curve.high[i])
    if low then canvas:line(x, low, x, high, colour) end
    if y and last_y then canvas:line(last_x, last_y, x, y, colour) end
    last_x, last_y = x, y
  end
end

-- The rows of the chart in a terminal of so many rows.
local function height_in(rows) return math.max(LEAST_ROWS - 1, math.min(MOST_ROWS, rows // 2)) end

local function draw(curves, x_name, size, style, module)
  local heading = key.lines(curves, module, style, size.columns)
  local plot_rows = math.max(3, size.rows - #heading - 2)
  local y_axis = axes.vertical(curves, plot_rows)
  local gutter = y_axis.width + 2 -- a blank and the axis
  local columns = size.columns - gutter - 1
  local canvas = module.new(columns, plot_rows, style)
  local x_axis = axes.horizontal(curves, columns)
  x_axis:fit(canvas.width)
  y_axis:fit(canvas.height)
  for _, mark in ipairs(y_axis.marks) do canvas:rule(y_axis.place(mark[1])) end
  for i, curve in ipairs(curves) do draw_curve(canvas, curve, x_axis, y_axis, i) end
  local body, picture, remove = canvas:content()
  local lines = table.move(heading, 1, #heading, 1, {})
  for row, text in ipairs(body) do lines[#lines + 1] = y_axis:row(row, plot_rows, style) .. text end
  table.move(x_axis:lines(gutter, x_name, style), 1, 2, #lines + 1, lines)
  return { lines = lines, picture = picture and { row = #heading, column = gutter, text = picture, remove = remove } }
end

--- Draws curves.
-- @tparam {Curve,...} curves optlab.term.curve; the newest eight are drawn
-- @tparam string x_name below the horizontal axis
-- @tparam integer columns of the terminal
-- @tparam integer rows of the terminal
-- @tparam table style optlab.term.capabilities
-- @treturn ?table {lines =, picture =}: optlab.base.terminal.frame; nil without curves
function M.draw(curves, x_name, columns, rows, style)
  if #curves == 0 then return nil end
  local shown = newest(curves)
  local module = canvas_module(style, #shown)
  shown.left_out = #curves - #shown
  local size = { columns = columns - 1, rows = height_in(rows) }
  if columns < LEAST_COLUMNS or rows < LEAST_ROWS or not axes.vertical(shown, 3) then
    local lines = key.lines(shown, module, style, size.columns)
    return { lines = { table.unpack(lines, 1, math.max(1, math.min(#lines, rows - 2))) } }
  end
  return draw(shown, x_name, size, style, module)
end

return M
