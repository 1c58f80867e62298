--- The wall: every optimizer on four functions, each with the best of equally many settings.
--
-- The question: what paths do the optimizers take when all are tuned with one budget, and which of them arrive?
-- Each gets the same number of settings: learning rates from 1e-4 to 100; with a momentum (or a first beta) four values
-- of it and a quarter of the rates. All else has its default, but weights do not decay. Each setting runs from two
-- starting points, the one that is drawn and one beside it, and the worse of both last f counts, so that a lucky step
-- wins nothing.
-- The figures: "rosenbrock", "rastrigin", "beale" and "quadratic" (condition 100, its axes turned by 30 degrees), a
-- panel for each optimizer, the best first: blue paths end below f = 0.1, red ones do not; in each its rate and
-- momentum; the star is the minimum, f = 0; "ranking", the final values on all four functions.
-- What to notice: hardly any optimizer is good everywhere. Of the first twenty on each function, two are the same on
-- all four; Polyak is one of them, and it is told that the minimum is 0. On Rastrigin's function, with a minimum in
-- each unit square, two of 58 find the middle, and most stay in the minimum beside the start. The two are Fromage and
-- LAMB, whose steps are η times as long as the vector (x, y): that draws them to 0, wherever the minimum is. RAdam,
-- AdaBelief and Ranger do not divide by √v in their first steps, so only small rates do not diverge, and they are late.
-- Left out: LBFGS, which evaluates f several times a step, SophiaG, which needs a model, Muon and GaLore, which treat
-- a vector by the rule of another optimizer.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  steps = {default = 150, min = 20, help = "updates"},
  trials = {default = 48, min = 8, help = "settings tried for each optimizer and function"},
  problem = {default = "all", choices = {"all", "rosenbrock", "rastrigin", "beale", "quadratic"}, help = "one of them"},
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

local PROBLEMS = { -- f is 0 at its minimum `best`; x, y and levels are for the figure
  {"rosenbrock", f = rosenbrock, start = {-2, 2}, best = {1, 1}, x = {-2.6, 2.2}, y = {-1.6, 3.2},
    levels = {1, 10, 100, 1000}},
  {"rastrigin", f = rastrigin, start = {-2.3, 3.4}, best = {0, 0}, x = {-4.5, 4.5}, y = {-4.5, 4.5},
    levels = {20}},
  {"beale", f = beale, start = {0.5, 2}, best = {3, 0.5}, x = {-0.5, 4.5}, y = {-2.2, 2.8},
    levels = {0.1, 1, 5, 20, 100}},
  {"quadratic", f = rotated, start = {-3.5, 0.5}, best = {0, 0}, x = {-4, 4}, y = {-4, 4}, levels = {1, 10, 100, 300}},
}

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

-- The best setting with its path from the first starting point.
local function tune(entry, problem)
  local x, y = table.unpack(problem.start)
  local starts = lab.tensor({{x, y}, {x + 0.1, y - 0.1}}, {dtype = "float64"})
  local best = {value = math.huge}
  for _, how in ipairs(settings(entry)) do
    local n, rates = #how.lr, how.lr
    how.lr = rates:reshape(1, n)
    local value = train.descend(problem.f, starts:reshape(2, 1, 2):expand(2, n, 2), how, p.steps, {points = true}).value
    value = lab.where(value:isfinite(), value, math.huge):amax(1)
    local i = value:argmin():item()
    if value[i]:item() < best.value then
      how.lr = rates[i]:item()
      best = {value = value[i]:item(), how = how, momentum = how.momentum or how.betas and how.betas[1]}
    end
  end
  best.name, best.path = entry.name, lab.tensor(train.descend(problem.f, problem.start, best.how, p.steps))
  return best
end

-- A panel of the wall.
local function panel(result, problem)
  local fig = plot.figure {title = result.name, xlim = problem.x, ylim = problem.y, xticks = {}, yticks = {}}
  local function across(ends) return {ends[1], ends[2], (ends[2] - ends[1]) / 40} end
  fig:contour(problem.f, {x = across(problem.x), y = across(problem.y), levels = problem.levels, color = "#cccccc",
    width = 0.7})
  local color = result.value < 0.1 and "#0b5394" or "#c1272d"
  fig:line(result.path:select(2, 1), result.path:select(2, 2), {color = color, width = 1.1})
  fig:points({problem.best[1]}, {problem.best[2]}, {style = "*", color = "black", size = 0.9})
  local rate = tonumber(("%.2g"):format(result.how.lr)) -- two digits, and 100 instead of 1e+02
  local text = ("η %g"):format(rate) .. (result.momentum and (", β %g"):format(result.momentum) or "")
  return fig:text(text, {problem.x[1], problem.y[1]}, {size = 8.5, color = "#555555"})
end

local budget = ("each: the best of %d settings, the worse of 2 starting points; %d steps"):format(p.trials, p.steps)

local rows = {} -- {name =, the value on each function}
for k, problem in ipairs(PROBLEMS) do
  if p.problem == "all" or p.problem == problem[1] then
    local results, panels = {}, {}
    for _, entry in ipairs(lab.optim.list()) do
      if not LEFT_OUT[entry.name] then results[#results + 1] = tune(entry, problem) end
    end
    table.sort(results, function(a, b) return a.value < b.value end)
    for i, result in ipairs(results) do
      panels[i] = panel(result, problem)
      rows[result.name] = rows[result.name] or {name = result.name, rank = 0}
      rows[result.name][k] = math.min(math.max(result.value, 1e-12), 1e3)
      rows[result.name].rank = rows[result.name].rank + i
      train.record(problem[1] .. " " .. result.name, p.steps, {f = result.value})
    end
    print(("%s: %s first, f = %.2g; median of all %.2g"):format(problem[1], results[1].name, results[1].value,
      results[(#results + 1) // 2].value))
    plot.grid {cols = 6, size = {640, 1000}, xlabel = budget, table.unpack(panels)}:save(problem[1])
  end
end

-- The final values of all, the best mean rank first.
local list, names, at = {}, {}, {}
for _, row in pairs(rows) do list[#list + 1] = row end
table.sort(list, function(a, b) return a.rank < b.rank or a.rank == b.rank and a.name < b.name end)
for i, row in ipairs(list) do
  at[i], names[i] = #list + 1 - i, {#list + 1 - i, row.name}
end
local fig = plot.figure {
  size = {640, 900}, xlabel = "f at the end\n" .. budget, logx = true, yticks = names, ylim = {0.2, #list + 0.8},
  legend = "below",
}
for k, problem in ipairs(PROBLEMS) do
  local values = {}
  for i, row in ipairs(list) do values[i] = row[k] end
  if #values > 0 then fig:points(values, at, {label = problem[1]}) end
end
fig:save "ranking"
print(("the best mean ranks: %s, %s, %s"):format(list[1].name, list[2].name, list[3].name))
