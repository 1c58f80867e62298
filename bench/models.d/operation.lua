--- Operations as work to be timed; operation.py does the same. What a call gives is compared by means of its elements'
-- absolute values.
local lab = require "optlab"
local values = dofile "bench/models.d/values.lua"

local M = { values = values }

local function mean(t) return t:to("float64"):abs():mean():item() end

--- f() gives a tensor.
function M.forward(f)
  return { first = { mean(f()) }, step = function() local _ <close> = f() end }
end

--- f() gives a tensor, of which the gradients with respect to some inputs are computed.
function M.both(inputs, f)
  for _, x in ipairs(inputs) do x:requires_grad_() end
  local y = f()
  local options = y:dim() > 0 and { grad_outputs = values.uniform(y.shape, 9, -1, 1) } or {}
  local function step() return lab.autograd.grad(f(), inputs, options) end
  local first = { mean(y:detach()) }
  for i, g in ipairs(step()) do first[i + 1] = mean(g) end
  return { first = first, step = step }
end

--- Floats in [-1, 1).
function M.floats(seed, ...) return values.uniform({ ... }, seed, -1, 1) end

return M
