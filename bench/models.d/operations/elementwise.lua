--- Functions of elements, and products of square matrices.
local op = dofile "bench/models.d/operation.lua"
local N = 512 * 512

local rows = {}

for _, name in ipairs { "relu", "silu", "tanh" } do
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
for _, n in ipairs { 256, 512, 1024 } do
  rows[#rows + 1] = { ("mm %dx%d"):format(n, n), target = 0.97, flop = 2 * n ^ 3, open = function()
    local a, b = op.floats(1, n, n), op.floats(2, n, n)
    return op.forward(function() return a:mm(b) end)
  end }
end

return rows
