--- The wall: every optimizer on four functions, each with the best of equally many settings.
--
-- The question: what paths do the optimizers take when all are tuned with the same budget?
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  steps = {default = 200, min = 20, help = "updates"},
  trials = {default = 64, min = 4, help = "settings tried for each optimizer and function"},
  only = {default = "all", choices = {"all", "rosenbrock", "rastrigin", "beale", "quadratic"}, help = "one function"},
}

local function rotated(x, y) -- condition 100, its axes turned by 30 degrees
  local u, v = 0.5 * math.sqrt(3) * x + 0.5 * y, 0.5 * math.sqrt(3) * y - 0.5 * x
  return 0.5 * u ^ 2 + 50 * v ^ 2
end

local PROBLEMS = {
  {name = "rosenbrock", start = {-2, 2}, best = {1, 1}, x = {-2.4, 2.4}, y = {-1.4, 3.4},
    f = function(x, y) return (1 - x) ^ 2 + 100 * (y - x ^ 2) ^ 2 end},
  {name = "rastrigin", start = {-2, 3.5}, best = {0, 0}, x = {-4.5, 4.5}, y = {-4.5, 4.5},
    f = function(x, y) return 20 + x ^ 2 + y ^ 2 - 10 * (lab.cos(2 * math.pi * x) + lab.cos(2 * math.pi * y)) end},
  {name = "beale", start = {0.5, 2}, best = {3, 0.5}, x = {-0.5, 4.2}, y = {-2, 2.7},
    f = function(x, y)
      return (1.5 - x + x * y) ^ 2 + (2.25 - x + x * y ^ 2) ^ 2 + (2.625 - x + x * y ^ 3) ^ 2
    end},
  {name = "quadratic", start = {-3, 3}, best = {0, 0}, x = {-4, 4}, y = {-4, 4}, f = rotated},
}

-- Of which a step evaluates the loss several times, or which treat vectors by another rule than matrices.
local LEFT_OUT = {LBFGS = true, SophiaG = true, Muon = true, GaLore = true}
local EXTRA = {MARS = {optimize_1d = true}, SOAP = {precondition_1d = true}}
local MOMENTA = {0, 0.5, 0.9, 0.99}

-- The settings of an optimizer: half as many decades of rates for each momentum if it has one.
local function settings(entry)
  local d, list = entry.defaults, {}
  local kinds = (d.momentum or d.betas) and MOMENTA or {false}
  for _, m in ipairs(kinds) do
    local how = {lab.optim[entry.name] and entry.name, lr = lab.logspace(-4, 2, p.trials // #kinds, {dtype = "float64"})}
    if entry.name == "Ranger" then how[1] = lab.optim.Ranger end
    for key, value in pairs(EXTRA[entry.name] or {}) do how[key] = value end
    if d.weight_decay then how.weight_decay = 0 end
    if m and d.momentum then how.momentum = m end
    if m and d.betas then how.betas = {m, table.unpack(d.betas, 2)} end
    list[#list + 1] = how
  end
  return list
end

local function tune(entry, problem)
  local best = {score = math.huge}
  for _, how in ipairs(settings(entry)) do
    local n = #how.lr
    local ok, map = pcall(train.descend, problem.f, lab.tensor(problem.start, {dtype = "float64"}):expand(n, 2), how, p.steps, {points = true, every = 1})
    if not ok then print(entry.name, map) else
    local value = problem.f(map.path:select(3, 1), map.path:select(3, 2))
    local score = value:narrow(1, p.steps + 1 - p.steps // 10, p.steps // 10 + 1):amax(1)
    score = lab.where(score:isfinite(), score, lab.full({}, 1e300, {dtype="float64"}))
    local i = score:argmin():item()
    if score[i]:item() < best.score then
      best = {score = score[i]:item(), path = map.path:select(2, i):tolist(), lr = how.lr[i]:item(), momentum = how.momentum or how.betas and how.betas[1]}
    end end
  end
  return best
end

for _, problem in ipairs(PROBLEMS) do
  if p.only == "all" or p.only == problem.name then
  local t0 = lab.clock()
  local results = {}
  for _, entry in ipairs(lab.optim.list()) do
    if not LEFT_OUT[entry.name] then
      local t1 = lab.clock()
      local r = tune(entry, problem)
      r.name = entry.name
      r.time = lab.clock() - t1
      results[#results + 1] = r
    end
  end
  table.sort(results, function(a, b) return a.score < b.score end)
  for _, r in ipairs(results) do print(r.name, r.score, r.lr, r.momentum, r.time) end
  print(problem.name, #results, lab.clock() - t0)
  end
end
