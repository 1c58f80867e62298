--- Functions of elements, products of matrices, a linear system.
local op = dofile "bench/models.d/operation.lua"
local N = 512 * 512

local rows = {}

for _, name in ipairs { "relu", "silu", "gelu", "tanh" } do
  rows[#rows + 1] = { name .. " 512x512 f+b", bytes = 4 * N * 5, open = function()
    local F = require("optlab").nn.functional
    local x, f = op.floats(1, 512, 512), F[name]
    return op.both({ x }, function() return f(x) end)
  end }
end
for _, name in ipairs { "exp", "tanh" } do
  rows[#rows + 1] = { name .. " 1e5", bytes = 4 * 100000 * 2, open = function()
    local x = op.floats(1, 100000)
    return op.forward(function() return x[name](x) end)
  end }
end
rows[#rows + 1] = { "addcmul 512x512", bytes = 4 * N * 4, open = function()
  local x, a, b = op.floats(1, 512, 512), op.floats(2, 512, 512), op.floats(3, 512, 512)
  return op.forward(function() return x:addcmul(a, b, 0.5) end)
end }
rows[#rows + 1] = { "lerp 512x512", bytes = 4 * N * 3, open = function()
  local x, y = op.floats(1, 512, 512), op.floats(2, 512, 512)
  return op.forward(function() return x:lerp(y, 0.3) end)
end }
for _, n in ipairs { 256, 512, 1024 } do
  rows[#rows + 1] = { ("mm %dx%d"):format(n, n), target = 0.97, flop = 2 * n ^ 3, open = function()
    local a, b = op.floats(1, n, n), op.floats(2, n, n)
    return op.forward(function() return a:mm(b) end)
  end }
end
rows[#rows + 1] = { "kron 32x32 and 16x16", bytes = 4 * N, open = function()
  local lab = require "optlab"
  local a, b = op.floats(1, 32, 32), op.floats(2, 16, 16)
  return op.forward(function() return lab.linalg.kron(a, b) end)
end }
rows[#rows + 1] = { "solve 256x256 for 16", flop = 2 / 3 * 256 ^ 3 + 2 * 256 ^ 2 * 16, open = function()
  local lab = require "optlab"
  local a, b = op.floats(1, 256, 256) + lab.eye(256) * 20, op.floats(2, 256, 16)
  return op.forward(function() return lab.linalg.solve(a, b) end)
end }

return rows
