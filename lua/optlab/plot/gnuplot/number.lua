--- Numbers, written so that gnuplot reads back what was meant.
-- Nine significant digits, seventeen where a column needs them; integers in full; anything that is not finite is NaN,
-- which gnuplot draws as a gap. The decimal mark is a point in every locale.
-- @module optlab.plot.gnuplot.number
local number = require "optlab.base.number"

local M = {}

-- gnuplot keeps values above 9e307 for "undefined". Data up to this size leave room for the margins of an axis.
local LARGEST = 1e280

--- Whether a number can be drawn.
-- @number v
-- @treturn boolean
function M.finite(v)
  return v == v and v <= LARGEST and v >= -LARGEST
end

--- One number as text.
-- @number v
-- @bool[opt] exact seventeen digits instead of nine
-- @treturn string
function M.format(v, exact)
  if v ~= v or v > 1e300 or v < -1e300 then return "NaN" end
  if v == math.floor(v) and v < 1e15 and v > -1e15 then return string.format("%d", v) end
  return number.text(v, exact and 17 or 9)
end

-- Nine digits are not enough when the whole column lies within a millionth of its size.
local function needs_all_digits(column)
  local lo, hi = math.huge, -math.huge
  for _, v in ipairs(column) do
    if M.finite(v) then lo, hi = math.min(lo, v), math.max(hi, v) end
  end
  return hi > lo and hi - lo < 1e-6 * math.max(math.abs(lo), math.abs(hi))
end

--- Rows of a table of columns as lines of text.
-- @tparam {{number,...},...} columns arrays of one length
-- @treturn {string,...} a line each row
function M.rows(columns)
  local exact, lines, fields = {}, {}, {}
  for c, column in ipairs(columns) do exact[c] = needs_all_digits(column) end
  for row = 1, #columns[1] do
    for c, column in ipairs(columns) do
      fields[c] = M.finite(column[row]) and M.format(column[row], exact[c]) or "NaN"
    end
    lines[row] = table.concat(fields, " ")
  end
  return lines
end

return M
