--- The tables at the end of a sweep. Nothing in them differs between two executions: no numbers of runs, no times.
-- @module optlab.sweep.tables
local files = require "optlab.base.files"
local number = require "optlab.base.number"
local order = require "optlab.base.order"
local params = require "optlab.params.values"
local shown = require "optlab.runs.text.values"
local table_text = require "optlab.base.text.table"

local M = {}

local SUFFIX = { text = "txt", csv = "csv", markdown = "md", latex = "tex" }

-- --- a row for each choice of the parameters ------------------------------------------------------------------------

local function any(groups, name)
  for _, group in ipairs(groups) do
    if group[name] > 0 then return true end
  end
  return false
end

local function has_seeds(groups)
  for _, group in ipairs(groups) do
    if #group.cells > 1 then return true end
  end
  return false
end

local function value_columns(groups, metric)
  if not metric then return {} end
  local function column(title, name)
    return { title = title, align = "right", of = function(group) return group[name] and shown.short(group[name]) end }
  end
  if not has_seeds(groups) then return { column(metric, "median") } end
  return {
    column("median " .. metric, "median"), column("25 %", "low"), column("75 %", "high"),
    { title = "seeds", align = "right", of = function(group) return ("%d"):format(group.n) end },
  }
end

local function count_columns(groups)
  local columns = {}
  for _, name in ipairs { "diverged", "failed" } do
    if any(groups, name) then
      local function of(group) return ("%d"):format(group[name]) end
      columns[#columns + 1] = { title = name, align = "right", of = of }
    end
  end
  return columns
end

local function parameter_columns(varied)
  local columns = {}
  for i, entry in ipairs(varied) do
    local is_number = entry.kind == "number" or entry.kind == "integer"
    columns[i] = { title = entry.name, align = is_number and "right" or "left", cut = not is_number,
      of = function(group) return params.text(group.values[entry.name]) end }
  end
  return columns
end

--- The table of the groups.
-- @tparam {table,...} varied
-- @tparam {table,...} groups in the order of the rows
-- @tparam ?string metric
-- @treturn {table,...} columns
-- @treturn {{string,...},...} rows
function M.summary(varied, groups, metric)
  local columns, rows = parameter_columns(varied), {}
  for _, list in ipairs { value_columns(groups, metric), count_columns(groups) } do
    table.move(list, 1, #list, #columns + 1, columns)
  end
  for i, group in ipairs(groups) do
    rows[i] = {}
    for k, column in ipairs(columns) do rows[i][k] = column.of(group) or "" end
  end
  return columns, rows
end

-- --- a row for each cell --------------------------------------------------------------------------------------------

local function final_names(cells)
  local known, names = {}, {}
  for _, cell in ipairs(cells) do
    for name in pairs(cell.state == "done" and cell.run.final or {}) do
      if not known[name] then known[name], names[#names + 1] = true, name end
    end
  end
  return order.sort(names)
end

local function status_of(cell)
  if cell.state == "done" then return cell.run.status end
  return cell.state == "failed" and "failed" or "open"
end

--- The table of all cells: their parameters, seeds, states and final values.
-- @tparam {string,...} names of the parameters that were given
-- @tparam {table,...} cells
-- @treturn {table,...} columns
-- @treturn {{string,...},...} rows
function M.all(names, cells)
  local columns, rows, finals = { { title = "cell" } }, {}, final_names(cells)
  for _, name in ipairs(names) do columns[#columns + 1] = { title = name } end
  if names[#names] ~= "seed" then columns[#columns + 1] = { title = "seed" } end
  local before = #columns
  columns[before + 1] = { title = "status" }
  for _, name in ipairs(finals) do columns[#columns + 1] = { title = name } end
  for i, cell in ipairs(cells) do
    local row = { ("%d"):format(cell.index) }
    for _, name in ipairs(names) do row[#row + 1] = params.text(cell.values[name]) end
    row[before], row[before + 1] = params.text(cell.seed), status_of(cell)
    for k, name in ipairs(finals) do
      local x = cell.state == "done" and cell.run.final[name]
      row[before + 1 + k] = x and (x ~= x and "nan" or number.text(x, 9)) or ""
    end
    rows[i] = row
  end
  return columns, rows
end

--- Writes a table in every format.
-- @tparam string path without a suffix
-- @tparam {table,...} columns
-- @tparam {{string,...},...} rows
-- @treturn ?boolean true, or nil and a message
function M.write(path, columns, rows)
  for _, format in ipairs(table_text.FORMATS) do
    local text = table_text.render(columns, rows, { format = format })
    local ok, message = files.replace(path .. "." .. SUFFIX[format], text)
    if not ok then return nil, message end
  end
  return true
end

return M
