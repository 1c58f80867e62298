-- Samples of convolutions and pools: one or more per op, { function of the inputs, inputs... }.
local lab = require "optlab"
local inputs = require "tests.autograd.samples.inputs"

local batch, distinct, gradient_of = inputs.batch, inputs.distinct, inputs.gradient_of
local F = lab.nn.functional
local strided = function(x, w, ...) return F.conv2d(x, w, ..., { stride = { 2, 1 }, padding = { 1, 2 } }) end
local max_pool = function(x) return F.max_pool2d(x, { 3, 2 }, { stride = { 2, 1 }, padding = { 1, 0 } }) end
local avg_pool = function(x) return F.avg_pool2d(x, 3, { stride = { 1, 2 }, padding = 1 }) end

-- A convolution, a ReLU and a pool that run as one op, of at least eight float32 images. Steps of the central
-- differences are powers of two, which float32 adds exactly.
local block = lab.nn.Sequential(lab.nn.Conv2d(1, 2, 2), lab.nn.ReLU(), lab.nn.MaxPool2d(2))
for i, p in ipairs(block:parameters()) do
  local numbers = lab.arange(1, p:numel() + 1):reshape(table.unpack(p.shape))
  lab.no_grad(function() p:copy_((numbers * 5.0 * i):sin() / 2) end)
end
local pooled = function(x) return block(x:to("float32")):to("float64") end
local images = function() return (distinct(8, 1, 3, 3) * 4):detach():requires_grad_() end

return {
  conv2d = {
    { F.conv2d, batch(2, 2, 4, 3), batch(3, 2, 2, 2), batch(3) },
    { function(x, w) return strided(x, w, nil) end, batch(1, 2, 4, 3), batch(2, 2, 3, 2) },
    { function(x, w) return F.conv2d(x, w, { dilation = { 2, 1 }, groups = 2, padding = "same" }) end,
      batch(1, 4, 3, 4), batch(2, 2, 2, 3) },
  },
  conv_transpose2d = {
    { F.conv_transpose2d, batch(2, 3, 3, 2), batch(3, 2, 2, 2), batch(2) },
    { function(x, w)
      return F.conv_transpose2d(x, w, { stride = { 2, 3 }, padding = { 1, 0 }, output_padding = { 1, 2 }, groups = 2 })
    end, batch(1, 4, 2, 3), batch(4, 1, 2, 3) },
  },
  conv2d_grad_input = {
    { gradient_of(F.conv2d, 1), batch(1, 2, 3, 3), batch(2, 2, 2, 2) },
    { gradient_of(function(x, w) return strided(x, w, nil) end, 1), batch(2, 1, 4, 3), batch(2, 1, 3, 2) },
  },
  conv2d_grad_weight = {
    { gradient_of(F.conv2d, 2), batch(2, 2, 3, 3), batch(1, 2, 2, 2) },
    { gradient_of(function(x, w) return strided(x, w, nil) end, 2), batch(2, 1, 4, 3), batch(2, 1, 3, 2) },
  },
  conv2d_relu_pool = { { pooled, images(), loose = true } },
  conv2d_unpool = { { gradient_of(pooled, 1), images(), loose = true } },
  conv2d_pick = {
    { function(x)
      return lab.autograd.grad((pooled(x) ^ 3):sum(), x, { create_graph = true }) * x
    end, images(), loose = true },
  },
  max_pool2d = {
    { max_pool, distinct(2, 1, 4, 3) },
    { function(x) return F.max_pool2d(x, 2, { dilation = 2, ceil_mode = true }) end, distinct(1, 2, 4, 3) },
    { function(x) return F.adaptive_max_pool2d(x, { 3, 2 }) end, distinct(1, 2, 4, 3) },
  },
  max_pool2d_grad = { { gradient_of(max_pool, 1), distinct(1, 2, 4, 3) } },
  max_pool2d_pick = {
    { function(x)
      return lab.autograd.grad((max_pool(x) ^ 3):sum(), x, { create_graph = true }) * x
    end, distinct(1, 1, 4, 3) },
  },
  avg_pool2d = {
    { avg_pool, batch(2, 1, 4, 5) },
    { function(x) return F.avg_pool2d(x, 3, 2, 1, true, false) end, batch(1, 2, 4, 3) },
    { function(x) return F.adaptive_avg_pool2d(x, { 3, 2 }) end, batch(1, 2, 4, 3) },
  },
  interpolate = {
    { function(x) return F.interpolate(x, { 5, 3 }, { mode = "bilinear" }) end, batch(1, 2, 3, 4) },
    { function(x) return F.interpolate(x, 7, { mode = "linear", align_corners = true }) end, batch(2, 1, 3) },
    { function(x) return F.interpolate(x, { scale_factor = 1.5 }) end, batch(1, 1, 2, 3) },
    { function(x) return F.interpolate(x, 3, { mode = "bicubic" }) end, batch(1, 1, 2, 3) },
  },
  interpolate_grad = {
    { gradient_of(function(x) return F.interpolate(x, { 5, 3 }, { mode = "bilinear" }) end, 1), batch(1, 2, 3, 4) },
  },
  avg_pool2d_grad = { { gradient_of(avg_pool, 1), batch(1, 2, 4, 3) } },
}
