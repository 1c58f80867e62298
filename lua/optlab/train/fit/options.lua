--- The options of train.fit: their declaration, and what must hold between them.
-- @module optlab.train.fit.options
local args = require "optlab.base.args"
local divergence = require "optlab.train.divergence"
local early_stopping = require "optlab.train.fit.early_stopping"
local errors = require "optlab.base.errors"
local field = require("optlab.base.kinds").field
local eval_sets = require "optlab.train.eval_sets"
local gauges = require "optlab.train.gauges"
local metrics = require "optlab.train.metrics"
local ranks = require "optlab.train.fit.ranks"
local rate = require "optlab.train.rate"

local FN = "train.fit"

-- A constructor in the place of what it makes; a name or a table, as train.descend takes.
local function optimizer_words(_, value)
  if type(value) == "userdata" or value == nil then return "an optimizer" end
  return "an optimizer, which a call makes: optim.Adam(model:parameters(), {lr = 0.01})"
end

-- What belongs to the parts that train.fit is given, or has another name elsewhere.
local HINTS = {
  batch_size = "data = data.loader(set, {batch_size = 32, shuffle = true})",
  shuffle = "data = data.loader(set, {batch_size = 32, shuffle = true})",
  lr = "optimizer = optim.Adam(model:parameters(), {lr = 0.01})", seed = "lab.manual_seed(1) before the model is made",
  verbose = "log = print", callbacks = "on_epoch = function(info) ... end", validation_data = "eval_data =",
  test_data = "eval_data =", val_data = "eval_data =",
}

local FIT = args.declare(FN, {
  hints = HINTS,
  doc = "Trains a model in epochs of minibatches; returns the history.",
  { "model", "callable|table", what = "a model", required = true,
    doc = "The model: called with a batch X, it returns predictions. With `step` also a table of modules by name." },
  { "loss", "callable",
    doc = "A loss; a function loss(prediction, y) of your own returns the mean over the rows of the batch, a tensor "
      .. "with one element. Required unless `step` is given." },
  { "optimizer", "object|table", has = { "step", "zero_grad" }, what = optimizer_words, required = true,
    doc = "The optimizer of the model's parameters, or a table of your own with the methods step() and zero_grad(). "
      .. "With `step` also a table of optimizers by name." },
  { "data", "object", has = { "batches" }, what = "a loader (data.loader makes one)", required = true,
    doc = "The loader of the batches to train on." },
  { "epochs", "integer", min = 1, required = true, doc = "Number of passes over the data." },
  { "step", "function",
    doc = "step(model, batch, optimizer) makes an update by itself, in place of the usual one: batch is {X, y}; it "
      .. "returns the loss, and a table of other numbers by name, which are recorded too." },
  { "clip_grad_norm", "number", min = 0,
    doc = "The largest norm of the gradient of all parameters together; a longer one is scaled down before the "
      .. "update." },
  { "accumulate", "integer", min = 1, default = 1,
    doc = "Number of batches whose gradients make one update, as one batch of all their rows would." },
  { "metric", "choice", choices = metrics.NAMES,
    doc = "\"accuracy\" counts right answers too: predictions are (N, C), labels (N) from 1 to C. \"binary_accuracy\": "
      .. "predictions are (N) or (N, 1), labels 0 and 1." },
  { "metrics", "table",
    doc = "Several metrics: {\"accuracy\", \"top5\", mae = function(prediction, y) ... end}; a function returns the "
      .. "mean over the rows of its batch." },
  { "scheduler", "callable|object|table", has = { "step" },
    what = "a schedule (a function of t), a table of schedules by the names of hyperparameters, or an object with "
      .. "step()",
    doc = "A schedule of t = 0, 1, ..., or a table of them such as {lr = s1, momentum = s2}, which is attached; or an "
      .. "object with step() such as sched.attach returns." },
  { "scheduler_unit", "choice", choices = rate.UNITS, default = "epoch",
    doc = "What the t of the scheduler counts: epochs, steps, or the share of all steps that is over, in percent." },
  { "eval_every", "integer", min = 1,
    doc = "Number of examples between two points of the history; by default an epoch." },
  { "eval_data", "object|table", has = { "batches" }, what = eval_sets.WHAT,
    doc = "Data over which the recorded loss is the mean, in evaluation mode; by default the training data. Several by "
      .. "name: {valid = data set, test = data set}; the recorded loss is that of `valid`, else of `test`, else of the "
      .. "first in the alphabet." },
  { "evaluate", "callable", doc = "evaluate(model) returns the number to record instead of a loss." },
  { "watch", "list", of = { "string" },
    doc = "Gauges that are measured at each point of the history, on the first batch of the data: " .. gauges.DOC
      .. ". The training is not changed." },
  { "early_stopping", "table", what = "a table such as {patience = 3}",
    doc = "When the training stops before its last epoch: see train.fit: early_stopping." },
  { "checkpoint", "table",
    doc = "When and where the complete state of the training is saved: see train.fit: checkpoint." },
  { "compile", "flag",
    doc = "Whether updates are recorded once and replayed in C; by default if all parts are built-in." },
  { "on_step", "callable",
    doc = "Called after each step with {step =, epoch =, loss =, train_loss =, train_acc =, model =}; train_loss and "
      .. "train_acc are means over the epoch so far. If it returns \"stop\", the training ends." },
  { "on_epoch", "callable",
    doc = "Called after each epoch with {epoch =, step =, loss =, train_loss =, history =, model =, ...}; \"stop\" as "
      .. "its result ends the training." },
  { "log", "callable", what = "a function such as print",
    doc = "A function such as print, called with a line of text after each epoch." },
  { "distributed", "flag|table",
    doc = "Whether the ranks that mpirun has started share each batch, which is then the global one: see train.fit: "
      .. "distributed." },
  { "name", "string", doc = "Name of the training in history.csv of a kept run, by default \"fit-1\", \"fit-2\", ..." },
  { "progress", "string|false",
    doc = "Label of the progress bar, by default \"training\"; false for no bar." },
  divergence.OPTION,
})

local M = {}

--- How messages call the function.
M.FN = FN

local function is_optimizer(object) return field(object, "step") and field(object, "zero_grad") end

local function is_callable(object)
  local mt = getmetatable(object)
  return type(object) == "function" or (type(mt) == "table" and mt.__call ~= nil) or type(object) == "userdata"
end

-- Tables of models and of optimizers are for steps of the script's own.
local function check_parts(o)
  if not is_callable(o.model) and not o.step then
    args.check(FN, "model", o.model, "callable")
  end
  if is_optimizer(o.optimizer) then return end
  local several = o.step and type(o.optimizer) == "table" and next(o.optimizer) ~= nil
  for _, one in pairs(several and o.optimizer or {}) do several = several and is_optimizer(one) end
  if not several then
    errors.bad_value(FN, "optimizer", o.step and "an optimizer, or a table of optimizers by name"
      or optimizer_words(nil, o.optimizer), o.optimizer)
  end
end

local function refuse(wrong, fmt, ...)
  if wrong then errors.raise(FN .. ": " .. fmt, ...) end
end

-- What an update of the script's own takes over.
local function check_step(o)
  if not o.step then
    if o.loss == nil then args.check(FN, "loss", o.loss, "callable") end
    return
  end
  refuse(o.clip_grad_norm,
    "'step' makes the update by itself; call optim.clip_grad_norm_ in it instead of clip_grad_norm")
  refuse(o.accumulate > 1, "'step' makes the update by itself, so accumulate cannot be used with it")
  refuse(o.eval_data and not o.loss and not o.evaluate,
    "eval_data needs a loss(model(X), y); with 'step' give the option loss as well, or evaluate")
  refuse((o.metric or o.metrics) and not o.eval_data,
    "'step' does not show its predictions; return other numbers beside the loss, {name = number}, or give eval_data")
  refuse(o.scheduler and not is_optimizer(o.optimizer), "scheduler moves the rate of one optimizer, and there are "
    .. "several; move their rates in on_epoch")
end

local function check_closure(o)
  local needs = not o.step and field(o.optimizer, "needs")
  refuse((needs == "closure" or needs == "graph") and (o.accumulate > 1 or o.distributed),
    "the optimizer %s asks for the loss by itself, so neither accumulate nor distributed can be used with it",
    tostring(field(o.optimizer, "name")))
end

local function check_distributed(o)
  if not o.distributed then return end
  refuse(o.step,
    "'step' makes the update by itself; add the gradients in it by dist.all_reduce, or leave out distributed")
  refuse(o.compile, "updates that ranks share are not compiled; leave out compile=true or distributed")
end

local function check_compile(o)
  if not o.compile then return end
  refuse(o.accumulate > 1, "a compiled step makes one update a batch; leave out compile=true or accumulate")
  refuse(o.step, "a step of your own is not compiled by train.fit; call lab.compile in it, or leave out compile=true")
end

--- Reads a call.
-- @treturn table the options; besides `measured`: the metrics (optlab.train.metrics), `sets`: the evaluation sets
--   (optlab.train.eval_sets), `stopping`: those of early stopping or nil, `ranks`: who shares the batches
--   (optlab.train.fit.ranks) or nil
function M.read(...)
  local o = FIT:read(...)
  check_parts(o)
  check_step(o)
  check_closure(o)
  check_distributed(o)
  o.measured = metrics.read(o.metric, o.metrics, FN)
  check_compile(o)
  o.sets = eval_sets.read(o.eval_data, FN)
  o.watched = gauges.check(o.watch or {}, FN)
  refuse(#o.watched > 0 and (not o.loss or not is_optimizer(o.optimizer)),
    "watch needs a loss(model(X), y) and one optimizer")
  o.stopping = early_stopping.read(o.early_stopping)
  refuse(#o.data == 0, "data gives no batch")
  o.ranks = ranks.read(o.distributed, FN)
  return o
end

return M
