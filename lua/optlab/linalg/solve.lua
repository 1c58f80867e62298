--- Solutions of equations, inverses, determinants.
-- @module optlab.linalg.solve
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local limits = require "optlab.linalg.limits"
local shapes = require "optlab.linalg.shapes"

local linalg = core.linalg
local M = {}

local A = { "A", "tensor", required = true, doc = "A square matrix (..., n, n)." }
local FACTOR = { "L", "tensor", required = true, doc = "The Cholesky factor (..., n, n) of A." }
local B = { "B", "tensor", required = true, doc = "The right-hand sides (..., n, k)." }

local SOLVE = args.declare("linalg.solve", {
  doc = "The solution X of A X = B. A singular A is an error.", equation = "X = A^-1 B", positions = 2, A,
  { "B", "tensor", required = true, doc = "The right-hand sides: (..., n, k), (n), or (..., n) for the batch of A." },
  { "left", "flag", default = true, doc = "Whether A is on the left; if not, X A = B, and B must be (..., k, n)." },
})
local SOLVE_TRIANGULAR = args.declare("linalg.solve_triangular", {
  doc = "The solution X of A X = B for a triangular A; the other triangle is not read.", positions = 3,
  { "A", "tensor", required = true, doc = "A triangular matrix (..., n, n)." }, B,
  { "upper", "flag", required = true, doc = "Whether A is upper triangular." },
  { "left", "flag", default = true, doc = "Whether A is on the left; if not, X A = B." },
  { "unitriangular", "flag", default = false, doc = "Whether the diagonal counts as ones and is not read." },
})
local CHOLESKY_SOLVE = args.declare("linalg.cholesky_solve", {
  doc = "The solution X of A X = B from the Cholesky factor of A.", positions = 2, B, FACTOR,
  { "upper", "flag", default = false, doc = "Whether the factor is the upper one." },
})
local INV = args.declare("linalg.inv", { doc = "The inverse. A singular A is an error.", positions = 1, A })
local DET = args.declare("linalg.det", { doc = "The determinant.", positions = 1, A })
local SLOGDET = args.declare("linalg.slogdet", {
  doc = "The sign of the determinant, and the logarithm of its absolute value; 0 and -inf for a singular A.",
  positions = 1, A,
})

local MATRIX = { "A", "tensor", required = true, doc = "A matrix (..., m, n) of any rank." }
local PINV = args.declare("linalg.pinv", {
  doc = "The pseudoinverse: singular values up to max(atol, rtol s_1), s_1 the largest, count as 0.",
  positions = 1, MATRIX,
  { "atol", "number", min = 0, doc = "The absolute limit; 0 unless given." },
  { "rtol", "number", min = 0, doc = "The relative one; max(m, n) times the dtype's epsilon, 0 if atol is given." },
})
local LSTSQ = args.declare("linalg.lstsq", {
  doc = "The shortest X of those that minimise |A X - B|: a table with `solution`, `residuals`, the sum of squares of "
    .. "each column of A X - B where m > n, else empty, and `rank`, that of A in int64.",
  positions = 3, MATRIX,
  { "B", "tensor", required = true, doc = "The right-hand sides: (..., m, k), (m), or (..., m) for the batch of A." },
  { "rcond", "number", min = 0,
    doc = "Singular values below rcond s_1 count as 0; max(m, n) times the dtype's epsilon unless given." },
})

--- X of A X = B.
-- @treturn Tensor
function M.solve(...)
  local o = SOLVE:read(...)
  return linalg.solve(o.A, o.B, o.left)
end

--- X of A X = B, A triangular.
-- @treturn Tensor
function M.solve_triangular(...)
  local o = SOLVE_TRIANGULAR:read(...)
  return linalg.solve_triangular(o.A, o.B, o.upper, o.left, o.unitriangular)
end

--- X of A X = B from A = L L^T or, upper, U^T U.
-- @treturn Tensor
function M.cholesky_solve(...)
  local o = CHOLESKY_SOLVE:read(...)
  shapes.matrices(o.B, "linalg.cholesky_solve", "B")
  shapes.square(o.L, "linalg.cholesky_solve", "L")
  if o.B:size(-2) ~= o.L:size(-1) then
    errors.raise("linalg.cholesky_solve: B must have %d rows, as L has, got %s", o.L:size(-1), errors.shown(o.B))
  end
  local lower = o.upper and o.L:transpose(-2, -1) or o.L
  local half = linalg.solve_triangular(lower, o.B, false, true, false)
  return linalg.solve_triangular(lower:transpose(-2, -1), half, true, true, false)
end

--- A^-1.
-- @treturn Tensor
function M.inv(...) return linalg.inv(INV:read(...).A, true) end

--- det A.
-- @treturn Tensor
function M.det(...) return linalg.det(DET:read(...).A) end

--- The sign and log |det A|.
-- @treturn Tensor,Tensor
function M.slogdet(...) return linalg.slogdet(SLOGDET:read(...).A) end

--- The pseudoinverse.
-- @treturn Tensor
function M.pinv(...)
  local o = PINV:read(...)
  return linalg.pinv(o.A, limits.of(o.A, o.atol, o.rtol))
end

-- Whether the right-hand sides are vectors: one, or one for each matrix of a batch.
local function are_vectors(a, b)
  if b:dim() == 1 then return true end
  if b:dim() ~= a:dim() - 1 then return false end
  for d = 1, b:dim() do
    if b:size(d) ~= a:size(d) then return false end
  end
  return true
end

--- X that minimises |A X - B|.
-- @treturn table solution, residuals, rank
function M.lstsq(...)
  local o = LSTSQ:read(...)
  local a, b = o.A, o.B
  local vector = are_vectors(a, b)
  if vector then b = b:unsqueeze(-1) end
  local x, rank = linalg.lstsq(a, b, o.rcond or limits.relative(a))
  local residuals
  if a:size(-2) > a:size(-1) then
    residuals = (a:matmul(x) - b):square():sum(-2)
    if vector then residuals = residuals:squeeze(-1) end
  else
    residuals = core.tensor.zeros({ 0 }, { dtype = x.dtype })
  end
  if vector then x = x:squeeze(-1) end
  return { solution = x, residuals = residuals, rank = rank:detach():to("int64") }
end

return M
