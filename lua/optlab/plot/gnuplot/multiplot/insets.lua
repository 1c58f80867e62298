--- Small figures inside the frame of another one.
-- @module optlab.plot.gnuplot.multiplot.insets
local axis = require "optlab.plot.gnuplot.axis"
local layout = require "optlab.plot.gnuplot.layout"
local number = require "optlab.plot.gnuplot.number"

local M = {}

local fmt = number.format

local SMALL = 9 -- the size of an inset's font

-- An inset's paper, which covers the texts around its frame too, and its look.
local function inset_commands(small, m, canvas, look)
  return {
    ("set object 1 rectangle from screen %s,%s to screen %s,%s behind fillcolor rgb paper fillstyle solid noborder")
      :format(fmt((small.x - m.left) / canvas.width), fmt((small.y - m.bottom) / canvas.height),
        fmt((small.x + small.width + m.right) / canvas.width), fmt((small.y + small.height + m.top) / canvas.height)),
    ("set tics font ',%s'"):format(fmt(SMALL * look.scale)), "set border 15 linewidth 0.8",
  }
end

-- The part of a figure that an inset shows, in parts of the frame.
local function shown_part(cell, inset)
  local x, y = axis.limits(inset.figure, "x", "y"), axis.limits(inset.figure, "y", "x")
  local view = layout.frame({}, 1, 1, cell.limits.x or axis.limits(cell.fig, "x", "y"),
    cell.limits.y or axis.limits(cell.fig, "y", "x"))
  local left, bottom = view:pixel(math.min(x[1], x[2]), math.min(y[1], y[2]))
  local right, top = view:pixel(math.max(x[1], x[2]), math.max(y[1], y[2]))
  return left, bottom, right, top
end

-- A rectangle around what an inset shows, and two lines from it to corners of the inset, which do not cross it.
local function zoom_commands(cell, inset, small, canvas)
  local left, bottom, right, top = shown_part(cell, inset)
  local px, py = (small.x - cell.x) / cell.width, (small.y - cell.y) / cell.height
  local pw, ph = small.width / cell.width, small.height / cell.height
  local function screen(x, y)
    return ("screen %s,%s"):format(fmt((cell.x + x * cell.width) / canvas.width),
      fmt((cell.y + y * cell.height) / canvas.height))
  end
  local rising = (px + pw / 2 - (left + right) / 2) * (py + ph / 2 - (bottom + top) / 2) > 0
  local corners = rising and { { left, top, px, py + ph }, { right, bottom, px + pw, py } }
    or { { left, bottom, px, py }, { right, top, px + pw, py + ph } }
  local look = "linecolor rgb soft linewidth 0.8"
  local out = { ("set object 2 rectangle from %s to %s behind fillstyle empty border %s"):format(screen(left, bottom),
    screen(right, top), look) }
  for k, c in ipairs(corners) do
    out[#out + 1] = ("set arrow %d from %s to %s nohead back %s"):format(100 + k, screen(c[1], c[2]),
      screen(c[3], c[4]), look)
  end
  return out
end

-- Moves a frame into the canvas. Returns whether it reached beyond it.
local function keep_inside(small, canvas)
  local width, height = math.min(small.width, canvas.width - 4), math.min(small.height, canvas.height - 4)
  local x = math.max(2, math.min(small.x, canvas.width - width - 2))
  local y = math.max(2, math.min(small.y, canvas.height - height - 2))
  local moved = x ~= small.x or y ~= small.y or width ~= small.width or height ~= small.height
  small.x, small.y, small.width, small.height = x, y, width, height
  return moved
end

--- The cells of a figure's insets. `moved` is true of those that would have reached beyond the canvas.
-- @tparam table cell with its place; gets `boxes`, what its legend is to avoid
-- @tparam table look
-- @tparam table canvas
-- @tparam function margins of a cell
-- @treturn {table,...} cells
function M.cells(cell, look, canvas, margins)
  local out = {}
  cell.boxes = {}
  for i, inset in ipairs(cell.fig.insets or {}) do
    local px, py, pw, ph = table.unpack(inset.place)
    local width, height = pw * cell.width, ph * cell.height
    local small = {
      fig = inset.figure, limits = {}, hidden = {}, key = false, x = cell.x + px * cell.width,
      y = cell.y + py * cell.height, width = width, height = height,
    }
    small.moved = keep_inside(small, canvas)
    local m = margins(small, look, { small.width, small.height })
    -- The bar has its room in the place, too.
    if small.own_bar then small.width = math.max(20, small.width - m.right) end
    small.commands = inset_commands(small, m, canvas, look)
    for _, command in ipairs(inset.zoom and zoom_commands(cell, inset, small, canvas) or {}) do
      table.insert(small.commands, command)
    end
    cell.boxes[i] = {
      left = px * cell.width - m.left, bottom = py * cell.height - m.bottom, width = small.width + m.left + m.right,
      height = height + m.bottom + m.top,
    }
    out[i] = small
  end
  return out
end

return M
