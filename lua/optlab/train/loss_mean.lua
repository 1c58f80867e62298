--- One mean loss over the batches of a data set, the same for every batch size.
--
-- A loss gives one number for a batch. What a mean over several batches makes of these numbers depends on the loss:
--
-- * a built-in loss with reduction "mean" divides by the number of rows (times a constant), so each batch counts by its
--   rows; with class weights, or where ignore_index is given, it divides by the sum of the weights of the labels that
--   count, so each batch counts by that sum. The mean is what the loss gives for all rows at once.
-- * with reduction "sum" the mean is the sum over all batches divided by the number of rows.
-- * a function of the script's own is taken to return the mean over the rows of the batch.
--
-- A batch that counts by 0, all of whose labels have the weight 0, is passed over.
-- @module optlab.train.loss_mean
local core = require "optlab.core".nn
local errors = require "optlab.base.errors"

local M = {}

local NO_CLASS = -100 -- the default of ignore_index

local function reduction_of(loss)
  if core.kind(loss) ~= "module" then return nil end
  return loss.reduction
end

--- How the numbers of a loss are to be averaged.
-- @tparam function|module loss
-- @tparam string fn who asks, for messages
-- @treturn table `sums`: a number is a sum over rows; `weigh(prediction, y)`, nil if batches count by their rows:
--   returns a tensor, by what the batch counts, or nil for its rows
function M.of(loss, fn)
  local reduction = reduction_of(loss)
  if reduction == "none" then
    errors.raise("%s: loss must return one number for a batch; %s has the reduction 'none'", fn, tostring(loss))
  end
  local ignores = reduction == "mean" and (loss.ignore_index or NO_CLASS) ~= NO_CLASS
  local weighted = reduction == "mean" and (loss.weight ~= nil or ignores)
  return {
    sums = reduction == "sum",
    weigh = weighted and function(prediction, y) return core.mean_weight(loss, prediction, y) end or nil,
  }
end

--- Adds the number of a batch to the counters `loss_sum` and `loss_weight`.
-- @tparam table counters
-- @tparam table how what `of` gave
-- @tparam number value
-- @tparam number rows
-- @tparam ?number weight by what the batch counts, if that is not its rows
function M.add(counters, how, value, rows, weight)
  weight = weight or rows
  if weight == 0 then return end
  counters.loss_sum = counters.loss_sum + (how.sums and value or value * weight)
  counters.loss_weight = counters.loss_weight + weight
end

--- The mean of what was added.
-- @tparam table counters
-- @treturn number nan if nothing was
function M.mean(counters)
  return counters.loss_sum / counters.loss_weight
end

return M
