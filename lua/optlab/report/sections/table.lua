--- Tables that scroll in a box of their own and, with the page's script, sort by a click on a column's title.
-- @module optlab.report.sections.table
local h = require "optlab.report.page.html"
local number = require "optlab.base.number"

local M = {}

local TALL = 20 -- rows; longer tables scroll below their head

--- A cell: its content, and the value that it is sorted by, which is the content unless it is given.
-- @param content text or markup
-- @tparam[opt] number|string value
-- @tparam[opt] table more `class`
-- @treturn table
function M.cell(content, value, more)
  return { content = content, value = value, class = more and more.class }
end

local function sort_value(cell)
  local value = cell.value
  if type(value) ~= "number" then return value end
  if math.abs(value) == math.huge then return value > 0 and "Infinity" or "-Infinity" end -- as page.js reads it
  return value == value and number.text(value, 17) or nil
end

local function make_cell(column, cell, is_head)
  if type(cell) ~= "table" or getmetatable(cell) then cell = { content = cell } end
  local class = column.number and "number" or nil
  if cell.class then class = class and class .. " " .. cell.class or cell.class end
  return h.element(is_head and "th" or "td",
    { class = class, scope = is_head and "row" or nil, ["data-v"] = sort_value(cell) }, cell.content)
end

local function make_row(columns, row)
  local cells = {}
  for i, column in ipairs(columns) do cells[i] = make_cell(column, row[i], i == 1) end
  return h.tr({ id = row.id, class = row.class }, cells)
end

--- A table.
-- @tparam table spec `caption`; `columns`, each {title =, number = whether it holds numbers, note = a second line};
-- `rows`, lists of cells or contents, the first the row's head; `plain`, without sorting; `class`
-- @treturn Markup
function M.make(spec)
  local head, body = {}, {}
  for i, column in ipairs(spec.columns) do
    head[i] = h.th({ scope = "col", class = column.number and "number" or nil }, column.title)
  end
  for i, row in ipairs(spec.rows) do body[i] = make_row(spec.columns, row) end
  local class = (spec.plain and "" or "sortable ") .. (spec.class or "")
  local box = #spec.rows > TALL and "scroll tall" or "scroll"
  return h.div({ class = box, role = "region", tabindex = "0", ["aria-label"] = spec.caption },
    h.table({ class = class ~= "" and class or nil },
      h.caption({ class = spec.show_caption and "" or "hidden" }, spec.caption),
      h.thead(h.tr(head)), h.tbody(body)))
end

return M
