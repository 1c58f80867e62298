--- Optimization and deep learning: what stands between a descent and the minimum.
-- Book section: "Optimization and Deep Learning".
--
-- The question: why is the smallest training loss not the goal, and what makes even that hard to
-- reach?
-- The figures: "risk", the risk f and the rougher empirical risk g, whose minima lie apart;
-- "local-minimum", a local and a global minimum of x cos(pi x); "saddle-1d" and "saddle-2d",
-- points where the gradient vanishes without a minimum; "vanishing-gradient", tanh, so flat at x
-- = 4 that a descent that starts there hardly moves.
local lab = require "optlab"
local plot, cos, pi = lab.plot, lab.cos, math.pi

local p = lab.params {
  start = {default = 4.0, help = "where the descent of tanh begins"},
  lr = {default = 0.1, help = "its learning rate"},
  steps = {default = 100, help = "its steps"},
}

local function f(x) return x * cos(pi * x) end
local function g(x) return f(x) + 0.2 * cos(5 * pi * x) end

-- The lowest of the points x of a curve, as {x, value}.
local function lowest(fn, x)
  local i = fn(x):argmin():item()
  return {x[i]:item(), fn(x[i]):item()}
end

-- Risk and empirical risk: the best point for the data at hand is not the best point.
local x = lab.arange(0.5, 1.5, 0.01, {dtype = "float64"})
local best, best_empirical = lowest(f, x), lowest(g, x)
local fig = plot.figure {title = "Risk and empirical risk", xlabel = "x", ylabel = "risk"}
fig:line(x, f(x), {label = "risk"})
fig:line(x, g(x), {label = "empirical risk"})
fig:annotate("min of\nempirical risk", best_empirical, {0.55, -1.15})
fig:annotate("min of risk", best, {0.95, -0.5})
fig:save("risk")
lab.train.record("risk", 0, {x = best[1], minimum = best[2]})
lab.train.record("empirical risk", 0, {x = best_empirical[1], minimum = best_empirical[2]})
print(("risk: minimum %.3f at %.2f; empirical risk: minimum %.3f at %.2f"):format(best[2], best[1], best_empirical[2],
  best_empirical[1]))

-- Local minima: where a descent ends depends on where it starts.
x = lab.arange(-1.0, 2.0, 0.01, {dtype = "float64"})
fig = plot.figure {title = "f(x) = x cos(pi x)", xlabel = "x", ylabel = "f(x)"}
fig:line(x, f(x))
fig:annotate("local minimum", lowest(f, lab.arange(-1.0, 0.0, 0.01, {dtype = "float64"})), {-0.77, -1.0})
fig:annotate("global minimum", lowest(f, x), {0.6, 0.8})
fig:save("local-minimum")

-- Saddle points: the gradient is zero, and yet there is no minimum.
x = lab.arange(-2.0, 2.0, 0.01, {dtype = "float64"})
fig = plot.figure {title = "f(x) = x^3", xlabel = "x", ylabel = "f(x)"}
fig:line(x, x ^ 3)
fig:annotate("saddle point", {0, 0}, {-0.52, -5.0})
fig:save("saddle-1d")

local function saddle(x1, x2) return x1 ^ 2 - x2 ^ 2 end
fig = plot.figure {
  title = "f(x, y) = x^2 - y^2", xlabel = "x", ylabel = "y", xticks = {-1, 0, 1}, yticks = {-1, 0, 1},
  size = {560, 480},
}
fig:wireframe(saddle, {x = {-1, 1, 0.1}, y = {-1, 1, 0.1}})
fig:points({0}, {0}, {0}, {style = "x", color = "red", size = 2})
fig:save("saddle-2d")
local H = lab.func.hessian(function(v) return saddle(v[1], v[2]) end)(lab.zeros(2, {dtype = "float64"}))
print(("Hessian of x^2 - y^2 at (0, 0): diag(%g, %g), one eigenvalue of each sign"):format(H[{1, 1}]:item(),
  H[{2, 2}]:item()))

-- Vanishing gradients: f'(x) = 1 - tanh(x)^2 is tiny long before tanh reaches its bound.
local slope = lab.func.grad(lab.tanh)(p.start)
local stuck = lab.train.descend(lab.tanh, p.start, function(v, grad) return v - p.lr * grad end, p.steps)
x = lab.arange(-2.0, 5.0, 0.01, {dtype = "float64"})
fig = plot.figure {title = "f(x) = tanh(x)", xlabel = "x", ylabel = "f(x)"}
fig:line(x, lab.tanh(x))
fig:annotate("vanishing gradient", {p.start, lab.tanh(p.start)}, {2, 0.0})
fig:save("vanishing-gradient")
print(("tanh'(%g) = %.4f"):format(p.start, slope))
lab.train.report("tanh", stuck, ("f(x) = tanh(x), eta = %g, from %g"):format(p.lr, p.start))
