--- How many local minima has x^2 (1 + sin x), and can f be changed so that all must be looked at?
-- Book section: "Stochastic Gradient Descent", exercise 5.
--
-- f >= 0, and f = 0 at 0 and wherever sin x = -1, at -pi/2 + 2 pi k for each integer k: infinitely
-- many minima, and as all have the value 0, any one of them will do. They are counted by the
-- changes of sign of f' in [-X, X].
-- The book's English text asks for an f whose minimization needs a look at all of them, the Chinese
-- text for one that needs fewer. (1) f + 3 cos(sqrt(2) x) gives each valley a depth of its own, without
-- a pattern: the best one changes as X grows, and no valley tells about the next. (2) In
-- x^2 (1 + a sin x) minima begin only at |x| of about 2 / a; x^2 + sin x, with f'' = 2 - sin x > 0,
-- is convex and has one.
-- The figure: "minima", f and the changed f. What to notice: the valleys of f all reach 0.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {step = {default = 0.003, help = "of the grid on which f' is computed"}}

local function f(x) return x ^ 2 * (1 + lab.sin(x)) end
local function uneven(x) return f(x) + 3 * lab.cos(math.sqrt(2) * x) end
local function convex(x) return x ^ 2 + lab.sin(x) end

-- The minima of g in [-X, X]: how many, the best and its value.
local function minima(g, X)
  local xs = lab.arange(-X + p.step / 2, X, p.step, {dtype = "float64"})
  local slopes = lab.func.grad(function(x) return g(x):sum() end)(xs):tolist()
  local values, points = g(xs):tolist(), xs:tolist()
  local count, best = 0, 1
  for i = 1, #slopes - 1 do
    if slopes[i] < 0 and slopes[i + 1] >= 0 then
      count = count + 1
      if values[i] < values[best] then best = i end
    end
  end
  return count, points[best], values[best]
end

for _, case in ipairs {{"x^2 (1 + sin x)", f}, {"f + 3 cos(sqrt(2) x)", uneven}, {"x^2 + sin x", convex}} do
  for _, X in ipairs {10, 20, 40, 80} do
    local count, x, value = minima(case[2], X)
    train.record(case[1], X, {minima = count, x = x, value = value})
    print(("%-21s in [-%d, %d] minima: %2d, the best at %7.3f: %.3f"):format(case[1], X, X, count, x, value))
  end
end
for _, a in ipairs {0.5, 0.1, 0.02} do
  local count = minima(function(x) return x ^ 2 * (1 + a * lab.sin(x)) end, 80)
  train.record("a", a, {minima = count})
  print(("x^2 (1 + %g sin x) in [-80, 80] minima: %d"):format(a, count))
end

plot.figure {xlabel = "x", ylabel = "f(x)", xlim = {-20, 20}, ylim = {-5, 50}, title = "Minima without an end"}
  :line(f, {label = "x² (1 + sin x)", x = {-20, 20, 0.05}})
  :line(uneven, {label = "x² (1 + sin x) + 3 cos(√2 x)", x = {-20, 20, 0.05}}):save("minima")
