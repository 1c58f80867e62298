--- What can be said about some runs: what they share, where they differ, how they are grouped.
--
-- A column is something in which runs may differ: {name =, kind = "experiment" | "parameter" | "script", of = function
-- of a run that gives the shown text, raw = the value that it is sorted by}. Runs that differ in the seed alone are
-- one group.
-- @module optlab.compare.model
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"
local repeats = require "optlab.compare.repeats"
local values = require "optlab.compare.values"

local M = {}

-- --- columns --------------------------------------------------------------------------------------------------------

local function parameter_column(name)
  local function raw(run) return (run.parameters or {})[name] end
  return { name = name, kind = "parameter", raw = raw, of = function(run) return values.shown(raw(run)) end }
end

local function experiment_column()
  local function of(run) return run.experiment or values.NONE end
  return { name = "experiment", kind = "experiment", raw = of, of = of }
end

-- The bytes of the script decide: versions are A, B, ... in the order in which the runs have them.
local function script_column(runs)
  local letters, n = {}, 0
  for _, run in ipairs(runs) do
    local hash = M.script_hash(run)
    if hash and not letters[hash] then
      letters[hash] = n < 26 and string.char(65 + n) or ("A%d"):format(n)
      n = n + 1
    end
  end
  local function of(run) return letters[M.script_hash(run)] or values.NONE end
  return { name = "script", kind = "script", raw = of, of = of }
end

--- The name under which a run keeps its script, or nil.
function M.script_name(run)
  local code, name = run.code or {}, run.script
  if not name then return nil end
  while name and not code[name] do name = name:match "^[^/]*/+(.*)$" end
  return name
end

--- The checksum of a run's script, or nil.
function M.script_hash(run)
  local name = M.script_name(run)
  return name and run.code[name]
end

local function all_names(runs)
  local seen, names = {}, {}
  for _, run in ipairs(runs) do
    for name in pairs(run.parameters or {}) do
      if not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  return order.sort(names)
end

local function differs(column, runs)
  for i = 2, #runs do
    if column.of(runs[i]) ~= column.of(runs[1]) then return true end
  end
  return false
end

-- Whether one experiment was run with more than one version of its script.
local function has_versions(runs)
  local hash_of = {}
  for _, run in ipairs(runs) do
    local hash, name = M.script_hash(run), run.experiment or ""
    if hash and hash_of[name] and hash_of[name] ~= hash then return true end
    hash_of[name] = hash_of[name] or hash
  end
  return false
end

-- --- groups ---------------------------------------------------------------------------------------------------------

local function describe(columns, run)
  local parts = {}
  for i, column in ipairs(columns) do
    parts[i] = column.kind == "parameter" and column.name .. " " .. column.of(run)
      or column.kind == "script" and "script " .. column.of(run) or column.of(run)
  end
  return table.concat(parts, ", ")
end

local function sort_key(column, run)
  local raw = column.raw(run)
  return type(raw) == "number" and raw or nil, column.of(run)
end

local function less(columns, a, b)
  for _, column in ipairs(columns) do
    local x, text_x = sort_key(column, a)
    local y, text_y = sort_key(column, b)
    if x and y and x ~= y then return x < y end
    if not (x and y) and text_x ~= text_y then return order.less(text_x, text_y) end
  end
  return false
end

-- The runs that agree in the columns: {label =, members = positions in runs}, in the order of the values. Those that a
-- later run repeats are in no group.
local function group_by(columns, runs, repeated)
  local groups, by_label = {}, {}
  for i, run in ipairs(runs) do
    local label = describe(columns, run)
    if not repeated[i] and not by_label[label] then
      by_label[label] = { label = label, members = {} }
      groups[#groups + 1] = by_label[label]
    end
    if not repeated[i] then table.insert(by_label[label].members, i) end
  end
  table.sort(groups, function(a, b)
    local one, other = runs[a.members[1]], runs[b.members[1]]
    if less(columns, one, other) then return true end
    return not less(columns, other, one) and a.members[1] < b.members[1]
  end)
  return groups
end

local MOST_GROUPS = 24

-- Ways to cut the runs into groups: by everything but the seed, then by each column alone; the ones that say something.
local function groupings_of(columns, runs, repeated, n_repeated)
  local ways, seen = {}, {}
  local function offer(name, by)
    local groups = group_by(by, runs, repeated)
    local cut = {}
    for _, group in ipairs(groups) do cut[#cut + 1] = table.concat(group.members, " ") end
    local key = table.concat(cut, "|")
    if #groups == #runs - n_repeated or #groups > MOST_GROUPS or seen[key] then return end
    seen[key] = true
    ways[#ways + 1] = { name = name, columns = by, groups = groups }
  end
  offer("everything but the seed", columns)
  if #columns > 1 then
    for _, column in ipairs(columns) do offer(column.name, { column }) end
  end
  return ways
end

-- The column of a name: experiment, script, or a parameter.
local function column_of(name, runs)
  if name == "experiment" then return experiment_column() end
  if name == "script" then return script_column(runs) end
  for _, run in ipairs(runs) do
    if (run.parameters or {})[name] ~= nil then return parameter_column(name) end
  end
  return nil
end

--- The names by which runs may be grouped.
-- @tparam {Run,...} runs
-- @treturn {string,...}
function M.names(runs) return table.move({ "experiment", "script" }, 1, 2, #all_names(runs) + 1, all_names(runs)) end

--- Cuts the runs into groups.
-- @tparam table model
-- @tparam {string,...} names of parameters; "experiment", "script"
-- @treturn ?table {name =, columns =, groups = {{label =, members = positions of runs}, ...}}; nil and a message
function M.grouping(model, names)
  local columns = {}
  for i, name in ipairs(names) do
    columns[i] = column_of(name, model.runs)
    if not columns[i] then
      local known = M.names(model.runs)
      local hint = errors.hint(name, known)
      if hint == "" then hint = " (there are " .. table.concat(known, ", ") .. ")" end
      return nil, ("--by: no run has a parameter '%s'%s"):format(name, hint)
    end
  end
  return { name = table.concat(names, ", "), columns = columns, groups = group_by(columns, model.runs, model.repeated) }
end

-- --- the quantity that counts ----------------------------------------------------------------------------------------

local function recorded(runs)
  local count, names = {}, {}
  for _, run in ipairs(runs) do
    for name in pairs(run.final or {}) do
      if not count[name] then names[#names + 1] = name end
      count[name] = (count[name] or 0) + 1
    end
  end
  return order.sort(names), count
end

--- Whether more of a quantity is better: accuracies.
-- @tparam string name
-- @treturn boolean
function M.more_is_better(name)
  local lower = name:lower()
  return lower:match("acc") ~= nil or lower:match("score") ~= nil or lower:match("reward") ~= nil
end

local PREFERRED = { "loss", "test_loss", "train_loss" }

-- "loss" if the runs have it, else what most of them have.
local function main_quantity(names, count)
  for _, name in ipairs(PREFERRED) do
    if count[name] then return name end
  end
  local best
  for _, name in ipairs(names) do
    if not best or count[name] > count[best] then best = name end
  end
  return best
end

local function metric_of(names, count, options)
  local name = options.minimize or options.maximize or options.metric or main_quantity(names, count)
  if not name then return nil end
  local more = options.maximize ~= nil or (not options.minimize and M.more_is_better(name))
  return { name = name, more = more }
end

-- The quantities, the one that counts first; those of single lines ("adam.loss") only where there is nothing else.
local function quantities_of(names, metric)
  local plain, dotted = {}, {}
  for _, name in ipairs(names) do
    if name ~= (metric and metric.name) then table.insert(name:find(".", 1, true) and dotted or plain, name) end
  end
  if metric then table.insert(plain, 1, metric.name) end
  return plain, dotted
end

-- --- the whole ------------------------------------------------------------------------------------------------------

local function seeds_differ(runs)
  for i = 2, #runs do
    if runs[i].seed ~= runs[1].seed then return true end
  end
  return false
end

-- Columns in which the runs differ, and the names of the parameters that all have in common.
local function split_columns(runs)
  local columns, common = {}, {}
  local experiment = experiment_column()
  if differs(experiment, runs) then columns[1] = experiment end
  for _, name in ipairs(all_names(runs)) do
    local column = parameter_column(name)
    if name == "seed" then
      common.seed_parameter = true
    elseif differs(column, runs) then
      columns[#columns + 1] = column
    else
      common[#common + 1] = name
    end
  end
  if has_versions(runs) then columns[#columns + 1] = script_column(runs) end
  return columns, common
end

--- The model of some runs.
-- @tparam {Run,...} runs
-- @tparam[opt] table options `minimize`, `maximize` or `metric`, the quantity that counts (of the last, more is better
-- where it is an accuracy); `by`, the name of a column
-- @treturn table runs, columns, common (names), seeds (whether they differ), repeated (positions of runs that a later
-- one repeats), n_repeated, groupings, metric, quantities, dotted
function M.new(runs, options)
  local columns, common = split_columns(runs)
  local names, count = recorded(runs)
  local repeated, n_repeated = repeats.of(runs)
  local model = {
    runs = runs, columns = columns, common = common, seeds = seeds_differ(runs), names = names,
    by = options and options.by, repeated = repeated, n_repeated = n_repeated,
    groupings = groupings_of(columns, runs, repeated, n_repeated),
    metric = metric_of(names, count, options or {}),
  }
  model.quantities, model.dotted = quantities_of(names, model.metric)
  return model
end

--- What distinguishes a run from the others, without its number: "lr 0.1, seed 3"; "" for a single run.
-- @tparam table model
-- @tparam Run run
-- @treturn string
function M.describe(model, run)
  local text = describe(model.columns, run)
  if not model.seeds then return text end
  return (text == "" and "" or text .. ", ") .. "seed " .. values.shown(run.seed)
end

return M
