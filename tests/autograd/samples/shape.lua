-- Samples of views: one or more per op, { function of the inputs, inputs... }.
local lab = require "optlab"
local inputs = require "tests.autograd.samples.inputs"

local a, b, batch, m34 = inputs.a, inputs.b, inputs.batch, inputs.m34

local Tripled = lab.autograd.Function.extend {
  forward = function(_, x) return x * 3 end, backward = function(_, g) return g * 3 end,
}

return {
  ["function"] = { { function(x) return Tripled(x) ^ 2 end, inputs.m34() } },
  diagonal = {
    { function(x) return x:diagonal() end, inputs.m34() },
    { function(x) return x:diagonal(-1, 3, 1) end, inputs.batch(3, 2, 4) },
  },
  diagonal_grad = { { function(x) return x:diag_embed(1, 1, 3) end, inputs.a() } },
  tri = {
    { function(x) return x:tril(-1) end, inputs.m34() },
    { function(x) return x:triu(1) end, inputs.batch(2, 3, 3) },
  },
  pad = {
    { function(x) return lab.nn.functional.pad(x, { 1, 2, -1, 1 }, { value = 3 }) ^ 2 end, a() },
    { function(x) return lab.nn.functional.pad(x, { 1, 2 }, { mode = "reflect" }) ^ 2 end, m34() },
    { function(x) return lab.nn.functional.pad(x, { 1, -1, 2, 1 }, { mode = "circular" }) ^ 2 end, batch(2, 3, 2) },
  },
  pad_grad = {
    { inputs.gradient_of(function(x) return lab.nn.functional.pad(x, { 1, 2, 2, 0 }, "replicate") end, 1), a() },
  },
  flip = { { function(x) return x:flip(1, 2) end, inputs.a() } },
  reshape = { { function(x) return x:reshape(3, 2) end, a() }, { function(x) return x:t():reshape(-1) end, a() } },
  permute = { { function(x) return x:permute(2, 3, 1) end, batch(2, 3, 2) } },
  expand = {
    { function(x) return x:expand(4, 2, 3) end, a() },
    { function(x) return x:unsqueeze(2):expand(3, 2) end, b() },
  },
  slice = { { function(x) return x[{ {}, { 1, 4, 2 } }] end, m34() }, { function(x) return x[2] end, m34() } },
  slice_grad = {
    { function(x)
      local y = (x[{ { 1, 2 } }] ^ 2):sum()
      y:backward(nil, { create_graph = true })
      local g = x.grad
      x.grad = nil
      return g
    end, m34() },
  },
  slices_grad = {
    { function(x)
      local y = (x[{ { 1, 2 } }] ^ 2):sum() + (x[{ {}, { 1, 4, 3 } }] * x[{ {}, { 2, 3 } }]):sum() + (x[2] ^ 3):sum()
      return lab.autograd.grad(y, x, { create_graph = true })
    end, m34() },
  },
}
