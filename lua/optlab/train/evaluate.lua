--- What a model is worth on data it does not learn from: the mean loss and the share of right answers.
--
-- A model is evaluated without recording and in evaluation mode (no dropout, batch norm by its running statistics);
-- afterwards every module in it is in the mode that it was in before.
-- @module optlab.train.evaluate

local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local kinds = require "optlab.base.kinds"
local loss_mean = require "optlab.train.loss_mean"
local metrics = require "optlab.train.metrics"
local module = require "optlab.nn.module"

local M = {}

local METRIC = { "metric", "choice", choices = metrics.NAMES, default = "accuracy",
  doc = "\"accuracy\": predictions are (N, C), labels (N) from 1 to C; \"binary_accuracy\": predictions are (N) or "
    .. "(N, 1), labels 0 and 1, the answer is 1 for a score above 0." }

local MODEL = { "model", "callable", required = true,
  doc = "The model: called with a batch X, it returns predictions." }
local DATA = { "data", "dataset|object", has = { "batches" }, what = "a data set {X = tensor, y = tensor} or a loader",
  required = true, doc = "A data set, or a loader." }

local MEAN_LOSS = args.declare("train.mean_loss", {
  doc = "The mean loss over a data set, in evaluation mode: the loss of all rows at once, for every batch size; with "
    .. "reduction 'sum' that divided by the number of rows.",
  positions = 3, MODEL,
  { "loss", "callable", required = true,
    doc = "A loss; a function loss(prediction, y) of your own returns the mean over the rows of the batch." },
  DATA,
})
local ACCURACY = args.declare("train.accuracy", {
  doc = "The share of correct predictions, in evaluation mode.",
  positions = 2, MODEL, DATA, METRIC,
})

local WHOLE = 2048 -- rows: so small a data set is evaluated in one go
local BATCH = 256  -- rows at a time of a larger one, and of bytes that a transform makes floats of

local NONE = {}

-- Calls f(model, ...) without recording and with the model in evaluation mode, and returns its results.
local function in_evaluation_mode(f, model, ...)
  local modules = NONE
  if type(model) == "userdata" then
    modules = { model }
  elseif module.is_module(model) then
    modules = model:modules()
    if model.eval ~= module.methods.eval or model.train ~= module.methods.train then
      return core.nn.in_evaluation(modules, function(...)
        model:eval()
        return f(...)
      end, model, ...)
    end
  end
  return core.nn.in_evaluation(modules, f, model, ...)
end

-- The iterator over a data set as one batch.
local function once(data, X)
  if X == nil then return data.X, data.y end
end

local function batches_of(data)
  local X = kinds.field(data, "X")
  if not X then return data:batches() end
  if #X <= WHOLE and not data.transform then return once, data end
  return core.data.loader(data, {batch_size = BATCH}):batches()
end

--- Raises about a batch with more tensors than a model and a loss take.
-- @param more the third value of a batch
-- @tparam string fn
function M.refuse_third(more, fn)
  if more ~= nil then
    errors.raise("%s: a batch must be X and y, but the data have a third tensor, which neither the model nor the loss "
      .. "would see; put it into a loop of your own", fn)
  end
end

-- What a batch adds to the means: the loss, by what it counts, the sums of the metrics.
local function numbers_of(model, loss, how, measured, X, y)
  local prediction, numbers = model(X), { 0, 0 }
  if loss then
    local value = loss(prediction, y):item()
    local weight = how.weigh and how.weigh(prediction, y)
    numbers[1], numbers[2] = how.sums and value / #X or value, weight and weight:item() or #X
  end
  for i, metric in ipairs(measured) do numbers[2 + i] = metric.sum(prediction, y) end
  return numbers
end

-- The numbers of all batches, of which each rank has computed some: 0 stands for the others.
local function exchange(batches, share, measured)
  local none, rows = { 0, 0 }, {}
  for i = 1, #measured do none[2 + i] = 0 end
  for i, batch in ipairs(batches) do rows[i] = batch.numbers or none end
  local sums = share.sum(core.tensor.tensor(rows, {dtype = "float64"}))
  for i, numbers in ipairs(sums:tolist()) do batches[i].numbers = numbers end
end

-- Adds a batch to the means `total`.
local function add(total, rows, numbers, measured)
  local value, weight, means = numbers[1], numbers[2], total.means
  total.seen, total.counted = total.seen + rows, total.counted + weight
  if weight ~= 0 then total.mean = total.mean + (value - total.mean) * weight / total.counted end
  for i in ipairs(measured) do means[i] = means[i] + (numbers[2 + i] - means[i] * rows) / total.seen end
end

-- The means over the batches of data; of those that ranks share each computes some.
local function means_of(model, loss, measured, data, fn, share)
  local how, total, batches = loss and loss_mean.of(loss, fn), { mean = 0, counted = 0, seen = 0, means = {} }, {}
  for i = 1, #measured do total.means[i] = 0 end
  for X, y, more in batches_of(data) do
    M.refuse_third(more, fn)
    if not share then
      add(total, #X, numbers_of(model, loss, how, measured, X, y), measured)
    else
      local mine = #batches % share.size == share.rank
      batches[#batches + 1] = { rows = #X, numbers = mine and numbers_of(model, loss, how, measured, X, y) or nil }
    end
  end
  if share and #batches > 0 then exchange(batches, share, measured) end
  for _, batch in ipairs(batches) do add(total, batch.rows, batch.numbers, measured) end
  if total.seen == 0 then errors.raise("%s: the data give no batch", fn) end
  return total.counted == 0 and loss and 0 / 0 or total.mean, total.means
end

--- Runs a model over data.
-- @tparam function|table model
-- @tparam ?function|table loss see optlab.train.loss_mean
-- @tparam {table,...} measured metrics (optlab.train.metrics)
-- @tparam table data a data set {X=, y=} or a loader
-- @tparam string fn who asks, for messages
-- @tparam ?table share ranks that share the batches: `rank`, `size`, `sum(tensor)` over all ranks; the result is that
--   of one rank, to the bit
-- @treturn number the mean loss, 0 without a loss
-- @treturn {number,...} the mean of each metric
function M.measure(model, loss, measured, data, fn, share)
  return in_evaluation_mode(means_of, model, loss, measured, data, fn, share)
end

--- The mean loss of a model over a data set {X=, y=} or over the batches of a loader: one number for every batch size
-- (optlab.train.loss_mean). A data set's bytes become floats by its own `transform`, a batch at a time.
-- @tparam function|table model
-- @tparam function|table loss
-- @tparam table data
-- @treturn number
function M.mean_loss(...)
  local o = MEAN_LOSS:read(...)
  return (M.measure(o.model, o.loss, {}, o.data, MEAN_LOSS.callee))
end

--- The share of rows that are answered rightly (optlab.train.metrics).
-- @tparam function|table model X -> (N, C), or (N, 1) with `metric = "binary_accuracy"`
-- @tparam table data a data set {X=, y=} with labels, or a loader of such
-- @treturn number 0..1
function M.accuracy(...)
  local o = ACCURACY:read(...)
  local _, means = M.measure(o.model, nil, metrics.read(o.metric, nil, ACCURACY.callee), o.data, ACCURACY.callee)
  return means[1]
end

return M
