--- What runs ended with, in the quantity that counts.
--
-- A run that diverged ended with the worst there is, so that a group does not look better for it. Runs that failed,
-- were interrupted or still run did not end with anything.
-- @module optlab.compare.outcomes
local statistics = require "optlab.compare.statistics"

local M = {}

--- What a run ended with.
-- @tparam Run run
-- @tparam table metric {name =, more = whether more is better}
-- @treturn ?number nil where it ended with nothing
function M.of(run, metric)
  local value = (run.final or {})[metric.name]
  if type(value) ~= "number" then value = nil end
  if run.status == "diverged" or (run.status == "done" and value and value ~= value) then
    return metric.more and -math.huge or math.huge
  end
  return run.status == "done" and value or nil
end

--- What the runs of a group ended with, in ascending order.
-- @tparam table model
-- @tparam table group one of a grouping
-- @treturn {number,...}
function M.of_group(model, group)
  local list = {}
  for _, i in ipairs(group.members) do list[#list + 1] = M.of(model.runs[i], model.metric) end
  table.sort(list)
  return list
end

local LOST = { "diverged", "failed", "interrupted", "running", "damaged" }

--- The runs of a group that did not come to a good end.
-- @tparam table model
-- @tparam table group
-- @treturn {{string,integer},...} each status with how many runs have it
function M.lost(model, group)
  local count, list = {}, {}
  for _, i in ipairs(group.members) do
    local status = model.runs[i].status
    count[status] = (count[status] or 0) + 1
  end
  for _, status in ipairs(LOST) do
    if count[status] then list[#list + 1] = { status, count[status] } end
  end
  return list
end

--- How many runs of a group came to a good end without the quantity that counts.
-- @tparam table model
-- @tparam table group
-- @treturn integer
function M.without(model, group)
  local n = 0
  for _, i in ipairs(group.members) do
    local run = model.runs[i]
    if run.status == "done" and not M.of(run, model.metric) then n = n + 1 end
  end
  return n
end

local function is_better(a, b, more)
  if b == nil then return true end
  if more then return a > b end
  return a < b
end

--- The run with the best end.
-- @tparam table model
-- @treturn ?Run nil where none ended well
function M.best_run(model)
  local best, best_value
  for _, run in ipairs(model.runs) do
    local value = M.of(run, model.metric)
    if value and statistics.finite(value) and is_better(value, best_value, model.metric.more) then
      best, best_value = run, value
    end
  end
  return best
end

--- The group with the best median.
-- @tparam table model
-- @tparam table way a grouping
-- @treturn ?table nil where no run ended with anything
-- @treturn number the median
-- @treturn {number,...} what its runs ended with
function M.best_group(model, way)
  local best, best_median, best_list
  for _, group in ipairs(way.groups) do
    local list = M.of_group(model, group)
    local median = #list > 0 and statistics.median(list) or nil
    if median and is_better(median, best_median, model.metric.more) then
      best, best_median, best_list = group, median, list
    end
  end
  return best, best_median, best_list
end

return M
