--- What the commands that compare runs have in common: options that choose runs and a quantity.
-- @module optlab.cli.commands.compare.choice
local M = {}

--- Adds RUN..., --where and --experiment.
-- @param parser
function M.add_runs(parser)
  parser:argument("runs"):args("*"):argname("RUN")
    :description("12, 12..20, last, @tag, the path of a run; a sweep's number is all its cells")
  parser:option("--where"):argname("EXPR"):description("only runs of which this is true: 'lr < 0.1 and loss < 0.25'")
  parser:option("--experiment"):argname("NAME"):description("only runs of this experiment, such as momentum")
end

--- Adds --metric, --minimize and --maximize.
-- @param parser
function M.add_metric(parser)
  parser:option("--metric"):argname("NAME"):description("the final value to compare by (default loss); "
    .. "of accuracies higher is better")
  parser:option("--minimize"):argname("NAME"):description("the same, lower is better")
  parser:option("--maximize"):argname("NAME"):description("the same, higher is better")
end

--- The names of --by lr,momentum, which may be given several times.
-- @tparam table values
-- @tparam string command
-- @treturn ?{string,...} nil where there is none
-- @treturn ?string what is wrong
function M.by(values, command)
  local names = {}
  for _, text in ipairs(values.by) do
    for name in text:gmatch "[^,%s]+" do names[#names + 1] = name end
  end
  if #names > 0 then return names end
  return nil, #values.by > 0 and command .. ": --by must be the name of a parameter, got ''" or nil
end

-- Whether a run has what its group is named after.
local function has_all(run, names)
  for _, name in ipairs(names) do
    if name ~= "experiment" and name ~= "script" and run.parameters[name] == nil then return false end
  end
  return true
end

local function experiments_of(list)
  local seen, names = {}, {}
  for _, run in ipairs(list) do
    if not seen[run.experiment] then
      seen[run.experiment] = true
      names[#names + 1] = run.experiment
    end
  end
  return require("optlab.base.order").sort(names)
end

-- Of all runs in the folder those that can be grouped; they have to be of one experiment.
local function groupable(list, by)
  local kept = {}
  for _, run in ipairs(list) do
    if has_all(run, by) then kept[#kept + 1] = run end
  end
  if #kept == 0 then return list end -- the message about an unknown name says more
  local names = experiments_of(kept)
  local by_experiment = false
  for _, name in ipairs(by) do by_experiment = by_experiment or name == "experiment" end
  if #names > 1 and not by_experiment then
    return nil, ("runs of several experiments have %s; --experiment NAME chooses one (%s)"):format(
      table.concat(by, ", "), table.concat(names, ", "))
  end
  return kept
end

--- The runs that a command's words choose.
-- @tparam table values of the command line
-- @tparam string command its name
-- @tparam[opt] {string,...} by names of parameters: without words all runs that have them are meant
-- @treturn ?{Run,...} nil and a message
function M.runs(values, command, by)
  local list, message = require("optlab.compare.selection").make(values.runs, {
    command = command, where = values.where, experiment = values.experiment, all = by ~= nil,
  })
  if list and by and #values.runs == 0 then list, message = groupable(list, by) end
  if not list then return nil, command .. ": " .. message end
  return list
end

--- The options --metric, --minimize and --maximize; at most one of them.
-- @tparam table values
-- @tparam string command
-- @treturn ?table nil and a message
function M.metric(values, command)
  local count = (values.metric and 1 or 0) + (values.minimize and 1 or 0) + (values.maximize and 1 or 0)
  if count > 1 then return nil, command .. ": give one of --metric, --minimize and --maximize" end
  return { metric = values.metric, minimize = values.minimize, maximize = values.maximize }
end

return M
