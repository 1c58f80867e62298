--- Decompositions of matrices.
-- @module optlab.linalg.decompose
local args = require "optlab.base.args"
local core = require "optlab.core"

local linalg = core.linalg
local M = {}

local CHOLESKY = args.declare("linalg.cholesky", {
  doc = "The Cholesky factor. A matrix that is not positive definite is an error.", equation = "A = L L^T",
  positions = 1,
  { "A", "tensor", required = true, doc = "A symmetric matrix (..., n, n), of which one triangle is read." },
  { "upper", "flag", default = false,
    doc = "Whether the upper factor U of A = U^T U is wanted, from A's upper triangle." },
})

--- L of A = L L^T.
-- @treturn Tensor
function M.cholesky(...)
  local o = CHOLESKY:read(...)
  return linalg.cholesky(o.A, o.upper)
end

return M
