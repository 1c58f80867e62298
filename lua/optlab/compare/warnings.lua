--- What speaks against a comparison of groups: few seeds, other seeds, other budgets, other versions.
-- @module optlab.compare.warnings
local model_of = require "optlab.compare.model"
local order = require "optlab.base.order"
local outcomes = require "optlab.compare.outcomes"
local pairs_of = require "optlab.compare.pairs"
local values = require "optlab.compare.values"

local M = {}

-- The seeds of a group's runs that count, sorted.
local function seeds_of(model, group)
  local seen, seeds = {}, {}
  for _, i in ipairs(group.members) do
    local run = model.runs[i]
    local seed = run.seed
    if seed and not seen[seed] and outcomes.of(run, model.metric) then
      seen[seed] = true
      seeds[#seeds + 1] = seed
    end
  end
  table.sort(seeds)
  return seeds
end

-- "1..5, 7"
local function seeds_text(seeds)
  local parts, i = {}, 1
  while seeds[i] do
    local first = i
    while seeds[i + 1] == seeds[i] + 1 do i = i + 1 end
    local low, high = values.shown(seeds[first]), values.shown(seeds[i])
    parts[#parts + 1] = i > first + 1 and low .. ".." .. high or i == first + 1 and low .. ", " .. high or low
    i = i + 1
  end
  return #parts > 0 and table.concat(parts, ", ") or "none"
end

local MOST_NAMED = 4 -- of more groups those that are like most are "the others"
local MOST_PARTS = 8 -- of more parts the rest is counted

-- The text that most of {label, text} have.
local function most_common(pairs_of_texts)
  local count, best = {}, nil
  for _, pair in ipairs(pairs_of_texts) do
    local text = pair[2]
    count[text] = (count[text] or 0) + 1
    if not best or count[text] > count[best] then best = text end
  end
  return best, best and count[best] or 0
end

-- "sgd: 10; adam: 20" of what differs between groups; nil where it does not.
local function unlike(entries, text_of)
  local found = {}
  for _, entry in ipairs(entries) do
    local text = text_of(entry)
    if text then found[#found + 1] = { entry.label, text } end
  end
  local usual, times = most_common(found)
  if times == #found then return nil end
  local parts, brief, more = {}, #found > MOST_NAMED and times > 1, 0
  for _, pair in ipairs(found) do
    if not (brief and pair[2] == usual) then
      if #parts < MOST_PARTS then parts[#parts + 1] = ("%s: %s"):format(pair[1], pair[2]) else more = more + 1 end
    end
  end
  if more > 0 then parts[#parts + 1] = ("%d more that differ"):format(more) end
  if brief then parts[#parts + 1] = ("the %d others: %s"):format(times, usual) end
  return table.concat(parts, "; ")
end

local function warn_of_few(list, entries, seeds)
  local few = {}
  for i, entry in ipairs(entries) do
    if #seeds[i] < pairs_of.FEW then few[#few + 1] = ("%s (%d)"):format(entry.label, #seeds[i]) end
  end
  if #few > 0 then
    list[#list + 1] = ("fewer than %d seeds say next to nothing about chance: %s"):format(pairs_of.FEW,
      table.concat(few, ", "))
  end
end

local function warn_of_seeds(list, entries, seeds)
  local text_of = {}
  for i, entry in ipairs(entries) do text_of[entry] = seeds_text(seeds[i]) end
  local text = unlike(entries, function(entry) return text_of[entry] end)
  if text then list[#list + 1] = "the seeds are not the same in all groups: " .. text end
end

local UNITS = { { "epoch", "epochs" }, { "step", "steps" } }

local function warn_of_budgets(list, entries)
  for _, unit in ipairs(UNITS) do
    local least, most
    local text = unlike(entries, function(entry)
      local range = entry.budget[unit[1]]
      if not range then return nil end
      least, most = math.min(least or range[1], range[1]), math.max(most or range[2], range[2])
      if range[1] == range[2] then return values.measured(range[1]) end
      return ("%s to %s"):format(values.measured(range[1]), values.measured(range[2]))
    end)
    if text then
      list[#list + 1] = ("the groups were not trained for the same number of %s: %s"):format(unit[2], text)
    elseif least and least ~= most then
      list[#list + 1] = ("runs of a group were trained for different numbers of %s: %s to %s"):format(unit[2],
        values.measured(least), values.measured(most))
    end
  end
end

local function warn_of_tries(list, entries)
  local text = unlike(entries, function(entry) return ("%d"):format(entry.tried) end)
  if text then
    list[#list + 1] = "the groups had different numbers of configurations, and more tries find a better one by chance: "
      .. text
  end
end

-- Versions of one script, and builds of optlab, among the runs.
local function warn_of_versions(list, runs)
  local script_of, builds, n = {}, {}, 0
  local scripts = {}
  for _, run in ipairs(runs) do
    local hash, build = model_of.script_hash(run), run.versions and run.versions.build
    local name = run.experiment or ""
    if hash and script_of[name] and script_of[name] ~= hash then scripts[name] = true end
    script_of[name] = script_of[name] or hash
    if build and not builds[build] then builds[build], n = true, n + 1 end
  end
  local names = order.names(scripts)
  if #names > 0 then
    list[#list + 1] = ("the script has changed between runs of %s (optlab diff N M shows how)"):format(
      table.concat(names, ", "))
  end
  if n > 1 then list[#list + 1] = ("the runs were made by %d builds of optlab"):format(n) end
end

-- A group in which runs with other seeds ended with the same number to the last digit.
local function warn_of_idle_seeds(list, entries, seeds)
  local idle = {}
  for i, entry in ipairs(entries) do
    local first, same = entry.values[1], #entry.values > 1 and #seeds[i] > 1
    for _, value in ipairs(entry.values) do same = same and value == first end
    if same and first - first == 0 then idle[#idle + 1] = entry.label end
  end
  if #idle > 0 then
    list[#list + 1] = ("the seed makes no difference in %s: does the script set one of its own (lab.manual_seed)?")
      :format(table.concat(idle, ", "))
  end
end

-- What a run read, by the names of files: "airfoil.dat" or "airfoil (stand-in)".
local function data_of(run)
  local names = {}
  for path, sum in pairs(run.data or {}) do
    local name = path:match "[^/]+$"
    names[#names + 1] = sum == "stand-in" and name .. " (stand-in)" or ("%s (%s)"):format(name, tostring(sum):sub(1, 8))
  end
  return #names > 0 and table.concat(order.sort(names), ", ") or "none"
end

--- A sentence where runs of one experiment did not read the same data; nil where they did.
-- @tparam {Run,...} runs those that came to an end count
-- @treturn ?string
function M.of_data(runs)
  local count, list, experiment = {}, {}, nil
  for _, run in ipairs(runs) do
    if run.status == "done" or run.status == "diverged" then
      if experiment and run.experiment ~= experiment then return nil end
      experiment = run.experiment
      local data = data_of(run)
      if not count[data] then list[#list + 1] = data end
      count[data] = (count[data] or 0) + 1
    end
  end
  if #list < 2 then return nil end
  for i, data in ipairs(list) do list[i] = ("%s: %s"):format(values.count(count[data], "run"), data) end
  return "the runs did not read the same data: " .. table.concat(list, "; ")
end

local function warn_of_lost(list, model, entries)
  for _, entry in ipairs(entries) do
    local parts, lost = {}, 0
    for _, pair in ipairs(entry.lost) do
      parts[#parts + 1] = ("%d %s"):format(pair[2], pair[1])
      if pair[1] ~= "diverged" then lost = lost + pair[2] end
    end
    if lost > 0 then
      list[#list + 1] = ("of %s not all runs came to an end, and only those count: %s"):format(entry.label,
        table.concat(parts, ", "))
    end
    if entry.without > 0 then
      list[#list + 1] = ("of %s not all runs ended with '%s', and only those count: %d without"):format(entry.label,
        model.metric.name, entry.without)
    end
  end
end

local function warn_of_lost_pairs(list, entries)
  for _, entry in ipairs(entries) do
    local found = entry.paired
    if found and found.finite < found.pairs then
      list[#list + 1] = ("in %d of %s of %s a run diverged: mean difference and interval are those of the other pairs")
        :format(found.pairs - found.finite, values.count(found.pairs, "pair"), entry.label)
    end
  end
end

--- The warnings about groups.
-- @tparam table model
-- @tparam {table,...} entries of optlab.compare.groups
-- @tparam integer repeated how many runs were left out because a later one is the same
-- @treturn {string,...}
function M.of(model, entries, repeated)
  local list, seeds = {}, {}
  for i, entry in ipairs(entries) do seeds[i] = seeds_of(model, entry.group) end
  warn_of_lost(list, model, entries)
  warn_of_lost_pairs(list, entries)
  warn_of_few(list, entries, seeds)
  warn_of_seeds(list, entries, seeds)
  warn_of_budgets(list, entries)
  warn_of_tries(list, entries)
  warn_of_idle_seeds(list, entries, seeds)
  list[#list + 1] = M.of_data(model.runs)
  warn_of_versions(list, model.runs)
  if repeated > 0 then
    list[#list + 1] = ("%s left out: a later run has the same script, parameters and seed"):format(
      values.count(repeated, "run"))
  end
  return list
end

return M
