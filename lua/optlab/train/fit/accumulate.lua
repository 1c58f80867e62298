--- Updates from several batches: their gradients add up to that of one batch of all their rows.
--
-- Of k batches of one size the loss of each is divided by k before backward, as in the usual loop. Batches of other
-- sizes count by their rows (or by the sum of their labels' weights): the loss is multiplied by their ratio to the
-- first batch's, and where the update has fewer rows than k such batches, the last one of an epoch, its gradient is
-- scaled to their mean. A layer that looks at the whole batch (BatchNorm) sees one batch at a time.
-- @module optlab.train.fit.accumulate
local divergence = require "optlab.train.divergence"
local field = require("optlab.base.kinds").field
local no_grad = require("optlab.core").autograd.no_grad
local refuse_third = require("optlab.train.evaluate").refuse_third
local updates = require "optlab.train.fit.updates"

local M = {}

-- Adds the gradient of a batch. Gives the loss, by what it counts, and the sums of the metrics.
local function add_batch(run, group, rows, X, y, more)
  refuse_third(more, run.fn)
  local o, mean = run.o, run.mean
  local prediction = o.model(X)
  local loss = o.loss(prediction, y)
  local value = loss:item()
  if not divergence.is_finite(value) then return value end
  local weight = mean.weigh and mean.weigh(prediction, y):item() or rows
  if mean.sums then
    loss:backward()
  elseif weight ~= 0 then
    group.first = group.first or weight
    if weight ~= group.first then loss = loss * (weight / group.first) end
    (loss / o.accumulate):backward()
  end
  return value, weight, run.measure and run.measure(prediction, y)
end

-- The batches of a loader, the number of rows first.
local function batches_of(data)
  local following, state, control, closing = data:batches()
  return function(_, _)
    local X, y, more = following(state, control)
    control = X
    if X ~= nil then return #X, X, y, more end
  end, nil, nil, closing
end

local function scale(parameters, by)
  no_grad(function()
    for _, p in ipairs(parameters) do
      local grad = p.grad
      if grad then grad:mul_(by) end
    end
  end)
end

-- The loss that the gradients of a group are of.
local function loss_of(run, group)
  if run.mean.sums then return group.value end
  return group.weight == 0 and 0 or group.value / group.weight
end

-- Ends the group of batches with its update.
local function finish(run, group)
  local full = group.first and group.first * run.o.accumulate
  if full and full ~= group.weight then scale(run.parameters, full / group.weight) end
  if run.clip then run.clip() end
  local optimizer = run.o.optimizer
  if field(optimizer, "needs") == "loss" then optimizer:step(loss_of(run, group)) else optimizer:step() end
  if run.inside then run.inside:step() end
end

local function add_sums(total, sums)
  for i, sum in ipairs(sums or {}) do total[i] = (total[i] or 0) + sum end
end

--- An epoch of updates of `accumulate` batches each, whose gradients somebody adds.
-- @tparam table run
-- @tparam function batches batches(data): an iterator that gives the rows of a batch, X, y, ...
-- @tparam function add add(run, group, rows, X, y, ...) adds the gradient of a batch; gives the loss, by what it
--   counts, and the sums of the metrics; of a loss that is no number only that. `group.first` is for it
-- @tparam function after
-- @tparam function on_bad
function M.groups(run, batches, add, after, on_bad)
  local o = run.o
  local left, group = #o.data, nil
  for rows, X, y, more in batches(o.data) do
    if not group then
      group = { n = 0, rows = 0, value = 0, weight = 0, sums = {} }
      o.optimizer:zero_grad()
    end
    local value, weight, sums = add(run, group, rows, X, y, more)
    if not weight then return on_bad(value, X, y) end
    group.n, group.rows, group.weight, left = group.n + 1, group.rows + rows, group.weight + weight, left - 1
    group.value = group.value + (run.mean.sums and value or value * weight)
    add_sums(group.sums, sums)
    if group.n == o.accumulate or left == 0 then
      finish(run, group)
      local loss = loss_of(run, group)
      if after(loss, group.rows, run.mean.weigh and group.weight or nil, run.measure and group.sums) then return end
      group = nil
    end
  end
end

--- An epoch of updates, as optlab.train.fit.updates.epoch.
-- @tparam table run
-- @tparam function after
-- @tparam function on_bad
function M.epoch(run, after, on_bad)
  run.measure = updates.measure(run.o.measured)
  return M.groups(run, batches_of, add_batch, after, on_bad)
end

return M
