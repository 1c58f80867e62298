--- The axes of a chart: the range of the values, the marks, and the place of a value on the canvas.
--
-- The vertical axis is logarithmic where all values are above 0 and the greatest is many times the least.
-- @module optlab.term.axes
local plain = require("optlab.base.text.line").plain
local ticks = require "optlab.term.ticks"

local Axis = {}
Axis.__index = Axis

local M = {}

local LOGARITHMIC_FROM = 50 -- the greatest value by the least
local LEAST = 1e-280 -- on a logarithmic axis, and of a range
local MARGIN = 0.03 -- of the range, above and below
local ROWS_PER_MARK, COLUMNS_PER_MARK = 3, 10
local MOST_WIDTH = 12 -- of a mark's text

-- --- ranges ---------------------------------------------------------------------------------------------------------

-- A range that is not empty, nor so narrow that its hundredth part would be 0.
local function widened(lo, hi)
  if hi - lo > LEAST then return lo, hi end
  local room = math.max(math.abs(lo) / 20, LEAST)
  if lo == 0 then room = 1 end
  return lo - room, hi + room
end

local function range_of(curves)
  local least, greatest -- nil without a finite value
  for _, curve in ipairs(curves) do
    local lo, hi = curve:range()
    if lo and (not least or lo < least) then least = lo end
    if hi and (not greatest or hi > greatest) then greatest = hi end
  end
  return least, greatest
end

local function x_range_of(curves)
  local lo, hi = math.huge, -math.huge
  for _, curve in ipairs(curves) do
    for _, x in ipairs(curve.x) do
      if x < lo then lo = x end
      if x > hi then hi = x end
    end
  end
  return widened(lo, hi)
end

-- Numbers near the largest one are drawn by nobody.
local function is_representable(lo, hi) return hi - lo < 1e290 and hi < 1e290 end

-- --- axes -----------------------------------------------------------------------------------------------------------

local function new_axis(lo, hi, logarithmic, upwards)
  local scaled = logarithmic and math.log or function(x) return x end
  return setmetatable({ scaled = scaled, from = scaled(lo), to = scaled(hi), upwards = upwards }, Axis)
end

--- Sets the length; from then on `place(value)` gives a value's dot, from 0 to length - 1, or nil for nan. Values
-- outside are moved to the ends.
-- @tparam integer length number of dots
function Axis:fit(length)
  local from, scaled, upwards, last = self.from, self.scaled, self.upwards, length - 1
  local scale = last / (self.to - from)
  self.place = function(value)
    if value ~= value then return nil end
    local at = math.max(0, math.min(last, (scaled(value) - from) * scale))
    return upwards and last - at or at
  end
end

local function widest(marks)
  local width = 1
  for _, mark in ipairs(marks) do width = math.max(width, #mark[2]) end
  return math.min(width, MOST_WIDTH)
end

--- The vertical axis of curves on so many rows.
-- @tparam {Curve,...} curves
-- @tparam integer rows
-- @treturn ?Axis nil where no value is finite
function M.vertical(curves, rows)
  local lo, hi = range_of(curves)
  if not lo or not is_representable(lo, hi) then return nil end
  local logarithmic = lo > 0 and hi / lo >= LOGARITHMIC_FROM
  if logarithmic then
    lo = math.max(lo, LEAST)
    local margin = math.exp(MARGIN * (math.log(hi) - math.log(lo)))
    lo, hi = lo / margin, hi * margin
  else
    lo, hi = widened(lo, hi)
    local margin = MARGIN * (hi - lo)
    lo, hi = lo - margin, hi + margin
  end
  local self = new_axis(lo, hi, logarithmic, true)
  local most = math.max(2, rows // ROWS_PER_MARK + 1)
  self.marks = (logarithmic and ticks.logarithmic or ticks.linear)(lo, hi, most)
  self.width = widest(self.marks)
  return self
end

--- The text left of a row of the canvas: the mark that lies in it, and the axis.
-- @tparam integer row from 1
-- @tparam integer rows of the canvas
-- @tparam table style
-- @treturn string
function Axis:row(row, rows, style)
  if not self.by_row then
    self.by_row = {}
    self:fit(8 * rows)
    for _, mark in ipairs(self.marks) do self.by_row[math.floor(self.place(mark[1])) // 8 + 1] = mark[2] end
  end
  local text = self.by_row[row]
  local line = style.unicode and (text and "┤" or "│") or (text and "+" or "|")
  text = (text or ""):sub(1, MOST_WIDTH)
  return (" "):rep(self.width - #text) .. text .. " " .. line
end

--- The horizontal axis of curves on so many columns.
-- @tparam {Curve,...} curves
-- @tparam integer columns
-- @treturn Axis
function M.horizontal(curves, columns)
  local lo, hi = x_range_of(curves)
  local self = new_axis(lo, hi, false, false)
  self.marks, self.columns = ticks.linear(lo, hi, math.max(2, columns // COLUMNS_PER_MARK)), columns
  return self
end

-- A row of text into which pieces are put at columns counted from 0.
local function put(cells, at, text)
  for i = 1, #text do cells[at + i - 1] = text:sub(i, i) end
end

local function is_free(cells, from, to)
  for i = from - 1, to + 1 do
    if cells[i] then return false end
  end
  return true
end

-- Where there is room for it, as far to the right as possible.
local function put_name(cells, name, columns)
  for at = columns - #name, columns // 2, -1 do
    if is_free(cells, at, at + #name) then return put(cells, at, name) end
  end
end

local function joined(cells, columns, empty)
  local out = {}
  for i = 0, columns - 1 do out[i + 1] = cells[i] or empty end
  return table.concat(out)
end

--- The two lines below the canvas: the axis, and the marks' texts with the name of the axis.
-- @tparam integer gutter columns left of the canvas
-- @tparam string name
-- @tparam table style
-- @treturn {string,string}
function Axis:lines(gutter, name, style)
  local n = self.columns
  local line, texts = {}, {}
  self:fit(n)
  for _, mark in ipairs(self.marks) do
    local at = math.floor(self.place(mark[1]) + 0.5)
    local from = math.max(0, math.min(n - #mark[2], at - #mark[2] // 2))
    if at >= 0 and at < n and is_free(texts, from, from + #mark[2]) then
      line[at] = style.unicode and "┬" or "+"
      put(texts, from, mark[2])
    end
  end
  put_name(texts, plain(name), n)
  local corner, rule = style.unicode and "└" or "+", style.unicode and "─" or "-"
  return {
    (" "):rep(gutter - 1) .. corner .. joined(line, n, rule),
    (" "):rep(gutter) .. joined(texts, n, " "):gsub(" +$", ""),
  }
end

return M
