--- Random tensors of a seed of their own: they neither use nor change the generators of lab.manual_seed.
-- @module optlab.data.synthetic.draws
local core = require "optlab.core"

local M = {}

--- A source of draws: each call takes the next stream of the seed.
-- @tparam integer seed
-- @tparam[opt] string dtype the default dtype
-- @treturn table `normal{size, ...}`, `uniform{size, ...}` in [0, 1)
function M.from(seed, dtype)
  local stream = 0
  dtype = dtype or core.tensor.get_default_dtype()
  local function draw(kind)
    return function(shape)
      stream = stream + 1
      return core.data.draw(kind, seed, stream, shape, dtype)
    end
  end
  return { normal = draw "normal", uniform = draw "uniform", dtype = dtype }
end

--- A random orthogonal matrix (d, d), uniform: the product of d - 1 reflections (Stewart, "The efficient generation of
-- random orthogonal matrices", 1980).
function M.rotation(draws, d)
  local q = core.tensor.eye(d, { dtype = draws.dtype })
  for k = d - 1, 1, -1 do
    local v = draws.normal { d - k + 1, 1 }
    local first = v[{ 1, 1 }]:item()
    v = v:clone()
    v[{ 1, 1 }] = first + (first < 0 and -1 or 1) * v:norm():item()
    local lower = q:narrow(1, k, d - k + 1)
    local reflected = lower - core.tensor.matmul(v, core.tensor.matmul(v:t(), lower)) * (2 / (v * v):sum():item())
    lower:copy_(reflected)
  end
  return q
end

return M
