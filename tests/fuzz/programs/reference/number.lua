--- Numbers of the four dtypes as the reference holds them: floats are Lua floats, int64 and uint8 are Lua integers, so
-- that integer arithmetic wraps and is exact.
local M = {}

local pack, unpack = string.pack, string.unpack
local RANK = { uint8 = 0, int64 = 1, float32 = 2, float64 = 3 }

--- The unit roundoff of a float dtype, and the smallest number with full precision.
M.UNIT = { float32 = 2.0 ^ -24, float64 = 2.0 ^ -53 }
M.TINY = { float32 = 2.0 ^ -126, float64 = 2.0 ^ -1022 }
M.MAX = { float32 = 0x1.fffffep127, float64 = 0x1.fffffffffffffp1023 }

function M.is_float(dtype) return RANK[dtype] >= 2 end

--- The wider of two dtypes.
function M.promote(a, b) return RANK[a] >= RANK[b] and a or b end

--- The dtype of a result: the widest among tensors with dimensions. One without takes part only where it is a float and
-- those are integers.
function M.result(tensors)
  local arrays, numbers
  for _, x in ipairs(tensors) do
    if #x._shape > 0 then
      arrays = M.promote(arrays or x._dtype, x._dtype)
    else
      numbers = M.promote(numbers or x._dtype, x._dtype)
    end
  end
  if not (arrays and numbers) then return arrays or numbers end
  return M.is_float(numbers) and not M.is_float(arrays) and numbers or arrays
end

--- A double rounded to float32.
function M.round32(x) return (unpack("f", pack("f", x))) end
local round32 = M.round32

-- An integer beyond 2^53 loses its low bits to one sticky bit first, so that it is not rounded twice.
local function integer_to_32(i)
  if i > -(1 << 53) and i < 1 << 53 then return round32(i + 0.0) end
  local low = i & 0xFFF
  return round32(((i & ~0xFFF) | (low ~= 0 and 0x800 or 0)) + 0.0)
end

local function to_integer(x)
  if x ~= x or x <= -0x1p63 then return math.mininteger end
  if x >= 0x1p63 then return math.maxinteger end
  return math.tointeger(x >= 0 and math.floor(x) or math.ceil(x))
end

--- store[dtype](v): any number as an element of that dtype.
M.store = {
  float64 = function(v) return math.type(v) == "integer" and v + 0.0 or v end,
  float32 = function(v) return math.type(v) == "integer" and integer_to_32(v) or round32(v) end,
  int64 = function(v) return math.type(v) == "integer" and v or to_integer(v) end,
  uint8 = function(v) return (math.type(v) == "integer" and v or to_integer(v)) & 0xFF end,
}

--- Whether a dtype can hold a number without changing it by more than rounding.
function M.fits(v, dtype)
  if dtype == "float64" then return true end
  if dtype == "float32" then
    return math.type(v) == "integer" or v - v ~= 0 or math.abs(round32(v)) < math.huge
  end
  local i = math.tointeger(v)
  return i ~= nil and (dtype == "int64" or (i >= 0 and i <= 255))
end

--- Whether two elements are the same: nan equals nan, and with `signed` zeros differ by their sign.
function M.same(a, b, signed)
  if a == b then return not signed or a ~= 0 or math.type(a) == "integer" or 1 / a == 1 / b end
  return a ~= a and b ~= b
end

function M.is_finite(x) return x - x == 0 end

return M
