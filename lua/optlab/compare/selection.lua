--- The runs that a comparison or a report is about, from the words of the command line.
-- @module optlab.compare.selection
local runs = require "optlab.runs"

local M = {}

-- Cells in the place of their sweep, each run once; and the sweeps.
local function spread(list)
  local out, sweeps, seen = {}, {}, {}
  local function add(run)
    if not seen[run.path] then out[#out + 1] = run end
    seen[run.path] = true
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
  local found, message = runs.all { where = o.where, experiment = o.experiment, kind = "run" }
  if not found then return nil, message end
  local is_found, out = {}, {}
  for _, run in ipairs(found) do is_found[run.path] = true end
  for _, run in ipairs(list) do
    if is_found[run.path] then out[#out + 1] = run end
  end
  return out
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
  if #list == 0 then return nil, "there is no such run" end
  if o.most and #list > o.most then
    return nil, ("%d runs are too many for one page, at most %d; --where chooses among them"):format(#list, o.most)
  end
  table.sort(list, by_number)
  return list, sweeps
end

return M
