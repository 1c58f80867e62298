--- Operations by positions, a permutation, and gradients inside an unrolled loop.
local lab = require "optlab"
local op = dofile "bench/models.d/operation.lua"
local F = lab.nn.functional

local rows = {}

rows[1] = { "index_select 4096 rows", bytes = 4 * 4096 * 64 * 2, open = function()
  local x, rows_ = op.floats(1, 10000, 64), op.values.integers({ 4096 }, 2, 10000)
  return op.forward(function() return x:index_select(1, rows_) end)
end }
rows[2] = { "index_select f+b", bytes = 4 * 64 * (4096 * 4 + 10000), open = function()
  local x, rows_ = op.floats(1, 10000, 64), op.values.integers({ 4096 }, 2, 10000)
  return op.both({ x }, function() return x:index_select(1, rows_) end)
end }
rows[#rows + 1] = { "embedding 32x128 f+b", bytes = 4 * 64 * (4096 * 4 + 10000), open = function()
  local x, words = op.floats(1, 10000, 64), op.values.integers({ 32, 128 }, 2, 10000)
  return op.both({ x }, function() return F.embedding(words, x) end)
end }
rows[#rows + 1] = { "gather 1e6", bytes = 1000000 * (4 + 8 + 4), open = function()
  local x, places = op.floats(1, 1000000), op.values.integers({ 1000000 }, 2, 1000000)
  return op.forward(function() return x:gather(1, places) end)
end }
rows[#rows + 1] = { "scatter_add 1e6", bytes = 1000000 * (4 + 8 + 4), open = function()
  local x, y, places = lab.zeros(1000000), op.floats(1, 1000000), op.values.integers({ 1000000 }, 2, 1000000)
  return op.forward(function() return x:scatter_add(1, places, y) end)
end }
rows[#rows + 1] = { "randperm 10000", bytes = 8 * 10000, open = function()
  return { first = {}, step = function() local _ <close> = lab.randperm(10000) end }
end }

-- After each step the gradient of a loss with respect to the state before it.
local function unrolled(steps)
  rows[#rows + 1] = { ("grad in a loop of %d steps"):format(steps), open = function()
    local W, start = (op.floats(1, 32, 32) / 4):requires_grad_(), op.floats(2, 32, 1)
    local function loop()
      local x, g = start, nil
      x:requires_grad_()
      for _ = 1, steps do
        local before = x
        x = W:mm(x):tanh()
        g = lab.autograd.grad(x:square():sum(), before, { retain_graph = true })
      end
      return g
    end
    return op.forward(loop)
  end }
end
unrolled(50)
unrolled(100)
unrolled(400)

return rows
