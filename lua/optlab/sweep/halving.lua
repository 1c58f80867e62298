--- Successive halving: all choices of the parameters get a few epochs, the best 1/K of them K times as many, and so on
-- until one is left. A training goes on from the checkpoint of the round before where it can be saved
-- (optlab.train.fit.automatic), else it begins anew.
--
-- What comes next depends on the values of the cells alone, so every worker comes to the same.
-- @module optlab.sweep.halving
local plans = require "optlab.sweep.plan"
local results = require "optlab.sweep.results"

local M = {}

--- The parameter that is multiplied.
M.NAME = "epochs"

local function entry_of(script)
  for _, entry in ipairs(script.declaration) do
    if entry.name == M.NAME and entry.kind == "integer" then return entry end
  end
  return nil
end

--- Prepares a plan: its cells become the first round.
-- @tparam table plan
-- @tparam integer factor K
-- @treturn ?table plan with `halving` = {factor =, entry =, round = 0}, or nil and a message
function M.prepare(plan, factor)
  local entry = entry_of(plan.script)
  if not entry then
    return nil, ("--halving: %s declares no integer parameter '%s' for it to raise"):format(plan.script.name, M.NAME)
  end
  for _, varied in ipairs(plan.varied) do
    if varied.name == M.NAME then return nil, "--halving raises --epochs itself: give it one value" end
  end
  if plan.cells[1].parameters[M.NAME] == nil then
    return nil, "--halving: --epochs has no default, so give it the value of the first round"
  end
  if #plan.varied == 0 then return nil, "--halving: no parameter but the seed has several values" end
  if not plan.cells[1].values[M.NAME] then table.insert(plan.names, 1, M.NAME) end
  for i, cell in ipairs(plan.cells) do
    cell.values[M.NAME] = cell.parameters[M.NAME]
    plan.cells[i] = plans.cell(plan.script, plan.names, cell.values)
    plan.cells[i].index, plan.cells[i].round = i, 0
  end
  plan.halving = { factor = factor, entry = entry, round = 0 }
  return plan
end

local function of_round(cells, round)
  local list = {}
  for _, cell in ipairs(cells) do
    if cell.round == round then list[#list + 1] = cell end
  end
  return list
end

local function all_failed(cells)
  for _, cell in ipairs(cells) do
    if cell.state ~= "failed" then return false end
  end
  return true
end

local function chosen(plan, cells, options)
  local metric, sign = results.metric(cells, options)
  if not metric then return nil, sign end
  local groups, ranked = results.groups(plan.varied, cells, metric, sign)
  local best, count = {}, #groups > 1 and math.max(1, #groups // plan.halving.factor) or 0
  for i = 1, count do
    local group = ranked[i]
    if group.median and group.median - group.median == 0 then best[#best + 1] = group end
  end
  table.sort(best, function(a, b) return a.order < b.order end)
  return best
end

local function next_cell(plan, old, epochs)
  local values = {}
  for name, value in pairs(old.values) do values[name] = value end
  values[M.NAME] = epochs
  local cell = plans.cell(plan.script, plan.names, values)
  cell.round, cell.previous = plan.halving.round, old
  return cell
end

--- The cells of the next round.
-- @tparam table plan
-- @tparam {table,...} cells of all rounds up to now, with `state` and `run`
-- @tparam table options `minimize`, `maximize`
-- @treturn ?{table,...} empty at the end; nil and a message where it cannot be said which are the best
function M.next_round(plan, cells, options)
  local h = plan.halving
  local round = of_round(cells, h.round)
  if all_failed(round) then return {} end
  local best, message = chosen(plan, round, options)
  if not best then return nil, message end
  local list = {}
  if #best == 0 then return list end
  local epochs = round[1].values[M.NAME] * h.factor
  if h.entry.max and epochs > h.entry.max then return list end
  h.round = h.round + 1
  for _, group in ipairs(best) do
    for _, old in ipairs(group.cells) do
      if old.state == "done" then
        list[#list + 1] = next_cell(plan, old, epochs)
        list[#list].index = #cells + #list
      end
    end
  end
  return list
end

return M
