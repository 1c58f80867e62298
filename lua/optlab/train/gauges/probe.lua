--- A place to measure a training without touching it: its loss on some batches, gradients there, a step and back.
--
-- Batches are the first ones of a pass over the data; the loader, the parameters and other states of the model, the
-- optimizer, the gradients and the random numbers are what they were when the measurement is over. The model is in the
-- mode that it has (in a training: dropout draws, batch norm takes the batch).
-- @module optlab.train.gauges.probe
local core = require "optlab.core"
local field = require("optlab.base.kinds").field
local parameters = require "optlab.train.fit.parameters"
local snapshot = require "optlab.train.gauges.snapshot"

local Probe = {}
Probe.__index = Probe

-- The first n batches, each a list of what the loader gives. A pass of the training may be under way.
local function first_batches(loader, n)
  loader = snapshot.apart(loader)
  local place = field(loader, "state_dict") and loader:state_dict()
  local batches = {}
  for X, y, more in loader:batches() do
    batches[#batches + 1] = { X:clone(), y and y:clone(), more }
    if #batches == n then break end
  end
  if place then loader:load_state_dict(place) end
  return batches
end

--- Opens one.
-- @tparam table o model, loss, optimizer, data
-- @tparam integer n number of batches
function Probe.open(o, n)
  local self = setmetatable({ o = o, random = core.tensor.get_rng_state(), grads = {} }, Probe)
  self.parameters = {}
  for _, p in ipairs(parameters.of(o.optimizer, o.model)) do
    if p.requires_grad then self.parameters[#self.parameters + 1] = p end
  end
  for i, p in ipairs(self.parameters) do self.grads[i] = p.grad end
  self.kept = snapshot.keep { o.model, o.optimizer }
  self.batches = first_batches(o.data, n)
  return self
end

--- Puts everything back.
function Probe:close()
  snapshot.restore(self.kept)
  for i, p in ipairs(self.parameters) do p.grad = self.grads[i] end
  core.tensor.set_rng_state(self.random)
end

--- The loss on a batch, with a graph.
function Probe:loss(batch)
  local o = self.o
  return o.loss(o.model(batch[1]), batch[2])
end

--- The gradients of the loss on a batch, by parameter; zeros where the loss does not depend on one.
-- @tparam table batch
-- @tparam ?boolean create_graph whether they can be differentiated again
function Probe:gradients(batch, create_graph)
  local loss = self:loss(batch)
  local grads = core.autograd.grad(loss, self.parameters, { create_graph = create_graph or false, allow_unused = true })
  for i, p in ipairs(self.parameters) do grads[i] = grads[i] or core.tensor.zeros_like(p) end
  return grads
end

--- The product of the Hessian with v, for gradients that have a graph; both lists by parameter.
function Probe:hessian_times(grads, v)
  local dot
  for i, g in ipairs(grads) do
    if g.requires_grad then dot = dot and dot + (g * v[i]):sum() or (g * v[i]):sum() end
  end
  if not dot then return Probe.like(v, core.tensor.zeros_like) end
  local products = core.autograd.grad(dot, self.parameters, { retain_graph = true, allow_unused = true })
  for i, p in ipairs(self.parameters) do products[i] = products[i] or core.tensor.zeros_like(p) end
  return products
end

--- f(t) for each tensor of a list.
function Probe.like(list, f)
  local result = {}
  for i, t in ipairs(list) do result[i] = f(t) end
  return result
end

--- The inner product of two lists, summed in float64.
function Probe.dot(a, b)
  local sum = 0.0
  for i, t in ipairs(a) do sum = sum + (t:to("float64") * b[i]:to("float64")):sum():item() end
  return sum
end

--- The length of a list as one vector.
function Probe.norm(a) return math.sqrt(Probe.dot(a, a)) end

return Probe
