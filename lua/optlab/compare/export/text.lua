--- Runs as CSV and JSON.
-- @module optlab.compare.export.text
local curves = require "optlab.compare.curves"
local json = require "optlab.base.json"
local order = require "optlab.base.order"
local runs_room = require "optlab.runs"
local tables = require "optlab.base.text.table"
local whole = require "optlab.runs.text.values".whole

local M = {}

-- --- CSV ------------------------------------------------------------------------------------------------------------

local function parameter_names(runs)
  local seen, names = {}, {}
  for _, run in ipairs(runs) do
    for name in pairs(run.parameters) do
      if not seen[name] then names[#names + 1] = name end
      seen[name] = true
    end
  end
  return order.sort(names)
end

local function add_rows(rows, run, names)
  local head = { run.name, run.experiment or "", run.seed and whole(run.seed) or "", run.status }
  for _, name in ipairs(names) do
    local value = run.parameters[name]
    head[#head + 1] = value ~= nil and whole(value) or ""
  end
  for _, line in ipairs(curves.of_run(run, runs_room.series)) do
    for i, y in ipairs(line.y) do
      local row = table.move(head, 1, #head, 1, {})
      row[#row + 1], row[#row + 2] = line.name or "", line.quantity
      row[#row + 1], row[#row + 2], row[#row + 3] = line.x_name, whole(line.x[i]), whole(y)
      rows[#rows + 1] = row
    end
  end
end

--- A row for each recorded value, in long form: run, experiment, seed, status, a column for each parameter
-- ("parameter.lr"), line, quantity, x_name, x, value.
-- @tparam {Run,...} runs
-- @treturn string
function M.csv(runs)
  local names, rows = parameter_names(runs), {}
  local columns = { { title = "run" }, { title = "experiment" }, { title = "seed" }, { title = "status" } }
  for _, name in ipairs(names) do columns[#columns + 1] = { title = "parameter." .. name } end
  for _, title in ipairs { "line", "quantity", "x_name", "x", "value" } do columns[#columns + 1] = { title = title } end
  for _, run in ipairs(runs) do add_rows(rows, run, names) end
  return tables.render(columns, rows, { format = "csv" })
end

-- --- JSON -----------------------------------------------------------------------------------------------------------

local function lists_of(line)
  return {
    line = line.name or "", quantity = line.quantity, x_name = line.x_name, x = json.array(line.x),
    y = json.array(line.y), steps = line.steps and json.array(line.steps) or nil,
  }
end

-- A table whose empty lists are lists.
local function fields_of(run)
  local fields = {}
  for name, value in pairs(run) do fields[name] = value end
  fields.final, fields.tags, fields.arguments = run.final, json.array(run.tags), json.array(run.arguments)
  fields.given = run.given and json.array(run.given) or nil
  local list = {}
  for i, line in ipairs(curves.of_run(run, runs_room.series)) do list[i] = lists_of(line) end
  fields.series = json.array(list)
  return fields
end

--- A list with everything about each run: what is in its run.json, its number, name, path, tags and curves.
-- @tparam {Run,...} runs
-- @treturn string
function M.json(runs)
  local list = {}
  for i, run in ipairs(runs) do list[i] = fields_of(run) end
  return json.encode(json.array(list)) .. "\n"
end

return M
