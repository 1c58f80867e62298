--- CMA-ES: a normal distribution that learns the shape of the function; values only. For up to some hundred variables.
-- Hansen, "The CMA evolution strategy: a tutorial", arXiv 1604.00772, with its defaults and positive weights.
local core = require "optlab.core"
local linalg = require "optlab.linalg"
local FLOAT64 = { dtype = "float64" }

local function constants(n, population)
  local lambda = population or 4 + math.floor(3 * math.log(n))
  local mu = lambda // 2
  local w, sum, squares = {}, 0, 0
  for i = 1, mu do w[i] = math.log((lambda + 1) / 2) - math.log(i) end
  for i = 1, mu do sum = sum + w[i] end
  for i = 1, mu do
    w[i] = w[i] / sum
    squares = squares + w[i] ^ 2
  end
  local m = 1 / squares
  local c1 = 2 / ((n + 1.3) ^ 2 + m)
  return {
    lambda = lambda, mu = mu, w = w, m = m, c1 = c1,
    cc = (4 + m / n) / (n + 4 + 2 * m / n), cs = (m + 2) / (n + m + 5),
    cmu = math.min(1 - c1, 2 * (m - 2 + 1 / m) / ((n + 2) ^ 2 + m)),
    damping = 1 + 2 * math.max(0, math.sqrt((m - 1) / (n + 1)) - 1) + (m + 2) / (n + m + 5),
    expected = math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)), -- of the norm of n normal numbers
  }
end

-- A generation: points, best first.
local function sample(objective, k, mean, sigma, B, D)
  local list = {}
  for i = 1, k.lambda do
    local y = B:matmul(D * core.tensor.randn(mean:numel(), FLOAT64))
    local x = mean + sigma * y
    list[i] = { x = x, y = y, f = objective:value(x), i = i }
  end
  table.sort(list, function(a, b)
    if a.f ~= b.f then return a.f < b.f or (b.f ~= b.f and a.f == a.f) end
    return a.i < b.i
  end)
  return list
end

return function(objective, run, o)
  local mean, sigma = objective.start, o.sigma
  local n = mean:numel()
  local k = constants(n, o.population)
  local C, ps, pc = core.tensor.eye(n, FLOAT64), core.tensor.zeros(n, FLOAT64), core.tensor.zeros(n, FLOAT64)
  local B, D = C, core.tensor.ones(n, FLOAT64)
  local best, generation = { x = mean, f = objective:value(mean) }, 0
  while not run:at(best.x, best.f, nil, { sigma = sigma }) do
    local list = sample(objective, k, mean, sigma, B, D)
    if list[1].f < best.f then best = list[1] end
    generation = generation + 1
    local step, rank = core.tensor.zeros(n, FLOAT64), core.tensor.zeros({ n, n }, FLOAT64)
    for i = 1, k.mu do
      local y = list[i].y
      step = step + k.w[i] * y
      rank = rank + k.w[i] * y:unsqueeze(2):matmul(y:unsqueeze(1))
    end
    mean = mean + sigma * step
    ps = (1 - k.cs) * ps + math.sqrt(k.cs * (2 - k.cs) * k.m) * B:matmul(B:t():matmul(step) / D)
    local length = ps:norm():item()
    local on = length / math.sqrt(1 - (1 - k.cs) ^ (2 * generation)) < (1.4 + 2 / (n + 1)) * k.expected and 1 or 0
    pc = (1 - k.cc) * pc + on * math.sqrt(k.cc * (2 - k.cc) * k.m) * step
    C = (1 - k.c1 - k.cmu + (1 - on) * k.c1 * k.cc * (2 - k.cc)) * C
      + k.c1 * pc:unsqueeze(2):matmul(pc:unsqueeze(1)) + k.cmu * rank
    C = (C + C:t()) / 2
    sigma = sigma * math.exp(k.cs / k.damping * (length / k.expected - 1))
    local lambda, Q = linalg.eigh(C)
    B, D = Q, core.tensor.clamp(lambda, { min = 1e-300 }):sqrt()
    if list[k.lambda].f - list[1].f <= o.simplex_ftol and sigma * D:amax():item() <= o.simplex_xtol then
      run:at(best.x, best.f)
      return run:stop "step"
    end
    local widest = sigma * D:amax():item()
    if widest > 1e20 or widest ~= widest then return run:stop "not finite" end
  end
end
