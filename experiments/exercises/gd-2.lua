--- Line search in an interval: are derivatives needed, and how fast is it?
-- Book section: "Gradient Descent", exercise 2.
--
-- Bisection keeps [a, b] around the minimum of a convex f: at the middle m, f'(m) < 0 says that the
-- minimum lies in [m, b], f'(m) > 0 that it lies in [a, m].
-- (1) The values at a, m and b cannot say so: g(x) = max(-x, 2x - 1) and g(-x) have the same values
-- 1, 0, 1 at -1, 0, 1, but their minima are at 1/3 and -1/3. Without a derivative it takes two
-- points inside: golden section search places them so that each step needs one new value of f.
-- (2) Each step keeps 1/2 of the interval with f', 0.618 of it without: linear convergence, 3.3 and
-- 4.8 steps for a digit. (3) The minimum of log(exp(x) + exp(-2x - 3)) is at (ln 2 - 3) / 3.
local lab = require "optlab"
local train = lab.train

local p = lab.params {steps = {default = 40, help = "of each search"}}

local function f(x) return lab.log(lab.exp(x) + lab.exp(-2 * x - 3)) end
local slope = lab.func.grad(f)
local minimum = (math.log(2) - 3) / 3

local function bisection(a, b)
  local m = (a + b) / 2
  if slope(m) < 0 then return m, b end
  return a, m
end

-- f(c) is known from the step before in a real search, so that a step costs one value; here both are computed.
local golden = (math.sqrt(5) - 1) / 2
local function golden_section(a, b)
  local c, d = b - golden * (b - a), a + golden * (b - a)
  if f(c) < f(d) then return a, d end
  return c, b
end

for _, search in ipairs {{"bisection", bisection}, {"golden section", golden_section}} do
  local name, step = search[1], search[2]
  local a, b = -10, 10
  for _ = 1, p.steps do a, b = step(a, b) end
  local x, factor = (a + b) / 2, ((b - a) / 20) ^ (1 / p.steps)
  train.record(name, p.steps, {x = x, error = math.abs(x - minimum), factor = factor})
  print(("%-14s x = %.6f, error %.1e, %.3f of [a, b] kept a step"):format(name, x, math.abs(x - minimum),
    factor))
end
print(("exact          x = %.6f"):format(minimum))

local function g(x) return math.max(-x, 2 * x - 1) end
print(("g at -1, 0, 1: %g %g %g, its mirror image: %g %g %g; but g(1/3) = %.3f,"):format(g(-1), g(0), g(1), g(1), g(0),
  g(-1), g(1 / 3)))
print "so the minima lie in different halves: values at a, m and b cannot tell which."
