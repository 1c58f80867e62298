--- Where text goes: the legend at the place that hides least, annotations inside the frame.
-- Everything is computed in pixels of an estimated plotting area (y upwards), then written in data coordinates.
-- @module optlab.plot.gnuplot.layout
local number = require "optlab.plot.gnuplot.number"
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
-- @bool[opt] bar whether a colour bar stands on the right
-- @treturn table a view, which converts between data and pixels
function M.view(opts, width, height, x, y, bar)
  local left = 52 + (opts.ylabel and 22 or 0)
  local bottom = 32 + (opts.xlabel and 18 or 0)
  local w = math.max(width - left - (bar and 100 or 24), 50)
  local h = math.max(height - bottom - (opts.title and 34 or 14), 50)
  if opts.aspect then
    local shape = math.abs((x[2] - x[1]) / (y[2] - y[1]))
    w, h = math.min(w, h * shape), math.min(h, w / shape)
  end
  return setmetatable({ width = w, height = h, x = x, y = y }, View)
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
  local pad = 2
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

-- Points about every `gap` pixels along a polyline; at most some thousands however long it is.
local function sample(view, curve, out)
  local gap, last_x, last_y = 6, nil, nil
  local stride = math.max(1, #curve.x // 3000)
  for i = 1, #curve.x, stride do
    local px, py
    if number.finite(curve.x[i]) and number.finite(curve.y[i]) then px, py = view:pixel(curve.x[i], curve.y[i]) end
    if px and last_x and curve.joined then
      local parts = math.min(math.ceil(math.max(math.abs(px - last_x), math.abs(py - last_y)) / gap), 200)
      for k = 1, parts - 1 do
        out[#out + 1] = { last_x + (px - last_x) * k / parts, last_y + (py - last_y) * k / parts, curve.weight }
      end
    end
    if px then out[#out + 1] = { px, py, curve.weight } end
    last_x, last_y = px, py
  end
end

local function sample_box(box, out)
  for px = box.left, box.left + box.width, 6 do
    for py = box.bottom, box.bottom + box.height, 6 do out[#out + 1] = { px, py, 2 } end
  end
end

-- What a legend at (left, bottom) would hide.
local function hidden(samples, left, bottom, width, height)
  local sum, pad = 0, 5
  for _, p in ipairs(samples) do
    if p[1] > left - pad and p[1] < left + width + pad and p[2] > bottom - pad and p[2] < bottom + height + pad then
      sum = sum + p[3]
    end
  end
  return sum
end

--- gnuplot makes the legend's box as wide as the longest label has characters, each 0.6 of the font size; the
-- correction, in such characters, for what the labels really take.
-- @tparam {string,...} labels
-- @treturn number
function M.key_width(labels)
  local widest, longest = 0, 0
  for _, label in ipairs(labels) do
    widest = math.max(widest, (text.extent(label, 1)) / 0.6)
    longest = math.max(longest, utf8.len(text.clean(label)))
  end
  return math.floor((widest - longest) * 2 + 1) / 2
end

-- gnuplot's names of the places and their position as a share of the free room, in the order of preference.
local PLACES = {
  { "right top", 1, 1 }, { "left top", 0, 1 }, { "right bottom", 1, 0 }, { "left bottom", 0, 0 },
  { "right center", 1, 0.5 }, { "left center", 0, 0.5 }, { "center top", 0.5, 1 }, { "center bottom", 0.5, 0 },
}

-- With more than this hidden (in samples, some six pixels each) the legend goes beside the frame.
local TOLERABLE = 8

--- Chooses the legend's place.
-- @tparam table view
-- @tparam {string,...} labels
-- @tparam {table,...} curves {x, y, joined, weight}: what it should not hide
-- @tparam {table,...} boxes of text
-- @treturn string gnuplot's key position
function M.legend(view, labels, curves, boxes)
  local width = 0
  for _, label in ipairs(labels) do width = math.max(width, (text.extent(label, M.FONT_SIZE))) end
  local height = #labels * 17 + 12
  width = width + 52
  local samples = {}
  for _, curve in ipairs(curves) do sample(view, curve, samples) end
  for _, box in ipairs(boxes) do sample_box(box, samples) end
  local best, least = nil, math.huge
  for _, place in ipairs(PLACES) do
    local left = 8 + place[2] * (view.width - width - 16)
    local sum = hidden(samples, left, 8 + place[3] * (view.height - height - 16), width, height)
    if sum < least then best, least = place[1], sum end
  end
  if least > TOLERABLE or height > view.height - 10 then return "outside right top" end
  return "inside " .. best
end

return M
