--- The bound r L / sqrt(T) on stochastic gradient descent for convex functions.
-- Book section: "Stochastic Gradient Descent". Claims: with eta = r / (L sqrt(T)) the mean of the
-- points visited satisfies E R(mean) - R* <= r L / sqrt(T); progress ends where R - R* is below
-- eta L^2 / 2, so eta must vanish.
--
-- f(xi, x) = |x1 - xi1| + |x2 - xi2|, where xi1 and xi2 are -1, 0 or 1, is convex, and its gradients
-- have the norm L = sqrt(2). R is known: 2/3 + |x| / 3 for each |x| <= 1, else |x|; R* = 4/3 at 0.
-- Many runs for each T, from points at the distance r = 5 from x*. The figure: "bound". What to notice: the mean of the
-- points stays below the bound for every T and falls at its speed; the last point, of which the
-- proof does not speak, still trembles and is worse.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {runs = {default = 50, help = "of each number of steps"}}

local float64 = {dtype = "float64"}
local r, L = 5, math.sqrt(2)

-- R - R* of each run; x is (runs, 2).
local function excess(x)
  local size = x:abs()
  return lab.where(size:le(1), size / 3, size - 2 / 3):sum(2)
end

-- Runs T steps from random points of the circle; returns the mean of the points, the last one, and E R(x_t) - R* of
-- each t = 1 .. T.
local function descend(T)
  local angle = 2 * math.pi * lab.rand(p.runs, float64)
  local x = r * lab.stack({lab.cos(angle), lab.sin(angle)}, 2)
  local eta, total, expected = r / (L * math.sqrt(T)), lab.zeros(p.runs, 2, float64), {}
  for t = 1, T do
    total:add_(x)
    expected[t] = T <= 1000 and excess(x):mean():item()
    x = x - eta * lab.sign(x - lab.randint(-1, 2, {p.runs, 2}))
  end
  return total / T, x, expected
end

local steps, bounds, means, lasts, weighted = {10, 100, 1000, 10000}, {}, {}, {}, nil
for i, T in ipairs(steps) do
  local mean, last, expected = descend(T)
  local gap = excess(mean)
  bounds[i], means[i], lasts[i] = r * L / math.sqrt(T), gap:mean():item(), excess(last):mean():item()
  train.record("T", T, {bound = bounds[i], mean = means[i], last = lasts[i]})
  print(("T = %5d: bound %.4f, mean point %.4f (spread %.4f), last point %.4f"):format(T, bounds[i], means[i],
    gap:std():item(), lasts[i]))
  if T == 100 then weighted = expected end
end

plot.figure {title = "E R(x) - R*", xlabel = "T", ylabel = "above the minimum", logx = true, logy = true}
  :line(steps, bounds, {label = "bound r L / √T"}):line(steps, means, {label = "mean of the points", style = "-o"})
  :line(steps, lasts, {label = "last point", style = "-o"}):save("bound")

-- The book writes [E[mean]] - R*, a point minus a number; it must be E[R(mean)] - R*. It also takes E[R(x_t)] out of a
-- sum over t, as if it were the same for all t.
local sum = 0
for _, v in ipairs(weighted) do sum = sum + v / #weighted end
train.record("outside the sum", 100, {mean = sum, first = weighted[1], last = weighted[100]})
print(("eta L^2 / 2 for T = 100: %.3f; R - R* no longer falls there, it ends at %.3f"):format(bounds[2] / 2, lasts[2]))
print(("E R(x_t) - R* for T = 100: %.3f at t = 1, %.3f at t = 100, mean %.3f:"):format(weighted[1], weighted[100], sum))
print "the mean over t is not \"E R(x_t)\", which the book takes out of the sum;"
print "and for [E[mean]] - R* read E[R(mean)] - R*."
