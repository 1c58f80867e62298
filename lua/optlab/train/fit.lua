--- The training loop: epochs of minibatches, a schedule, an evaluation now and then, and the history of it all.
--
-- A training is a table `run`: the options `o`; the `counters` of steps, examples, seconds, ... (plain numbers, which a
-- checkpoint saves); the `history`; and the functions that a step needs.
-- @module optlab.train.fit

local accuracy = require "optlab.train.accuracy"
local args = require "optlab.base.args"
local arguments = require "optlab.base.script_arguments"
local clock = require("optlab.core").system.clock
local compiled = require "optlab.train.compiled"
local diagnose = require "optlab.train.diagnose"
local divergence = require "optlab.train.divergence"
local errors = require "optlab.base.errors"
local evaluate = require "optlab.train.evaluate"
local history_of = require "optlab.train.history"
local loss_mean = require "optlab.train.loss_mean"
local progress = require "optlab.base.progress"
local rate = require "optlab.train.rate"
local resume = require "optlab.train.resume"
local short = require "optlab.base.short"
local step = require "optlab.train.step"

local M = {}

local FN = "train.fit"

local FIT = args.declare(FN, {
  doc = "Trains a model in epochs of minibatches; returns the history.",
  { "model", "callable", required = true, doc = "The model: called with a batch X, it returns predictions." },
  { "loss", "callable", required = true,
    doc = "A loss; a function loss(prediction, y) of your own returns the mean over the rows of the batch, a tensor "
      .. "with one element." },
  { "optimizer", "object", has = { "step", "zero_grad" }, what = "an optimizer", required = true,
    doc = "The optimizer of the model's parameters." },
  { "data", "object", has = { "batches" }, what = "a loader (data.loader makes one)", required = true,
    doc = "The loader of the batches to train on." },
  { "epochs", "integer", min = 1, required = true, doc = "Number of passes over the data." },
  { "metric", "choice", choices = { "accuracy", "binary_accuracy" },
    doc = "\"accuracy\" counts right answers too: predictions are (N, C), labels (N) from 1 to C. \"binary_accuracy\": "
      .. "predictions are (N) or (N, 1), labels 0 and 1." },
  { "scheduler", "callable|object", has = { "step" }, what = "a schedule (a function of t) or an object with step()",
    doc = "A schedule of t = 0, 1, ..., which is attached, or an object with step() such as sched.attach returns." },
  { "scheduler_unit", "choice", choices = { "epoch", "step" }, default = "epoch",
    doc = "Whether the t of the scheduler counts epochs or steps." },
  { "eval_every", "integer", min = 1,
    doc = "Number of examples between two points of the history; by default an epoch." },
  { "eval_data", "dataset|object", has = { "batches" }, what = "a data set {X = tensor, y = tensor} or a loader",
    doc = "Data over which the recorded loss is the mean, in evaluation mode; by default the training data." },
  { "evaluate", "callable", doc = "evaluate(model) returns the number to record instead of a loss." },
  { "checkpoint", "table",
    doc = "When and where the complete state of the training is saved: see train.fit: checkpoint." },
  { "compile", "flag",
    doc = "Whether updates are recorded once and replayed in C; by default where all parts are built-in." },
  { "on_step", "callable",
    doc = "Called after each step with {step =, epoch =, loss =, train_loss =, train_acc =, model =}; train_loss and "
      .. "train_acc are means over the epoch so far." },
  { "on_epoch", "callable", doc = "Called after each epoch with {epoch =, loss =, train_loss =, history =, ...}." },
  { "log", "callable", doc = "A function such as print, called with a line of text after each epoch." },
  { "progress", "string|false",
    doc = "Label of the progress bar, by default \"training\"; false for no bar." },
  divergence.OPTION,
})

local UPDATES_UNSEEN = 64 -- compiled updates between two looks at the progress bar

local function read_options(...)
  local o = FIT:read(...)
  if o.compile and o.metric then
    errors.raise("%s: a compiled step does not count right answers; leave out compile=true or metric", FN)
  end
  if #o.data == 0 then errors.raise("%s: data gives no batch", FN) end
  return o
end

-- --- one step -------------------------------------------------------------------------------------------------------

-- The usual step as Lua: gives the number that the loss is, by what it counts in a mean (nil: by its rows), and how
-- many predictions were right if `count` counts them. A loss that is no number leaves the parameters alone.
local function eager_step(o, scheduler, count, weigh)
  local value
  local update = step.new {
    model = o.model, loss = o.loss, optimizer = o.optimizer, scheduler = scheduler, count = count,
    weigh = weigh, fn = FN, accepts = function(loss)
      value = loss:item()
      return value - value == 0 -- neither infinite nor nan
    end,
  }
  return function(X, y, more)
    local _, weight, right = update(X, y, more)
    return value, weight and weight:item(), right
  end
end

-- A field of a table or userdata, or nil where it has none.
local function method(object, name)
  local ok, value = pcall(function() return object[name] end)
  return ok and value or nil
end

-- --- the history ----------------------------------------------------------------------------------------------------

-- Stops the clock of the training, which does not count evaluations and checkpoints, until `go` is called.
local function stop(run)
  run.counters.seconds = run.counters.seconds + (clock() - run.resumed)
end

local function go(run) run.resumed = clock() end

-- Adds a point to the history and returns its loss.
local function record(run)
  stop(run)
  local o, counters, history = run.o, run.counters, run.history
  local n = #history.loss + 1
  local loss = loss_mean.mean(counters)
  if o.eval_data then
    local test_loss, test_acc = evaluate.measure(o.model, o.loss, run.count, o.eval_data, FN)
    loss, history.test_loss[n] = test_loss, test_loss
    if run.count then history.test_acc[n] = test_acc end
  end
  if o.evaluate then loss = o.evaluate(o.model) end
  history.steps[n], history.epochs[n] = counters.steps, counters.steps / #o.data
  history.loss[n], history.seconds[n] = loss, counters.seconds
  go(run)
  return loss
end

local function finish_history(run)
  stop(run)
  history_of.finish(run.history, run.counters, #run.o.data)
  return run.history
end

-- --- steps and epochs -----------------------------------------------------------------------------------------------

local function save(run)
  stop(run)
  resume.save(run)
  go(run)
end

-- What on_step is told: the loss of the step, and the means over the epoch so far.
local function step_info(run, value)
  local counters = run.counters
  return {
    step = counters.steps, epoch = counters.epoch, loss = value, train_loss = loss_mean.mean(counters),
    train_acc = run.count and counters.right / counters.seen or nil, model = run.o.model,
  }
end

-- All that follows an update of `rows` examples, whose loss counts by `weight` (nil: rows).
local function after_update(run, value, right, rows, weight)
  local o, counters = run.o, run.counters
  counters.steps, counters.examples, counters.seen = counters.steps + 1, counters.examples + rows, counters.seen + rows
  loss_mean.add(counters, run.mean, value, rows, weight)
  if right then counters.right = counters.right + right end
  if run.step_scheduler then run.step_scheduler:step(value) end
  if run.bar then run.bar:step() end
  if o.on_step then o.on_step(step_info(run, value)) end
  if o.eval_every and counters.examples % o.eval_every == 0 then record(run) end
end

-- Whether a checkpoint is due after a step that is not the last of its epoch.
local function is_due(run)
  local every = run.checkpoint and run.checkpoint.every_steps
  return every and run.counters.steps % every == 0 and run.counters.steps < run.counters.epoch * #run.o.data
end

-- A loss is infinite or nan: ends the training, or raises.
local function diverge(run, value, X, y)
  stop(run)
  if value ~= value then value = -(0 / 0) end -- some processors make nan with a sign, which would be printed
  local counters = run.counters
  local place, reason = diagnose.place(value, counters), diagnose.advice(run.o, X, y, counters.steps)
  local diverged = divergence.settle(run.o.on_divergence, ("%s: %s: %s"):format(FN, place, reason),
    {step = counters.steps + 1, epoch = counters.epoch, loss = value, reason = reason})
  history_of.add_diverged(run.history, diverged, counters.seconds, #run.o.data)
  go(run)
end

local function eager_epoch(run)
  for X, y, more in run.o.data:batches() do
    local value, weight, right = run.step(X, y, more)
    if not divergence.is_finite(value) then return diverge(run, value, X, y) end
    after_update(run, value, right, #X, weight)
    if is_due(run) then save(run) end
  end
end

-- How many of `left` compiled updates may be made before somebody wants to look at one or to move the learning rate.
local function updates_ahead(run, left)
  local o, counters, n = run.o, run.counters, left
  if o.on_step or run.step_scheduler then n = 1 end
  if run.bar then n = math.min(n, UPDATES_UNSEEN) end
  if o.eval_every then n = compiled.batches_until(counters.examples, o.data.batch_size, o.eval_every, n) end
  local every = run.checkpoint and run.checkpoint.every_steps
  return every and math.min(n, every - counters.steps % every) or n
end

local function compiled_epoch(run)
  local o, counters = run.o, run.counters
  compiled.epoch(run.step, o.data, function(loss, rows, weight)
    after_update(run, loss, nil, rows, weight)
    if is_due(run) then save(run) end
  end, function(left)
    return updates_ahead(run, left)
  end, function(loss, updates, X, y)
    counters.steps, counters.examples = counters.steps + updates, counters.examples + updates * o.data.batch_size
    diverge(run, loss, X, y)
  end)
end

-- The line about an epoch, in the book's words where there is an accuracy.
local function epoch_line(info)
  if not info.train_acc then return ("epoch %d, loss: %s"):format(info.epoch, short.number(info.loss)) end
  local line = ("epoch %d, train loss %s, train acc %.3f"):format(info.epoch, short.number(info.train_loss),
    info.train_acc)
  return info.test_acc and ("%s, test acc %.3f"):format(line, info.test_acc) or line
end

local function finish_epoch(run)
  local o, counters, history = run.o, run.counters, run.history
  local epoch, training_loss = counters.epoch, loss_mean.mean(counters)
  local loss = training_loss
  if not o.eval_every then loss = record(run) end
  history.train_loss[epoch] = training_loss
  if run.count then history.train_acc[epoch] = counters.right / counters.seen end
  local info = {
    epoch = epoch, loss = loss, train_loss = training_loss, train_acc = run.count and history.train_acc[epoch],
    test_loss = o.eval_data and history.test_loss[#history.test_loss],
    test_acc = history.test_acc and history.test_acc[#history.test_acc], seconds = counters.seconds, model = o.model,
    history = history,
  }
  if o.on_epoch then o.on_epoch(info) end
  if o.log then o.log(epoch_line(info)) end
  counters.loss_sum, counters.loss_weight, counters.right, counters.seen = 0, 0, 0, 0
  return loss
end

-- --- the whole ------------------------------------------------------------------------------------------------------

-- What the progress bar shows behind the time: the mean loss of the epoch so far.
local function running_loss(counters)
  return function() return counters.seen > 0 and "loss " .. short.number(loss_mean.mean(counters)) or "" end
end

local function start_bar(run)
  local o = run.o
  if o.progress == false then return nil end
  return (progress(o.epochs * #o.data, o.progress or "training", {
    done = run.counters.steps, per_step = method(o.data, "batch_size"), unit = "examples",
    text = running_loss(run.counters),
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

-- A scheduler takes its steps inside the update where it can, else after the update or after the epoch.
local function new_run(o)
  local counters = {steps = 0, examples = 0, epoch = 1, seconds = 0, loss_sum = 0, loss_weight = 0, right = 0, seen = 0}
  local count, mean = accuracy.counter(o.metric, FN), loss_mean.of(o.loss, FN)
  local checkpoint = resume.check(o)
  local scheduler, per_step = rate.scheduler(o.optimizer, o.scheduler, FN), o.scheduler_unit == "step"
  local inside = per_step and rate.is_recordable(scheduler) and scheduler or nil
  local compile = compiled.is_wanted(o)
  return {
    o = o, counters = counters, history = history_of.new(o), count = count, checkpoint = checkpoint, mean = mean,
    step = compile and compiled.step(o, inside, mean.weigh) or eager_step(o, inside, count, mean.weigh),
    train_epoch = compile and compiled_epoch or eager_epoch,
    scheduler = scheduler, step_scheduler = per_step and not inside and scheduler or nil,
    epoch_scheduler = not per_step and scheduler or nil,
  }
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
-- @tparam table options see the declaration above
-- @treturn table history: the lists `steps`, `epochs` (fractions too), `loss`, `seconds` (of training alone) with an
--   entry a recorded point, `test_loss` and `test_acc` likewise if there are `eval_data`; `train_loss` and `train_acc`
--   with one per epoch, means over the batches as they were met; the numbers `sec_per_epoch`, `examples_per_sec`, and
--   `best_epoch` and `best`: the highest accuracy (on `eval_data` if there are any), else the lowest loss, among the
--   finite ones; `diverged`, nil or {step =, epoch =, loss =, reason =}, and then the bad loss is the last point
-- @usage local history = train.fit{model = net, loss = nn.MSELoss(), optimizer = opt, data = loader, epochs = 4}
function M.fit(...)
  arguments.settle()
  local o = read_options(...)
  local run = new_run(o)
  local counters = run.counters
  resume.load(run)
  local bar <close> = start_bar(run)
  run.bar = bar
  go(run)
  while counters.epoch <= o.epochs do
    run.train_epoch(run)
    if run.history.diverged then return finish_history(run) end
    local loss = finish_epoch(run)
    if run.epoch_scheduler then run.epoch_scheduler:step(loss) end
    counters.epoch = counters.epoch + 1
    local every = run.checkpoint and run.checkpoint.every
    if every and ((counters.epoch - 1) % every == 0 or counters.epoch > o.epochs) then save(run) end
  end
  check_parameters(run)
  return finish_history(run)
end

return M
