--- First values of parameters, as the published problems draw them.
-- @module optlab.problems.weights
local nn = require "optlab.nn"

local M = {}

--- Normal numbers with deviation `std`, cut off at two deviations (TensorFlow's truncated_normal).
function M.truncated_normal_(t, std) return nn.init.trunc_normal_(t, { std = std, a = -2 * std, b = 2 * std }) end

local WEIGHTED = {}
for _, name in ipairs { "Linear", "Conv2d", "ConvTranspose2d" } do WEIGHTED[nn[name]] = true end

--- Calls f(weight, bias) for each layer with weights.
function M.each(model, f)
  model:apply(function(m)
    if WEIGHTED[m.class] then f(m.weight, m.bias, m) end
  end)
  return model
end

--- The penalty on the weights, not the biases, that gives them a decay of `l2`: l2 / 2 times the sum of their squares.
function M.penalty(model, l2)
  local weights = {}
  M.each(model, function(weight) weights[#weights + 1] = weight end)
  return function()
    local sum
    for _, w in ipairs(weights) do
      local part = w:square():sum()
      sum = sum and sum + part or part
    end
    return sum * (l2 / 2)
  end
end

return M
