--- The runs that a comparison or a report is about, from the words of the command line.
-- @module optlab.compare.selection
local config = require "optlab.base.config"
local runs = require "optlab.runs"
local uv = require "luv"
local where = require "optlab.runs.where"

local M = {}

-- Cells in the place of their sweep, each run once, by whatever path it was named; and the sweeps.
local function spread(list)
  local out, sweeps, seen = {}, {}, {}
  local function add(run)
    local path = uv.fs_realpath(run.path) or run.path
    if not seen[path] then out[#out + 1] = run end
    seen[path] = true
  end
  for _, run in ipairs(list) do
    if run.kind == "sweep" then
      sweeps[#sweeps + 1] = run
      for _, cell in ipairs(runs.cells(run)) do add(cell) end
    else
      add(run)
    end
  end
  return out, sweeps
end

-- Those of a list for which an expression is true, or that are of an experiment.
local function only(list, o)
  local condition, message
  if o.where then
    condition, message = where.compile(o.where)
    message = message or where.unknown(condition.names, where.known(list), "--where")
    if message then return nil, message end
  end
  local out = {}
  for _, run in ipairs(list) do
    local matches, wrong = not o.experiment or run.experiment == o.experiment, nil
    if matches and condition then
      matches, wrong = condition.matches(function(name) return where.value(run, name) end)
    end
    if wrong then return nil, wrong end
    if matches then out[#out + 1] = run end
  end
  return out
end

-- Why nothing is left.
local function none(words, o)
  local options = {}
  if o.experiment then options[1] = ("--experiment '%s'"):format(o.experiment) end
  if o.where then options[#options + 1] = ("--where '%s'"):format(o.where) end
  if #options > 0 then return "no run is left by " .. table.concat(options, " and ") end
  return #words > 0 and "none of the sweep's cells has run so far" or "no runs are kept in " .. config.runs
end

local function choose(words, o)
  if #words == 0 and not (o.where or o.experiment or o.all) then
    local ask = "which runs? For example: optlab %s last, 12..20, @tag, a sweep's number, or --where 'lr < 0.1'"
    return nil, ask:format(o.command)
  end
  if #words == 0 then
    local list, message = runs.all { where = o.where, experiment = o.experiment, kind = "run" }
    return list, list and {} or message
  end
  local named, message = runs.select(words)
  if not named then return nil, message end
  local list, sweeps = spread(named)
  if o.where or o.experiment then
    list, message = only(list, o)
    if not list then return nil, message end
  end
  return list, sweeps
end

local function by_number(a, b)
  if (a.number or 0) ~= (b.number or 0) then return (a.number or 0) < (b.number or 0) end
  return a.path < b.path
end

--- The runs that words name and of which an expression is true, in the order of their numbers.
-- @tparam {string,...} words 12, "12..20", "last", "@tag", a path; a sweep stands for its cells
-- @tparam table o `command`, its name for messages; `where`; `experiment`; `all`, whether no words mean all runs;
-- `most`, how many there may be
-- @treturn ?{Run,...} nil where there is none
-- @treturn {Run,...}|string the sweeps among what was named; what is wrong
function M.make(words, o)
  local list, sweeps = choose(words, o)
  if not list then return nil, sweeps end
  if #list == 0 then return nil, none(words, o) end
  if o.most and #list > o.most then
    return nil, ("%d runs are too many for one page, at most %d; --where chooses among them"):format(#list, o.most)
  end
  table.sort(list, by_number)
  return list, sweeps
end

return M
