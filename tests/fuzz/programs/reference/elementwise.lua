--- Functions of each element, with broadcasting and promotion.
--
-- Exact ones (arithmetic, sqrt, rounding, comparisons) must give the same bits: a float32 result is the double result
-- rounded once, which is the correctly rounded one. The others may be ULPS units in the last place away: the vector
-- library promises 4, and the composed ones (sigmoid, softplus) round a few times more.
local lab = require "optlab"
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"

local M = { unary = {}, binary = {} }
local methods, store, is_float = T.methods, number.store, number.is_float

local ULPS = 8

local function round_half_even(x)
  if x ~= x or math.abs(x) >= 2.0 ^ 52 then return x end
  local low = math.floor(x) + 0.0
  local rest = x - low
  local y = (rest > 0.5 or (rest == 0.5 and low % 2 ~= 0)) and low + 1 or low
  return y == 0 and (x < 0 or 1 / x < 0) and -0.0 or y + 0.0
end

local function keep_sign(y, x) return y == 0 and (x < 0 or (x == 0 and 1 / x < 0)) and -0.0 or y + 0.0 end

-- math.floor gives an integer where one fits.
local function whole(round)
  return function(x)
    if x ~= x or math.abs(x) >= 2.0 ^ 52 then return x end
    return keep_sign(round(x), x)
  end
end

local function sign(x) return x > 0 and 1 or x < 0 and -1 or x end
local function same(x) return x end
local function zero() return 0.0, 0.0 end
local function both(x) return x, math.abs(x) end -- a factor that is not a difference: its magnitude is its size

-- f(x); d(x, y): the derivative and its magnitude, the same formula with all terms positive.
-- whole: the same of integers, which keep their dtype. exact, loose: see tensor.lua.
local unary = M.unary
unary.neg = { f = function(x) return -x end, d = function() return -1.0, 1.0 end, exact = true,
  whole = function(x) return -x end }
unary.abs = { f = function(x) return x < 0 and -x or x end,
  d = function(x) return both(sign(x)) end, exact = true,
  whole = function(x) return x < 0 and -x or x end, loose = true }
unary.square = { f = function(x) return x * x end, d = function(x) return both(2 * x) end, exact = true,
  whole = function(x) return x * x end }
unary.sqrt = { f = math.sqrt, d = function(_, y) return both(0.5 / y) end, exact = true }
unary.reciprocal = { f = function(x) return 1 / x end, d = function(_, y) return both(-y * y) end, exact = true }
unary.relu = { f = function(x) return x <= 0 and 0.0 or x end, d = function(x) return both(x <= 0 and 0.0 or 1.0) end,
  exact = true, loose = true, whole = function(x) return x > 0 and x or 0 end }
unary.sign = { f = sign, d = zero, exact = true, loose = true,
  whole = function(x) return x > 0 and 1 or x < 0 and -1 or 0 end }
unary.floor = { f = whole(math.floor), d = zero, exact = true, whole = same }
unary.ceil = { f = whole(math.ceil), d = zero, exact = true, whole = same }
unary.round = { f = round_half_even, d = zero, exact = true, whole = same }
unary.exp = { f = math.exp, d = function(_, y) return both(y) end }
unary.log = { f = math.log, d = function(x) return both(1 / x) end }
unary.sin = { f = math.sin, d = function(x) return both(math.cos(x)) end }
unary.cos = { f = math.cos, d = function(x) return both(-math.sin(x)) end }
unary.tan = { f = math.tan, d = function(_, y) return both(1 + y * y) end }
-- Lua's library lacks these; optlab gives libm's for plain numbers, and its tensors do not use libm.
for name, d in pairs {
  log1p = function(x) return 1 / (1 + x), (1 + math.abs(x)) / (1 + x) ^ 2 end,
  expm1 = function(_, y) return y + 1, math.abs(y) + 1 end,
  sinh = function(x) return both(lab.cosh(x)) end,
  cosh = function(x) return both(lab.sinh(x)) end,
  tanh = function(_, y) return 1 - y * y, 1 + y * y end,
  erf = function(x) return both(2 / math.sqrt(math.pi) * math.exp(-x * x)) end,
} do
  unary[name] = { f = lab[name], d = d }
end
local function is_zero(x) return x == 0 and 1 or 0 end
unary.logical_not = { f = is_zero, whole = is_zero, d = zero, exact = true, compares = true }
unary.sigmoid = { f = lab.sigmoid, d = function(_, y) return y * (1 - y), y * (1 + y) end }
unary.softplus = { f = lab.softplus, d = function(x) return both(lab.sigmoid(x)) end }

-- A factor that shrinks by x^2 in its exponent is off by x^2 units; sines of large arguments are exact arguments' ones.
local binary = M.binary
binary.add = { f = function(a, b) return a + b end, exact = true,
  d = function() return 1.0, 1.0, 1.0, 1.0 end }
binary.sub = { f = function(a, b) return a - b end, exact = true,
  d = function() return 1.0, 1.0, -1.0, 1.0 end }
binary.mul = { f = function(a, b) return a * b end, exact = true,
  d = function(a, b) return b, math.abs(b), a, math.abs(a) end }
binary.div = { f = function(a, b) return a / b end, exact = true, floats = true,
  d = function(a, b) return 1 / b, math.abs(1 / b), -a / b / b, math.abs(a / b / b) end }
binary.maximum = { loose = true, exact = true,
  f = function(a, b) return (a > b or a ~= a) and a or b end,
  d = function(a, b)
    local w = a == b and 0.5 or a < b and 0.0 or 1.0 -- with nan both get it, as in PyTorch
    return w, w, a == b and 0.5 or a > b and 0.0 or 1.0, 1.0
  end }
binary.minimum = { loose = true, exact = true,
  f = function(a, b) return (a < b or a ~= a) and a or b end,
  d = function(a, b)
    local w = a == b and 0.5 or a > b and 0.0 or 1.0
    return w, w, a == b and 0.5 or a < b and 0.0 or 1.0, 1.0
  end }
-- Integers wrap; a negative power is 0, but for 1 and -1.
local function whole_power(a, n)
  if n < 0 then
    if a == 1 or (a == -1 and n % 2 == 0) then return 1 end
    return a == -1 and -1 or 0
  end
  local y = 1
  while n > 0 do
    if n % 2 == 1 then y = y * a end
    a, n = a * a, n // 2
  end
  return y
end

binary.pow = { whole = whole_power,
  f = function(a, b) return a ^ b end,
  d = function(a, b, y)
    local da = b == 0 and 0.0 or b * a ^ (b - 1)
    local db = a == 0 and b >= 0 and 0.0 or y * math.log(a)
    return da, math.abs(da), db, math.abs(db)
  end }

local function compared(holds)
  return { exact = true, compares = true, f = function(a, b) return holds(a, b) and 1 or 0 end }
end
binary.eq = compared(function(a, b) return a == b end)
binary.ne = compared(function(a, b) return a ~= b end)
binary.lt = compared(function(a, b) return a < b end)
binary.le = compared(function(a, b) return a <= b end)
binary.gt = compared(function(a, b) return a > b end)
binary.ge = compared(function(a, b) return a >= b end)
binary.logical_and = compared(function(a, b) return a ~= 0 and b ~= 0 end)
binary.logical_or = compared(function(a, b) return a ~= 0 or b ~= 0 end)
binary.logical_xor = compared(function(a, b) return (a ~= 0) ~= (b ~= 0) end)

--- x converted to a dtype: itself, or a copy with a gradient.
local function cast(x, dtype)
  if x._dtype == dtype then return x end
  local values, to = T.values(x), store[dtype]
  for k = 1, #values do values[k] = to(values[k]) end
  local y = T.new(dtype, x._shape, values)
  return T.record(y, { x }, function(d, m) return { d, m } end)
end
M.cast = cast

function methods.to(x, dtype)
  T.check(store[dtype], "dtype")
  return cast(x, dtype)
end

-- A number beside a tensor (nil: another number) as a tensor without dimensions: of its dtype, but of int64 or the
-- default float dtype where integers cannot hold it.
local function number_tensor(v, like)
  T.check(type(v) == "number", "operand")
  local dtype = like and like._dtype or "float32"
  if not is_float(dtype) and not number.fits(v, dtype) then
    dtype = number.fits(v, "int64") and "int64" or "float32"
  end
  return T.new(dtype, {}, { store[dtype](v) })
end
M.number_tensor = number_tensor

--- Two operands, one of which may be a number. A number above 255 makes a tensor of uint8 one of int64.
local function operands(a, b)
  local x = T.is_tensor(a) and a or number_tensor(a, T.is_tensor(b) and b or nil)
  local y = T.is_tensor(b) and b or number_tensor(b, T.is_tensor(a) and a or nil)
  if x ~= a and y._dtype == "uint8" and x._dtype == "int64" then y = cast(y, "int64") end
  if y ~= b and x._dtype == "uint8" and y._dtype == "int64" then x = cast(x, "int64") end
  return x, y
end

-- The tolerance of a result that is not exact, for each element.
local function inexact(y, values)
  local tolerance, unit, tiny = {}, number.UNIT[y._dtype] * 2 * ULPS, number.TINY[y._dtype]
  for k = 1, #values do tolerance[k] = math.abs(values[k]) * unit + tiny end
  y._tolerance = tolerance
end

local function finish(y, row, values)
  y._loose = row.loose
  if row.exact or not is_float(y._dtype) then return y end
  inexact(y, values)
  y._out = values -- what the comparison finds is what backward reads
  return y
end

local function apply_unary(row, x)
  if not is_float(x._dtype) and not row.whole then x = cast(x, "float32") end
  local a, f, to, values = T.values(x), is_float(x._dtype) and row.f or row.whole, store[x._dtype], {}
  if row.compares then to = store.uint8 end
  for k = 1, #a do values[k] = to(f(a[k])) end
  if row.compares then return T.new("uint8", x._shape, values) end
  local y = finish(T.new(x._dtype, x._shape, values), row, T.copy(values))
  local out = y._out or values
  if y._out == nil and #values > 0 then out = T.copy(values) end
  local d1 = row.d
  return T.record(y, { x }, function(d, m)
    local dx, mx = {}, {}
    for k = 1, #d do
      local j, size = d1(a[k], out[k])
      dx[k], mx[k] = d[k] * j, m[k] * size
    end
    return { dx, mx }
  end)
end

local function common(row, a, b)
  local dtype = number.result { a, b }
  if row.floats and not is_float(dtype) then dtype = "float32" end
  return dtype
end

-- The sum over the elements that read one element of an input.
local function gathered(n, from, d, m, factor, size)
  local dx, mx = {}, {}
  for i = 1, n do dx[i], mx[i] = 0.0, 0.0 end
  for k = 1, #from do
    local i = from[k]
    dx[i], mx[i] = dx[i] + d[k] * factor[k], mx[i] + m[k] * size[k]
  end
  return dx, mx
end

local function apply_binary(row, a, b)
  local dtype = common(row, a, b)
  a, b = cast(a, dtype), cast(b, dtype)
  local shape = T.broadcast(a._shape, b._shape)
  local p, q, from, with = T.values(a), T.values(b), T.spread(a, shape), T.spread(b, shape)
  local result = row.compares and "uint8" or dtype
  local f, to, values = not is_float(dtype) and row.whole or row.f, store[result], {}
  for k = 1, #from do values[k] = to(f(p[from[k]], q[with[k]])) end
  local out = T.copy(values)
  local y = finish(T.new(result, shape, values), row, out)
  if row.compares then return y end
  local d2 = row.d
  return T.record(y, { a, b }, function(d, m)
    local ja, sa, jb, sb = {}, {}, {}, {}
    for k = 1, #d do ja[k], sa[k], jb[k], sb[k] = d2(p[from[k]], q[with[k]], out[k]) end
    local da, ma = gathered(#p, from, d, m, ja, sa)
    local db, mb = gathered(#q, with, d, m, jb, sb)
    return { da, ma }, { db, mb }
  end)
end

for name, row in pairs(unary) do
  methods[name] = function(x) return apply_unary(row, x) end
end
for name, row in pairs(binary) do
  methods[name] = function(a, b)
    T.check(T.is_tensor(a) or T.is_tensor(b), "operands")
    if name == "pow" and T.is_tensor(a) and not is_float(a._dtype) and not T.is_tensor(b) then
      T.check(not (math.tointeger(b) and b < 0), "negative power")
    end
    return apply_binary(row, operands(a, b))
  end
end
for _, name in ipairs { "add", "sub", "mul", "div", "pow" } do T.Tensor["__" .. name] = methods[name] end
T.Tensor.__unm = methods.neg

--- min(max(x, lo), hi). A bound with a fraction makes floats of integers.
function methods.clamp(x, lo, hi)
  lo, hi = lo or -math.huge, hi or math.huge
  T.check(lo <= hi, "bounds")
  local fraction = lo % 1 ~= 0 and lo - lo == 0 or hi % 1 ~= 0 and hi - hi == 0
  if not is_float(x._dtype) and fraction then x = cast(x, "float32") end
  if x._dtype == "uint8" and (lo > 255 or hi < 0) then x = cast(x, "int64") end
  local to = store[x._dtype]
  if is_float(x._dtype) then lo, hi = to(lo), to(hi) end
  local function f(v) return v < lo and to(lo) or v > hi and to(hi) or v end
  local row = { exact = true, loose = true, f = f, whole = f,
    d = function(v) return both((v >= lo and v <= hi) and 1.0 or 0.0) end }
  return apply_unary(row, x)
end

--- a where the condition is not 0, else b.
function M.where(c, a, b)
  a, b = operands(a, b)
  local dtype = common({}, a, b)
  a, b = cast(a, dtype), cast(b, dtype)
  local shape = T.broadcast(c._shape, T.broadcast(a._shape, b._shape))
  local mask, p, q = T.values(c), T.values(a), T.values(b)
  local at, from, with, values = T.spread(c, shape), T.spread(a, shape), T.spread(b, shape), {}
  local ja, jb = {}, {}
  for k = 1, #at do
    local yes = mask[at[k]] ~= 0
    values[k] = yes and p[from[k]] or not yes and q[with[k]]
    ja[k], jb[k] = yes and 1.0 or 0.0, yes and 0.0 or 1.0
  end
  return T.record(T.new(dtype, shape, values), { a, b, c }, function(d, m)
    local da, ma = gathered(#p, from, d, m, ja, ja)
    local db, mb = gathered(#q, with, d, m, jb, jb)
    return { da, ma }, { db, mb }
  end)
end

return M
