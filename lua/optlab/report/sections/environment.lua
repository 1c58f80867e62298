--- On what the runs were made: versions, processor, checksums of data.
-- @module optlab.report.sections.environment
local code = require "optlab.report.sections.code"
local h = require "optlab.report.page.html"
local order = require "optlab.base.order"
local tables = require "optlab.report.sections.table"
local values = require "optlab.compare.values"

local M = {}

-- Properties of one run: text by name.
local function properties(run)
  local found = {}
  for name, value in pairs(run.versions) do found[name] = values.shown(value) end
  found.host, found.threads = run.host, run.threads and values.shown(run.threads)
  for path, hash in pairs(run.data) do found["data " .. path] = values.shown(hash) end
  return found
end

local FIRST = { "optlab", "build", "compiler", "openblas", "lua", "system", "processor", "threads", "host" }

local function names_of(all)
  local seen, rest, names = {}, {}, {}
  for _, found in ipairs(all) do
    for name in pairs(found) do
      if not seen[name] then rest[#rest + 1] = name end
      seen[name] = true
    end
  end
  for _, name in ipairs(FIRST) do
    if seen[name] then names[#names + 1] = name end
    seen[name] = nil
  end
  for _, name in ipairs(order.sort(rest)) do
    if seen[name] then names[#names + 1] = name end
  end
  return names
end

-- The values of a property, each with the runs that have it where there are several.
local function shown(runs, all, name)
  local list, runs_of = {}, {}
  for i, run in ipairs(runs) do
    local value = all[i][name] or values.NONE
    if not runs_of[value] then
      runs_of[value] = {}
      list[#list + 1] = value
    end
    table.insert(runs_of[value], run)
  end
  if #list == 1 then return list[1] end
  local parts = {}
  for i, value in ipairs(list) do
    parts[i] = h.div(value, h.span({ class = "soft" }, (#runs_of[value] == 1 and " run " or " runs ")
      .. code.numbers(runs_of[value])))
  end
  return h.list(parts)
end

--- The section.
-- @tparam table model
-- @treturn Markup
function M.make(model)
  local all, rows = {}, {}
  for i, run in ipairs(model.runs) do all[i] = properties(run) end
  for i, name in ipairs(names_of(all)) do
    local path = name:match("^data (.*)")
    rows[i] = { path and h.list("data ", h.code(path)) or name, shown(model.runs, all, name) }
  end
  if #rows == 0 then return nil end
  return h.section({ id = "environment" }, h.h2("Environment"), tables.make {
    caption = "On what the runs were made", columns = { { title = "what" }, { title = "value" } }, rows = rows,
    plain = true, class = "pairs",
  })
end

return M
