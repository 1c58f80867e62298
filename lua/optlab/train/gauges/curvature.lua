--- Gauges of the curvature: the largest eigenvalue and the trace of the Hessian of the loss on the first batch.
local core = require "optlab.core"
local Probe = require "optlab.train.gauges.probe"

local M = {}

local ITERATIONS, TOLERANCE = 20, 1e-3
local DIRECTIONS = 8

-- Random directions come from a generator of their own, the same at each measurement.
local function with_seed(f)
  core.tensor.manual_seed(0)
  return f()
end

-- Scales a list to length 1.
local function normalized(v)
  local length = Probe.norm(v)
  return Probe.like(v, function(t) return t / length end)
end

--- The eigenvalue of the Hessian that is largest in absolute value, by power iteration from the direction that was
-- found last: at most twenty products with the Hessian.
-- @tparam Probe probe
-- @tparam table memory what is kept from one measurement to the next
function M.sharpness(probe, memory)
  local gradients = probe:gradients(probe.batches[1], true)
  local v = memory.direction or with_seed(function()
    return normalized(Probe.like(probe.parameters, function(p)
      return core.tensor.randn(p.shape, { dtype = p.dtype })
    end))
  end)
  local lambda
  for _ = 1, ITERATIONS do
    local product = probe:hessian_times(gradients, v)
    local before = lambda
    lambda = Probe.dot(v, product)
    local length = Probe.norm(product)
    if not (length > 0 and length < math.huge) then break end
    v = Probe.like(product, function(t) return t:detach() / length end)
    if before and math.abs(lambda - before) <= TOLERANCE * math.abs(lambda) then break end
  end
  memory.direction = v
  return lambda
end

--- The trace of the Hessian by Hutchinson's estimate: the mean of v'Hv over eight vectors of random signs.
function M.trace(probe)
  local gradients = probe:gradients(probe.batches[1], true)
  return with_seed(function()
    local sum = 0
    for _ = 1, DIRECTIONS do
      local v = Probe.like(probe.parameters, function(p)
        return core.tensor.randint(0, 2, p.shape):to(p.dtype) * 2 - 1
      end)
      sum = sum + Probe.dot(v, probe:hessian_times(gradients, v))
    end
    return sum / DIRECTIONS
  end)
end

return M
