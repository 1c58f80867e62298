--- Products, powers and the exponential of matrices.
-- @module optlab.linalg.products
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local shapes = require "optlab.linalg.shapes"

local linalg, tensor = core.linalg, core.tensor
local M = {}

local SQUARE = { "A", "tensor", required = true, doc = "A square matrix (..., n, n)." }

local MATRIX_POWER = args.declare("linalg.matrix_power", {
  doc = "A multiplied by itself n times; of a negative n, the inverse; of 0, the identity.", positions = 2, SQUARE,
  { "n", "integer", required = true, doc = "The power." },
})
local MATRIX_EXP = args.declare("linalg.matrix_exp", {
  doc = "The exponential of a matrix.", equation = "e^A = I + A + A^2 / 2 + ...", positions = 1, SQUARE,
})
local EXPM = args.declare("linalg.expm", { doc = "Another name of matrix_exp.", positions = 1, SQUARE })
local MULTI_DOT = args.declare("linalg.multi_dot", {
  doc = "The product of a chain of matrices in the order that takes the fewest multiplications.", positions = 1,
  { "tensors", "list", of = { "tensor" }, least = 2, required = true,
    doc = "Matrices; the first and the last may be vectors." },
})
local KRON = args.declare("linalg.kron", {
  doc = "The Kronecker product: b times each element of a, side by side.", positions = 2,
  { "a", "tensor", required = true, doc = "At most four dimensions." },
  { "b", "tensor", required = true, doc = "At most four dimensions." },
})

--- A^n.
-- @treturn Tensor
function M.matrix_power(...)
  local o = MATRIX_POWER:read(...)
  local base, n = o.A, o.n
  shapes.square(base, "linalg.matrix_power", "A")
  if n == 0 then return tensor.zeros_like(base) + tensor.eye(base:size(-1), { dtype = base.dtype }) end
  if n < 0 then base, n = linalg.inv(base, true), -n end
  local power
  while n > 0 do
    if n % 2 == 1 then power = power and power:matmul(base) or base:clone() end
    n = n // 2
    if n > 0 then base = base:matmul(base) end
  end
  return power
end

--- e^A.
-- @treturn Tensor
function M.matrix_exp(...) return linalg.matrix_exp(MATRIX_EXP:read(...).A) end

--- e^A.
-- @treturn Tensor
function M.expm(...) return linalg.matrix_exp(EXPM:read(...).A) end

-- cut[i][j]: behind which matrix the chain i..j is cut; sizes[i] x sizes[i + 1] is matrix i.
local function best_cuts(sizes)
  local n, cost, cut = #sizes - 1, {}, {}
  for i = 1, n do cost[i], cut[i] = { [i] = 0 }, {} end
  for length = 2, n do
    for i = 1, n - length + 1 do
      local j = i + length - 1
      for k = i, j - 1 do
        local c = cost[i][k] + cost[k + 1][j] + 1.0 * sizes[i] * sizes[k + 1] * sizes[j + 1]
        if not cost[i][j] or c < cost[i][j] then cost[i][j], cut[i][j] = c, k end
      end
    end
  end
  return cut
end

local function chain(list, cut, i, j)
  if i == j then return list[i] end
  return chain(list, cut, i, cut[i][j]):mm(chain(list, cut, cut[i][j] + 1, j))
end

--- The product of several matrices.
-- @treturn Tensor
function M.multi_dot(...)
  local list = { table.unpack(MULTI_DOT:read(...).tensors) }
  local n = #list
  local row, column = list[1]:dim() == 1, list[n]:dim() == 1
  if row then list[1] = list[1]:unsqueeze(1) end
  if column then list[n] = list[n]:unsqueeze(2) end
  local sizes = {}
  for i, a in ipairs(list) do
    if a:dim() ~= 2 then errors.raise("linalg.multi_dot: tensors[%d] must be a matrix, got %s", i, errors.shown(a)) end
    if i > 1 and a:size(1) ~= sizes[i] then
      errors.raise("linalg.multi_dot: tensors[%d] has %d columns and tensors[%d] has %d rows", i - 1, sizes[i], i,
        a:size(1))
    end
    sizes[i], sizes[i + 1] = a:size(1), a:size(2)
  end
  local product = chain(list, best_cuts(sizes), 1, n)
  if column then product = product:squeeze(2) end
  return row and product:squeeze(1) or product
end

--- The Kronecker product.
-- @treturn Tensor
function M.kron(...)
  local o = KRON:read(...)
  local n = math.max(o.a:dim(), o.b:dim())
  if n > 4 then errors.raise("linalg.kron: a and b may have four dimensions, got %d", n) end
  local of_a, of_b, shape = {}, {}, {}
  for d = 1, n do
    local da, db = d - n + o.a:dim(), d - n + o.b:dim()
    local size_a, size_b = da > 0 and o.a:size(da) or 1, db > 0 and o.b:size(db) or 1
    of_a[2 * d - 1], of_a[2 * d], of_b[2 * d - 1], of_b[2 * d] = size_a, 1, 1, size_b
    shape[d] = size_a * size_b
  end
  return (o.a:reshape(of_a) * o.b:reshape(of_b)):reshape(shape)
end

return M
