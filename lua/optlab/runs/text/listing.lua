--- Runs as a table: a line for each on a terminal, every value of each in CSV.
-- @module optlab.runs.text.listing
local order = require "optlab.base.order"
local table_text = require "optlab.base.text.table"
local values = require "optlab.runs.text.values"

local M = {}

-- --- a line for each ----------------------------------------------------------------------------------------------

local COLUMNS = {
  { title = "run", align = "right" }, { title = "experiment", cut = true }, { title = "status" },
  { title = "time", align = "right" }, { title = "result", cut = true }, { title = "parameters", cut = true },
  { title = "tags", cut = true },
}

local function seed_of(run) return run.seed and run.seed ~= 0 and "seed=" .. run.seed or nil end

-- The parameters that the command line gave, and a seed.
local function given(run)
  local parts = {}
  for _, name in ipairs(run.given or {}) do
    if run.parameters[name] ~= nil then parts[#parts + 1] = name .. "=" .. values.short(run.parameters[name]) end
  end
  parts[#parts + 1] = seed_of(run)
  return table.concat(parts, " ")
end

local function result(run)
  local name = values.main_quantity(run)
  return name and name .. "=" .. values.short(run.final[name]) or ""
end

-- "180 of 200 done, 3 failed" of a sweep.
local function progress(run)
  local counts = run.counts or {}
  local all, parts = run.cells or 0, {}
  local sum = 0
  for _, status in ipairs(order.names(counts)) do
    sum = sum + counts[status]
    if status ~= "done" then parts[#parts + 1] = counts[status] .. " " .. status end
  end
  all = math.max(type(all) == "number" and all or 0, sum)
  table.insert(parts, 1, ("%d of %d done"):format(counts.done or 0, all))
  return table.concat(parts, ", ")
end

local function line(run)
  local is_sweep = run.kind == "sweep"
  return {
    run.number and tostring(run.number) or run.name, run.experiment .. (is_sweep and " (sweep)" or ""), run.status,
    values.time(run.seconds), is_sweep and progress(run) or result(run), given(run), table.concat(run.tags, ", "),
  }
end

-- Without the columns that nobody needs.
local function without_empty(columns, rows)
  local kept, shown = {}, {}
  for i = 1, #columns do
    local used = i <= 3
    for _, row in ipairs(rows) do used = used or row[i] ~= "" end
    if used then kept[#kept + 1] = i end
  end
  local picked = {}
  for k, i in ipairs(kept) do picked[k] = columns[i] end
  for r, row in ipairs(rows) do
    shown[r] = {}
    for k, i in ipairs(kept) do shown[r][k] = row[i] end
  end
  return picked, shown
end

-- --- every value --------------------------------------------------------------------------------------------------

local FIELDS = { "number", "name", "experiment", "kind", "status", "sweep", "started", "seconds", "seed" }

local function all_names(runs, part)
  local seen = {}
  for _, run in ipairs(runs) do
    for name in pairs(run[part]) do seen[name] = true end
  end
  return order.names(seen)
end

local function cell(value) return value ~= nil and values.whole(value) or "" end

local function csv(runs)
  local columns = {}
  for i, name in ipairs(FIELDS) do columns[i] = { title = name } end
  columns[#columns + 1] = { title = "tags" }
  local parameters, final = all_names(runs, "parameters"), all_names(runs, "final")
  for _, name in ipairs(parameters) do columns[#columns + 1] = { title = name } end
  for _, name in ipairs(final) do columns[#columns + 1] = { title = "final " .. name } end
  local rows = {}
  for r, run in ipairs(runs) do
    local row = {}
    for i, name in ipairs(FIELDS) do row[i] = cell(run[name]) end
    row[#row + 1] = table.concat(run.tags, " ")
    for _, name in ipairs(parameters) do row[#row + 1] = cell(run.parameters[name]) end
    for _, name in ipairs(final) do row[#row + 1] = cell(run.final[name]) end
    rows[r] = row
  end
  return columns, rows
end

--- The table of some runs.
-- @tparam {table,...} runs
-- @tparam string format "text", "csv", "markdown" or "latex"
-- @tparam[opt] integer width of the terminal
-- @treturn string
function M.text(runs, format, width)
  local columns, rows
  if format == "csv" then
    columns, rows = csv(runs)
  else
    rows = {}
    for i, run in ipairs(runs) do rows[i] = line(run) end
    columns, rows = without_empty(COLUMNS, rows)
  end
  return table_text.render(columns, rows, { format = format, width = format == "text" and width or nil })
end

return M
