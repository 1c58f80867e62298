--- Groups of runs: what they ended with, how far they lie apart, and what speaks against comparing them.
-- @module optlab.compare.groups
local budgets = require "optlab.compare.budgets"
local model_of = require "optlab.compare.model"
local outcomes = require "optlab.compare.outcomes"
local pairs_of = require "optlab.compare.pairs"
local repeats = require "optlab.compare.repeats"
local statistics = require "optlab.compare.statistics"
local warnings = require "optlab.compare.warnings"

local M = {}

-- --- which runs count -----------------------------------------------------------------------------------------------

local function without_repeats(runs)
  local repeated, n = repeats.of(runs)
  local kept = {}
  for i, run in ipairs(runs) do
    if not repeated[i] then kept[#kept + 1] = run end
  end
  return kept, n
end

-- --- numbers of a group --------------------------------------------------------------------------------------------

-- "adam" where the groups are those of one parameter, "optimizer adam, lr 0.1" where they are not.
local function name_of(model, way, group)
  return #way.columns == 1 and way.columns[1].of(model.runs[group.members[1]]) or group.label
end

local function describe(model, way, group)
  local values = outcomes.of_group(model, group)
  local entry = {
    label = group.label, name = name_of(model, way, group), group = group, values = values,
    runs = #group.members, lost = outcomes.lost(model, group), without = outcomes.without(model, group),
    configurations = budgets.configurations(model, way, group), budget = budgets.of_group(model.runs, group),
  }
  if #values == 0 then return entry end
  entry.median, entry.q25, entry.q75 = statistics.median(values), statistics.quantile(values, 0.25),
    statistics.quantile(values, 0.75)
  entry.lowest, entry.highest = values[1], values[#values]
  local finite = statistics.finite_ones(values)
  if #finite > 0 then entry.mean, entry.std = statistics.moments(finite) end
  return entry
end

-- --- the best configuration of each group ---------------------------------------------------------------------------

-- Leaves of each group the configuration with the best median; returns the runs that stay, and by the first of these in
-- each group how many configurations it had, and which one stays.
local function best_only(model, way)
  local kept, tried = {}, {}
  for _, group in ipairs(way.groups) do
    local _, list = budgets.configurations(model, way, group)
    local parts = {}
    for i, entry in ipairs(list) do parts[i] = { label = entry[1], members = { table.unpack(entry, 2) } } end
    local best = outcomes.best_group(model, { groups = parts }) or parts[1]
    for _, i in ipairs(best.members) do kept[#kept + 1] = i end
    tried[model.runs[best.members[1]]] = { #list, best.label }
  end
  table.sort(kept)
  local runs = {}
  for k, i in ipairs(kept) do runs[k] = model.runs[i] end
  return runs, tried
end

-- --- the whole ------------------------------------------------------------------------------------------------------

local function without_spaces(text) return (text:gsub(",%s+", ",")) end

-- The group that others are compared with: the one with this label or these values, or the best.
local function reference_of(model, way, against)
  if not against then return (outcomes.best_group(model, way)) end
  local labels = {}
  for i, group in ipairs(way.groups) do
    labels[i] = group.label
    local values = {}
    for k, column in ipairs(way.columns) do values[k] = column.of(model.runs[group.members[1]]) end
    if group.label == against or without_spaces(table.concat(values, ",")) == without_spaces(against) then
      return group
    end
  end
  return nil, ("--against: there is no group '%s' (there are %s)"):format(against, table.concat(labels, "; "))
end

local function add_differences(model, way, entries, reference)
  for _, entry in ipairs(entries) do
    if reference and entry.group ~= reference then
      entry.paired = pairs_of.paired(model, way, entry.group, reference)
      entry.paired.better = model.metric.more and entry.paired.higher or entry.paired.lower
    end
  end
end

local function make(runs, names, o)
  local model = model_of.new(runs, o)
  if not model.metric then return nil, "no run has recorded a quantity (lab.metrics, train.fit)" end
  local has = false
  for _, name in ipairs(model.names) do has = has or name == model.metric.name end
  if not has then
    return nil, ("no run ended with '%s' (there are %s)"):format(model.metric.name, table.concat(model.names, ", "))
  end
  local way, message = model_of.grouping(model, names)
  return way and model, message or way
end

--- Groups of runs.
-- @tparam {Run,...} runs
-- @tparam {string,...} names of the parameters by which they are grouped
-- @tparam[opt] table o `metric`, `minimize` or `maximize`, the quantity that counts; `best`, whether of each group only
-- the configuration with the best median stays; `against`, the group that others are compared with (the best one)
-- @treturn ?table metric {name =, more =}, by, groups (label, name, runs, values, lost, configurations, tried, chosen,
-- budget, median, q25,
-- q75, mean, std, lowest, highest, paired), reference (its label), warnings; nil and a message
function M.make(runs, names, o)
  o = o or {}
  local repeated, tried
  runs, repeated = without_repeats(runs)
  local model, way = make(runs, names, o)
  if not model then return nil, way end
  if o.best then
    local best
    best, tried = best_only(model, way)
    model, way = make(best, names, { metric = o.metric, minimize = o.minimize, maximize = o.maximize })
  end
  local reference, message = reference_of(model, way, o.against)
  if message then return nil, message end
  local entries, result = {}, { metric = model.metric, by = way.name, repeated = repeated }
  for i, group in ipairs(way.groups) do
    entries[i] = describe(model, way, group)
    local found = tried and tried[model.runs[group.members[1]]]
    entries[i].tried = found and found[1] or entries[i].configurations
    entries[i].chosen = found and found[2] or nil
  end
  add_differences(model, way, entries, reference)
  result.groups, result.warnings = entries, warnings.of(model, entries, repeated)
  for _, entry in ipairs(entries) do
    if entry.group == reference then result.reference = entry.label end
  end
  return result
end

return M
