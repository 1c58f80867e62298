--- The plotting area in pixels, and where annotations lie in it.
-- Everything is computed in pixels of an estimated plotting area (y upwards), then written in data coordinates.
-- @module optlab.plot.gnuplot.layout
local text = require "optlab.plot.gnuplot.text"

local M = {}

M.FONT_SIZE = 12

local View = {}
View.__index = View

--- The plotting area of a figure, estimated: gnuplot settles the margins by the width of the tic labels.
-- @tparam table opts the figure's options
-- @number width of the figure in pixels
-- @number height
-- @tparam table x {lo, hi, log}
-- @tparam table y
-- @number[opt] bar the room on the right that a colour bar takes
-- @number[opt] marks the width of the texts on the left
-- @treturn table a view, which converts between data and pixels; its field room is what a legend outside has
function M.view(opts, width, height, x, y, bar, marks)
  local left = (marks or 24) + 28 + (opts.ylabel and 22 or 0)
  local lines = opts.xlabel and select(2, opts.xlabel:gsub("\n", "")) + 1 or 0
  local bottom = 32 + 18 * lines
  local w = math.max(width - left - (bar or 24), 50)
  local h = math.max(height - bottom - (opts.title and 34 or 14), 50)
  local room = {
    width = width, height = height, left = left, right = bar or 24, bottom = height - h,
    rows = height - (opts.title and 54 or 18) - (40 + (lines > 0 and 6 or 0) + 18 * lines),
  }
  if opts.aspect then
    local shape = math.abs((x[2] - x[1]) / (y[2] - y[1]))
    w, h = math.min(w, h * shape), math.min(h, w / shape)
  end
  return setmetatable({ width = w, height = h, x = x, y = y, room = room }, View)
end

--- A plotting area whose size is known.
-- @tparam table opts the figure's options
-- @number width of the frame in pixels
-- @number height
-- @tparam table x {lo, hi, log}
-- @tparam table y
-- @treturn table a view
function M.frame(opts, width, height, x, y)
  local room = { width = width, height = height, left = 0, right = 0, bottom = 0, rows = height }
  if opts.aspect then
    local shape = math.abs((x[2] - x[1]) / (y[2] - y[1]))
    width, height = math.min(width, height * shape), math.min(height, width / shape)
  end
  return setmetatable({ width = width, height = height, x = x, y = y, room = room }, View)
end

local function to_unit(axis, v)
  local lo, hi = axis[1], axis[2]
  if axis.log then
    if v <= 0 then return 0 end
    return math.log(v / lo) / math.log(hi / lo)
  end
  return (v - lo) / (hi - lo)
end

local function from_unit(axis, u)
  local lo, hi = axis[1], axis[2]
  if axis.log then return lo * (hi / lo) ^ u end
  return lo + (hi - lo) * u
end

--- Takes room from the area.
-- @string side "bottom" or "left", where the texts outside grow
-- @number pixels
function View:shrink(side, pixels)
  local name, room = side == "left" and "width" or "height", self.room
  room[side] = room[side] + pixels
  if side == "bottom" then room.rows = room.rows - pixels end
  self[name] = math.max(self[name] - pixels, 50)
end

--- The same area with another y axis.
function View:with_y(y)
  return setmetatable({ width = self.width, height = self.height, x = self.x, y = y, room = self.room }, View)
end

--- Data to pixels from the lower left corner.
function View:pixel(x, y)
  return to_unit(self.x, x) * self.width, to_unit(self.y, y) * self.height
end

--- Pixels to data.
function View:data(px, py)
  return from_unit(self.x, px / self.width), from_unit(self.y, py / self.height)
end

-- Moves the interval [at, at + length] into [0, limit], its start before its end.
local function shift_inside(at, length, limit)
  local pad = 5
  return math.max(math.min(at, limit - length - pad), pad)
end

--- The box of a text with its lower left corner (or the middle of its lower edge, or the right corner) at a point.
-- @tparam table view
-- @string s
-- @number x data
-- @number y data
-- @string align "left", "center", "right"
-- @number size font size
-- @treturn table {left, bottom, width, height, lines} in pixels, inside the frame
function M.text_box(view, s, x, y, align, size)
  local width, height, lines = text.extent(s, size)
  local px, py = view:pixel(x, y)
  if align == "center" then px = px - width / 2 elseif align == "right" then px = px - width end
  return {
    left = shift_inside(px, width, view.width), bottom = shift_inside(py, height, view.height),
    width = width, height = height, lines = lines,
  }
end

--- Where gnuplot wants the first line of a text that fills a box.
-- @treturn number x data
-- @treturn number y data
function M.first_line(view, box)
  return view:data(box.left, box.bottom + box.height - box.height / box.lines / 2)
end

-- The point where the way from the box's middle to (x, y) leaves the box, or nil if (x, y) lies in it.
local function way_out(box, x, y)
  local pad = 4
  local half_w, half_h = box.width / 2 + pad, box.height / 2 + pad
  local mx, my = box.left + box.width / 2, box.bottom + box.height / 2
  local dx, dy = x - mx, y - my
  local reach = math.max(math.abs(dx) / half_w, math.abs(dy) / half_h)
  if reach <= 1 then return nil end
  return mx + dx / reach, my + dy / reach
end

--- The arrow of an annotation, from the edge of its text to just before the point.
-- @tparam table view
-- @tparam table box
-- @number x data
-- @number y data
-- @treturn {number,number,number,number} start and end in data coordinates, or nil when the text covers the point
function M.arrow(view, box, x, y)
  local px, py = view:pixel(x, y)
  local sx, sy = way_out(box, px, py)
  if not sx then return nil end
  local length = math.sqrt((px - sx) ^ 2 + (py - sy) ^ 2)
  if length < 4 then return nil end
  local shrink = (length - 2) / length
  local ax, ay = view:data(sx, sy)
  local bx, by = view:data(sx + (px - sx) * shrink, sy + (py - sy) * shrink)
  return { ax, ay, bx, by }
end

return M
