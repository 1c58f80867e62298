--- The history of a training: its lists, its best point, its rates.
-- @module optlab.train.history
local M = {}

--- A new history.
-- @tparam table o the options of train.fit
-- @treturn table
function M.new(o)
  local history = {steps = {}, epochs = {}, loss = {}, seconds = {}, train_loss = {}}
  if o.metric then history.train_acc = {} end
  if o.eval_data then history.test_loss = {} end
  if o.eval_data and o.metric then history.test_acc = {} end
  return history
end

-- The place of the largest of sign * value; what is infinite or nan is passed over. nil where no value is left.
local function place_of_best(list, sign)
  local best
  for i, value in ipairs(list) do
    if value - value == 0 and (not best or sign * value > sign * list[best]) then best = i end
  end
  return best
end

-- The best point of a training and its epoch: the highest accuracy on the test data, else on the training data, else
-- the lowest loss. Nothing where no point is finite.
local function best_of(history)
  local acc = history.test_acc or history.train_acc
  local list = acc or history.loss
  local best = place_of_best(list, acc and 1 or -1)
  if not best then return nil end
  if list == history.train_acc then return best, list[best] end -- one per epoch
  local epoch = history.epochs[best]
  return math.tointeger(epoch) or epoch, list[best]
end

local NAN = -(0 / 0) -- printed without a sign

--- Adds the point at which a training diverged: the loss that is no number, also for the epoch under way, so that lists
-- which are drawn together stay equally long. The other numbers of that point are not known: nan.
-- @tparam table history
-- @tparam table diverged its step, epoch and loss
-- @tparam number seconds
-- @tparam integer batches of an epoch
function M.add_diverged(history, diverged, seconds, batches)
  local n = #history.loss + 1
  history.steps[n], history.epochs[n] = diverged.step, diverged.step / batches
  history.loss[n], history.seconds[n] = diverged.loss, seconds
  history.train_loss[diverged.epoch] = diverged.loss
  if history.train_acc then history.train_acc[diverged.epoch] = NAN end
  if history.test_loss then history.test_loss[n] = NAN end
  if history.test_acc then history.test_acc[n] = NAN end
  history.diverged = diverged
end

--- Adds what is known at the end.
-- @tparam table history
-- @tparam table counters seconds, steps, examples
-- @tparam integer batches of an epoch
function M.finish(history, counters, batches)
  local epochs = counters.steps / batches
  history.sec_per_epoch = epochs > 0 and counters.seconds / epochs or 0
  history.examples_per_sec = counters.examples > 0 and counters.examples / counters.seconds or 0
  history.best_epoch, history.best = best_of(history)
end

return M
