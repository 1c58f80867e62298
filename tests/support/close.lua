--- Numbers and tensors that agree, up to rounding or to the last bit.
local assert = require "luassert"

local M = {}

--- The numbers of a tensor as a flat list.
function M.flat(t) return t:detach():reshape(-1):tolist() end

--- Two numbers, within tol (1e-9 unless given) of the larger one; floor is allowed besides, for numbers near zero.
function M.number(want, got, what, tol, floor)
  local allowed = (tol or 1e-9) * math.max(math.abs(want), math.abs(got)) + (floor or 1e-300)
  assert.is_true(math.abs(want - got) <= allowed, ("%s: expected %.17g, got %.17g"):format(what, want, got))
end

--- Two lists of numbers, each pair as in number().
function M.list(want, got, what, tol)
  assert.equal(#want, #got)
  for i = 1, #want do M.number(want[i], got[i], ("%s, value %d"):format(what, i), tol) end
end

--- Equal shapes, and values within tol, relative where the expected one is larger than 1.
function M.tensor(want, got, tol, what)
  assert.same(want.shape, got.shape, what .. ": shape")
  local a, b = M.flat(want), M.flat(got)
  for i = 1, #a do
    local message = ("%s: element %d is %.17g, expected %.17g"):format(what, i, b[i], a[i])
    assert.is_true(math.abs(a[i] - b[i]) <= tol * math.max(1, math.abs(a[i])), message)
  end
end

--- The largest difference of two elements.
function M.difference(a, b) return (a:detach():to("float64") - b:detach():to("float64")):abs():max():item() end

--- Equal shapes, and no difference larger than tol.
function M.within(want, got, tol, what)
  assert.same(want.shape, got.shape, what .. ": shape")
  local off = M.difference(want, got)
  assert.is_true(off <= tol, ("%s is off by %g"):format(what, off))
end

--- Equal dtypes, shapes and values.
function M.same(want, got)
  assert.equal(want.dtype, got.dtype)
  assert.same(want.shape, got.shape)
  assert.same(want:tolist(), got:tolist())
end

return M
