--- The training loop: epochs of minibatches, a schedule, an evaluation now and then, and the history of it all.
--
-- A training is a table `run`: the options `o`; the `counters` of steps, examples, seconds, ... (plain numbers, which a
-- checkpoint saves); the `history`; and the functions that an update needs. The files of this folder have one part
-- each: `options`; `updates`, `accumulate`, `parts` and optlab.train.compiled, the ways to make an epoch of updates;
-- `points`, what is measured; `history`; `early_stopping`; `log`, history.csv; `resume`, checkpoints.
-- @module optlab.train.fit

local accumulate = require "optlab.train.fit.accumulate"
local arguments = require "optlab.base.script_arguments"
local automatic = require "optlab.train.fit.automatic"
local compiled = require "optlab.train.compiled"
local config = require "optlab.base.config"
local core = require "optlab.core"
local diagnose = require "optlab.train.diagnose"
local divergence = require "optlab.train.divergence"
local early_stopping = require "optlab.train.fit.early_stopping"
local errors = require "optlab.base.errors"
local field = require("optlab.base.kinds").field
local history_of = require "optlab.train.fit.history"
local log = require "optlab.train.fit.log"
local loss_mean = require "optlab.train.loss_mean"
local options = require "optlab.train.fit.options"
local parameters = require "optlab.train.fit.parameters"
local parts = require "optlab.train.fit.parts"
local points = require "optlab.train.fit.points"
local progress = require "optlab.base.progress"
local ranks = require "optlab.train.fit.ranks"
local rate = require "optlab.train.rate"
local resume = require "optlab.train.fit.resume"
local updates = require "optlab.train.fit.updates"

local M = {}

local FN = options.FN

local UPDATES_UNSEEN = 64 -- compiled updates between two looks at the progress bar

-- Whether a callback's result asks for the end: "stop".
local function wants_stop(callback, wish)
  if type(wish) == "string" and wish ~= "stop" then
    errors.raise("%s: %s may return \"stop\" to end the training, or nothing, got %s", FN, callback, errors.shown(wish))
  end
  return wish == "stop"
end

-- --- after an update ------------------------------------------------------------------------------------------------

local function save(run)
  if not ranks.writes(run) then return end
  points.stop(run)
  resume.save(run)
  points.go(run)
end

-- What on_step is told: the loss of the step, and the means over the epoch so far.
local function step_info(run, value)
  local counters = run.counters
  local info = {
    step = counters.steps, epoch = counters.epoch, loss = value, train_loss = loss_mean.mean(counters),
    model = run.o.model,
  }
  for name, sum in pairs(counters.sums) do info["train_" .. name] = sum / counters.rows[name] end
  return history_of.strict(info, "what on_step is told", run.o.step ~= nil)
end

-- A step of the script's own may return a number in some of its updates only: the mean is over the rows of these.
local function add_sums(run, sums, rows)
  local total, seen, measured = run.counters.sums, run.counters.rows, run.o.measured
  for key, sum in pairs(sums) do
    local name = measured[key] and measured[key].name or key
    total[name], seen[name] = (total[name] or 0) + sum, (seen[name] or 0) + rows
  end
end

-- Whether the epoch goes on after the step that was made last.
local function is_inside(run) return run.counters.steps < run.counters.epoch * run.updates end

-- Whether a checkpoint is due after a step that is not the last of its epoch.
local function is_due(run)
  local every = run.checkpoint and run.checkpoint.every_steps
  return every and run.counters.steps % every == 0 and is_inside(run)
end

-- Saves a training that is to go on by itself, if it is time to and the epoch is under way.
local function save_in_time(run)
  if run.counters.seen > 0 and is_inside(run) and automatic.is_due(run.automatic) then save(run) end
end

-- All that follows an update of `rows` examples, whose loss counts by `weight` (nil: rows); true ends the training.
local function after_update(run, value, rows, weight, sums)
  local o, counters = run.o, run.counters
  counters.steps, counters.examples, counters.seen = counters.steps + 1, counters.examples + rows, counters.seen + rows
  loss_mean.add(counters, run.mean, value, rows, weight)
  if sums then add_sums(run, sums, rows) end
  if run.step_scheduler then run.step_scheduler:step(value) end
  if run.bar then run.bar:step() end
  if run.on_update then run.on_update(run.log.name, counters.steps / run.updates, value) end
  if o.on_step and ranks.any(run, wants_stop("on_step", o.on_step(step_info(run, value)))) then
    counters.stopped = "on_step"
    return true
  end
  if o.eval_every and counters.examples % o.eval_every == 0 then points.record(run) end
  if is_due(run) then
    save(run)
  elseif run.automatic and not run.compiled then
    save_in_time(run)
  end
  return false
end

-- A loss is infinite or nan: ends the training, or raises.
local function diverge(run, value, X, y)
  points.stop(run)
  if value ~= value then value = -(0 / 0) end -- some processors make nan with a sign, which would be printed
  local counters = run.counters
  local place, reason = diagnose.place(value, counters), diagnose.advice(run.o, X, y, counters.steps)
  local diverged = divergence.settle(run.o.on_divergence, ("%s: %s: %s"):format(FN, place, reason),
    {step = counters.steps + 1, epoch = counters.epoch, loss = value, reason = reason})
  local lr = run.history.lr and run.o.optimizer.lr
  history_of.add_diverged(run.history, run.log.points, diverged, lr, counters.seconds, run.updates)
  points.write_log(run)
  points.go(run)
end

-- --- epochs ---------------------------------------------------------------------------------------------------------

-- An epoch of updates made by `epoch` of optlab.train.fit.updates or of accumulate.
local function lua_epoch(epoch)
  return function(run)
    epoch(run, function(...) return after_update(run, ...) end, function(...) diverge(run, ...) end)
  end
end

-- How many of `left` compiled updates may be made before somebody wants to look at one or to move the learning rate.
local function updates_ahead(run, left)
  local o, counters, n = run.o, run.counters, left
  if run.automatic then save_in_time(run) end
  if o.on_step or run.step_scheduler then n = 1 end
  if run.bar or run.automatic then n = math.min(n, UPDATES_UNSEEN) end
  if o.eval_every then n = compiled.batches_until(counters.examples, o.data.batch_size, o.eval_every, n) end
  local every = run.checkpoint and run.checkpoint.every_steps
  return every and math.min(n, every - counters.steps % every) or n
end

local function compiled_epoch(run)
  local o, counters = run.o, run.counters
  compiled.epoch(run.step, o.data, function(loss, rows, weight, counts)
    return after_update(run, loss, rows, weight, counts)
  end, function(left)
    return updates_ahead(run, left)
  end, function(loss, done, X, y)
    counters.steps, counters.examples = counters.steps + done, counters.examples + done * o.data.batch_size
    diverge(run, loss, X, y)
  end)
end

-- --- the whole ------------------------------------------------------------------------------------------------------

-- What the progress bar shows behind the time: the mean loss of the epoch so far.
local function running_loss(counters)
  return function() return counters.seen > 0 and loss_mean.mean(counters) or nil end
end

local function start_bar(run)
  local o = run.o
  if o.progress == false then return nil end
  local batch = field(o.data, "batch_size")
  return (progress(o.epochs * run.updates, o.progress or "training", {
    done = run.counters.steps, per_step = batch and batch * o.accumulate, unit = "examples",
    loss = running_loss(run.counters),
  }))
end

-- The last update may have left a parameter that is infinite or nan, which no loss has shown yet.
local function check_parameters(run)
  local o, counters = run.o, run.counters
  local reason = diagnose.bad_parameter(o)
  if not reason then return end
  local epoch = counters.epoch - 1
  run.history.diverged = divergence.settle(o.on_divergence,
    ("%s: after the last update, step %d (epoch %d), %s"):format(FN, counters.steps, epoch, reason),
    {step = counters.steps, epoch = epoch, reason = reason})
end

-- A function that scales the gradients down, and the tensor that has their norm before.
local function clipping(o, list)
  if not o.clip_grad_norm then return nil end
  local norm = core.tensor.zeros({}, {dtype = "float64"})
  return function()
    local before = core.optim.clip_grad_norm_(list, o.clip_grad_norm)
    if type(before) == "number" then norm:fill_(before) else norm:copy_(before) end -- a tensor while it is recorded
  end, norm
end

-- The function that makes an update, and the one that makes an epoch of them.
local function choose_updates(run)
  local o = run.o
  if run.ranks then
    parts.begin(run)
    return nil, lua_epoch(parts.epoch)
  end
  if compiled.is_wanted(o) then return compiled.step(o, run.inside, run.mean.weigh, run.clip), compiled_epoch end
  if o.accumulate > 1 then return nil, lua_epoch(accumulate.epoch) end
  return o.step and updates.own(run) or updates.usual(run), lua_epoch(updates.epoch)
end

-- A scheduler takes its steps inside the update where it can, else after the update or after the epoch.
local function place_scheduler(run)
  local o = run.o
  local per_step = o.scheduler_unit ~= "epoch"
  local scheduler = rate.scheduler(o.optimizer, o.scheduler, FN,
    o.scheduler_unit == "percent" and o.epochs * run.updates or nil)
  run.scheduler, run.inside = scheduler, per_step and rate.is_recordable(scheduler) and scheduler or nil
  run.step_scheduler = per_step and not run.inside and scheduler or nil
  run.epoch_scheduler = not per_step and scheduler or nil
end

local function new_run(o)
  local run = {
    o = o, ranks = o.ranks, fn = FN, wants_stop = wants_stop,
    mean = loss_mean.of(o.loss, FN), checkpoint = resume.check(o),
    updates = (#o.data + o.accumulate - 1) // o.accumulate, parameters = parameters.of(o.optimizer, o.model),
    counters = {
      steps = 0, examples = 0, epoch = 1, seconds = 0, loss_sum = 0, loss_weight = 0, seen = 0, sums = {},
      rows = {},
    },
    early = early_stopping.start(o), gauges = {},
  }
  place_scheduler(run)
  run.clip, run.norm = clipping(o, run.parameters)
  run.step, run.train_epoch = choose_updates(run)
  run.compiled = run.train_epoch == compiled_epoch
  run.automatic = run.checkpoint and run.checkpoint.automatic and run.checkpoint or nil
  local has_rate = type(field(o.optimizer, "lr")) == "number"
  local history, names = history_of.new(o, has_rate, #run.parameters > 0)
  run.history, run.log = history, log.start(o.name, names)
  run.on_update = not o.eval_every and config.on_update or nil
  return run
end

local function ends_epoch_with_checkpoint(run, last)
  local c = run.checkpoint
  if not c then return false end
  if c.automatic then return automatic.is_due(c, last) end
  return last or (run.counters.epoch - 1) % c.every == 0
end

-- One epoch; whether the training goes on.
local function train_epoch(run)
  local o, counters = run.o, run.counters
  run.train_epoch(run)
  if run.history.diverged then return false end
  local loss, stops = points.finish_epoch(run)
  if ranks.any(run, stops) then counters.stopped = "on_epoch" end
  if run.epoch_scheduler then run.epoch_scheduler:step(loss) end
  if run.early and not counters.stopped
    and ranks.any(run, early_stopping.look(run.early, run.history, counters.epoch, o.model, o.optimizer)) then
    counters.stopped = "early_stopping"
  end
  counters.epoch = counters.epoch + 1
  local last = counters.epoch > o.epochs or counters.stopped ~= nil
  if ends_epoch_with_checkpoint(run, last) then save(run) end
  return not last
end

local function finish(run)
  points.stop(run)
  local history, counters, o = run.history, run.counters, run.o
  history_of.finish(history, counters, run.updates, o.sets[1] and o.sets[1].name)
  if counters.stopped then
    history.stopped = {reason = counters.stopped, epoch = counters.epoch - 1, step = counters.steps}
  end
  if run.early then early_stopping.finish(run.early, history, o.model) end
  return history_of.strict(history, "the history", o.step ~= nil)
end

--- Trains a model.
--
-- A checkpoint saves the whole training to a .safetensors file every so many epochs, and every so many steps within
-- them; with `resume` the training goes on from the file if there is one, to the bits of an unbroken run.
--
-- Compiled steps compute the same bits. With `compile = true` Lua functions among model, loss and optimizer are
-- compiled too, and then run only while recording; what cannot be recorded is an error.
--
-- A loss that is infinite or nan ends the training: a line on standard error names the step and the first parameter
-- that is to blame, and the history has what was reached (optlab.train.divergence). The same where a parameter is
-- infinite or nan at the end.
--
-- @tparam table options see optlab.train.fit.options and docs/howto/training.md
-- @treturn table history: the lists `steps`, `epochs` (fractions too), `loss`, `seconds` (of training alone), `lr`,
--   `grad_norm` with an entry a recorded point; `test_loss`, `test_acc`, ... likewise for each evaluation set and
--   metric; `train_loss`, `train_acc`, ... with one per epoch, means over the batches as they were met; the numbers
--   `sec_per_epoch`, `examples_per_sec`, and `best_epoch` and `best`: what early stopping monitors, else the highest
--   accuracy (on the first evaluation set if there are any), else the lowest loss, among the finite ones; `diverged`,
--   nil or {step =, epoch =, loss =, reason =}, and then the bad loss is the last point; `stopped`, nil or {reason =
--   "early_stopping", "on_epoch" or "on_step", epoch =, step =}
-- @usage local history = train.fit{model = net, loss = nn.MSELoss(), optimizer = opt, data = loader, epochs = 4}
function M.fit(...)
  arguments.settle()
  local run = new_run(options.read(...))
  local counters = run.counters
  ranks.share_checkpoint(run)
  resume.load(run)
  ranks.begin(run)
  points.write_log(run)
  local bar <close> = start_bar(run)
  run.bar = bar
  points.go(run)
  local goes_on = counters.epoch <= run.o.epochs and not counters.stopped
  while goes_on do goes_on = train_epoch(run) end
  if not run.history.diverged then check_parameters(run) end
  return finish(run)
end

return M
