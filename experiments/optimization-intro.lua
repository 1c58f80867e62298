--- Optimization and deep learning: what stands between a descent and the minimum.
-- Book section: "Optimization and Deep Learning".
-- Exercises: experiments/exercises/optimization-intro-1.lua, -2 and -4 (3 is for discussion).
-- More claims: experiments/claims/optimization-intro-noise.lua (noise against local minima),
-- optimization-intro-eigenvalues.lua (minimum, maximum or saddle point).
--
-- The question: why is the smallest training loss not the goal, and what makes even that hard to
-- reach?
-- The figures: "risk", the risk f and the rougher empirical risk g, whose minima lie apart;
-- "local-minimum", a local and a global minimum of x cos(πx); "saddle-1d" and "saddle-2d",
-- points where the gradient vanishes without a minimum; "vanishing-gradient", tanh, so flat at x
-- = 4 that a descent that starts there hardly moves.
-- The book's plot(x, [f(x), g(x)], 'x', 'risk') is plot.figure{...} with one fig:line a curve, its
-- annotate(text, xy, xytext) is fig:annotate with the same arguments, plot_wireframe is
-- fig:wireframe.
-- What to notice: the arrows point to minima that the script looks up; the book's were read off by
-- eye. The point that is best for g costs 0.03 more risk than the best one. From x = 4 a hundred
-- steps move tanh's x by 0.014; the line after it says how many steps it takes to pass x = 0.
local lab = require "optlab"
local plot, train, cos, pi = lab.plot, lab.train, lab.cos, math.pi

local p = lab.params {
  start = {default = 4.0, help = "where the descent of tanh begins"},
  lr = {default = 0.1, help = "its learning rate"},
  steps = {default = 100, help = "its steps"},
}
local float64 = {dtype = "float64"}

local function f(x) return x * cos(pi * x) end
local function g(x) return f(x) + 0.2 * cos(5 * pi * x) end

-- The lowest of the points x of a curve, as {x, value}.
local function lowest(fn, x)
  local i = fn(x):argmin():item()
  return {x[i]:item(), fn(x[i]):item()}
end

-- Risk and empirical risk: the best point for the data at hand is not the best point.
local x = lab.arange(0.5, 1.5, 0.01, float64)
local best, best_empirical = lowest(f, x), lowest(g, x)
local fig = plot.figure {title = "Risk and empirical risk", xlabel = "x", ylabel = "risk"}
fig:line(x, f(x), {label = "risk"})
fig:line(x, g(x), {label = "empirical risk"})
fig:annotate("min of\nempirical risk", best_empirical, {0.55, -1.15})
fig:annotate("min of risk", best, {0.95, -0.5})
fig:save("risk")
local excess = f(best_empirical[1]) - best[2]
train.record("risk", 0, {x = best[1], minimum = best[2]})
train.record("empirical risk", 0, {x = best_empirical[1], minimum = best_empirical[2], excess = excess})
print(("risk: minimum %.3f at %.2f; empirical risk: minimum %.3f at %.2f"):format(best[2], best[1], best_empirical[2],
  best_empirical[1]))
print(("the minimum of the empirical risk has %.3f more risk than the best point"):format(excess))

-- Local minima: where a descent ends depends on where it starts.
x = lab.arange(-1.0, 2.0, 0.01, float64)
local near, global = lowest(f, lab.arange(-1.0, 0.0, 0.01, float64)), lowest(f, x)
fig = plot.figure {title = "f(x) = x cos(πx)", xlabel = "x", ylabel = "f(x)"}
fig:line(x, f(x))
fig:annotate("local minimum", near, {-0.77, -1.0})
fig:annotate("global minimum", global, {0.6, 0.8})
fig:save("local-minimum")
train.record("local minimum", 0, {x = near[1], minimum = near[2]})
train.record("global minimum", 0, {x = global[1], minimum = global[2]})
print(("x cos(pi x): local minimum %.3f at %.2f, global minimum %.3f at %.2f"):format(near[2], near[1], global[2],
  global[1]))
print(("the book's arrows end beside the curve: at -0.25 for f(-0.3) = %.3f,"):format(f(-0.3)))
print(("and at -0.95 for f(1.1) = %.3f"):format(f(1.1)))

-- Saddle points: the gradient is zero, and yet there is no minimum.
x = lab.arange(-2.0, 2.0, 0.01, float64)
fig = plot.figure {title = "f(x) = x³", xlabel = "x", ylabel = "f(x)"}
fig:line(x, x ^ 3)
fig:annotate("saddle point", {0, 0}, {-0.52, -5.0})
fig:save("saddle-1d")

local function saddle(x1, x2) return x1 ^ 2 - x2 ^ 2 end
fig = plot.figure {
  title = "f(x, y) = x² - y²", xlabel = "x", ylabel = "y", xticks = {-1, 0, 1}, yticks = {-1, 0, 1},
  zticks = {-1, 0, 1}, size = {560, 480},
}
fig:wireframe(saddle, {x = {-1, 1, 0.2}, y = {-1, 1, 0.2}, transparent = true})
fig:points({0}, {0}, {0}, {style = "x", color = "red", size = 2})
fig:save("saddle-2d")
local H = lab.func.hessian(function(v) return saddle(v[1], v[2]) end)(lab.zeros(2, float64))
print(("Hessian of x^2 - y^2 at (0, 0): diag(%g, %g), one eigenvalue of each sign"):format(H[{1, 1}]:item(),
  H[{2, 2}]:item()))

-- Vanishing gradients: f'(x) = 1 - tanh(x)^2 is tiny long before tanh reaches its bound.
local slope = lab.func.grad(lab.tanh)(p.start)
local stuck = train.descend(lab.tanh, p.start, function(v, grad) return v - p.lr * grad end, p.steps)
x = lab.arange(-2.0, 5.0, 0.01, float64)
fig = plot.figure {title = "f(x) = tanh(x)", xlabel = "x", ylabel = "f(x)"}
fig:line(x, lab.tanh(x))
fig:annotate("vanishing gradient", {p.start, lab.tanh(p.start)}, {2, 0.0})
fig:save("vanishing-gradient")
print(("tanh'(%g) = %.4f"):format(p.start, slope))
train.report("tanh", stuck, ("f(x) = tanh(x), eta = %g, from %g"):format(p.lr, p.start))

local v, waited = p.start, 0
while v > 0 and waited < 1e5 do v, waited = v - p.lr * (1 - lab.tanh(v) ^ 2), waited + 1 end
train.record("tanh passes 0", 0, {steps = waited})
print(("the same descent passes x = 0 after %d steps"):format(waited))
