--- Newton's method with the whole Hessian, in d dimensions.
-- Book section: "Gradient Descent". Claims: the step is -H^-1 grad f; one step minimizes a quadratic
-- function; diag(H) alone is less exact, but better than nothing; all of H is too large for a network.
--
-- A convex f of d numbers bends up to a thousand times as much along one axis as along another.
-- Three directions, -grad, -diag(H)^-1 grad and -H^-1 grad, each with the best step along it.
-- The figure: "newton-full", f above its minimum; on the left the axes of f are the coordinates, on
-- the right they are turned at random. What to notice: the whole Hessian needs a few steps in both.
-- The diagonal is all of H on the left. On the right it is no better than the gradient:
-- preconditioning repairs coordinates of different scale and nothing else.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local plot, train = lab.plot, lab.train

local p = lab.params {
  d = {default = 5, min = 2, help = "dimensions"},
  condition = {default = 1000, help = "largest curvature over smallest"},
  steps = {default = 40, help = "of each descent"},
  small = {default = 1e-10, help = "f that counts as the minimum"},
}

local float64 = {dtype = "float64"}
local curvatures = {}
for i = 1, p.d do curvatures[i] = p.condition ^ ((i - 1) / (p.d - 1)) end
curvatures = lab.tensor(curvatures, float64)
local aligned, turned = lab.eye(p.d, float64), matrix.orthogonal(p.d)
local start = lab.linspace(0.5, 2, p.d):to("float64")

-- The step along a direction to where the slope is zero, by bisection.
local function best_step(gradient, x, direction)
  local function slope(eta) return gradient(x + eta * direction):dot(direction):item() end
  local a, b = 0, 1
  while slope(b) < 0 do a, b = b, 2 * b end
  for _ = 1, 40 do
    local middle = (a + b) / 2
    if slope(middle) < 0 then a = middle else b = middle end
  end
  return x + (a + b) / 2 * direction
end

local DIRECTIONS = {
  {name = "gradient", of = function(_, grad) return -grad end},
  {name = "diag(H)", of = function(H, grad) return -grad / (H * aligned):sum(1) end},
  {name = "H", of = function(H, grad) return -matrix.inverse(H):mv(grad) end},
}

local figures = {}
for _, case in ipairs {{"coordinates", aligned}, {"turned axes", turned}} do
  local where, turn = case[1], case[2]
  local function f(x)
    local y = turn:mv(x)
    return (curvatures * (y:cosh():log() + 0.05 * y ^ 2)):sum()
  end
  local gradient, hessian = lab.func.grad(f), lab.func.hessian(f)
  local fig = plot.figure {title = where, xlabel = "step", ylabel = "f - f*", logy = true, ylim = {1e-12, 1e4}}
  for _, direction in ipairs(DIRECTIONS) do
    local path = train.descend(f, start, function(x, grad)
      return best_step(gradient, x, direction.of(hessian(x), grad))
    end, p.steps)
    local values, steps = {}, p.steps + 1 -- more than there are: not reached
    for i, x in ipairs(path) do
      local v = f(lab.tensor(x, float64)):item()
      values[i] = v > 1e-13 and v or 0 / 0
      if v < p.small then steps = math.min(steps, i - 1) end
    end
    local last = f(lab.tensor(path[#path], float64)):item()
    train.record(where .. ", " .. direction.name, p.steps, {steps = steps, f = last})
    local reached = ("f below %g after %d steps"):format(p.small, steps)
    local missed = ("f = %.3g after %d steps"):format(last, p.steps)
    print(("%-12s %-9s %s"):format(where, direction.name, steps <= p.steps and reached or missed))
    fig:line(lab.arange(0, #values), values, {label = direction.name, style = "-o"})
  end
  figures[#figures + 1] = fig
end
plot.grid(figures, {title = "Steps with the gradient, with diag(H) and with all of H", size = {640, 400}})
  :save("newton-full")

-- A quadratic f: one step x - H^-1 grad.
local function quadratic(x) return 0.5 * (curvatures * turned:mv(x) ^ 2):sum() end
local H = lab.func.hessian(quadratic)(start)
local after = (start - matrix.inverse(H):mv(lab.func.grad(quadratic)(start))):norm():item()
train.record("quadratic", 1, {distance = after})
print(("A quadratic f in %d dimensions: |x| = %.3f, after one Newton step %.1g"):format(p.d,
  start:norm():item(), after))

local parameters = 0
for _, w in ipairs(lab.book.lenet():parameters()) do parameters = parameters + w:numel() end
train.record("LeNet", 1, {parameters = parameters, gigabytes = parameters ^ 2 * 4 / 1e9})
print(("LeNet has %d parameters, its Hessian %.1f GB in float32, the diagonal %.2f MB"):format(parameters,
  parameters ^ 2 * 4 / 1e9, parameters * 4 / 1e6))
