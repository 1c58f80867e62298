--- Runs side by side: in what they differ, and what they ended with.
-- @module optlab.compare.side_by_side
local model_of = require "optlab.compare.model"
local order = require "optlab.base.order"
local shown = require "optlab.runs.text.values"
local tables = require "optlab.base.text.table"

local M = {}

local MOST_BESIDE = 6 -- more runs than this are rows instead of columns

-- --- fields: {title =, cells = {text of each run}} ------------------------------------------------------------------

local function field(title, runs, of)
  local cells, differs = {}, false
  for i, run in ipairs(runs) do
    local value = of(run)
    cells[i] = value == nil and "" or value
    differs = differs or cells[i] ~= cells[1]
  end
  return { title = title, cells = cells, differs = differs }
end

local function add_if_different(fields, ...)
  local one = field(...)
  if one.differs then fields[#fields + 1] = one end
end

-- The names in a table of every run, sorted.
local function names_in(runs, of)
  local all = {}
  for _, run in ipairs(runs) do
    for name in pairs(of(run)) do all[name] = true end
  end
  return order.names(all)
end

local function parameters(fields, model)
  for _, column in ipairs(model.columns) do
    fields[#fields + 1] = field(column.name, model.runs, column.raw and function(run)
      local value = column.raw(run)
      if column.kind == "script" then return column.of(run) end
      return value ~= nil and shown.whole(value) or nil
    end)
  end
  add_if_different(fields, "seed", model.runs, function(run) return run.seed and shown.whole(run.seed) end)
end

-- Final values, the quantity that counts first.
local function final_values(fields, model, text_of, only)
  local names = names_in(model.runs, function(run) return run.final end)
  local first = model.metric and model.metric.name
  table.sort(names, function(a, b)
    if (a == first) ~= (b == first) then return a == first end
    return order.less(a, b)
  end)
  for _, name in ipairs(names) do
    if not only or name == only then
      fields[#fields + 1] = field(name, model.runs, function(run)
        return run.final[name] and text_of(run.final[name])
      end)
    end
  end
end

-- --- what else differs ----------------------------------------------------------------------------------------------

local PLACES = {
  { "code", "has different bytes in these runs (optlab diff N M shows how)" },
  { "data", "is not the same data in all runs" },
}

-- The names in a table of every run whose values are not the same in all runs that have them.
local function unlike(runs, place)
  local found = {}
  for _, name in ipairs(names_in(runs, function(run) return run[place] end)) do
    local first, differs
    for _, run in ipairs(runs) do
      local value = run[place][name]
      differs = differs or (first and value and value ~= first)
      first = first or value
    end
    if differs then found[#found + 1] = name end
  end
  return found
end

-- Lines about versions, scripts, modules and data that are not the same.
local function remarks(runs)
  local lines = {}
  for _, name in ipairs(unlike(runs, "versions")) do
    local parts = {}
    for i, run in ipairs(runs) do
      parts[i] = ("%s in %s"):format(run.versions[name] or "unknown", run.number or run.name)
    end
    lines[#lines + 1] = #runs <= MOST_BESIDE and ("%s differs: %s"):format(name, table.concat(parts, ", "))
      or name .. " differs"
  end
  for _, place in ipairs(PLACES) do
    for _, name in ipairs(unlike(runs, place[1])) do lines[#lines + 1] = ("%s %s"):format(name, place[2]) end
  end
  return lines
end

-- --- the table ------------------------------------------------------------------------------------------------------

local function titles_of(runs)
  local titles = {}
  for i, run in ipairs(runs) do titles[i] = run.name end
  return titles
end

-- A row for each field, a column for each run.
local function beside(runs, fields)
  local columns, rows = { { title = "" } }, {}
  for i, title in ipairs(titles_of(runs)) do columns[i + 1] = { title = title, align = "right" } end
  for i, one in ipairs(fields) do rows[i] = { one.title, table.unpack(one.cells) } end
  return columns, rows
end

local function below(runs, fields)
  local columns, rows = { { title = "run" } }, {}
  for k, one in ipairs(fields) do columns[k + 1] = { title = one.title, align = "right" } end
  for i, title in ipairs(titles_of(runs)) do
    rows[i] = { title }
    for k, one in ipairs(fields) do rows[i][k + 1] = one.cells[i] end
  end
  return columns, rows
end

--- Runs side by side.
-- @tparam {Run,...} runs
-- @tparam[opt] table o `metric`, `minimize` or `maximize`: only this final value; `format` ("text"), `width`
-- @treturn ?string the table; nil and a message
-- @treturn {string,...} remarks about versions, scripts and data
function M.text(runs, o)
  o = o or {}
  local model = model_of.new(runs, o)
  local only = o.metric or o.minimize or o.maximize
  local fields = {}
  parameters(fields, model)
  add_if_different(fields, "status", runs, function(run) return run.status end)
  local before = #fields
  final_values(fields, model, o.format == "csv" and shown.whole or shown.short, only)
  if only and #fields == before then
    return nil, ("no run ended with '%s' (there are %s)"):format(only, table.concat(model.names, ", "))
  end
  if o.format ~= "csv" then
    fields[#fields + 1] = field("time", runs, function(run) return shown.time(run.seconds) end)
  else
    fields[#fields + 1] = field("seconds", runs, function(run) return run.seconds and shown.whole(run.seconds) end)
  end
  local make = (o.format == "csv" or #runs > MOST_BESIDE) and below or beside
  local columns, rows = make(runs, fields)
  return tables.render(columns, rows, { format = o.format, width = o.width }), remarks(runs)
end

return M
