--- What a model is worth on data it does not learn from: the mean loss and the share of right answers.
--
-- A model is evaluated without recording and in evaluation mode (no dropout, batch norm by its running statistics);
-- afterwards every module in it is in the mode that it was in before.
-- @module optlab.train.evaluate

local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local module = require "optlab.nn.module"

local M = {}

local MODEL = { "model", "callable", required = true,
  doc = "The model: called with a batch X, it returns predictions." }
local DATA = { "data", "dataset|object", has = { "batches" }, what = "a data set {X = tensor, y = tensor} or a loader",
  required = true, doc = "A data set, or a loader." }

local MEAN_LOSS = args.declare("train.mean_loss", {
  doc = "The mean loss over a data set, in evaluation mode.",
  positions = 3, MODEL,
  { "loss", "callable", required = true, doc = "loss(prediction, y) returns the mean over the examples." },
  DATA,
})
local ACCURACY = args.declare("train.accuracy", {
  doc = "The share of right answers, in evaluation mode.",
  positions = 2, MODEL, DATA,
})

local WHOLE = 2048 -- rows: so small a data set is evaluated in one go
local BATCH = 256  -- rows at a time of a larger one, and of bytes that a transform makes floats of

-- Sets a model to evaluation mode until the variable that holds the result is closed.
local function evaluation_mode(model)
  if not module.is_module(model) then return nil end
  local modules, modes = model:modules(), {}
  for i, m in ipairs(modules) do modes[i] = m.training end
  model:eval()
  return setmetatable({}, {__close = function()
    for i, m in ipairs(modules) do m.training = modes[i] end
  end})
end

-- The iterator over a data set as one batch.
local function once(data, X)
  if X == nil then return data.X, data.y end
end

local function batches_of(data)
  if not data.X then return data:batches() end
  if #data.X <= WHOLE and not data.transform then return once, data end
  return core.data.loader(data, {batch_size = BATCH}):batches()
end

--- How many rows of the predictions have their largest value at the label.
-- @tparam Tensor prediction (N, C)
-- @tparam Tensor y (N), labels 1..C
-- @treturn integer
function M.count_right(prediction, y)
  if prediction:dim() ~= 2 or y:dim() ~= 1 or #y ~= #prediction then
    errors.raise("the accuracy needs predictions (N, C) and labels (N), got (%s) and (%s)",
      table.concat(prediction.shape, ", "), table.concat(y.shape, ", "))
  end
  return prediction:argmax(2):eq(y):sum():item()
end

--- Runs a model over data.
-- @tparam function|table model
-- @tparam ?function|table loss loss(prediction, y), a mean over the examples
-- @tparam ?function count count(prediction, y), how many are right
-- @tparam table data a data set {X=, y=} or a loader
-- @treturn number the mean loss, 0 without a loss
-- @treturn number the share that is right, 0 without a count
function M.measure(model, loss, count, data)
  local mode <close> = evaluation_mode(model) -- luacheck: ignore 211
  return core.autograd.no_grad(function()
    local mean, share, seen = 0, 0, 0
    for X, y in batches_of(data) do
      local prediction, rows = model(X), #X
      seen = seen + rows
      if loss then mean = mean + (loss(prediction, y):item() - mean) * rows / seen end
      if count then share = share + (count(prediction, y) - share * rows) / seen end
    end
    return mean, share
  end)
end

--- The mean loss of a model over a data set {X=, y=} or over the batches of a loader. A data set's bytes become floats
-- by its own `transform`, a batch at a time.
-- @tparam function|table model
-- @tparam function|table loss loss(prediction, y), a mean over the examples
-- @tparam table data
-- @treturn number
function M.mean_loss(...)
  local o = MEAN_LOSS:read(...)
  return (M.measure(o.model, o.loss, nil, o.data))
end

--- The share of rows whose largest prediction is that of the label.
-- @tparam function|table model X -> (N, C)
-- @tparam table data a data set {X=, y=} with labels 1..C, or a loader of such
-- @treturn number 0..1
function M.accuracy(...)
  local o = ACCURACY:read(...)
  return select(2, M.measure(o.model, nil, M.count_right, o.data))
end

return M
