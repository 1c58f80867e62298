--- The wall: every optimizer on four functions, each with the best of equally many settings.
--
-- The question: what paths do the optimizers take when all of them are tuned with one budget, and who arrives?
-- Each gets the same number of settings: rates from 1e-4 to 100, evenly on a logarithmic scale, for one with a momentum (or
-- a first beta) a quarter of them with each of the momenta 0, 0.5, 0.9, 0.99. All other hyperparameters have their
-- defaults, but no weight decays. The setting that counts has the smallest f at its worst in the last tenth of the steps,
-- so that nothing is won by passing the minimum.
-- The figures: "rosenbrock", "rastrigin", "beale" and "quadratic", a panel for each optimizer, the best first, with its
-- path, its final value and setting; "ranking", the final values on all four functions.
-- What to notice: no optimizer is good everywhere. Methods with one rate for each coordinate gain nothing on the rotated
-- quadratic. On Rastrigin's function, with a minimum in each unit square, large first steps decide.
-- Left out: LBFGS, which evaluates f several times a step, SophiaG, which needs a model, Muon and GaLore, which treat
-- a vector by another optimizer's rule.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  steps = {default = 200, min = 20, help = "updates"},
  trials = {default = 64, min = 8, help = "settings tried for each optimizer and function"},
  problem = {default = "all", choices = {"all", "rosenbrock", "rastrigin", "beale", "quadratic"}, help = "which function"},
  cols = {default = 8, min = 1, help = "panels in a row"},
}

local function rotated(x, y) -- condition 100, the axes turned by 30 degrees
  local c, s = math.cos(math.pi / 6), math.sin(math.pi / 6)
  return 0.5 * (c * x + s * y) ^ 2 + 50 * (c * y - s * x) ^ 2
end

local function rosenbrock(x, y) return (1 - x) ^ 2 + 100 * (y - x ^ 2) ^ 2 end

local function rastrigin(x, y)
  return 20 + x ^ 2 + y ^ 2 - 10 * (lab.cos(2 * math.pi * x) + lab.cos(2 * math.pi * y))
end

local function beale(x, y)
  return (1.5 - x + x * y) ^ 2 + (2.25 - x + x * y ^ 2) ^ 2 + (2.625 - x + x * y ^ 3) ^ 2
end

local PROBLEMS = { -- where to start, the minimum (f is 0 there), what the panels show, contours
  rosenbrock = {f = rosenbrock, start = {-2, 2}, best = {1, 1}, x = {-2.6, 2.2}, y = {-1.6, 3.2}, levels = {1, 10, 100, 1000}},
  rastrigin = {f = rastrigin, start = {-2, 3.5}, best = {0, 0}, x = {-4.5, 4.5}, y = {-4.5, 4.5}, levels = {10, 25, 40}},
  beale = {f = beale, start = {0.5, 2}, best = {3, 0.5}, x = {-0.5, 4.5}, y = {-2.2, 2.8}, levels = {0.1, 1, 5, 20, 100}},
  quadratic = {f = rotated, start = {-3, 3}, best = {0, 0}, x = {-4, 4}, y = {-4, 4}, levels = {1, 10, 100, 300}},
}
local ORDER = {"rosenbrock", "rastrigin", "beale", "quadratic"}

local LEFT_OUT = {LBFGS = true, SophiaG = true, Muon = true, GaLore = true}
local VECTORS = {MARS = {optimize_1d = true}, SOAP = {precondition_1d = true}} -- their own rule, also for vectors

-- The settings of an optimizer: options with a tensor of rates, one for each momentum.
local function settings(entry)
  local d, list = entry.defaults, {}
  local momenta = (d.momentum or d.betas) and {0, 0.5, 0.9, 0.99} or {false}
  for i, momentum in ipairs(momenta) do
    if entry.name:find "^ScheduleFree" then momentum = math.max(momentum, 0.01) end -- with 0 there is no mean
    local how = {entry.name, lr = lab.logspace(-4, 2, p.trials // #momenta, {dtype = "float64"})}
    for name, value in pairs(VECTORS[entry.name] or {}) do how[name] = value end
    if d.weight_decay then how.weight_decay = 0 end
    if momentum and d.momentum then how.momentum = momentum end
    if momentum and d.betas then how.betas = {momentum, table.unpack(d.betas, 2)} end
    list[i] = how
  end
  return list
end

-- The best setting with its path. f at its worst in the last tenth of the steps decides.
local function tune(entry, problem)
  local best = {value = math.huge}
  for _, how in ipairs(settings(entry)) do
    local start = lab.tensor(problem.start, {dtype = "float64"}):expand(#how.lr, 2)
    local path = train.descend(problem.f, start, how, p.steps, {points = true, every = 1}).path
    local f = problem.f(path:select(3, 1), path:select(3, 2))
    local worst = f:narrow(1, p.steps + 2 - p.steps // 10, p.steps // 10):amax(1)
    worst = lab.where(worst:isfinite(), worst, math.huge)
    local i = worst:argmin():item()
    if worst[i]:item() < best.value then
      best = {
        value = worst[i]:item(), path = path:select(2, i), lr = how.lr[i]:item(),
        momentum = how.momentum or how.betas and how.betas[1], name = entry.name,
      }
    end
  end
  return best
end

local function panel(result, problem)
  local text = ("η %.2g"):format(result.lr)
  if result.momentum then text = text .. (" β %g"):format(result.momentum) end
  local color = result.value < 0.01 and "#0b5394" or "#c1272d"
  local fig = plot.figure {
    title = result.name, xlim = problem.x, ylim = problem.y, xticks = {}, yticks = {}, legend = false,
  }
  local function across(range) return {range[1], range[2], (range[2] - range[1]) / 80} end
  fig:contour(problem.f, {x = across(problem.x), y = across(problem.y), levels = problem.levels, color = "#d0d0d0", width = 0.7})
  fig:line(result.path:select(2, 1), result.path:select(2, 2), {color = color, width = 1.1})
  fig:points({problem.best[1]}, {problem.best[2]}, {style = "*", color = "#e69f00", size = 1.2})
  fig:text(text, {problem.x[1], problem.y[1]}, {size = 8, color = "#555555"})
  return fig
end

for _, name in ipairs(ORDER) do
  if p.problem == "all" or p.problem == name then
    local problem, results = PROBLEMS[name], {}
    for _, entry in ipairs(lab.optim.list()) do
      if not LEFT_OUT[entry.name] then results[#results + 1] = tune(entry, problem) end
    end
    table.sort(results, function(a, b) return a.value < b.value end)
    local panels = {}
    for i, result in ipairs(results) do panels[i] = panel(result, problem) end
    local rows = math.ceil(#panels / p.cols)
    plot.grid {
      cols = p.cols, rows = rows, size = {1000, 128 * rows + 30}, title = name, table.unpack(panels)
    }:save(name)
  end
end
