--- Norms, condition numbers, ranks.
-- @module optlab.linalg.norms
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local limits = require "optlab.linalg.limits"
local shapes = require "optlab.linalg.shapes"

local linalg = core.linalg
local M = {}

local A = { "A", "tensor", required = true, doc = "A matrix (..., m, n)." }
local KEEPDIM = { "keepdim", "flag", default = false, doc = "Whether the dimensions stay, with size 1." }
local MATRIX_ORDS = { "fro", "nuc" }
local MATRIX_ORD_SIZES = { fro = true, nuc = true, [1] = true, [2] = true, [math.huge] = true }

local VECTOR_NORM = args.declare("linalg.vector_norm", {
  doc = "The norm of all elements, or along dimensions.", equation = "(sum |x|^ord)^(1/ord)", positions = 4,
  { "x", "tensor", required = true, doc = "A tensor of any shape." },
  { "ord", "number", default = 2, doc = "The order; inf and -inf are the largest and the smallest |x|, 0 is the "
    .. "number of elements that are not 0." },
  { "dim", "integer|list", of = { "integer" }, doc = "A dimension or a list of them; all of them unless given." },
  KEEPDIM,
})
local MATRIX_NORM = args.declare("linalg.matrix_norm", {
  doc = "The norm of each matrix: 'fro' of its elements, 'nuc' the sum of its singular values, 2 and -2 their largest "
    .. "and smallest, 1 and -1 the largest and smallest sum of a column's absolute values, inf and -inf of a row's.",
  positions = 4, A,
  { "ord", "number|choice", choices = MATRIX_ORDS, default = "fro", doc = "Which norm." },
  { "dim", "list", of = { "integer" }, width = 2, default = { -2, -1 },
    doc = "The dimensions of rows and of columns." },
  KEEPDIM,
})
local NORM = args.declare("linalg.norm", {
  doc = "vector_norm of all elements; with an order, vector_norm or matrix_norm, as `dim` or the shape says.",
  positions = 4, { "x", "tensor", required = true, doc = "A vector, a matrix or a batch." },
  { "ord", "number|choice", choices = MATRIX_ORDS, doc = "The order of a norm of vectors or of matrices." },
  { "dim", "integer|list", of = { "integer" }, doc = "A dimension for vectors, two for matrices." }, KEEPDIM,
})
local COND = args.declare("linalg.cond", {
  doc = "The condition number: the norm of A times that of its inverse; inf for a singular A, 0 without elements.",
  positions = 2, A,
  { "p", "number|choice", choices = MATRIX_ORDS, default = 2, doc = "The norm, as of matrix_norm." },
})
local MATRIX_RANK = args.declare("linalg.matrix_rank", {
  doc = "How many singular values are above max(atol, rtol s_1), s_1 the largest: int64, without a gradient.",
  positions = 1, A,
  { "atol", "number", min = 0, doc = "The absolute limit; 0 unless given." },
  { "rtol", "number", min = 0, doc = "The relative one; max(m, n) times the dtype's epsilon, 0 if atol is given." },
  { "hermitian", "flag", default = false, doc = "Whether A is symmetric; then its eigenvalues are used." },
})

local function vector_norm(x, ord, dim, keepdim, callee)
  if type(dim) == "table" and #dim == 0 then dim = nil end
  for _, d in ipairs(type(dim) == "table" and dim or { dim }) do shapes.dimension(x, d, callee) end
  if dim == nil and not keepdim then return x:norm(ord) end
  return x:norm { p = ord, dim = dim, keepdim = keepdim }
end

--- The norm of elements.
-- @treturn Tensor
function M.vector_norm(...)
  local o = VECTOR_NORM:read(...)
  return vector_norm(o.x, o.ord, o.dim, o.keepdim, "linalg.vector_norm")
end

-- The singular values of the matrices in two dimensions.
local function singular_values(x, rows, columns)
  local order = {}
  for d = 1, x:dim() do
    if d ~= rows and d ~= columns then order[#order + 1] = d end
  end
  order[#order + 1], order[#order + 2] = rows, columns
  return linalg.svdvals(x:permute(order))
end

-- A result without the two dimensions, with them if they are to be kept.
local function kept(y, keepdim, rows, columns)
  if not keepdim then return y end
  local first, second = math.min(rows, columns), math.max(rows, columns)
  return y:unsqueeze(first):unsqueeze(second)
end

local SPECTRAL = {
  nuc = function(s) return s:sum(-1) end,
  [2] = function(s) return s:amax(-1) end,
  [-2] = function(s) return s:amin(-1) end,
}

local function matrix_norm(x, ord, dim, keepdim, callee)
  shapes.matrices(x, callee, "A")
  local rows, columns = shapes.dimension(x, dim[1], callee), shapes.dimension(x, dim[2], callee)
  if rows == columns then errors.raise("%s: dim names the dimension %d twice", callee, rows) end
  if ord == "fro" then return x:norm { p = 2, dim = { rows, columns }, keepdim = keepdim } end
  if SPECTRAL[ord] then return kept(SPECTRAL[ord](singular_values(x, rows, columns)), keepdim, rows, columns) end
  local size = math.abs(ord)
  if size ~= 1 and size ~= math.huge then
    errors.raise("%s: ord must be 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, got %s", callee, errors.shown(ord))
  end
  local summed, other = rows, columns
  if size ~= 1 then summed, other = columns, rows end
  local sums = x:abs():sum(summed, true)
  local y = ord > 0 and sums:amax(other, true) or sums:amin(other, true)
  if keepdim then return y end
  return y:squeeze(math.max(rows, columns)):squeeze(math.min(rows, columns))
end

--- The norm of matrices.
-- @treturn Tensor
function M.matrix_norm(...)
  local o = MATRIX_NORM:read(...)
  return matrix_norm(o.A, o.ord, o.dim, o.keepdim, "linalg.matrix_norm")
end

--- The norm of vectors or matrices.
-- @treturn Tensor
function M.norm(...)
  local o = NORM:read(...)
  local x, dim = o.x, o.dim
  if o.ord == nil then return vector_norm(x, 2, dim, o.keepdim, "linalg.norm") end
  if dim == nil and x:dim() > 2 then
    errors.raise("linalg.norm: ord without dim wants a vector or a matrix, got %s", errors.shown(x))
  end
  local of_matrices = dim == nil and x:dim() == 2 or type(dim) == "table" and #dim == 2
  if of_matrices then return matrix_norm(x, o.ord, dim or { 1, 2 }, o.keepdim, "linalg.norm") end
  if type(o.ord) == "string" then errors.raise("linalg.norm: '%s' is a norm of matrices", o.ord) end
  return vector_norm(x, o.ord, dim, o.keepdim, "linalg.norm")
end

--- The condition number.
-- @treturn Tensor
function M.cond(...)
  local o = COND:read(...)
  local a, p = o.A, o.p
  shapes.matrices(a, "linalg.cond", "A")
  if a:numel() == 0 then return linalg.svdvals(a):sum(-1) end -- 0, one for each matrix
  if p == 2 or p == -2 then
    local s = linalg.svdvals(a)
    local largest, smallest = s:amax(-1), s:amin(-1)
    return p == 2 and largest / smallest or smallest / largest
  end
  if not MATRIX_ORD_SIZES[type(p) == "number" and math.abs(p) or p] then
    errors.raise("linalg.cond: p must be 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, got %s", errors.shown(p))
  end
  shapes.square(a, "linalg.cond", "A")
  local dim = { -2, -1 }
  local norm = matrix_norm(a, p, dim, false, "linalg.cond")
  local of_inverse = matrix_norm(linalg.inv(a, false), p, dim, false, "linalg.cond")
  return core.tensor.where(of_inverse:eq(math.huge), math.huge, norm * of_inverse)
end

--- The rank.
-- @treturn Tensor int64
function M.matrix_rank(...)
  local o = MATRIX_RANK:read(...)
  shapes.matrices(o.A, "linalg.matrix_rank", "A")
  if o.hermitian then shapes.square(o.A, "linalg.matrix_rank", "A") end
  local a = o.A:detach()
  local atol, rtol = limits.of(a, o.atol, o.rtol)
  local s = o.hermitian and linalg.eigvalsh(a, false):abs() or linalg.svdvals(a)
  if s:size(-1) == 0 then return s:gt(0):to("int64"):sum(-1) end
  local limit = (s:amax(-1, true) * rtol):maximum(atol)
  return s:gt(limit):to("int64"):sum(-1)
end

return M
