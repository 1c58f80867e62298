-- Samples of products: one or more per op, { function of the inputs, inputs... }.
local lab = require "optlab"
local inputs = require "tests.autograd.samples.inputs"
local tensors = require "tests.support.tensors"

local a, batch, m34 = inputs.a, inputs.batch, inputs.m34
local f64 = tensors.leaf

return {
  mm = { { lab.mm, a(), m34() }, { function(x, y) return lab.mm(y:t(), x:t()) end, a(), m34() } },
  bmm = { { lab.matmul, batch(2, 3, 2), batch(2, 2, 4) }, { lab.matmul, batch(2, 1, 3, 2), batch(3, 2, 2) } },
  linear = {
    { lab.nn.functional.linear, a(), f64 { { 0.1, 0.2, 0.3 }, { -1, 0.5, 0.7 } }, f64 { 0.3, -0.4 } },
    { lab.nn.functional.linear, batch(2, 2, 3), f64 { { 0.1, 0.2, 0.3 } } },
  },
}
