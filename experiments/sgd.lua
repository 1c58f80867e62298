--- Stochastic gradient descent: noise keeps a constant learning rate away from the minimum.
-- Book section: "Stochastic Gradient Descent".
--
-- The question: when every gradient carries N(0, 1) noise, how should the learning rate eta(t)
-- fall?
-- The figures: "trace-constant" keeps trembling around the minimum; "trace-exponential", eta
-- exp(-0.1 t), stops too early even after 1000 steps; "trace-polynomial", eta (1 + 0.1 t)^-0.5,
-- is close after 50; "learning-rates" and "distance" show why; "sampling": drawing n of n
-- examples with replacement sees only 63 % of them.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.1, help = "first learning rate"},
  steps = {default = 50, help = "of the paths"},
  steps_exponential = {default = 1000, help = "of the path with exponential decay"},
  noise = {default = 1.0, help = "standard deviation of a gradient's noise"},
  decay = {default = 0.1, help = "of the learning rate, a step"},
  power = {default = 0.5, help = "of the polynomial decay"},
  examples = {default = 1500, help = "that are sampled"},
  repeats = {default = 20, help = "of the sampling"},
}

local function f(x1, x2) return x1 ^ 2 + 2 * x2 ^ 2 end

-- The gradient of f, seen through noise.
local function noisy_gradient(x1, x2)
  local noise = lab.normal(0, p.noise, {2}, {dtype = "float64"}):tolist()
  return 2 * x1 + noise[1], 4 * x2 + noise[2]
end

-- eta(t), t = 1, 2, ...
local function constant() return p.lr end
local function exponential(t) return p.lr * math.exp(-p.decay * t) end
local function polynomial(t) return p.lr * (1 + p.decay * t) ^ -p.power end

local function sgd(eta)
  return function(x, grad, _, t) return x - eta(t) * grad end
end

local runs = {
  {name = "constant", eta = constant, steps = p.steps},
  {name = "exponential", eta = exponential, steps = p.steps_exponential},
  {name = "polynomial", eta = polynomial, steps = p.steps},
}
for _, run in ipairs(runs) do
  run.path = train.descend(f, {-5, -2}, sgd(run.eta), run.steps, {grad = noisy_gradient})
  train.report(run.name, run.path, run.name .. " learning rate")
  local title = ("%s learning rate, %d steps"):format(run.name, run.steps)
  plot.trace2d(f, run.path, {title = title}):save("trace-" .. run.name)
end

-- The schedules, and how far each run is from the minimum.
local rates = plot.figure {title = "Learning rate", xlabel = "step", ylabel = "eta"}
local distances = plot.figure {title = "Distance to the minimum", xlabel = "step", ylabel = "|x|", logy = true}
local t = lab.arange(0, p.steps + 1):tolist()
for _, run in ipairs(runs) do
  local eta, distance = {}, {}
  for i = 1, #t do
    eta[i] = run.eta(t[i])
    local x = run.path[i] or {0 / 0, 0 / 0} -- not reached where the path diverged
    distance[i] = math.sqrt(x[1] ^ 2 + x[2] ^ 2)
  end
  rates:line(t, eta, {label = run.name})
  distances:line(t, distance, {label = run.name})
end
rates:save("learning-rates")
distances:save("distance")

-- Finite samples: n draws with replacement against one pass in random order. Expected are 1 - 1/e and 1/e.
local n = p.examples
local function counts(draws)
  local count = {}
  for i = 1, n do count[i] = 0 end
  for _, i in ipairs(draws:tolist()) do count[i] = count[i] + 1 end
  return count
end

local function share(count, fits)
  local hits = 0
  for i = 1, n do hits = hits + (fits(count[i]) and 1 or 0) end
  return hits / n
end

local function sampling(name, draw)
  local at_least_once, exactly_once = 0, 0
  for _ = 1, p.repeats do
    local count = counts(draw())
    at_least_once = at_least_once + share(count, function(k) return k >= 1 end) / p.repeats
    exactly_once = exactly_once + share(count, function(k) return k == 1 end) / p.repeats
  end
  train.record("sampling " .. name, 1, {at_least_once = at_least_once, exactly_once = exactly_once})
  print(("%s replacement: at least once %.2f, exactly once %.2f"):format(name, at_least_once, exactly_once))
end

local function with_replacement() return lab.randint(1, n + 1, {n}) end
local function without_replacement() return lab.randperm(n) end
sampling("with", with_replacement)
sampling("without", without_replacement)

-- The share of examples seen after t draws.
local function seen(draws)
  local list, marked, total = {0}, {}, 0
  for i, example in ipairs(draws:tolist()) do
    if not marked[example] then marked[example], total = true, total + 1 end
    list[i + 1] = total / n
  end
  return list
end

local fig = plot.figure {title = "Share of the examples seen", xlabel = "draws / n", ylabel = "share", ylim = {0, 1.05}}
local draws = lab.arange(0, n + 1) / n
fig:line(draws, seen(with_replacement()), {label = "with replacement"})
fig:line(draws, seen(without_replacement()), {label = "without replacement"})
fig:hline(1 - math.exp(-1), {style = ":", color = "gray"})
fig:save("sampling")
