--- Gauges of an update: how far the optimizer goes for the gradient that it gets.
local core = require "optlab.core"
local Probe = require "optlab.train.gauges.probe"
local field = require("optlab.base.kinds").field
local step = require "optlab.train.step"

local M = {}

-- Where optimizers keep a mean of gradients.
local MOMENTUM = { "exp_avg", "momentum_buffer", "m" }

-- The momentum of each parameter before the update; nil where one has none.
local function momentum_of(optimizer)
  local list = {}
  local dict = optimizer:state_dict()
  while dict.optimizer do dict = dict.optimizer end -- of a wrapper: the inner one's
  local state = dict.state or {}
  for i = 1, #state do
    for _, name in ipairs(MOMENTUM) do list[i] = list[i] or state[i] and state[i][name] end
    if not list[i] then return nil end
  end
  return #list > 0 and Probe.like(list, function(t) return t:clone() end) or nil
end

--- Makes the update that the optimizer would make for the first batch.
-- @tparam Probe probe
-- @treturn table gradients, change, before, momentum (or nil): lists by parameter
function M.make(probe)
  local optimizer = probe.o.optimizer
  local before = Probe.like(probe.parameters, function(p) return p:detach():clone() end)
  local momentum = momentum_of(optimizer)
  local gradients = probe:gradients(probe.batches[1])
  if field(optimizer, "needs") then
    local o = { model = probe.o.model, loss = probe.o.loss, optimizer = optimizer, fn = "train.gauges" }
    step.new(o)(table.unpack(probe.batches[1]))
  else
    for i, p in ipairs(probe.parameters) do p.grad = gradients[i] end
    optimizer:step()
  end
  local change = {}
  for i, p in ipairs(probe.parameters) do change[i] = p:detach() - before[i] end
  for i, p in ipairs(probe.parameters) do
    core.autograd.no_grad(p.copy_, p, before[i])
  end
  return { gradients = gradients, change = change, before = before, momentum = momentum }
end

--- |change| / |parameters|.
function M.update_ratio(u) return Probe.norm(u.change) / Probe.norm(u.before) end

--- |change| / |gradient|: the rate at which plain gradient descent would go as far.
function M.effective_lr(u) return Probe.norm(u.change) / Probe.norm(u.gradients) end

--- The cosine between the gradient and the optimizer's momentum; nil without one.
function M.cos_gm(u)
  local g, m = u.gradients, u.momentum
  if not m or #m ~= #g then return nil end
  return Probe.dot(g, m) / (Probe.norm(g) * Probe.norm(m))
end

return M
