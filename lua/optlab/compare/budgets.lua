--- What runs were given: how many epochs and steps they went, and how many configurations were tried.
-- @module optlab.compare.budgets
local runs_room = require "optlab.runs"
local statistics = require "optlab.compare.statistics"

local M = {}

local function last(list) return list and list[#list] end

-- The larger of two numbers, of which each may be missing.
local function larger(a, b)
  if a and b then return math.max(a, b) end
  return a or b
end

--- How far a run went: the last epoch and the last step in its records.
-- @tparam Run run
-- @treturn table {epoch =, step =}, each nil where it is not recorded
function M.of(run)
  local budget = {}
  for _, series in ipairs(runs_room.series(run)) do
    local name = series.x_name
    if name == "epoch" or name == "step" then budget[name] = larger(budget[name], last(series.x)) end
    if series.steps then budget.step = larger(budget.step, last(series.steps)) end
  end
  return budget
end

--- The least and the most that the runs of a group went, of those that came to their end.
-- @tparam {Run,...} runs
-- @tparam table group
-- @treturn table {epoch = {least, most}, step = {least, most}}, without what no run recorded
function M.of_group(runs, group)
  local range = {}
  for _, i in ipairs(group.members) do
    local budget = runs[i].status == "done" and M.of(runs[i]) or {}
    for name, value in pairs(budget) do
      if statistics.finite(value) then
        local ends = range[name] or { value, value }
        range[name] = { math.min(ends[1], value), math.max(ends[2], value) }
      end
    end
  end
  return range
end

--- How many configurations of everything but the seed and the group there are in each group.
-- @tparam table model
-- @tparam table way
-- @tparam table group
-- @treturn integer
-- @treturn {{string,integer,...},...} each with the text of the configuration first, then the positions of its runs
function M.configurations(model, way, group)
  local makes_groups, list, by_text = {}, {}, {}
  for _, column in ipairs(way.columns) do makes_groups[column.name] = true end
  for _, i in ipairs(group.members) do
    local parts = {}
    for _, column in ipairs(model.columns) do
      if not makes_groups[column.name] and column.name ~= "script" then
        parts[#parts + 1] = column.name .. " " .. column.of(model.runs[i])
      end
    end
    local text = table.concat(parts, ", ")
    if not by_text[text] then
      by_text[text] = { text }
      list[#list + 1] = by_text[text]
    end
    table.insert(by_text[text], i)
  end
  return #list, list
end

return M
