--- Operations that move or reduce: transposes, sums, cat, maxima, order, views.
local lab = require "optlab"
local op = dofile "bench/models.d/operation.lua"
local N = 512 * 512

local rows = {}

for _, n in ipairs { 512, 2048 } do
  rows[#rows + 1] = { ("transpose %dx%d"):format(n, n), bytes = 4 * n * n * 2, open = function()
    local x = op.floats(1, n, n)
    return op.forward(function() return x:t():contiguous() end)
  end }
end
rows[#rows + 1] = { "sum(2) 512x512", bytes = 4 * N, open = function()
  local x = op.floats(1, 512, 512)
  return op.forward(function() return x:sum(2) end)
end }
rows[#rows + 1] = { "cat 2 of 512x512 dim 2", bytes = 4 * N * 4, open = function()
  local x, y = op.floats(1, 512, 512), op.floats(2, 512, 512)
  return op.forward(function() return lab.cat({ x, y }, 2) end)
end }
rows[#rows + 1] = { "cumsum(2) 512x512", bytes = 4 * N * 2, open = function()
  local x = op.floats(1, 512, 512)
  return op.forward(function() return x:cumsum(2) end)
end }
rows[#rows + 1] = { "max(2) 512x512 f+b", bytes = 4 * N * 2, open = function()
  local x = op.floats(1, 512, 512)
  return op.both({ x }, function() return (x:max(2)) end)
end }
rows[#rows + 1] = { "topk 10 of 1e5", bytes = 4 * 100000, open = function()
  local x = op.floats(1, 100000)
  return op.forward(function() return (x:topk(10)) end)
end }
rows[#rows + 1] = { "topk 5 of rows of 512", bytes = 4 * N, open = function()
  local x = op.floats(1, 512, 512)
  return op.forward(function() return (x:topk(5)) end)
end }
rows[#rows + 1] = { "median 1e5", bytes = 4 * 100000, open = function()
  local x = op.floats(1, 100000)
  return op.forward(function() return x:median() end)
end }
rows[#rows + 1] = { "narrow and select 50 each", open = function()
  local x = op.floats(1, 50, 64)
  local function views()
    local last
    for i = 1, 50 do
      local _ <close> = x:narrow(1, i, 1)
      last = x:select(1, i)
    end
    return last
  end
  return op.forward(views)
end }
rows[#rows + 1] = { "sum of 50 slices f+b", bytes = 4 * 50 * 50 * 128 * 2, open = function()
  local x = op.floats(1, 50, 50, 128)
  return op.both({ x }, function()
    local sum = x:select(1, 1)
    for i = 2, 50 do sum = sum + x:select(1, i) end
    return sum
  end)
end }

return rows
