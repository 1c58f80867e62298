--- Inputs that both sides compute, and digests of results: so that large tensors need no large files.
--
-- tests/reference/formula.py is the same in Python. Everything here is exact: whole numbers of up to 64 bits, and
-- floats made from them that float32 holds without rounding.
local assert = require "luassert"
local lab = require "optlab"

local M = {}

local LENGTH = 1 << 20 -- numbers in the stream
local F64 = { dtype = "float64" }

-- Whole numbers from 0 to 2^32 - 1: the finalizer of MurmurHash3 of 1, 2, ..., LENGTH.
local function stream()
  local t, mask = {}, 0xFFFFFFFF
  for i = 1, LENGTH do
    local h = i * 0x9E3779B1 & mask
    h = (h ~ h >> 16) * 0x85EBCA6B & mask
    h = (h ~ h >> 13) * 0xC2B2AE35 & mask
    t[i] = h ~ h >> 16
  end
  return lab.tensor(t, F64)
end

local hashes = stream()
local UNIFORM = lab.floor(hashes / 256) / 2 ^ 24 -- [0, 1), 24 bits
local WEIGHTS = {} -- of projections
for k = 0, 20, 10 do
  local shifted = lab.floor(hashes / 2 ^ k)
  WEIGHTS[#WEIGHTS + 1] = (shifted - lab.floor(shifted / 1024) * 1024) / 1024 - 0.5
end

local function product(shape)
  local n = 1
  for _, size in ipairs(shape) do n = n * size end
  return n
end

--- Numbers from [0, 1), the stream's from `start` on (0: its beginning), float64.
function M.uniform(start, shape)
  local n = product(shape)
  assert(start + n <= LENGTH)
  return UNIFORM:narrow(1, start + 1, n):clone():reshape(shape)
end

--- Numbers from [-1, 1).
function M.centred(start, shape) return M.uniform(start, shape) * 2 - 1 end

--- Whole numbers low .. high: sums and products of few of them are exact in float32, and many are equal.
function M.whole(start, shape, low, high)
  return lab.floor(M.uniform(start, shape) * (high - low + 1)) + low
end

-- Elements of a digest: 8 spread over the tensor, all if it has 8 or fewer.
local function elements(flat, n)
  local list = {}
  for k = 0, math.min(n, 8) - 1 do list[k + 1] = flat[(n > 8 and k * (n - 1) // 7 or k) + 1]:item() end
  return list
end

--- What identifies a tensor: shape, norm, number of NaN (which count as 0 elsewhere), three weighted sums, elements.
function M.digest(t)
  local flat = t:detach():to("float64"):reshape(-1)
  local n = flat:numel()
  local nan = flat:ne(flat)
  flat = lab.where(nan, 0, flat)
  local sums = {}
  for k, weight in ipairs(WEIGHTS) do sums[k] = (flat * weight:narrow(1, 1, n)):sum():item() end
  return { shape = t.shape, norm = flat:norm():item(), nans = nan:sum():item(), sums = sums,
    elements = elements(flat, n) }
end

--- Asserts that a tensor has the digest `want`: elements within tol of their root mean square (or of themselves, where
-- larger), sums within tol of the norm, which is what so many small errors of random sign may add up to.
function M.assert_digest(want, t, tol, what)
  local got = M.digest(t)
  assert.same(want.shape, got.shape, what .. ": shape")
  assert.equal(want.nans, got.nans, what .. ": number of NaN")
  local n = product(want.shape)
  local function near(a, b, size, name)
    local off = math.abs(a - b)
    local message = ("%s: %s is %.15g, expected %.15g; off by %g, allowed %g"):format(what, name, b, a, off, tol * size)
    assert.is_true(off <= tol * size, message)
  end
  near(want.norm, got.norm, want.norm, "the norm")
  for k, sum in ipairs(want.sums) do near(sum, got.sums[k], want.norm, "weighted sum " .. k) end
  local typical = want.norm / math.sqrt(n)
  for k, value in ipairs(want.elements) do
    near(value, got.elements[k], math.max(math.abs(value), typical), ("element %d of the sample"):format(k))
  end
end

return M
