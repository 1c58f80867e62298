--- How a training makes its updates from one point of an epoch to the next: as plain Lua, or by a step of the script's.
--
-- An update gives a table `done`: `value`, the number that the loss is; `rows`; `weight`, by what the loss counts in a
-- mean (nil: its rows); `sums`, what is counted beside it, as sums over the rows; `X` and `y`, the last batch.
-- @module optlab.train.fit.updates
local core = require "optlab.core"
local divergence = require "optlab.train.divergence"
local errors = require "optlab.base.errors"
local metrics = require "optlab.train.metrics"
local step = require "optlab.train.step"

local M = {}

--- Sums of the metrics over a batch, or nil without metrics.
-- @tparam {table,...} measured optlab.train.metrics
-- @treturn ?function measure(prediction, y)
function M.measure(measured)
  if #measured == 0 then return nil end
  return function(prediction, y)
    local sums = {}
    for i, metric in ipairs(measured) do sums[i] = core.autograd.no_grad(metric.sum, prediction, y) end
    return sums
  end
end

--- The usual update of a batch. A loss that is no number leaves the parameters alone.
-- @tparam table run a training
-- @treturn function update(X, y, more): the loss, its weight, the sums
function M.usual(run)
  local o = run.o
  local value
  local update = step.new {
    model = o.model, loss = o.loss, optimizer = o.optimizer, scheduler = run.inside, measure = M.measure(o.measured),
    weigh = run.mean.weigh, clip = run.clip, fn = run.fn, accepts = function(loss)
      value = loss:item()
      return value - value == 0 -- neither infinite nor nan
    end,
  }
  return function(X, y, more)
    local _, weight, sums = update(X, y, more)
    return value, weight and weight:item(), sums
  end
end

-- Numbers that a step of the script's own returned beside the loss, by name.
local function own_sums(run, values, rows)
  if values == nil then return nil end
  if type(values) ~= "table" then
    errors.raise("%s: step must return the loss and, if anything, a table of numbers by name, got %s", run.fn,
      errors.shown(values))
  end
  local sums = {}
  for name, value in pairs(values) do
    if type(name) ~= "string" or not name:match("^%a[%w_]*$") or name == "loss" then
      errors.raise("%s: the numbers that step returns need names of letters, digits and '_' (not loss), got %s", run.fn,
        errors.shown(name))
    end
    sums[name] = metrics.number(value, run.fn, "step: " .. name) * rows
  end
  return sums
end

--- An update by the option `step`.
-- @tparam table run a training
-- @treturn function as that of `usual`
function M.own(run)
  local o = run.o
  return function(X, y, more)
    local loss, values = o.step(o.model, { X, y, more, X = X, y = y }, o.optimizer)
    if loss == nil then errors.raise("%s: step must return the loss, a number or a tensor with one element", run.fn) end
    if run.inside then run.inside:step() end
    return metrics.number(loss, run.fn, "step"), nil, own_sums(run, values, #X)
  end
end

--- An epoch of updates of one batch each.
-- @tparam table run a training
-- @tparam function after after(value, rows, weight, sums) is told of each update; true ends the epoch
-- @tparam function on_bad on_bad(value, X, y): the loss of that batch is infinite or nan, and the epoch ends
function M.epoch(run, after, on_bad)
  for X, y, more in run.o.data:batches() do
    local value, weight, sums = run.step(X, y, more)
    if not divergence.is_finite(value) then return on_bad(value, X, y) end
    if after(value, #X, weight, sums) then return end
  end
end

return M
