--- Tables of texts and numbers.
-- @module optlab.plot.kinds.table
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local options = require "optlab.plot.options"

local Figure = figure.Figure

local TABLE = args.declare("Figure:table", {
  doc = "Writes a table, which is the only content of the figure.",
  positions = 1,
  { "rows", "list", of = { "list", of = { "text" } }, least = 1, what = "a list of rows, lists of texts and numbers",
    required = true, doc = "The rows, lists of texts and numbers of one length." },
  { "header", "list", of = { "text" }, what = "a list of texts", doc = "The names of the columns, above a line." },
  { "align", "list", of = { "choice", choices = { "left", "center", "right" } },
    what = "a list of 'left', 'center' and 'right', one for each column",
    doc = "Alignment of each column; by default numbers to the right, text to the left." },
  { "size", "scalar", above = 0, max = 1000, default = 12,
    doc = "Size of the font; it is reduced if the table is too wide." },
  options.ENHANCED,
})

local function is_number(words)
  return tonumber((words:gsub("^[±+−-]", "-"):gsub("%%$", ""))) ~= nil
end

-- Numbers on the right, other texts on the left.
local function natural(rows, columns)
  local out = {}
  for c = 1, columns do
    out[c] = "right"
    for _, row in ipairs(rows) do
      if row[c] ~= "" and not is_number(row[c]) then out[c] = "left" end
    end
  end
  return out
end

--- A table: `plot.figure():table({ { "SGD", 0.91 }, { "Adam", 0.94 } }, { header = { "name", "accuracy" } })`.
-- A figure with a table stands beside others in `plot.grid`, or inside one by `fig:inset`.
-- @tparam {{string|number,...},...} rows
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:table(...)
  local o, where = TABLE:read(...), TABLE.callee
  if #self.elements > 0 or self.root then
    errors.raise("%s: a table is all that a figure holds; put it beside others with plot.grid or inside with fig:inset",
      where)
  end
  local columns = #o.rows[1]
  if columns == 0 then errors.raise("%s: row 1 is empty", where) end
  for i, row in ipairs(o.rows) do
    if #row ~= columns then errors.raise("%s: row %d has %d cells but row 1 has %d", where, i, #row, columns) end
  end
  for _, name in ipairs { "header", "align" } do
    if o[name] and #o[name] ~= columns then
      errors.raise("%s: %s has %d entries for %d columns", where, name, #o[name], columns)
    end
  end
  self.opts.bare, self.opts.xlim, self.opts.ylim = true, { 0, 1 }, { 0, 1 }
  self.opts.xticks, self.opts.yticks = {}, {}
  local el = {
    kind = "table", rows = o.rows, header = o.header, align = o.align or natural(o.rows, columns), size = o.size,
    enhanced = o.enhanced,
  }
  return figure.add(self, el, false, where)
end

return Figure
