--- The key of a chart: each curve's sign, name and last value.
-- @module optlab.term.key
local colours = require "optlab.term.colours"
local short = require "optlab.base.short"
local text_line = require "optlab.base.text.line"

local M = {}

local MOST_LINES, MOST_NAME = 3, 28

local function same(curves, field)
  for _, curve in ipairs(curves) do
    if curve[field] ~= curves[1][field] then return false end
  end
  return true
end

-- What tells the curves apart: the run, the quantity, or both.
local function namer(curves)
  if same(curves, "run") then return function(curve) return curve.quantity end end
  if same(curves, "quantity") then return function(curve) return curve.run end end
  return function(curve) return curve.run .. " " .. curve.quantity end
end

local function entries(curves, module, style)
  local list, name = {}, namer(curves)
  for i, curve in ipairs(curves) do
    local value = curve.last and short.number(curve.last) or ""
    local called = text_line.cut(text_line.plain(name(curve)), MOST_NAME, "~")
    local sign, text = module.mark(i, style), (" %s %s"):format(called, value)
    local shown = style.colours and colours.text(i) .. sign .. colours.RESET or sign
    list[i] = { shown .. text, text_line.columns(sign) + text_line.columns(text) }
  end
  if curves.left_out > 0 then
    local text = ("and %d earlier"):format(curves.left_out)
    list[#list + 1] = { text, #text }
  end
  return list
end

--- The lines of the key; at most three, then the rest is left out.
-- @tparam {Curve,...} curves and `left_out`, how many others there are
-- @tparam table module of the canvas
-- @tparam table style
-- @tparam integer columns
-- @treturn {string,...}
function M.lines(curves, module, style, columns)
  local lines, line, width = {}, {}, 0
  for _, entry in ipairs(entries(curves, module, style)) do
    if width > 0 and width + 3 + entry[2] > columns then
      lines[#lines + 1] = table.concat(line, "   ")
      line, width = {}, 0
    end
    if entry[2] <= columns then
      line[#line + 1] = entry[1]
      width = width + (width > 0 and 3 or 0) + entry[2]
    end
  end
  lines[#lines + 1] = #line > 0 and table.concat(line, "   ") or nil
  return { table.unpack(lines, 1, MOST_LINES) }
end

return M
