--- The training loop: epochs of minibatches, a schedule, an evaluation now and then, and the history of it all.
-- @module optlab.train.fit

local errors = require "optlab.errors"
local lab = require "optlab"

local M = {}

local OPTIONS = {
  "model", "loss", "optimizer", "data", "epochs", "scheduler", "scheduler_unit", "eval_every", "eval_data", "evaluate",
  "on_step", "on_epoch", "log", "progress",
}

local function check(o)
  errors.check_options(o, OPTIONS, "train.fit")
  for _, name in ipairs {"model", "loss", "optimizer", "data", "epochs"} do
    if o[name] == nil then errors.raise("train.fit: the option '%s' is missing", name) end
  end
  if math.type(o.epochs) ~= "integer" or o.epochs < 1 then
    errors.raise("train.fit: epochs must be a positive integer, got %s", tostring(o.epochs))
  end
  if o.scheduler_unit ~= nil and o.scheduler_unit ~= "epoch" and o.scheduler_unit ~= "step" then
    errors.raise("train.fit: scheduler_unit must be \"epoch\" or \"step\", got '%s'", tostring(o.scheduler_unit))
  end
end

--- The mean loss of a model over a data set {X=, y=} (in one go) or over the batches of a loader.
-- @tparam function|table model
-- @tparam function|table loss loss(prediction, y), a mean over the examples
-- @tparam table data
-- @treturn number
function M.mean_loss(model, loss, data)
  return lab.no_grad(function()
    if data.X then return loss(model(data.X), data.y):item() end
    local total, count = 0, 0
    for X, y in data:batches() do
      total, count = total + loss(model(X), y):item() * #X, count + #X
    end
    return total / count
  end)
end

--- A field of a table or userdata, or nil where it has none.
local function method(object, name)
  local ok, value = pcall(function() return object[name] end)
  return ok and value or nil
end

--- Moves the learning rate: `before(t)` ahead of update or epoch t = 0, 1, ..., `after(metric)` when it is over.
local function scheduler_of(o)
  local s = o.scheduler
  local nothing = function() end
  if s == nil then return nothing, nothing end
  if type(s) ~= "function" and method(s, "step") then
    return nothing, function(metric) s:step(metric) end
  end
  return function(t)
    local lr = s(t)
    if type(lr) ~= "number" then
      errors.raise("train.fit: the scheduler returned a %s at t = %d; it must return the learning rate, a number",
        type(lr), t)
    end
    o.optimizer.lr = lr
  end, nothing
end

--- One update on one minibatch; returns its loss as a number.
local function update(o, X, y, run)
  o.optimizer:zero_grad()
  local loss = o.loss(o.model(X), y)
  local value = loss:item()
  if value ~= value or value == math.huge or value == -math.huge then
    errors.raise("train.fit: the loss is %s at step %d (epoch %d); a smaller learning rate may help", tostring(value),
      run.steps + 1, run.epoch)
  end
  loss:backward()
  o.optimizer:step()
  return value
end

--- Adds a point to the history; the time of the evaluation is not counted.
local function record(o, run, history, training_loss)
  local now = lab.clock()
  run.seconds = run.seconds + (now - run.resumed)
  local loss = training_loss
  if o.evaluate then
    loss = o.evaluate(o.model)
  elseif o.eval_data then
    loss = M.mean_loss(o.model, o.loss, o.eval_data)
  end
  local n = #history.loss + 1
  history.steps[n], history.epochs[n] = run.steps, run.steps / run.steps_per_epoch
  history.loss[n], history.seconds[n] = loss, run.seconds
  run.resumed = lab.clock()
  return loss
end

local function train_epoch(o, run, history, before_step, after_step)
  local total, examples = 0, 0
  for X, y in o.data:batches() do
    before_step(run.steps)
    local value = update(o, X, y, run)
    run.steps, run.examples = run.steps + 1, run.examples + #X
    total, examples = total + value * #X, examples + #X
    after_step(value)
    if run.bar then run.bar:step() end
    if o.on_step then o.on_step {step = run.steps, epoch = run.epoch, loss = value, model = o.model} end
    if o.eval_every and run.examples % o.eval_every == 0 then record(o, run, history, total / examples) end
  end
  return total / examples
end

local function finish_epoch(o, run, history, training_loss)
  local loss = training_loss
  if not o.eval_every then loss = record(o, run, history, training_loss) end
  history.train_loss[run.epoch] = training_loss
  if o.on_epoch then
    o.on_epoch {
      epoch = run.epoch, loss = loss, train_loss = training_loss, seconds = run.seconds, model = o.model,
      history = history,
    }
  end
  if o.log then o.log(string.format("epoch %d, loss: %.3f", run.epoch, loss)) end
  return loss
end

--- Trains a model.
--
-- @tparam table o
--
-- * `model`: anything that can be called with a batch X and gives predictions
-- * `loss`: loss(prediction, y), a tensor with one element: the mean over the batch
-- * `optimizer`: an object with `step` and `zero_grad`, made for the model's parameters
-- * `data`: what `data.loader` returns
-- * `epochs`: how many times to go through the data
-- * `scheduler`: a function or schedule of t = 0, 1, ... that gives the learning rate, or an object with `:step()`
--   (`sched.attach`, `sched.ReduceLROnPlateau`, which gets the latest loss)
-- * `scheduler_unit`: whether t counts "epoch"s (the default) or "step"s
-- * `eval_every`: record a point of the history whenever the number of examples seen is a multiple of this; else at
--   the end of each epoch
-- * `eval_data`: a data set or loader over which the recorded loss is the mean; or `evaluate`: function(model) that
--   gives the number to record. Without them it is the mean training loss of the epoch so far
-- * `on_step`, `on_epoch`: called with {step=, epoch=, loss=, model=, ...}
-- * `log`: a function such as print that gets a line after each epoch
-- * `progress`: the label of the progress bar that a terminal shows ("training"), or false for none
--
-- @treturn table history: the lists `steps`, `epochs` (fractions too), `loss`, `seconds` (of training alone) with an
--   entry a recorded point, `train_loss` with one an epoch, and the number `sec_per_epoch`
-- @usage local history = train.fit{model = net, loss = nn.MSELoss(), optimizer = opt, data = loader, epochs = 4}
function M.fit(o)
  check(o)
  local history = {steps = {}, epochs = {}, loss = {}, seconds = {}, train_loss = {}}
  local run = {steps = 0, examples = 0, steps_per_epoch = #o.data, seconds = 0, resumed = lab.clock()}
  local before, after = scheduler_of(o)
  local bar <close> = o.progress ~= false and lab.progress(o.epochs * #o.data, o.progress or "training") or nil
  run.bar = bar
  local nothing = function() end
  local per_step = o.scheduler_unit == "step"
  for epoch = 1, o.epochs do
    run.epoch = epoch
    if not per_step then before(epoch - 1) end
    local loss = train_epoch(o, run, history, per_step and before or nothing, per_step and after or nothing)
    loss = finish_epoch(o, run, history, loss)
    if not per_step then after(loss) end
  end
  history.sec_per_epoch = (run.seconds + lab.clock() - run.resumed) / o.epochs
  return history
end

return M
