--- Decompositions of matrices.
-- @module optlab.linalg.decompose
local args = require "optlab.base.args"
local core = require "optlab.core"

local linalg = core.linalg
local M = {}

local A = { "A", "tensor", required = true, doc = "A matrix (..., m, n)." }
local SQUARE = { "A", "tensor", required = true, doc = "A square matrix (..., n, n)." }
local SYMMETRIC = { "A", "tensor", required = true,
  doc = "A symmetric matrix (..., n, n), of which one triangle is read." }
local UPLO = { "UPLO", "choice", choices = { "L", "U" }, default = "L",
  doc = "Which triangle is read: the lower or the upper one." }

local CHOLESKY = args.declare("linalg.cholesky", {
  doc = "The Cholesky factor. A matrix that is not positive definite is an error.", equation = "A = L L^T",
  positions = 1, SYMMETRIC,
  { "upper", "flag", default = false,
    doc = "Whether to compute the upper factor U of A = U^T U, from A's upper triangle." },
})
local QR = args.declare("linalg.qr", {
  doc = "An orthogonal Q and an upper triangular R. The mode 'complete' has a gradient where m <= n, 'r' has none.",
  equation = "A = Q R", positions = 2, A,
  { "mode", "choice", choices = { "reduced", "complete", "r" }, default = "reduced",
    doc = "min(m, n) columns of Q, all m of them, or an empty Q." },
})
local PIVOT = { "pivot", "flag", default = true,
  doc = "Whether rows are exchanged for stability; without exchanges, a pivot of 0 gives infinite numbers." }
local LU = args.declare("linalg.lu", {
  doc = "A permutation P, a lower triangular L with ones on its diagonal and an upper triangular U; P is empty without "
    .. "pivots. A may be singular.",
  equation = "A = P L U", positions = 2, A, PIVOT,
})
local LU_FACTOR = args.declare("linalg.lu_factor", {
  doc = "For lu_solve: L and U of A = P L U in one matrix, L without its diagonal, and the pivots (..., min(m, n)) in "
    .. "int64: row i was exchanged with row pivots[i].",
  positions = 2, A, PIVOT,
})
local LU_SOLVE = args.declare("linalg.lu_solve", {
  doc = "The solution X of A X = B from the results of lu_factor.", positions = 3,
  { "LU", "tensor", required = true, doc = "The factors (..., n, n)." },
  { "pivots", "tensor", required = true, doc = "The pivots (..., n)." },
  { "B", "tensor", required = true, doc = "The right-hand sides (..., n, k)." },
  { "left", "flag", default = true, doc = "Whether A is on the left; if not, X A = B." },
  { "adjoint", "flag", default = false, doc = "Whether to solve with A^T instead of A." },
})
local EIGH = args.declare("linalg.eigh", {
  doc = "The eigenvalues w of a symmetric matrix in ascending order, and eigenvectors as the columns of V.",
  equation = "A = V diag(w) V^T", positions = 2, SYMMETRIC, UPLO,
})
local EIGVALSH = args.declare("linalg.eigvalsh", {
  doc = "The eigenvalues of a symmetric matrix in ascending order.", positions = 2, SYMMETRIC, UPLO,
})
local EIG = args.declare("linalg.eig", {
  doc = "The eigenvalues w of any square matrix, and eigenvectors as the columns of V: two tables {real =, imag =}.",
  equation = "A V = V diag(w)", positions = 1, SQUARE,
})
local EIGVALS = args.declare("linalg.eigvals", {
  doc = "The eigenvalues of any square matrix: a table {real =, imag =} of tensors.", positions = 1, SQUARE,
})
local SVD = args.declare("linalg.svd", {
  doc = "The singular values s in descending order, and singular vectors: U, s, V^T.",
  equation = "A = U diag(s) V^T", positions = 2, A,
  { "full_matrices", "flag", default = true,
    doc = "Whether all m and n singular vectors are wanted, or min(m, n) on each side. Only these have gradients." },
})
local SVDVALS = args.declare("linalg.svdvals", {
  doc = "The singular values in descending order.", positions = 1, A,
})

--- L of A = L L^T.
-- @treturn Tensor
function M.cholesky(...)
  local o = CHOLESKY:read(...)
  return linalg.cholesky(o.A, o.upper)
end

local MODES = { reduced = 0, complete = 1, r = 2 }

--- Q and R of A = Q R.
-- @treturn Tensor,Tensor
function M.qr(...)
  local o = QR:read(...)
  if o.mode ~= "r" then return linalg.qr(o.A, MODES[o.mode]) end
  local r = linalg.qr(o.A, MODES.r)
  return core.tensor.zeros({ 0 }, { dtype = r.dtype }), r
end

--- P, L and U of A = P L U.
-- @treturn Tensor,Tensor,Tensor
function M.lu(...)
  local o = LU:read(...)
  local factors, pivots = linalg.lu_factor(o.A, o.pivot)
  local m, n = factors:size(-2), factors:size(-1)
  local k = math.min(m, n)
  local lower = factors:narrow(-1, 1, k):tril(-1) + core.tensor.eye(m, k, { dtype = factors.dtype })
  local upper = factors:narrow(-2, 1, k):triu()
  if not o.pivot then return core.tensor.zeros({ 0 }, { dtype = factors.dtype }), lower, upper end
  return linalg.lu_permutation(factors, pivots), lower, upper
end

--- L and U in one matrix, and the pivots.
-- @treturn Tensor,Tensor
function M.lu_factor(...)
  local o = LU_FACTOR:read(...)
  return linalg.lu_factor(o.A, o.pivot)
end

--- X of A X = B from what lu_factor gives.
-- @treturn Tensor
function M.lu_solve(...)
  local o = LU_SOLVE:read(...)
  local factors, P, B = o.LU, linalg.lu_permutation(o.LU, o.pivots), o.B
  local transposed = o.adjoint
  if not o.left then B, transposed = B:transpose(-2, -1), not transposed end
  local x
  if transposed then
    local other = factors:transpose(-2, -1)
    x = linalg.solve_triangular(other, B, false, true, false)
    x = P:matmul(linalg.solve_triangular(other, x, true, true, true))
  else
    x = linalg.solve_triangular(factors, P:transpose(-2, -1):matmul(B), false, true, true)
    x = linalg.solve_triangular(factors, x, true, true, false)
  end
  return o.left and x or x:transpose(-2, -1)
end

--- w and V of A = V diag(w) V^T.
-- @treturn Tensor,Tensor
function M.eigh(...)
  local o = EIGH:read(...)
  return linalg.eigh(o.A, o.UPLO == "U")
end

--- w of A = V diag(w) V^T.
-- @treturn Tensor
function M.eigvalsh(...)
  local o = EIGVALSH:read(...)
  return linalg.eigvalsh(o.A, o.UPLO == "U")
end

--- w and V of A V = V diag(w), as {real =, imag =}.
-- @treturn table,table
function M.eig(...)
  local w_real, w_imag, v_real, v_imag = linalg.eig(EIG:read(...).A)
  return { real = w_real, imag = w_imag }, { real = v_real, imag = v_imag }
end

--- w of A V = V diag(w), as {real =, imag =}.
-- @treturn table
function M.eigvals(...)
  local real, imag = linalg.eigvals(EIGVALS:read(...).A)
  return { real = real, imag = imag }
end

--- U, s and V^T of A = U diag(s) V^T.
-- @treturn Tensor,Tensor,Tensor
function M.svd(...)
  local o = SVD:read(...)
  return linalg.svd(o.A, o.full_matrices)
end

--- s of A = U diag(s) V^T.
-- @treturn Tensor
function M.svdvals(...) return linalg.svdvals(SVDVALS:read(...).A) end

return M
