--- Operations on images: convolutions, pools, BatchNorm, forward and backward.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local op = dofile "bench/models.d/operation.lua"
local nn = lab.nn
local F = nn.functional

local rows = {}

local function conv(n, from, to, size, k, stride, padding)
  local out = (size + 2 * padding - k) // stride + 1
  rows[#rows + 1] = {
    ("conv %d-%d %dpx k%d s%d"):format(from, to, size, k, stride), flop = 3 * n * flop.conv(from, to, k, out),
    open = function()
      local x, w, b = op.floats(1, n, from, size, size), op.floats(2, to, from, k, k), op.floats(3, to)
      return op.both({ x, w, b }, function() return F.conv2d(x, w, b, { stride = stride, padding = padding }) end)
    end,
  }
end

local function pool(k, stride, padding)
  rows[#rows + 1] = {
    ("max pool %dx%d s%d"):format(k, k, stride), bytes = 4 * 64 * 32 * 28 * 28 * 5 // 2,
    open = function()
      local x, layer = op.floats(1, 64, 32, 28, 28), nn.MaxPool2d(k, { stride = stride, padding = padding })
      return op.both({ x }, function() return layer(x) end)
    end,
  }
end

conv(64, 16, 32, 28, 3, 2, 1)
conv(64, 16, 32, 28, 4, 2, 1)
conv(64, 16, 32, 28, 5, 2, 2)
conv(64, 16, 32, 28, 7, 2, 3)
conv(64, 16, 32, 28, 3, 1, 1)
conv(64, 16, 32, 28, 5, 1, 2)
conv(128, 64, 64, 8, 3, 1, 1)
conv(128, 64, 96, 14, 3, 1, 0)
rows[#rows + 1] = {
  "depthwise conv 32 16px k3", bytes = 4 * 64 * 32 * 16 * 16 * 5,
  open = function()
    local x, w, b = op.floats(1, 64, 32, 16, 16), op.floats(2, 32, 1, 3, 3), op.floats(3, 32)
    return op.both({ x, w, b }, function() return F.conv2d(x, w, b, { padding = 1, groups = 32 }) end)
  end,
}
rows[#rows + 1] = {
  "transposed conv 64-64 7px", flop = 3 * 64 * flop.conv(64, 64, 4, 7),
  open = function()
    local x, w, b = op.floats(1, 64, 64, 7, 7), op.floats(2, 64, 64, 4, 4), op.floats(3, 64)
    return op.both({ x, w, b }, function() return F.conv_transpose2d(x, w, b, { stride = 2, padding = 1 }) end)
  end,
}
pool(2, 2, 0)
pool(3, 2, 1)
rows[#rows + 1] = {
  "avg pool 2x2 s2", bytes = 4 * 64 * 32 * 28 * 28 * 5 // 2,
  open = function()
    local x = op.floats(1, 64, 32, 28, 28)
    return op.both({ x }, function() return F.avg_pool2d(x, 2) end)
  end,
}
rows[#rows + 1] = {
  "BatchNorm 32ch 16px", bytes = 4 * 128 * 32 * 16 * 16 * 7,
  open = function()
    local x, layer = op.floats(1, 128, 32, 16, 16), nn.BatchNorm2d(32)
    return op.both({ x, layer.weight, layer.bias }, function() return layer(x) end)
  end,
}

return rows
