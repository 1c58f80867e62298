--- Small matrices for the exercises and claims: eigenvalues, inverse, QR, a random orthogonal matrix.
--
--    local matrix = require "experiments.exercises.matrix"
--    local values, vectors = matrix.eigen(A) -- A = {{2, 1}, {1, 3}} or a tensor (2, 2)
--
-- optlab finds this file from every folder once `require "optlab"` has been called. A matrix is a list of rows or a
-- tensor of two dimensions; results are tensors of float64, eigenvalues are lists of numbers. Eigenvalues and inverse
-- are textbook loops in float64 for matrices of up to some dozens of rows; nothing is differentiated. Sources: G. H.
-- Golub and C. F. Van Loan, "Matrix Computations", 4th edition, 2013 (sections named below); F. Mezzadri, "How to
-- generate random matrices from the classical compact groups", Notices of the AMS 54 (2007).
-- @module matrix
local lab = require "optlab"

local M = {}

local float64 = {dtype = "float64"}

-- Raises an error at the line that called this module.
local HERE = debug.getinfo(1, "S").source
local function fail(message, ...)
  local level = 2
  while debug.getinfo(level, "S").source == HERE do level = level + 1 end
  error("matrix." .. message:format(...), level)
end

local function shape_text(sizes) return "(" .. table.concat(sizes, ", ") .. ")" end

-- A matrix as a new list of rows of numbers.
local function rows_of(a, where)
  if not lab.is_tensor(a) then
    if type(a) ~= "table" or type(a[1]) ~= "table" then
      fail("%s: the matrix must be a list of rows or a tensor (n, n), got %s", where, lab.errors.shown(a))
    end
    a = lab.tensor(a, float64)
  end
  local shape = a.shape
  if #shape ~= 2 or shape[1] == 0 or shape[2] == 0 then
    fail("%s: the matrix must have two dimensions, got shape %s", where, shape_text(shape))
  end
  local rows = a:detach():tolist()
  for i, row in ipairs(rows) do
    for j, v in ipairs(row) do
      if v ~= v or math.abs(v) == math.huge then fail("%s: element (%d, %d) is %s", where, i, j, v) end
    end
  end
  return rows, shape[1], shape[2]
end

local function square(a, where)
  local rows, n, m = rows_of(a, where)
  if n ~= m then fail("%s: the matrix must be square, got shape %s", where, shape_text {n, m}) end
  return rows, n
end

local function identity(n)
  local rows = {}
  for i = 1, n do
    rows[i] = {}
    for j = 1, n do rows[i][j] = i == j and 1.0 or 0.0 end
  end
  return rows
end

-- The largest absolute value of the elements.
local function largest(rows)
  local most = 0
  for _, row in ipairs(rows) do
    for _, v in ipairs(row) do most = math.max(most, math.abs(v)) end
  end
  return most
end

-- --- eigenvalues -----------------------------------------------------------------------------------------------------

local function check_symmetric(a, n)
  local allowed = 1e-6 * largest(a)
  for i = 1, n do
    for j = i + 1, n do
      if math.abs(a[i][j] - a[j][i]) > allowed then
        fail("eigen: the matrix must be symmetric, but (%d, %d) is %g and (%d, %d) is %g", i, j, a[i][j],
          j, i, a[j][i])
      end
      a[i][j] = (a[i][j] + a[j][i]) / 2
      a[j][i] = a[i][j]
    end
  end
end

-- A turn in the plane of axes p and q that makes a[p][q] zero; v collects the turns.
local function rotate(a, v, n, p, q)
  local theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
  local t = (theta < 0 and -1 or 1) / (math.abs(theta) + math.sqrt(theta ^ 2 + 1))
  local c = 1 / math.sqrt(t ^ 2 + 1)
  local s = t * c
  for k = 1, n do a[k][p], a[k][q] = c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q] end
  for k = 1, n do a[p][k], a[q][k] = c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k] end
  for k = 1, n do v[k][p], v[k][q] = c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q] end
  a[p][q], a[q][p] = 0.0, 0.0
end

-- Sweeps over all pairs until no element beside the diagonal is more than rounding.
local function jacobi(a, v, n)
  local tiny = 1e-16 * largest(a)
  for _ = 1, 60 do
    local done = true
    for p = 1, n - 1 do
      for q = p + 1, n do
        if math.abs(a[p][q]) > tiny then
          done = false
          rotate(a, v, n, p, q)
        end
      end
    end
    if done then return end
  end
end

--- Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's method (Golub and Van Loan, 8.5).
-- A matrix that is not symmetric (to a millionth of its largest element) is an error.
-- @param a (n, n)
-- @treturn {number,...} the eigenvalues, ascending
-- @treturn Tensor (n, n), float64: column i is the eigenvector of length 1 of the i-th value
function M.eigen(a)
  local rows, n = square(a, "eigen")
  check_symmetric(rows, n)
  local v = identity(n)
  jacobi(rows, v, n)
  local order = {}
  for i = 1, n do order[i] = i end
  table.sort(order, function(i, j)
    if rows[i][i] ~= rows[j][j] then return rows[i][i] < rows[j][j] end
    return i < j
  end)
  local values, vectors = {}, {}
  for k, i in ipairs(order) do values[k] = rows[i][i] end
  for j = 1, n do
    vectors[j] = {}
    for k, i in ipairs(order) do vectors[j][k] = v[j][i] end
  end
  return values, lab.tensor(vectors, float64)
end

--- The eigenvalues of any matrix of two rows: the roots of r^2 - (a + d) r + (ad - bc).
-- @param a (2, 2)
-- @treturn {number,number} real parts, ascending
-- @treturn number 0 if both are real; else the two are real part + i times this and real part - i times this
function M.eigen2(a)
  local rows, n = square(a, "eigen2")
  if n ~= 2 then fail("eigen2: the matrix must have two rows, got shape %s", shape_text {n, n}) end
  local middle, half = (rows[1][1] + rows[2][2]) / 2, (rows[1][1] - rows[2][2]) / 2
  local square_of_rest = half ^ 2 + rows[1][2] * rows[2][1]
  local rest = math.sqrt(math.abs(square_of_rest))
  if square_of_rest < 0 then return {middle, middle}, rest end
  return {middle - rest, middle + rest}, 0.0
end

-- --- inverse ---------------------------------------------------------------------------------------------------------

local function pivot_row(a, n, column)
  local best = column
  for i = column + 1, n do
    if math.abs(a[i][column]) > math.abs(a[best][column]) then best = i end
  end
  return best
end

local function subtract(row, factor, from)
  for j = 1, #row do row[j] = row[j] - factor * from[j] end
end

--- The inverse by Gauss-Jordan elimination with row pivoting (Golub and Van Loan, 3.4).
-- A singular matrix is an error: a pivot below n times 2^-52 of the largest element.
-- @param a (n, n)
-- @treturn Tensor (n, n), float64
function M.inverse(a)
  local rows, n = square(a, "inverse")
  local out, tiny = identity(n), n * 2.0 ^ -52 * largest(rows)
  for k = 1, n do
    local p = pivot_row(rows, n, k)
    rows[k], rows[p], out[k], out[p] = rows[p], rows[k], out[p], out[k]
    local pivot = rows[k][k]
    if math.abs(pivot) <= tiny then
      fail("inverse: the matrix is singular (pivot %d of %d is %.3g)", k, n, pivot)
    end
    for j = 1, n do rows[k][j], out[k][j] = rows[k][j] / pivot, out[k][j] / pivot end
    for i = 1, n do
      if i ~= k then
        local factor = rows[i][k]
        subtract(rows[i], factor, rows[k])
        subtract(out[i], factor, out[k])
      end
    end
  end
  return lab.tensor(out, float64)
end

-- --- QR --------------------------------------------------------------------------------------------------------------

--- a = Q R by Householder's reflections (Golub and Van Loan, 5.2.2; `lab.linalg.qr`): Q has orthonormal columns, R is
-- upper triangular with a positive diagonal. Columns that depend on those before are an error.
-- @param a (m, n) with m >= n
-- @treturn Tensor Q (m, n), float64
-- @treturn Tensor R (n, n), float64
function M.qr(a)
  local rows, m, n = rows_of(a, "qr")
  if m < n then fail("qr: there must be as many rows as columns, got shape %s", shape_text {m, n}) end
  local q, r = lab.linalg.qr(lab.tensor(rows, float64))
  local diagonal, tiny = r:diagonal(), m * 2.0 ^ -52 * largest(rows)
  for k, v in ipairs(diagonal:tolist()) do
    if math.abs(v) <= tiny then fail("qr: column %d depends on those before", k) end
  end
  local sign = lab.sign(diagonal)
  return q * sign, r * sign:unsqueeze(2)
end

--- A random orthogonal matrix, each as likely as any other: Q of a matrix of normal numbers (Mezzadri; the diagonal of
-- R is positive, as it must be for that). The numbers are lab's, so --seed decides them.
-- @tparam integer n rows and columns
-- @treturn Tensor (n, n), float64
function M.orthogonal(n)
  if math.type(n) == nil or n % 1 ~= 0 or n < 1 then
    fail("orthogonal: n must be an integer of at least 1, got %s", lab.errors.shown(n))
  end
  return (M.qr(lab.randn(n, n, float64)))
end

return M
