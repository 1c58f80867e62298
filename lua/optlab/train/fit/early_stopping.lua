--- Early stopping: a training ends when a number of its history has not improved for some epochs.
-- @module optlab.train.fit.early_stopping
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local field = require("optlab.base.kinds").field
local mean = require "optlab.train.fit.mean"
local order = require "optlab.base.order"
local no_grad = require("optlab.core").autograd.no_grad

local FN = "train.fit: early_stopping"

local EARLY = args.declare(FN, {
  doc = "The table `early_stopping` of train.fit: after each epoch a list of the history is checked; if it has not "
    .. "improved for `patience` epochs, the training ends, and history.stopped says so.",
  { "patience", "integer", min = 1, required = true, doc = "Number of epochs without an improvement." },
  { "monitor", "string", default = "loss",
    doc = "The list of the history that is checked: loss, valid_loss, test_acc, train_loss, ..." },
  { "mode", "choice", choices = { "min", "max" },
    doc = "Whether lower or higher is better; by default higher for accuracies, lower for all else." },
  { "min_delta", "number", min = 0, default = 0,
    doc = "The smallest difference from the best value that counts as an improvement." },
  { "restore_best", "flag", default = true,
    doc = "Whether the model ends with the weights of its best epoch." },
})

local M = {}

--- Reads the option.
-- @tparam ?table option
-- @treturn ?table
function M.read(option) return option and EARLY:read(option) or nil end

-- Whether more is better, by the name of the list: "valid_acc", "test_top5".
local function rises(name, measured)
  for _, metric in ipairs(measured) do
    if metric.rises and name:match("_(%w+)$") == metric.name then return true end
  end
  return false
end

--- The state of early stopping for a training: `best`, `epoch` of the best, `waited` epochs since, `weights`.
-- @tparam table o the options of train.fit
-- @treturn ?table
function M.start(o)
  local c = o.stopping
  if not c then return nil end
  if c.restore_best and not field(o.model, "state_dict") then
    errors.raise("%s: restore_best needs a model with state_dict(), as nn modules have; got %s", FN,
      errors.shown(o.model))
  end
  local sign = (c.mode or (rises(c.monitor, o.measured) and "max" or "min")) == "max" and 1 or -1
  return { options = c, sign = sign, waited = 0 }
end

local function value_of(history, name)
  local list = history[name]
  if type(list) == "table" and type(list[#list]) == "number" then return list[#list] end
  local names = {}
  for key, other in pairs(history) do
    if type(other) == "table" and type(other[1]) == "number" then names[#names + 1] = key end
  end
  return errors.raise("%s: the history has no list '%s' to monitor%s (it has %s)", FN, name, errors.hint(name, names),
    table.concat(order.sort(names), ", "))
end

local function copy_of_weights(model)
  local weights = {}
  no_grad(function()
    for name, t in pairs(model:state_dict()) do weights[name] = t:clone() end
  end)
  return weights
end

--- Looks at an epoch that is over.
-- @tparam table early what `start` gave
-- @tparam table history
-- @tparam integer epoch
-- @tparam object model
-- @param optimizer one, or several by name; the weights are its mean if it keeps one
-- @treturn boolean whether the training should end
function M.look(early, history, epoch, model, optimizer)
  local c, value = early.options, value_of(history, early.options.monitor)
  local finite = value - value == 0
  if finite and (not early.best or early.sign * (value - early.best) > c.min_delta) then
    early.best, early.epoch, early.waited = value, epoch, 0
    if c.restore_best then early.weights = mean.at(optimizer, copy_of_weights, model) end
    return false
  end
  early.waited = early.waited + 1
  return early.waited >= c.patience
end

--- Gives the model the weights of its best epoch back, and the history that epoch.
-- @tparam table early
-- @tparam table history
-- @tparam object model
function M.finish(early, history, model)
  if not early.best then return end
  history.best_epoch, history.best = early.epoch, early.best
  if early.weights then model:load_state_dict(early.weights) end
end

--- What a checkpoint keeps.
-- @tparam ?table early
-- @treturn ?table
function M.state(early)
  return early and { best = early.best, epoch = early.epoch, waited = early.waited, weights = early.weights }
end

--- Refuses a checkpoint that was made without early stopping.
-- @tparam ?table state
-- @tparam string path
function M.check_state(state, path)
  if not state then errors.raise("%s: %s was made without early_stopping", FN, path) end
end

--- Takes what a checkpoint kept.
-- @tparam table early
-- @tparam table state
function M.load(early, state)
  for name, value in pairs(state) do early[name] = value end
end

return M
