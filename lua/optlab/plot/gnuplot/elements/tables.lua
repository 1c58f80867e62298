--- Tables: texts in columns between lines.
-- @module optlab.plot.gnuplot.elements.tables
local number = require "optlab.plot.gnuplot.number"
local text = require "optlab.plot.gnuplot.text"

local M = {}

local fmt = number.format

local GAP = 1.6 -- between columns, in sizes of the font
local LINE = 1.75 -- from one row to the next
local WIDER = 1.08 -- than texts are computed, to be safe

local LEAST = 5 -- pixels of a font that can be read

-- What a cell says in one line.
local function one_line(words)
  return (text.clean(words):gsub("\n", " "))
end

-- The widths of the columns in sizes of the font, and of the table.
local function widths(el, markup)
  local out, total = {}, 0
  for c = 1, #el.rows[1] do
    local function width(row) return (text.extent(text.seen(one_line(row[c]), markup), 1)) end
    out[c] = el.header and width(el.header) or 0
    for _, row in ipairs(el.rows) do out[c] = math.max(out[c], width(row)) end
    out[c] = out[c] * WIDER
    total = total + out[c] + GAP
  end
  return out, total
end

-- Horizontal lines, three in all, as of tables in print.
local function rule(panel, index, x1, x2, y, weight)
  panel:set("arrow %d from graph %s,%s to graph %s,%s nohead linecolor rgb ink linewidth %s", index, fmt(x1), fmt(y),
    fmt(x2), fmt(y), weight)
end

local PART = { left = 0, center = 0.5, right = 1 }

--- A table in the middle of the frame.
function M.table(el, panel)
  local markup = el.enhanced
  if markup == nil then markup = panel.fig.opts.enhanced end
  local view, columns, total = panel.view, widths(el, markup)
  local count = #el.rows + (el.header and 1 or 0)
  local size = math.min(el.size, view.width / total, view.height / (count * LINE + 0.6))
  if size < LEAST then panel:remark("the texts of the table are too small to be read: take a larger size") end
  local wide, step = total * size / view.width, LINE * size / view.height
  local left = (1 - wide) / 2
  local top = 0.5 + count * step / 2
  local function write(row, y)
    local x = left + GAP / 2 * size / view.width
    for c, words in ipairs(row) do
      local width = columns[c] * size / view.width
      panel:label(("%s at graph %s,%s %s front textcolor rgb ink %s"):format(text.marked(one_line(words), markup),
        fmt(x + PART[el.align[c]] * width), fmt(y), el.align[c], panel:font(math.floor(size * 10) / 10)))
      x = x + width + GAP * size / view.width
    end
  end
  rule(panel, 1, left, 1 - left, top, 1.4)
  local y = top - step / 2
  if el.header then
    write(el.header, y)
    rule(panel, 2, left, 1 - left, top - step, 0.7)
    y = y - step
  end
  for _, row in ipairs(el.rows) do
    write(row, y)
    y = y - step
  end
  rule(panel, 3, left, 1 - left, top - count * step, 1.4)
  panel:draw(nil, "2", "lines")
end

return M
