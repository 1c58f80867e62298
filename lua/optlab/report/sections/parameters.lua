--- The parameters: those in which the runs differ, with how many runs have each value, then those that all share.
-- @module optlab.report.sections.parameters
local h = require "optlab.report.page.html"
local order = require "optlab.base.order"
local tables = require "optlab.report.sections.table"
local values = require "optlab.compare.values"

local M = {}

local MOST_VALUES = 12

local function sorted(list)
  table.sort(list, function(a, b)
    if type(a.raw) == "number" and type(b.raw) == "number" then return a.raw < b.raw end
    return order.less(a.text, b.text)
  end)
  return list
end

-- "0.01 (5 runs), 0.1 (5 runs)"; of many values the ends.
local function spread(column, runs)
  local list, entry = {}, {}
  for _, run in ipairs(runs) do
    local text = column.of(run)
    if not entry[text] then
      entry[text] = { text = text, raw = column.raw(run), n = 0 }
      list[#list + 1] = entry[text]
    end
    entry[text].n = entry[text].n + 1
  end
  sorted(list)
  if #list > MOST_VALUES then
    return ("%d values, %s to %s"):format(#list, list[1].text, list[#list].text)
  end
  local parts = {}
  for i, one in ipairs(list) do
    parts[#parts + 1] = h.span({ class = "nowrap" }, one.text, h.span({ class = "soft" }, (" ×%d"):format(one.n)))
    if i < #list then parts[#parts + 1] = ", " end
  end
  return h.list(parts)
end

local function pairs_table(caption, rows, second)
  return tables.make {
    caption = caption, show_caption = true, rows = rows, plain = true, class = "pairs",
    columns = { { title = "parameter" }, { title = second } },
  }
end

--- The section.
-- @tparam table model
-- @treturn ?Markup nil for a single run, which shows its own
function M.make(model)
  local runs, different, same = model.runs, {}, {}
  if #runs == 1 then return nil end
  for i, column in ipairs(model.columns) do different[i] = { column.name, spread(column, runs) } end
  if model.seeds then
    local seed = { of = function(run) return values.shown(run.seed) end, raw = function(run) return run.seed end }
    different[#different + 1] = { "seed", spread(seed, runs) }
  end
  for i, name in ipairs(model.common) do same[i] = { name, values.shown(runs[1].parameters[name]) } end
  if not model.seeds then same[#same + 1] = { "seed", values.shown(runs[1].seed) } end
  return h.section({ id = "parameters" }, h.h2("Parameters"), h.div({ class = "side-by-side" },
    #different > 0 and pairs_table("Different", different, "values and runs that have them"),
    #same > 0 and pairs_table("The same in all runs", same, "value")))
end

return M
