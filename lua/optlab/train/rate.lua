--- Who moves the learning rate during a training: always an object that is attached to the optimizer.
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
  return type(mt) == "table" and mt.__name == "optlab.Optimizer"
end

--- The object that moves the rate of an optimizer.
-- @tparam optimizer optimizer
-- @tparam nil|schedule|object scheduler a schedule, which is attached now, or an object that has step() already
-- @tparam string fn who asks, for messages
-- @treturn ?object
function M.scheduler(optimizer, scheduler, fn)
  if scheduler == nil or field(scheduler, "step") then return scheduler end
  if not is_optimizer(optimizer) then
    errors.raise("%s: scheduler moves the learning rate of lab.optim's optimizers, and this is %s (an update function "
      .. "can depend on its step number t; optim.define makes an optimizer of one)", fn, errors.shown(optimizer))
  end
  return core.sched.attach(optimizer, scheduler)
end

--- Whether a scheduler's step() may be part of a compiled step: it is an attached schedule that needs no Lua.
-- @tparam ?object scheduler
-- @treturn boolean
function M.is_recordable(scheduler)
  return field(scheduler, "recordable") == true
end

return M
