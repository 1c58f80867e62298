-- Samples of element-wise functions: one or more per op, { function of the inputs, inputs... }.
local lab = require "optlab"
local inputs = require "tests.autograd.samples.inputs"
local tensors = require "tests.support.tensors"

local a, b, positive = inputs.a, inputs.b, inputs.positive
local f64 = tensors.leaf
local F = lab.nn.functional
local gradient_of = inputs.gradient_of
local function gelu_tanh(x) return F.gelu(x, { approximate = "tanh" }) end
local function small() return f64 { { 0.3, -0.7, 0.2 }, { 0.9, 0.4, -0.1 } } end
local function above_1() return f64 { 1.3, 2.5, 1.7 } end

return {
  neg = { { lab.neg, a() } },
  exp = { { lab.exp, a() } },
  log = { { lab.log, positive() } },
  log1p = { { lab.log1p, positive() } },
  expm1 = { { lab.expm1, a() } },
  sqrt = { { lab.sqrt, positive() } },
  square = { { lab.square, a() } },
  abs = { { lab.abs, a() } },
  sign = { { lab.sign, a() } },
  sin = { { lab.sin, a() } },
  cos = { { lab.cos, a() } },
  tan = { { lab.tan, a() } },
  sinh = { { lab.sinh, a() } },
  cosh = { { lab.cosh, a() } },
  tanh = { { lab.tanh, a() } },
  asin = { { lab.asin, small() } },
  acos = { { lab.acos, small() } },
  atan = { { lab.atan, a() } },
  asinh = { { lab.asinh, a() } },
  acosh = { { lab.acosh, above_1() } },
  atanh = { { lab.atanh, small() } },
  log2 = { { lab.log2, positive() } },
  log10 = { { lab.log10, positive() } },
  exp2 = { { lab.exp2, a() } },
  rsqrt = { { lab.rsqrt, positive() } },
  trunc = { { lab.trunc, a() } },
  frac = { { lab.frac, a() } },
  atan2 = { { lab.atan2, a(), b() } },
  hypot = { { lab.hypot, a(), b() } },
  remainder = { { lab.remainder, a(), b() }, { function(x) return x % 0.25 end, a() } },
  fmod = { { lab.fmod, a(), b() } },
  erfc = { { lab.erfc, a() } },
  erf = { { lab.erf, a() } },
  sigmoid = { { lab.sigmoid, a() } },
  relu = { { lab.relu, a() } },
  silu = { { F.silu, a() } },
  gelu = { { F.gelu, a() } },
  gelu_tanh = { { gelu_tanh, a() } },
  relu_grad = { { gradient_of(lab.relu, 1), a() } },
  tanh_grad = { { gradient_of(lab.tanh, 1), a() } },
  sigmoid_grad = { { gradient_of(lab.sigmoid, 1), a() } },
  silu_grad = { { gradient_of(F.silu, 1), a() } },
  gelu_grad = { { gradient_of(F.gelu, 1), a() } },
  gelu_tanh_grad = { { gradient_of(gelu_tanh, 1), a() } },
  softplus = { { lab.softplus, a() } },
  reciprocal = { { lab.reciprocal, positive() } },
  floor = { { lab.floor, a() } },
  ceil = { { lab.ceil, a() } },
  round = { { lab.round, a() } },
  addcmul = {
    { lab.addcmul, a(), small(), positive() },
    { function(x, y, z) return x:addcmul(y, z, -0.7) end, a(), small(), positive() },
  },
  addcdiv = {
    { lab.addcdiv, small(), a(), positive() },
    { function(x, y, z) return x:addcdiv(y, z, 0.3) end, small(), a(), positive() },
  },
  lerp = {
    { function(x, y) return x:lerp(y, 0.2) end, a(), small() },
    { function(x, y) return x:lerp(y, 0.9) end, a(), small() },
  },
  clamp = { { function(x) return x:clamp(-0.5, 1) end, a() } },
  to = { { function(x) return x:to("float32"):to("float64") * 1 end, f64 { 0.5, 0.25 }, loose = true } },
  clone = { { function(x) return x:clone() end, a() } },
  add = { { lab.add, a(), b() }, { function(x) return 2 + x end, a() } },
  sub = { { lab.sub, a(), b() }, { function(x) return 2 - x end, a() } },
  mul = { { lab.mul, a(), b() }, { function(x, y) return x * y end, f64(1.5), a() } },
  div = { { lab.div, a(), b() }, { function(x) return 2 / x end, positive() } },
  pow = {
    { lab.pow, positive(), b() },
    { function(x) return x ^ 3 end, a() },
    { function(x) return x ^ 2 end, a() },
    { function(x) return x ^ 0 end, a() },
    { function(x) return 2 ^ x end, a() },
    { function(x) return x ^ -1.5 end, positive() },
  },
  maximum = { { lab.maximum, a(), b() } },
  minimum = { { lab.minimum, a(), b() } },
  where = { { function(x, y) return lab.where(x:gt(0), x * x, y) end, a(), b() } },
}
