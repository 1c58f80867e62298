--- From which singular value on a matrix counts as of lower rank.
-- @module optlab.linalg.limits
local M = {}

local EPSILON = { float32 = 2 ^ -23, float64 = 2 ^ -52 }

--- max(m, n) times the epsilon of the dtype.
-- @tparam Tensor a
-- @treturn number
function M.relative(a)
  local shape, n = a.shape, a:dim()
  if n < 2 then return 0 end
  return math.max(shape[n - 1], shape[n]) * (EPSILON[a.dtype] or EPSILON.float32)
end

--- PyTorch's rule for limits of which none or one is given.
-- @treturn number,number atol and rtol
function M.of(a, atol, rtol)
  return atol or 0, rtol or (atol and atol > 0 and 0) or M.relative(a)
end

return M
