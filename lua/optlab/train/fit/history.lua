--- The history of a training: its lists, its best point, its rates.
-- @module optlab.train.fit.history
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"

local M = {}

--- A new history: steps, epochs, loss, seconds, lr, grad_norm and the numbers of each evaluation set have an entry for
-- each point, those that begin with "train_" one for each epoch.
-- @tparam table o the options of train.fit
-- @tparam boolean has_rate whether the optimizer has a learning rate
-- @tparam boolean has_gradients whether the parameters are known
-- @treturn table
-- @treturn {string,...} the lists with an entry for each point, without steps, epochs and seconds
function M.new(o, has_rate, has_gradients)
  local history, points = {steps = {}, epochs = {}, loss = {}, seconds = {}, train_loss = {}}, {"loss"}
  local function add(name)
    history[name] = {}
    points[#points + 1] = name
  end
  if #o.measured > 0 and not o.step then
    for _, metric in ipairs(o.measured) do history["train_" .. metric.name] = {} end
  end
  for _, set in ipairs(o.sets) do
    if o.loss then add(set.name .. "_loss") end
    for _, metric in ipairs(o.measured) do add(set.name .. "_" .. metric.name) end
  end
  if has_rate then add("lr") end
  if has_gradients then add("grad_norm") end
  for _, name in ipairs(o.watched) do add(name) end
  return history, points
end

local NAN = -(0 / 0) -- printed without a sign

--- The names of the lists with an entry for each epoch, in the order of their rows: train_loss first.
-- @tparam table history
-- @treturn {string,...}
function M.per_epoch(history)
  local names = {}
  for name, list in pairs(history) do
    if type(list) == "table" and name:match("^train_") and name ~= "train_loss" then names[#names + 1] = name end
  end
  table.insert(order.sort(names), 1, "train_loss")
  return names
end

--- Adds the means over an epoch of what was counted beside the loss. Where a step of the script's own did not return a
-- number in an epoch, that is nan, so that the lists stay equally long.
-- @tparam table history
-- @tparam integer epoch
-- @tparam {[string]=number} sums by name
-- @tparam {[string]=integer} rows over which each sum goes
function M.add_epoch(history, epoch, sums, rows)
  for name in pairs(sums) do
    local key = "train_" .. name
    history[key] = history[key] or {}
  end
  for _, key in ipairs(M.per_epoch(history)) do
    local list, name = history[key], key:match "^train_(.*)$"
    for i = #list + 1, epoch - 1 do list[i] = NAN end
    if name ~= "loss" then list[epoch] = sums[name] and sums[name] / rows[name] or NAN end
  end
end

-- The place of the largest of sign * value; what is infinite or nan is passed over. nil where no value is left.
local function place_of_best(list, sign)
  local best
  for i, value in ipairs(list) do
    if value - value == 0 and (not best or sign * value > sign * list[best]) then best = i end
  end
  return best
end

-- The best point of a training and its epoch: the highest accuracy on the first evaluation set, else on the training
-- data, else the lowest loss. Nothing where no point is finite.
local function best_of(history, first_set)
  local acc = first_set and history[first_set .. "_acc"] or history.train_acc
  local list = acc or history.loss
  local best = place_of_best(list, acc and 1 or -1)
  if not best then return nil end
  if list == history.train_acc then return best, list[best] end -- one per epoch
  local epoch = history.epochs[best]
  return math.tointeger(epoch) or epoch, list[best]
end

--- Adds the point at which a training diverged: the loss that is no number, also for the epoch under way, so that lists
-- which are drawn together stay equally long. The other numbers of that point are not known: nan.
-- @tparam table history
-- @tparam {string,...} points the lists with an entry for each point
-- @tparam table diverged its step, epoch and loss
-- @tparam ?number lr the learning rate of that step
-- @tparam number seconds
-- @tparam integer updates of an epoch
function M.add_diverged(history, points, diverged, lr, seconds, updates)
  local n = #history.loss + 1
  for _, name in ipairs(points) do history[name][n] = NAN end
  if history.lr then history.lr[n] = lr end
  for _, name in ipairs(M.per_epoch(history)) do history[name][diverged.epoch] = NAN end
  history.steps[n], history.epochs[n] = diverged.step, diverged.step / updates
  history.loss[n], history.seconds[n] = diverged.loss, seconds
  history.train_loss[diverged.epoch] = diverged.loss
  history.diverged = diverged
end

-- Fields that a history need not have, beside those of its own evaluation sets and metrics: what some trainings have.
-- They are asked for, not listed: no guess is one of them.
local SOME = {}
for name in ([[loss train_acc test_loss test_acc valid_loss valid_acc lr grad_norm best best_epoch diverged
  stopped]]):gmatch "%S+" do SOME[name] = true end
local OTHERS = setmetatable({}, {
  __index = function(_, name)
    local set = tostring(name):match "^(%a+)_top%d+$"
    local of_top = set == "train" or set == "test" or set == "valid"
    if SOME[name] or of_top or require("optlab.train.gauges").is_one(name) then return false end
    return nil
  end,
})

-- The same where a step of the script's own may return numbers of any name in some of its updates.
local OF_OWN_STEP = setmetatable({}, {
  __index = function(_, name)
    if tostring(name):find "^train_" then return false end
    return OTHERS[name]
  end,
})

--- Makes reading an unknown name an error, and of its lists the entry -1.
-- @tparam table t a history, or what a callback is told
-- @tparam string title
-- @tparam[opt] boolean own_step whether the step is the script's own
-- @treturn table t
function M.strict(t, title, own_step)
  for _, list in pairs(t) do
    if type(list) == "table" and not getmetatable(list) then errors.counted(list) end
  end
  return errors.strict(t, title, own_step and OF_OWN_STEP or OTHERS)
end

--- Adds what is known at the end.
-- @tparam table history
-- @tparam table counters seconds, steps, examples
-- @tparam integer updates of an epoch
-- @tparam ?string first_set the name of the first evaluation set
function M.finish(history, counters, updates, first_set)
  local epochs = counters.steps / updates
  history.sec_per_epoch = epochs > 0 and counters.seconds / epochs or 0
  history.examples_per_sec = counters.examples > 0 and counters.examples / counters.seconds or 0
  history.best_epoch, history.best = best_of(history, first_set)
end

return M
