--- Operations on rows: softmax, losses, layer norm, attention and its parts; "f+b" is forward and backward.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local op = dofile "bench/models.d/operation.lua"
local F = lab.nn.functional
local N = 512 * 512

local rows = {}

local function row(name, limits, open)
  limits[1], limits.open = name, open
  rows[#rows + 1] = limits
end

row("softmax 512x512 dim 2", { target = 1.5, bytes = 4 * N * 2 }, function()
  local x = op.floats(1, 512, 512)
  return op.forward(function() return x:softmax(2) end)
end)
row("softmax 512x512 dim 1", { target = 1.5, bytes = 4 * N * 2 }, function()
  local x = op.floats(1, 512, 512)
  return op.forward(function() return x:softmax(1) end)
end)
row("log_softmax 512x512 f+b", { target = 1.5, bytes = 4 * N * 5 }, function()
  local x = op.floats(1, 512, 512)
  return op.both({ x }, function() return x:log_softmax(2) end)
end)
for _, size in ipairs { { 128, 10 }, { 1024, 96 }, { 128, 1000 }, { 64, 50000 } } do
  local n, classes = size[1], size[2]
  row(("cross entropy %dx%d f+b"):format(n, classes), { target = 1.5, bytes = 4 * n * classes * 2 }, function()
    local x, y = op.floats(1, n, classes), op.values.integers({ n }, 2, classes)
    return op.both({ x }, function() return F.cross_entropy(x, y) end)
  end)
end
row("layer norm 2048x64 f+b", { bytes = 4 * 2048 * 64 * 5 }, function()
  local x, w, b = op.floats(1, 2048, 64), op.floats(2, 64), op.floats(3, 64)
  return op.both({ x, w, b }, function() return F.layer_norm(x, { 64 }, w, b) end)
end)
row("linear 32x64x64-256 f+b", { flop = 3 * 2048 * flop.linear(64, 256) }, function()
  local x, w, b = op.floats(1, 32, 64, 64), op.floats(2, 256, 64), op.floats(3, 256)
  return op.both({ x, w, b }, function() return F.linear(x, w, b) end)
end)
row("attention scores f+b", { flop = 3 * 128 * 64 * flop.linear(16, 64) }, function()
  local q, k = op.floats(1, 32, 4, 64, 16), op.floats(2, 32, 4, 64, 16)
  return op.both({ q, k }, function() return q:matmul(k:transpose(3, 4)) end)
end)
row("attention softmax f+b", { bytes = 4 * 128 * 64 * 64 * 5 }, function()
  local i = lab.arange(64)
  local later = i:reshape(1, 64):gt(i:reshape(64, 1)):to "float32" * -1e9
  local x = op.floats(1, 32, 4, 64, 64)
  return op.both({ x }, function() return (x + later):softmax(4) end)
end)
row("causal attention f+b", { flop = 3 * 32 * 256 * 2 * flop.linear(32, 256) }, function()
  local q, k, v = op.floats(1, 8, 4, 256, 32), op.floats(2, 8, 4, 256, 32), op.floats(3, 8, 4, 256, 32)
  return op.both({ q, k, v }, function() return F.scaled_dot_product_attention(q, k, v, { is_causal = true }) end)
end)
row("LSTM 50x50 of 128 f+b", { target = 1.3, flop = 3 * 2500 * 2 * flop.linear(128, 512) }, function()
  local x, layer = op.floats(1, 50, 50, 128), op.values.fill(lab.nn.LSTM(128, 128))
  return op.both({ x, table.unpack(layer:parameters()) }, function() return (layer(x)) end)
end)

return rows
