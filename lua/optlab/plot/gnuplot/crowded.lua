--- How texts that somebody chose for the marks of an axis find room: in a smaller font, upright, cut, or some of them
-- only.
-- @module optlab.plot.gnuplot.crowded
local M = {}

local FLAT, UPRIGHT = { 12, 11, 10, 9 }, { 12, 11, 10, 9, 8 } -- sizes of the font in pixels
local GAP, LINE = 10, 1.2 -- pixels between two texts of a line; the height of a line in sizes of the font

-- Whether texts keep apart, each of which takes `extent(mark)` pixels along the axis.
local function apart(marks, every, extent)
  for k = 1 + every, #marks, every do
    local a, b = marks[k - every], marks[k]
    if math.abs(b.at - a.at) < (extent(a) + extent(b)) / 2 then return false end
  end
  return true
end

-- A plan with texts side by side, or nil.
local function flat(marks, length)
  for _, size in ipairs(FLAT) do
    local narrow = true
    for _, mark in ipairs(marks) do narrow = narrow and mark.width * size <= length * (#marks > 1 and 0.6 or 1) end
    if narrow and apart(marks, 1, function(mark) return mark.width * size + GAP end) then
      return { size = size, every = 1 }
    end
  end
end

-- The largest size in which texts upright or across the axis keep apart and are not too long; if all are too long, the
-- smallest in which they keep apart.
local function upright(marks, every, across)
  local found
  for _, size in ipairs(UPRIGHT) do
    if apart(marks, every, function() return LINE * size end) then
      local short = true
      for _, mark in ipairs(marks) do short = short and mark.width * size <= across end
      if short then return size end
      found = size
    end
  end
  return found
end

--- How texts find room.
-- @tparam {table,...} marks {at = pixels along the axis, width = of the text, in sizes of the font}
-- @bool lying whether the texts lie across the axis, as those of a vertical one do
-- @number length of the axis in pixels
-- @number across the room across it
-- @treturn table {size =, upright =, every =}: the size of the font; whether the texts stand upright; that only the
-- first of so many is shown
function M.plan(marks, lying, length, across)
  table.sort(marks, function(a, b) return a.at < b.at end)
  local plan, every = not lying and flat(marks, length) or nil, 1
  if plan then return plan end
  while true do
    local size = upright(marks, every, across)
    if size then return { size = size, upright = not lying, every = every } end
    every = every + 1
  end
end

return M
