-- Samples of element-wise functions: one or more per op, { function of the inputs, inputs... }.
local lab = require "optlab"
local inputs = require "tests.autograd.samples.inputs"
local tensors = require "tests.support.tensors"

local a, b, positive = inputs.a, inputs.b, inputs.positive
local f64 = tensors.leaf

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
  erf = { { lab.erf, a() } },
  sigmoid = { { lab.sigmoid, a() } },
  relu = { { lab.relu, a() } },
  softplus = { { lab.softplus, a() } },
  reciprocal = { { lab.reciprocal, positive() } },
  floor = { { lab.floor, a() } },
  ceil = { { lab.ceil, a() } },
  round = { { lab.round, a() } },
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
