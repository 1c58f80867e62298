--- Right answers of a classifier: which prediction answers which label.
--
-- * "accuracy": predictions (N, C), labels (N) from 1 to C; the answer is the class of the largest score.
-- * "binary_accuracy": predictions (N) or (N, 1), labels 0 and 1 of as many elements; the answer is 1 for a score above
--   0 (a probability of 1/2 by the logistic function), else 0.
--
-- A row whose scores are nan has no answer, so it is not right.
-- @module optlab.train.accuracy
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local M = {}

local function shape(t) return "(" .. table.concat(t.shape, ", ") .. ")" end

-- Rows that are right among those whose score is a number.
local function count(right, score)
  return (right * score:eq(score)):sum():item()
end

local function count_classes(prediction, y, fn)
  if prediction:dim() ~= 2 or y:dim() ~= 1 or #y ~= #prediction then
    errors.raise("%s: the accuracy needs predictions (N, C) and labels (N), got %s and %s", fn, shape(prediction),
      shape(y))
  end
  local classes = prediction.shape[2]
  if classes == 1 then
    errors.raise("%s: the accuracy needs a score for each class, got predictions %s; "
      .. "for one score a row and labels 0 and 1 there is 'binary_accuracy'", fn, shape(prediction))
  end
  core.nn.check_labels(y, classes, fn .. ": labels")
  return count(prediction:argmax(2):eq(y), prediction:amax(2))
end

local function count_signs(prediction, y, fn)
  local one_score = prediction:dim() == 1 or (prediction:dim() == 2 and prediction.shape[2] == 1)
  if not one_score or y:numel() ~= prediction:numel() then
    errors.raise("%s: the binary accuracy needs predictions (N) or (N, 1) and N labels, got %s and %s", fn,
      shape(prediction), shape(y))
  end
  local score, labels = prediction:reshape(-1), y:reshape(-1)
  if labels:eq(0):sum():item() + labels:eq(1):sum():item() ~= #labels then
    errors.raise("%s: the labels of the binary accuracy must be 0 or 1", fn)
  end
  return count(score:gt(0):eq(labels), score)
end

local COUNT = { accuracy = count_classes, binary_accuracy = count_signs }

--- The function that counts right answers.
-- @tparam ?string metric "accuracy" or "binary_accuracy"; nil: none
-- @tparam string fn who asks, for messages
-- @treturn ?function count(prediction, y)
function M.counter(metric, fn)
  local rule = COUNT[metric]
  return rule and function(prediction, y) return rule(prediction:detach(), y, fn) end
end

return M
