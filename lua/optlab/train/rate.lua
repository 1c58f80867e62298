--- Who moves the learning rate during a training: always an object that is attached to the optimizer.
--
-- The convention is that of sched.attach, for train.fit and train.sweep, in Lua and in C: attaching a schedule s sets
-- the rate to s(0), the rate of the first epoch or update; after each one the object's step() moves on, so that after n
-- of them the rate is s(n). Parameter groups keep the ratio of their rate to the first group's.
-- @module optlab.train.rate
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local M = {}

local function has_step(object)
  local ok, value = pcall(function() return object.step end)
  return ok and value ~= nil
end

local function is_optimizer(object)
  local mt = getmetatable(object)
  return type(mt) == "table" and mt.__name == "optlab.Optimizer"
end

--- The object that moves the rate of an optimizer.
-- @tparam optimizer optimizer
-- @tparam nil|schedule|object scheduler a schedule, which is attached now, or an object that has step() already
-- @tparam string fn who asks, for messages
-- @treturn ?object
function M.scheduler(optimizer, scheduler, fn)
  if scheduler == nil or (type(scheduler) ~= "function" and has_step(scheduler)) then return scheduler end
  if not is_optimizer(optimizer) then
    errors.raise("%s: scheduler moves the learning rate of lab.optim's optimizers, and this is %s (an update function "
      .. "can depend on its step number t; optim.define makes an optimizer of one)", fn, errors.shown(optimizer))
  end
  return core.sched.attach(optimizer, scheduler)
end

--- Whether a scheduler's step() can be a part of a compiled step: its schedule is evaluated in C.
-- @function steps_in_c
-- @tparam ?object scheduler
-- @treturn boolean
M.steps_in_c = core.compile.steps_in_c

return M
