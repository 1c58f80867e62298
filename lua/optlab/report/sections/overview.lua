--- The table of all runs.
-- @module optlab.report.sections.overview
local h = require "optlab.report.page.html"
local outcomes = require "optlab.compare.outcomes"
local tables = require "optlab.report.sections.table"
local values = require "optlab.compare.values"

local M = {}

local MOST_QUANTITIES = 6

local function columns_of(model, quantities)
  local columns = { { title = "run", number = true } }
  local function add(title, number) columns[#columns + 1] = { title = title, number = number } end
  for _, column in ipairs(model.columns) do add(column.name, type(column.raw(model.runs[1])) == "number") end
  if model.seeds then add("seed", true) end
  for _, name in ipairs(quantities) do add(M.is_column(model, name) and "last " .. name or name, true) end
  add("status")
  add("time", true)
  if M.has_tags(model.runs) then add("tags") end
  return columns
end

--- Whether a quantity has the name of something in which the runs differ: the learning rate.
function M.is_column(model, name)
  for _, column in ipairs(model.columns) do
    if column.name == name then return true end
  end
  return false
end

--- Where a run's own block stands in the page; runs of several folders may have the same number.
-- @tparam table model
-- @tparam Run run
-- @treturn string an element's id
function M.id(model, run)
  local same = 0
  for _, other in ipairs(model.runs) do
    if other == run then break end
    if other.number == run.number then same = same + 1 end
  end
  return ("run-%s%s"):format(run.number or "x", same > 0 and "-" .. same + 1 or "")
end

--- Whether one of the runs has a tag.
function M.has_tags(runs)
  for _, run in ipairs(runs) do
    if run.tags and #run.tags > 0 then return true end
  end
  return false
end

--- A run's status as a cell, which does not depend on its colour.
-- @tparam Run run
-- @treturn table
function M.status(run)
  return tables.cell(h.span({ class = "status " .. M.status_class(run.status) }, run.status), run.status)
end

local KNOWN = { done = true, running = true, failed = true, diverged = true, interrupted = true, damaged = true }

--- The class of a status; words that are none of ours have none.
function M.status_class(status)
  return KNOWN[status] and status or ""
end

local function number_cell(x, best)
  local raw = type(x) == "number" and x or nil
  return tables.cell(values.measured(x), raw, { class = best and raw == best and "best" or nil })
end

local function row_of(model, run, quantities, best)
  local row = { tables.cell(h.a({ href = "#" .. M.id(model, run) }, run.number or run.name), run.number) }
  for _, column in ipairs(model.columns) do
    local raw = column.raw(run)
    row[#row + 1] = tables.cell(column.of(run), type(raw) == "number" and raw or nil)
  end
  if model.seeds then row[#row + 1] = tables.cell(values.shown(run.seed), run.seed) end
  for _, name in ipairs(quantities) do
    row[#row + 1] = number_cell((run.final or {})[name], name == (model.metric or {}).name and best or nil)
  end
  row[#row + 1] = M.status(run)
  row[#row + 1] = tables.cell(values.duration(run.seconds), run.seconds)
  if M.has_tags(model.runs) then row[#row + 1] = table.concat(run.tags or {}, ", ") end
  return row
end

-- Quantities that distinguish the runs, the one that counts first.
local function telling(model)
  local names = {}
  for _, name in ipairs(model.quantities) do
    local first = (model.runs[1].final or {})[name]
    local tells = name == model.metric.name
    for _, run in ipairs(model.runs) do tells = tells or (run.final or {})[name] ~= first end
    if tells and #names < MOST_QUANTITIES then names[#names + 1] = name end
  end
  return names
end

--- The section.
-- @tparam table model
-- @treturn Markup
function M.make(model)
  local quantities, rows = telling(model), {}
  local best = model.metric and outcomes.best_run(model)
  best = best and best.final[model.metric.name]
  for i, run in ipairs(model.runs) do rows[i] = row_of(model, run, quantities, best) end
  return h.section({ id = "runs" }, h.h2("Runs"),
    tables.make { caption = "Runs and what they ended with", columns = columns_of(model, quantities), rows = rows })
end

return M
