--- Numbers that values.py makes too, to the same bits: squares of 1, 2, 3, ... modulo a prime, and what follows.
local lab = require "optlab"
local PRIME = 1000003

local M = {}

-- In [0, 1), float64; each seed another stretch of the sequence.
local function unit(shape, seed)
  local n = 1
  for _, size in ipairs(shape) do n = n * size end
  local k = lab.arange(n, { dtype = "float64" }) + 7919 * seed + 1
  return ((k * k) % PRIME / PRIME):reshape(shape)
end

--- Floats in [low, high).
function M.uniform(shape, seed, low, high)
  return (unit(shape, seed) * (high - low) + low):to "float32"
end

--- Integers from 1 to n (in Python from 0 to n - 1).
function M.integers(shape, seed, n)
  return (unit(shape, seed) * n):floor():to "int64" + 1
end

--- The first values of a model: matrices and kernels in +-1 / sqrt(fan in), biases 0, scales as they are.
function M.fill(model)
  lab.no_grad(function()
    for name, p in model:named_parameters() do
      local seed = 0
      for i = 1, #name do seed = (31 * seed + name:byte(i)) % 10007 end
      if p:dim() > 1 then
        local bound = (p:numel() / #p) ^ -0.5
        p:copy_(M.uniform(p.shape, seed, -bound, bound))
      elseif name:match "bias" then
        p:zero_()
      end
    end
  end)
  return model
end

return M
