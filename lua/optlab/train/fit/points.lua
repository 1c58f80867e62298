--- The points of a training's history: what is measured, and when.
-- @module optlab.train.fit.points
local clock = require("optlab.core").system.clock
local evaluate = require "optlab.train.evaluate"
local gauges = require "optlab.train.gauges"
local history_of = require "optlab.train.fit.history"
local log = require "optlab.train.fit.log"
local loss_mean = require "optlab.train.loss_mean"
local mean = require "optlab.train.fit.mean"
local parameters = require "optlab.train.fit.parameters"
local short = require "optlab.base.short"

local M = {}

--- Stops the clock of the training, which does not count evaluations and checkpoints, until `go` is called.
-- @tparam table run
function M.stop(run)
  run.counters.seconds = run.counters.seconds + (clock() - run.resumed)
end

--- The clock goes on.
-- @tparam table run
function M.go(run) run.resumed = clock() end

local NAN = -(0 / 0) -- printed without a sign

-- The losses and metrics on the evaluation sets; gives the loss of the first set.
local function evaluate_sets(run, n)
  local o, history, first = run.o, run.history, nil
  for _, set in ipairs(o.sets) do
    local loss, means = evaluate.measure(o.model, o.loss, o.measured, set.data, run.fn, run.ranks)
    if o.loss then history[set.name .. "_loss"][n] = loss end
    for i, metric in ipairs(o.measured) do history[set.name .. "_" .. metric.name][n] = means[i] end
    first = first or loss
  end
  return first
end

-- The loss of a point that is measured by itself, at the optimizer's mean if it has one.
local function evaluated(run, n)
  local o = run.o
  if #o.sets == 0 and not o.evaluate then return nil end
  return mean.at(o.optimizer, function()
    local loss = evaluate_sets(run, n)
    if o.evaluate then return o.evaluate(o.model) end
    return loss
  end)
end

-- The learning rate, and the length of the gradient of the last update (before it was clipped).
local function note_update(run, n)
  local history = run.history
  if history.lr then history.lr[n] = run.o.optimizer.lr end
  if not history.grad_norm then return end
  history.grad_norm[n] = run.norm and run.norm:item() or parameters.grad_norm(run.parameters) or NAN
end

local function note_gauges(run, n)
  local o = run.o
  if #o.watched == 0 then return end
  local values = gauges.measure(o, o.watched, run.gauges)
  for _, name in ipairs(o.watched) do run.history[name][n] = values[name] or NAN end
end

local function write_log(run)
  log.write(run.log, run.history, history_of.per_epoch(run.history), run.updates)
end

--- Adds a point to the history.
-- @tparam table run
-- @treturn number its loss
function M.record(run)
  M.stop(run)
  local counters, history = run.counters, run.history
  local n = #history.loss + 1
  note_update(run, n)
  note_gauges(run, n)
  local loss = evaluated(run, n) or loss_mean.mean(counters)
  history.steps[n], history.epochs[n] = counters.steps, counters.steps / run.updates
  history.loss[n], history.seconds[n] = loss, counters.seconds
  write_log(run)
  M.go(run)
  return loss
end

--- Writes what is new in the history to history.csv.
-- @function write_log
-- @tparam table run
M.write_log = write_log

-- The line about an epoch, in the book's words where there is an accuracy.
local function epoch_line(run, info)
  local o = run.o
  if #o.measured == 0 then return ("epoch %d, loss: %s"):format(info.epoch, short.number(info.loss)) end
  local parts = { ("epoch %d"):format(info.epoch) }
  if info.train_loss then parts[2] = "train loss " .. short.number(info.train_loss) end
  local function add(name, metric)
    local value = info[name .. "_" .. metric]
    if value then parts[#parts + 1] = ("%s %s %.3f"):format(name, metric, value) end
  end
  for _, metric in ipairs(o.measured) do
    add("train", metric.name)
    for _, set in ipairs(o.sets) do add(set.name, metric.name) end
  end
  return table.concat(parts, ", ")
end

-- What on_epoch is told: the last entry of each list of the history, and the rest.
local function epoch_info(run, loss)
  local counters, history = run.counters, run.history
  local info = {
    epoch = counters.epoch, step = counters.steps, loss = loss, seconds = counters.seconds, model = run.o.model,
    history = history,
  }
  for _, names in ipairs { history_of.per_epoch(history), run.log.points } do
    for _, name in ipairs(names) do info[name] = info[name] or history[name][#history[name]] end
  end
  return history_of.strict(info, "what on_epoch is told", run.o.step ~= nil)
end

--- Ends an epoch: its means, a point unless `eval_every` says when, the callbacks.
-- @tparam table run
-- @treturn number the loss of the epoch
-- @treturn boolean whether on_epoch wants to stop
function M.finish_epoch(run)
  local o, counters, history = run.o, run.counters, run.history
  local epoch, training_loss = counters.epoch, loss_mean.mean(counters)
  local loss = training_loss
  if not o.eval_every then loss = M.record(run) end
  history.train_loss[epoch] = training_loss
  history_of.add_epoch(history, epoch, counters.sums, counters.rows)
  write_log(run)
  local info = epoch_info(run, loss)
  local wish = o.on_epoch and o.on_epoch(info)
  if o.log then o.log(epoch_line(run, info)) end
  counters.loss_sum, counters.loss_weight, counters.seen = 0, 0, 0
  counters.sums, counters.rows = {}, {}
  return loss, run.wants_stop("on_epoch", wish)
end

return M
