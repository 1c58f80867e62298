--- What does RMSProp do on the turned function?
-- Book section: "RMSProp", exercise 2. Asked: convergence on f(x) = 0.1 (x1 + x2)^2 + 2 (x1 -
-- x2)^2.
--
-- Answer: both coordinates see nearly the same gradients, so they get nearly the same rate, and
-- RMSProp no longer evens out the two curvatures. It is behind after 40 steps; in the end it swings
-- by eta / 2 in both coordinates, and on the turned function that costs more. (The book's function
-- is also stretched by sqrt 2: see adagrad-2.)
-- The figure: "values", f against the step for both.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.4, help = "eta"},
  gamma = {default = 0.9, min = 0, max = 1, help = "what the average keeps"},
  steps = {default = 200, min = 40, help = "of each descent"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local function turned(x1, x2) return 0.1 * (x1 + x2) ^ 2 + 2 * (x1 - x2) ^ 2 end

local function rmsprop(ratio)
  return function(x, g, state, t)
    state.s = p.gamma * (state.s or 0) + (1 - p.gamma) * g ^ 2
    local rate = p.lr / lab.sqrt(state.s + 1e-6)
    ratio[t] = (rate[1] / rate[2]):item()
    return x - rate * g
  end
end

local fig = plot.figure {title = ("RMSProp, η = %g, γ = %g"):format(p.lr, p.gamma), xlabel = "step", ylabel = "f(x)",
  logy = true, legend = "bottom right"}
for _, case in ipairs {{"f", f}, {"turned f", turned}} do
  local name, g = case[1], case[2]
  local ratio, values, t = {}, {}, {}
  local path = train.descend(g, {-5, -2}, rmsprop(ratio), p.steps)
  for i, x in ipairs(path) do
    local value = g(x[1], x[2])
    t[i], values[i] = i - 1, value > 0 and value or 0 / 0
  end
  local at_40 = values[41] or 0 / 0 -- nan if the descent diverged before
  print(("%-8s f = %.2g after 40 steps, %.3f after %d; ratio of the rates %.3g"):format(name, at_40,
    values[#values], #path - 1, ratio[5] or 0 / 0))
  train.record(name, 40, {f = at_40, rates = ratio[5] or 0 / 0})
  train.record(name, #path - 1, {f = values[#values]})
  fig:line(t, values, {label = name})
end
fig:save("values")
