--- Stochastic gradient descent: noise keeps a constant learning rate away from the minimum.
-- Book section: "Stochastic Gradient Descent". Exercises: experiments/exercises/sgd-1.lua to
-- sgd-5.lua. More of its claims: experiments/claims/sgd-unbiased.lua, sgd-bound.lua and
-- sgd-replacement.lua.
--
-- The question: when every gradient carries N(0, 1) noise, how should the learning rate eta(t)
-- fall?
-- The book's constant_lr, exponential_lr and polynomial_lr are functions eta(t) here, and its sgd,
-- which adds the noise itself, is a rule with a noisy gradient. Its t starts at 1 and is counted up
-- before it is used: step 1 has the rate eta(2). So it is here, and in the figures.
-- The figures: "trace-constant" keeps trembling around the minimum; "trace-piecewise" trembles
-- less from step 25 on; "trace-exponential", eta exp(-0.1 t), stops too early even after 1000 steps;
-- "trace-polynomial", eta (1 + 0.1 t)^-0.5, is close after 50; "learning-rates" and "distance", the
-- mean of many runs, show why; "sampling": drawing n of n examples with replacement sees only 63 %
-- of them.
-- What to notice: where the four paths end is chance, the means are not. From step 50 to 1000 the
-- constant rate gains nothing and the exponential one hardly anything: all its steps together are
-- too short to reach the minimum, whatever the noise does.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.1, help = "first learning rate"},
  steps = {default = 50, help = "of the paths"},
  steps_exponential = {default = 1000, help = "of the path with exponential decay, and of the means"},
  runs = {default = 200, help = "that a mean is taken of"},
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

local function constant() return p.lr end
local piecewise = lab.sched.MultiFactor {base_lr = p.lr, step = {26, 101, 401}, factor = 0.3}
local function exponential(t) return p.lr * math.exp(-p.decay * t) end
local function polynomial(t) return p.lr * (1 + p.decay * t) ^ -p.power end

-- The rate of step 1, 2, ... is eta(2), eta(3), ..., as in the book's code.
local function sgd(eta)
  return function(x, grad, _, step) return x - eta(step + 1) * grad end
end

-- The mean distance to the minimum after each step, of many runs at once: x is (runs, 2).
local function mean_distance(eta, steps)
  local x = lab.tensor({{-5, -2}}, {dtype = "float64"}):expand(p.runs, 2)
  local slope, rule, mean, deviation = lab.tensor({2, 4}, {dtype = "float64"}), sgd(eta), {}, nil
  for step = 1, steps do
    x = rule(x, slope * x + lab.normal(0, p.noise, {p.runs, 2}, {dtype = "float64"}), nil, step)
    local distance = (x ^ 2):sum(2):sqrt()
    mean[step], deviation = distance:mean():item(), distance:std():item()
  end
  return mean, deviation
end

local rates = plot.figure {title = "Learning rate of each step", xlabel = "step", ylabel = "η"}
local distances = plot.figure {title = ("Distance to the minimum, mean of %d runs"):format(p.runs), xlabel = "step",
  ylabel = "|x|", logx = true, logy = true}
for _, run in ipairs {
  {name = "constant", eta = constant, steps = p.steps},
  {name = "piecewise", long = "piecewise constant", eta = piecewise, steps = p.steps},
  {name = "exponential", eta = exponential, steps = p.steps_exponential},
  {name = "polynomial", eta = polynomial, steps = p.steps},
} do
  local path = train.descend(f, {-5, -2}, sgd(run.eta), run.steps, {grad = noisy_gradient})
  local label = run.long or run.name
  train.report(run.name, path, label .. " learning rate")
  local title = ("%s learning rate, %d steps"):format(label, run.steps)
  plot.trace2d(f, path, {title = title}):save("trace-" .. run.name)

  local mean, deviation = mean_distance(run.eta, math.max(p.steps, p.steps_exponential))
  for _, step in ipairs {p.steps, #mean} do train.record(run.name .. " mean", step, {distance = mean[step]}) end
  print(("  %d runs: mean distance %.3f after %d steps, %.3f (spread %.3f) after %d"):format(p.runs,
    mean[p.steps], p.steps, mean[#mean], deviation, #mean))
  local drawn = {}
  for step = 1, p.steps do drawn[step] = run.eta(step + 1) end
  rates:line(lab.arange(1, p.steps + 1), drawn, {label = label})
  distances:line(lab.arange(1, #mean + 1), mean, {label = label})
end
rates:save("learning-rates")
distances:save("distance")

-- Without noise: x1 after steps with eta(first), eta(first + 1), ... is -5 times the product of 1 - 2 eta.
local function noiseless(first)
  local x1 = -5
  for t = first, first + p.steps_exponential - 1 do x1 = x1 * (1 - 2 * exponential(t)) end
  return x1
end
train.record("exponential limit", 2, {x1 = noiseless(2)})
train.record("exponential limit", 1, {x1 = noiseless(1)})
print(("exponential, without noise: x1 ends at %.3f; if t began at 1: %.3f"):format(noiseless(2),
  noiseless(1)))

-- Finite samples: n draws with replacement against one pass in random order. Expected are 1 - 1/e and 1/e.
local n = p.examples
local function with_replacement() return lab.randint(1, n + 1, {n}) end
local function without_replacement() return lab.randperm(n) end

-- The share of examples seen after each draw, and that of those drawn exactly once in the end.
local function shares(draws)
  local seen, times, total, once = {0}, {}, 0, 0
  for i, example in ipairs(draws:tolist()) do
    times[example] = (times[example] or 0) + 1
    if times[example] == 1 then total, once = total + 1, once + 1 end
    if times[example] == 2 then once = once - 1 end
    seen[i + 1] = total / n
  end
  return seen, once / n
end

local fig = plot.figure {title = "Share of the examples seen", xlabel = "draws / n", ylabel = "share", ylim = {0, 1.05}}
for _, way in ipairs {{"with", with_replacement}, {"without", without_replacement}} do
  local name, draw = way[1], way[2]
  local at_least_once, exactly_once, seen = 0, 0, nil
  for _ = 1, p.repeats do
    local once
    seen, once = shares(draw())
    at_least_once, exactly_once = at_least_once + seen[n + 1] / p.repeats, exactly_once + once / p.repeats
  end
  train.record("sampling " .. name, 1, {at_least_once = at_least_once, exactly_once = exactly_once})
  print(("%s replacement: at least once %.2f, exactly once %.2f"):format(name, at_least_once, exactly_once))
  fig:line(lab.arange(0, n + 1) / n, seen, {label = name .. " replacement"})
end
fig:hline(1 - math.exp(-1), {style = ":", color = "gray"})
fig:save("sampling")
