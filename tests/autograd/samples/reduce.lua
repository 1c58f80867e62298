-- Samples of reductions: one or more per op, { function of the inputs, inputs... }.
local lab = require "optlab"
local inputs = require "tests.autograd.samples.inputs"
local tensors = require "tests.support.tensors"

local a, batch = inputs.a, inputs.batch

local function with_zeros() return tensors.leaf { { 0.5, 0, -1.5, 2 }, { 0, 3, 0, 0.25 }, { 1, 2, -0.5, 4 } } end
local function cumprod(x) return x:cumprod(2) end

return {
  prod = {
    { function(x) return x:prod() end, a() },
    { function(x) return x:prod(1, true) end, with_zeros() },
    { function(x) return x:prod(2) end, with_zeros() },
  },
  cumsum = { { function(x) return x:cumsum(1) end, a() }, { function(x) return x:cumsum(2) end, a() } },
  cumprod = { { function(x) return x:cumprod(1) end, with_zeros() }, { cumprod, with_zeros() } },
  scan = { { inputs.gradient_of(cumprod, 1), with_zeros() }, { inputs.gradient_of(cumprod, 1), a() } },
  sum = {
    { lab.sum, a() },
    { function(x) return x:sum(1) end, a() },
    { function(x) return x:sum({ 1, 3 }, true) end, batch(2, 3, 2) },
  },
  logsumexp = { { function(x) return x:logsumexp(1) end, a() }, { function(x) return x:logsumexp({ 1, 3 }, true) end,
    batch(2, 3, 2) } },
  mean = { { lab.mean, a() }, { function(x) return x:mean(2, true) end, a() } },
  amax = { { lab.amax, a() }, { function(x) return x:amax(1) end, a() } },
  amin = { { lab.amin, a() }, { function(x) return x:amin(2, true) end, a() } },
  var = { { lab.var, a() }, { function(x) return x:var(2, { unbiased = false }) end, a() } },
  std = { { lab.std, a() }, { function(x) return x:std({ 1 }, true) end, a() } },
  norm = { { lab.norm, a() }, { function(x) return x:norm(2, 1) end, a() }, { function(x) return x:norm(3) end, a() },
    { function(x) return x:norm(1, 2, true) end, a() }, { function(x) return x:norm(0.5, 1) end, a() },
    { function(x) return x:norm(1.5) end, a() }, { function(x) return x:norm(-1, 2) end, a() },
    { function(x) return x:norm(math.huge, 2) end, a() }, { function(x) return x:norm(-math.huge) end, a() } },
}
