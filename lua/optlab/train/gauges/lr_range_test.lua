--- The learning-rate range test: how large a rate may be, from one short training in which it grows.
--
-- The rate of update i = 0, 1, ..., steps - 1 is min_lr (max_lr / min_lr)^(i / (steps - 1)). Losses are smoothed as
-- fastai does, by a mean that forgets with `smoothing` and is divided by 1 - smoothing^(i+1). Afterwards parameters,
-- optimizer, loader and random numbers are what they were.
-- Smith, "Cyclical learning rates for training neural networks", WACV 2017.
-- @module optlab.train.gauges.lr_range_test
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local loss_mean = require "optlab.train.loss_mean"
local snapshot = require "optlab.train.gauges.snapshot"
local step = require "optlab.train.step"

local FN = "train.lr_range_test"

local TEST = args.declare(FN, {
  doc = "Trains for a few updates while the learning rate grows, and returns the losses: {lr =, loss =, smoothed =} "
    .. "(lists), `steepest` and `minimum` (rates), `diverged` (whether it stopped early). Model, optimizer, loader and "
    .. "random numbers are restored.",
  { "model", "callable", what = "a model", required = true,
    doc = "The model: called with a batch X, it returns predictions." },
  { "loss", "callable", required = true, doc = "A loss: loss(prediction, y) returns one number." },
  { "optimizer", "object", has = { "step", "zero_grad" }, what = "one of lab.optim's optimizers", required = true,
    doc = "The optimizer whose lr is changed; the rates of its groups keep their ratios." },
  { "data", "object", has = { "batches" }, what = "a loader (data.loader makes one)", required = true,
    doc = "The loader of the batches; after its last batch it starts again." },
  { "min_lr", "number", above = 0, default = 1e-7, doc = "The first rate." },
  { "max_lr", "number", above = 0, default = 10, doc = "The last rate." },
  { "steps", "integer", min = 2, default = 100, doc = "Number of updates." },
  { "smoothing", "number", min = 0, below = 1, default = 0.95, doc = "The decay rate of the running mean of the "
    .. "losses." },
  { "stop", "number", above = 1, default = 4,
    doc = "The test ends once the smoothed loss is this many times its lowest value, or not finite." },
})

-- The rate around which the smoothed loss falls most, per factor of the rate: over a twentieth of the rates on both
-- sides, without the first tenth, where the mean is still of a few losses.
local function steepest_of(r, steps)
  local wide = math.max(1, steps // 20)
  local best, at = 0, nil
  for i = math.max(1 + wide, 1 + steps // 10), #r.smoothed - wide do
    local slope = (r.smoothed[i + wide] - r.smoothed[i - wide]) / math.log(r.lr[i + wide] / r.lr[i - wide])
    if slope < best then best, at = slope, i end
  end
  return at and r.lr[at]
end

local function lowest_of(list)
  local at
  for i, value in ipairs(list) do
    if value == value and (not at or value < list[at]) then at = i end
  end
  return at
end

-- Batches without end.
local function batches_of(loader)
  local next_batch = loader:batches()
  return function()
    local X, y = next_batch()
    if X == nil then
      next_batch = loader:batches()
      X, y = next_batch()
    end
    return X, y
  end
end

local function run(o, data, scheduler, update)
  local r = { lr = {}, loss = {}, smoothed = {}, diverged = false }
  local next_batch, mean, lowest = batches_of(data), 0, math.huge
  for i = 1, o.steps do
    local X, y = next_batch()
    if X == nil then errors.raise("%s: the loader has no batches", FN) end
    local lr = o.optimizer.lr
    local loss = update(X, y):item()
    mean = o.smoothing * mean + (1 - o.smoothing) * loss
    local smoothed = mean / (1 - o.smoothing ^ i)
    r.lr[i], r.loss[i], r.smoothed[i] = lr, loss, smoothed
    if not (smoothed <= o.stop * lowest or i == 1) or loss ~= loss or loss == math.huge then
      r.diverged = true
      break
    end
    lowest = math.min(lowest, smoothed)
    if i < o.steps then scheduler:step() end
  end
  r.steepest, r.minimum = steepest_of(r, o.steps), r.lr[lowest_of(r.smoothed)]
  return errors.strict(r, "the result of " .. FN, { steepest = false })
end

--- Trains while the rate grows.
-- @tparam table options see the declaration above
-- @treturn table lr, loss, smoothed: lists; steepest: the rate where the smoothed loss falls fastest, nil where it
--   never falls; minimum: the rate where it is lowest (a training wants a rate some 10 times smaller); diverged
local function lr_range_test(...)
  local o = TEST:read(...)
  if o.max_lr <= o.min_lr then
    errors.raise("%s: max_lr must be above min_lr, got %g and %g", FN, o.max_lr, o.min_lr)
  end
  local data, random = snapshot.apart(o.data), core.tensor.get_rng_state()
  local kept = snapshot.keep { o.model, o.optimizer, data }
  return core.ensure(function()
    local ratio = o.max_lr / o.min_lr
    local scheduler = core.sched.attach(o.optimizer, function(t) return o.min_lr * ratio ^ (t / (o.steps - 1)) end)
    local update = step.new {
      model = o.model, loss = o.loss, optimizer = o.optimizer, fn = FN, weigh = loss_mean.of(o.loss, FN).weigh,
      accepts = function(loss) return loss:item() - loss:item() == 0 end, -- neither infinite nor nan
    }
    return run(o, data, scheduler, update)
  end, function()
    o.optimizer:zero_grad()
    snapshot.restore(kept)
    core.tensor.set_rng_state(random)
  end)
end

return { lr_range_test = lr_range_test }
