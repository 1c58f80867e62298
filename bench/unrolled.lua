--- What a step of an unrolled loop costs as the history behind it grows. Each line: the loop, and the processor's
-- microseconds per step of loops of 50, 100, 200 and 400 steps, the fastest of several, with one thread; behind them
-- the last by the first.
--   build/optlab bench/unrolled.lua
--
--   recurrent   x[t+1] = tanh(W x[t]); after each step the gradient of a loss with respect to x[t]
--   inner loop  w[k+1] = w[k] - lr grad(loss(w[k]), w[k]) with create_graph; then the gradient with respect to w[0]
local lab = require "optlab"
local grad = lab.autograd.grad

local LENGTHS, ROUNDS, WIDTH = { 50, 100, 200, 400 }, 20, 32

local W = (lab.randn(WIDTH, WIDTH) / WIDTH ^ 0.5):requires_grad_()
local X, target = lab.randn(WIDTH, 8), lab.randn(1, 8)

local function recurrent(steps)
  local x = lab.randn(WIDTH, 1, { requires_grad = true })
  for _ = 1, steps do
    local before = x
    x = W:mm(x):tanh()
    grad(x:square():sum(), before, { retain_graph = true })
  end
end

local function inner_loop(steps)
  local start = lab.randn(1, WIDTH, { requires_grad = true })
  local w = start
  for _ = 1, steps do
    w = w - 0.01 * grad((w:mm(X) - target):square():mean(), w, { create_graph = true })
  end
  grad((w:mm(X) - target):square():mean(), start)
end

local function microseconds_per_step(loop, steps)
  local best = math.huge
  for _ = 1, ROUNDS do
    collectgarbage()
    local start = os.clock()
    loop(steps)
    best = math.min(best, (os.clock() - start) / steps * 1e6)
  end
  return best
end

lab.set_num_threads(1)
for _, row in ipairs { { "recurrent", recurrent }, { "inner loop", inner_loop } } do
  local times = {}
  for i, steps in ipairs(LENGTHS) do times[i] = microseconds_per_step(row[2], steps) end
  local texts = {}
  for i, t in ipairs(times) do texts[i] = ("%9.1f"):format(t) end
  print(("%-12s%s   %.2f"):format(row[1], table.concat(texts), times[#times] / times[1]))
end
