--- Differences between groups, measured in pairs: runs with the same seed that agree in everything but the group.
--
-- A parameter that is the same in all runs of each group goes with the group, such as a learning rate that was chosen
-- for each optimizer; two runs of a pair may differ in it.
-- @module optlab.compare.pairs
local outcomes = require "optlab.compare.outcomes"
local statistics = require "optlab.compare.statistics"
local values = require "optlab.compare.values"

local M = {}

--- Fewer pairs than this say next to nothing.
M.FEW = 3

local function varies(model, column, group)
  local first
  for _, i in ipairs(group.members) do
    local value = column.of(model.runs[i])
    first = first or value
    if value ~= first then return true end
  end
  return false
end

-- The columns that two runs of a pair have to share.
local function shared_columns(model, way, ...)
  local makes_groups, shared = {}, {}
  for _, column in ipairs(way.columns) do makes_groups[column.name] = true end
  for _, column in ipairs(model.columns) do
    for _, group in ipairs { ... } do
      if not makes_groups[column.name] and shared[#shared] ~= column and varies(model, column, group) then
        shared[#shared + 1] = column
      end
    end
  end
  return shared
end

-- What the runs of a group ended with by what a pair shares; the mean where runs were repeated.
local function by_key(model, group, columns)
  local keys, found = {}, {}
  for _, i in ipairs(group.members) do
    local run = model.runs[i]
    local value, parts = outcomes.of(run, model.metric), { values.shown(run.seed) }
    for _, column in ipairs(columns) do parts[#parts + 1] = column.of(run) end
    local key = table.concat(parts, "\0")
    if value and not found[key] then keys[#keys + 1], found[key] = key, {} end
    if value then table.insert(found[key], value) end
  end
  for key, list in pairs(found) do found[key] = statistics.moments(list) end
  return found, keys
end

--- The differences of a group from another one, in the order of the group's runs.
-- @tparam table model
-- @tparam table way the grouping that both belong to
-- @tparam table group
-- @tparam table reference
-- @treturn {number,...} what the group's run ended with less what the other one did, for each pair
function M.differences(model, way, group, reference)
  local columns = shared_columns(model, way, group, reference)
  local base, list = by_key(model, reference, columns), {}
  local own, keys = by_key(model, group, columns)
  for _, key in ipairs(keys) do
    if base[key] then list[#list + 1] = own[key] - base[key] end
  end
  return list
end

--- What the differences say (statistics.paired).
-- @treturn table
function M.paired(...) return statistics.paired(M.differences(...)) end

return M
