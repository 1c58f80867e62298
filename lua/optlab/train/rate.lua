--- Who moves the learning rate, or other hyperparameters, during a training: always an object that is attached to the
-- optimizer.
--
-- The convention is that of sched.attach, for train.fit and train.sweep, in Lua and in C: attaching a schedule s sets
-- the rate to s(0), the rate of the first epoch or update; after each one the object's step() moves on, so that after n
-- of them the rate is s(n). Parameter groups keep the ratio of their rate to the first group's.
-- @module optlab.train.rate
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local field = require("optlab.base.kinds").field

local M = {}

local function is_optimizer(object)
  local mt = getmetatable(object)
  return type(mt) == "table" and (mt.__name == "optlab.Optimizer" or mt.__name == "optlab.WrappedOptimizer")
end

--- What the t of a schedule may count: epochs, steps, or the share of the training that is over, in percent.
M.UNITS = { "epoch", "step", "percent" }

-- A table of schedules by name, at any depth (groups, members of a tuple), with f of each schedule.
local function each(what, f)
  local is_table = type(what) == "table" and not (getmetatable(what) and getmetatable(what).__call)
  if not is_table then return f(what) end
  local result = {}
  for name, part in pairs(what) do result[name] = each(part, f) end
  return result
end

--- The object that moves an optimizer's hyperparameters.
-- @tparam optimizer optimizer
-- @tparam nil|schedule|table|object scheduler what sched.attach takes, which is attached now, or an object that has
--   step() already
-- @tparam string fn who asks, for messages
-- @tparam ?number steps all steps of the training where t is the share of them that is over, in percent
-- @treturn ?object
function M.scheduler(optimizer, scheduler, fn, steps)
  if scheduler == nil then return nil end
  if field(scheduler, "step") then
    if steps then
      errors.raise("%s: scheduler_unit = \"percent\" needs a schedule, which is attached then; %s is attached already",
        fn, errors.shown(scheduler))
    end
    return scheduler
  end
  if not is_optimizer(optimizer) then
    errors.raise("%s: scheduler moves the learning rate of lab.optim's optimizers, and this is %s (an update function "
      .. "can depend on its step number t; optim.define makes an optimizer of one)", fn, errors.shown(optimizer))
  end
  if steps then
    scheduler = each(scheduler, function(s) return core.sched.stretch(s, steps / 100) end)
  end
  return core.sched.attach(optimizer, scheduler)
end

--- The Lua functions among the schedules that a training is given.
-- @tparam nil|schedule|table|object scheduler
-- @treturn {function,...}
function M.functions(scheduler)
  local list = {}
  each(scheduler, function(s)
    if type(s) == "function" then list[#list + 1] = s end
  end)
  return list
end

--- Whether a scheduler's step() may be part of a compiled step: it is an attached schedule that needs no Lua.
-- @tparam ?object scheduler
-- @treturn boolean
function M.is_recordable(scheduler)
  return field(scheduler, "recordable") == true
end

return M
