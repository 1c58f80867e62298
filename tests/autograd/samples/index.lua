-- Samples of reading and writing places: one or more per op, { function of the inputs, inputs... }.
local lab = require "optlab"
local inputs = require "tests.autograd.samples.inputs"
local tensors = require "tests.support.tensors"

local a, m34 = inputs.a, inputs.m34
local f64 = tensors.leaf
local index = tensors.int64

return {
  index_select = {
    { function(x) return x:index_select(1, index { 3, 1, 3 }) end, m34() },
    { function(x) return x:index_select(2, index { 4, 4 }) end, m34() },
    { function(x) return x[{ index { { 3 }, { 1 } }, index { 4, 1, 1 } }] ^ 2 end, m34() },
  },
  index_add = {
    { function(x)
      local y = (x:index_select(1, index { 3, 1, 3 }) ^ 2):sum()
      return lab.autograd.grad(y, x, { create_graph = true })
    end, m34() },
  },
  gather = {
    { function(x) return x:gather(2, index { { 1, 4 }, { 2, 2 }, { 3, 1 } }) end, m34() },
    { function(x) return (x:max(2)) end, m34() },
  },
  scatter_add = {
    { function(x)
      local y = (x:gather(1, index { { 1, 3, 2, 2 }, { 1, 1, 1, 3 } }) ^ 2):sum()
      return lab.autograd.grad(y, x, { create_graph = true })
    end, m34() },
  },
  index_put = {
    { function(x, y) return x:index_put({ index { 3, 1 } }, y) end, m34(), f64 { { 1, 2, 3, 4 }, { 3, 1, 2, 5 } } },
    { function(x, y) return x:index_put({ index { 3, 1 }, index { 2, 2 } }, y * y) end, m34(), f64 { 3, 4 } },
  },
  scatter = {
    { function(x, y) return x:scatter(2, index { { 1, 4 }, { 2, 3 } }, y * y) end, m34(), f64 { { 1, 2 }, { 3, 4 } } },
  },
  scatter_reduce = {
    { function(x, y) return x:scatter_reduce(2, index { { 1, 4, 1 }, { 2, 3, 2 } }, y, "prod") end, m34(), inputs.a() },
    { function(x, y) return x:scatter_reduce(1, index { { 1, 3, 1 }, { 2, 3, 1 } }, y, "amax") end, m34(), inputs.a() },
    { function(x, y)
      return x:scatter_reduce(1, index { { 1, 3, 1 }, { 2, 3, 1 } }, y, "amin", { include_self = false }) ^ 2
    end, m34(), inputs.a() },
    { function(x, y)
      return x:scatter_reduce(2, index { { 1, 1, 1 }, { 2, 3, 1 } }, y, "mean", { include_self = false }) ^ 2
    end, m34(), inputs.a() },
  },
  cat = {
    { function(x, y) return lab.cat({ x, y, x }, 1) end, a(), f64 { { 1, 2, 3 } } },
    { function(x, y) return lab.stack({ x, y }, 2) end, a(), a() },
  },
}
