--- What arguments must be, in the name of the function that was called.
-- @module optlab.linalg.shapes
local errors = require "optlab.base.errors"

local M = {}

local function shape_of(t) return "(" .. table.concat(t.shape, ", ") .. ")" end

--- Refuses what is no batch of matrices.
function M.matrices(t, callee, name)
  if t:dim() >= 2 then return end
  errors.raise("%s: %s must be a matrix or a batch of matrices, got shape %s", callee, name, shape_of(t))
end

--- Refuses what is no batch of square matrices.
function M.square(t, callee, name)
  M.matrices(t, callee, name)
  if t:size(-1) == t:size(-2) then return end
  errors.raise("%s: %s must be a square matrix or a batch of them, got shape %s", callee, name, shape_of(t))
end

--- A dimension counted from 1.
-- @treturn integer
function M.dimension(x, dim, callee)
  local n = x:dim()
  if dim == 0 or dim > n or dim < -n then
    errors.raise("%s: dim must name dimensions of a tensor of %d, got %d", callee, n, dim)
  end
  return dim < 0 and n + 1 + dim or dim
end

return M
