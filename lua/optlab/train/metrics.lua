--- What is counted beside the loss: the share of right answers, or a function of the script's own.
--
-- * "accuracy": predictions (N, C), labels (N) from 1 to C; the answer is the class of the largest score.
-- * "binary_accuracy": predictions (N) or (N, 1), labels 0 and 1 of as many elements; the answer is 1 for a score above
--   0 (a probability of 1/2 by the logistic function), else 0.
-- * "top5" (any number): as "accuracy", but the label may be among the five largest scores. Among equal scores the
--   first classes are the larger ones.
-- * a function(prediction, y): a number or a tensor with one element, the mean over the rows of the batch.
--
-- A row whose scores are nan has no answer, so it is not right. A metric over several batches is the mean over rows.
-- @module optlab.train.metrics
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"

local M = {}

--- The names of built-in metrics, for declarations; "topK" besides.
M.NAMES = { "accuracy", "binary_accuracy" }

local function shape(t) return "(" .. table.concat(t.shape, ", ") .. ")" end

local function check_classes(prediction, y, fn)
  if prediction:dim() ~= 2 or y:dim() ~= 1 or #y ~= #prediction then
    errors.raise("%s: the accuracy needs predictions (N, C) and labels (N), got %s and %s", fn, shape(prediction),
      shape(y))
  end
  local classes = prediction.shape[2]
  if classes == 1 then
    errors.raise("%s: the accuracy needs a score for each class, got predictions %s; "
      .. "for one score a row and labels 0 and 1 there is 'binary_accuracy'", fn, shape(prediction))
  end
end

-- Rows whose label has fewer than k classes before it.
local function count_top(k)
  return function(prediction, y, fn)
    check_classes(prediction, y, fn)
    return core.nn.count_right(prediction, y, k, fn)
  end
end

local function count_signs(prediction, y, fn)
  local one_score = prediction:dim() == 1 or (prediction:dim() == 2 and prediction.shape[2] == 1)
  if not one_score or y:numel() ~= prediction:numel() then
    errors.raise("%s: the binary accuracy needs predictions (N) or (N, 1) and N labels, got %s and %s", fn,
      shape(prediction), shape(y))
  end
  return core.nn.count_signs(prediction, y, fn)
end

local COUNT = { accuracy = count_top(1), binary_accuracy = count_signs }

-- A built-in metric; nil for another name. In a history both accuracies are called "acc".
local function built_in(name)
  local k = math.tointeger(tonumber(name:match("^top(%d+)$")))
  if k and k >= 1 then return { name = name, count = count_top(k), rises = true, built_in = true } end
  return COUNT[name] and { name = "acc", count = COUNT[name], rises = true, built_in = true }
end

--- A number that a function of the script's own returned, or the one of a tensor with one element.
-- @param value
-- @tparam string fn who asks
-- @tparam string what "metrics.mae"
-- @treturn number
function M.number(value, fn, what)
  if type(value) == "userdata" and core.tensor.is_tensor(value) and value:numel() == 1 then value = value:item() end
  if type(value) == "number" then return value end
  return errors.raise("%s: %s must return a number or a tensor with one element, got %s", fn, what,
    errors.shown(value))
end

local function own(name, f, fn)
  local what = "metrics." .. name
  return {
    name = name, sum = function(prediction, y) return M.number(f(prediction:detach(), y), fn, what) * #prediction end,
    count = function(prediction, y)
      local mean = f(prediction, y)
      if core.tensor.is_tensor(mean) and mean:numel() == 1 then return mean:to("float64") * #prediction end
      return errors.raise("%s: %s must return a tensor with one element where the step is compiled, got %s", fn, what,
        errors.shown(mean))
    end,
  }
end

local RESERVED = { loss = true, acc = true }

local function check_name(name, fn)
  if type(name) ~= "string" or not name:match("^%a[%w_]*$") or RESERVED[name] or built_in(name) then
    errors.raise("%s: a metric of one's own needs a name of letters, digits and '_' that is none of loss, acc, "
      .. "accuracy, top5, ...; got %s", fn, errors.shown(name))
  end
end

local function from_table(metrics, fn)
  local list, names = {}, {}
  for key, value in pairs(metrics) do
    if math.type(key) == "integer" then
      local found = type(value) == "string" and built_in(value)
      if key < 1 or key > #metrics then
        errors.raise("%s: the names in metrics must be a list without gaps, got %s at position %d of %d", fn,
          errors.shown(value), key, #metrics)
      end
      if not found then
        errors.raise("%s: metrics must hold 'accuracy', 'binary_accuracy', 'top5' or name = function(prediction, y), "
          .. "got %s", fn, errors.shown(value))
      end
    else
      check_name(key, fn)
      if type(value) ~= "function" then
        errors.raise("%s: metrics.%s must be a function(prediction, y), got %s", fn, key, errors.shown(value))
      end
      names[#names + 1] = key
    end
  end
  for _, name in ipairs(metrics) do list[#list + 1] = built_in(name) end
  for _, name in ipairs(order.sort(names)) do list[#list + 1] = own(name, metrics[name], fn) end
  return list
end

-- A metric as others use it.
local function bound(metric, fn)
  local count = metric.count
  metric.count = function(prediction, y) return count(prediction:detach(), y, fn) end
  metric.sum = metric.sum or function(prediction, y) return metric.count(prediction, y):item() end
  return metric
end

--- The metrics that options ask for.
-- @tparam ?string metric the name of a built-in one
-- @tparam ?table metrics names of built-in ones by position, functions by name
-- @tparam string fn who asks, for messages
-- @treturn {table,...} each `name`; `sum(prediction, y)`: the sum over the rows of a batch; `count(prediction, y)`: the
--   same as a tensor, which can be recorded; `built_in`, true or nil; `rises`: whether more is better (nil: not known)
function M.read(metric, metrics, fn)
  local list, seen = {}, {}
  if metric then list[1] = built_in(metric) end
  for _, m in ipairs(metrics and from_table(metrics, fn) or {}) do list[#list + 1] = m end
  for _, m in ipairs(list) do
    if seen[m.name] then errors.raise("%s: the metric '%s' is given twice", fn, m.name) end
    seen[m.name] = true
    bound(m, fn)
  end
  return list
end

return M
