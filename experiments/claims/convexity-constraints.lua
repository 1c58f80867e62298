--- How is a function minimised under a constraint: Lagrangian, penalty or projection?
-- Book section: "Convexity". Claims: the solution is a saddle point of L(x, α) = f(x) + Σ αᵢ cᵢ(x),
-- a minimum in x and a maximum in α >= 0; at a wall the gradients of f and c balance; a constraint
-- that is not touched has α = 0; a penalty λ/2 |x|² keeps |x| below some radius r, the smaller the
-- larger λ is, and so approximates the constraint.
--
-- f = (x1 - 2)² + 2 (x2 - 1)² has its minimum outside the ball c1 = |x|² - r² <= 0 and inside the
-- half plane c2 = x2 - 0.9 <= 0 at the solution. The three ways: descent in x and ascent in α,
-- f with a penalty, descent with a projection after every step.
-- The figures: "penalty", the paths and the minima with a penalty; "multipliers", α1 and α2 step
-- by step. What to notice: all three ways come to the same point, the penalty for the one value
-- λ = 2 α1, since then f + λ/2 |x|² is L(x, α1) but for a constant. α2 rises while the path is
-- beyond its line and returns to 0.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  radius = {default = 1.0, help = "r of the ball"},
  lr = {default = 0.1, help = "learning rate of the descent with projections and of the Lagrangian"},
  steps = {default = 200, help = "of each descent"},
}
local float64 = {dtype = "float64"}

local function f(x1, x2) return (x1 - 2) ^ 2 + 2 * (x2 - 1) ^ 2 end
local function ball(x1, x2) return x1 ^ 2 + x2 ^ 2 - p.radius ^ 2 end
local function line(_, x2) return x2 - 0.9 end
local function length(v) return math.sqrt(v[1] ^ 2 + v[2] ^ 2) end
local function columns(path)
  local t = lab.tensor(path, float64)
  return t[{{}, 1}], t[{{}, 2}]
end

-- Projection: after every step back to the nearest point of the ball.
local function projected(v, grad)
  local u = v - p.lr * grad
  return u * math.min(1, p.radius / u:norm():item())
end
local bounded = train.descend(f, {-1.5, 1}, projected, p.steps)
train.report("projected", bounded, "projected gradient descent")

-- Lagrangian: descent in x, ascent in α, which stays at least 0.
local function lagrangian(x1, x2, a1, a2) return f(x1, x2) + a1 * ball(x1, x2) + a2 * line(x1, x2) end
local signs = lab.tensor({-1, -1, 1, 1}, float64)
local function saddle_step(v, grad)
  local u = v + p.lr * signs * grad
  return lab.cat {u[{{1, 2}}], lab.relu(u[{{3, 4}}])}
end
local path = train.descend(lagrangian, {-1.5, 1, 0, 0}, saddle_step, p.steps)
local last = path[#path]
local x1, x2, a1, a2 = table.unpack(last)
train.record("lagrangian", p.steps, {x1 = x1, x2 = x2, alpha1 = a1, alpha2 = a2})
print(("Lagrangian: x1: %f, x2: %f, alpha1 %f, alpha2 %g"):format(x1, x2, a1, a2))
local pull, push = lab.func.grad(f), lab.func.grad(ball)
local g1, g2 = pull(x1, x2)
local c1, c2 = push(x1, x2)
local balance = math.max(math.abs(g1 + a1 * c1), math.abs(g2 + a1 * c2))
print(("  gradient of f (%.4f, %.4f), alpha1 times that of c1 (%.4f, %.4f)"):format(g1, g2, a1 * c1, a1 * c2))

-- A saddle point: no other x makes L smaller, no other α >= 0 makes it larger.
local value, holds = lagrangian(x1, x2, a1, a2), 0
for _ = 1, 1000 do
  local n, a = lab.randn(2, float64):tolist(), (lab.rand(2, float64) * 4):tolist()
  local below = lagrangian(x1, x2, a[1], a[2]) <= value + 1e-9
  if below and lagrangian(x1 + n[1], x2 + n[2], a1, a2) >= value - 1e-9 then holds = holds + 1 end
end
train.record("saddle point", p.steps, {holds = holds, balance = balance})
print(("  L(x*, alpha) <= L(x*, alpha*) <= L(x, alpha*) in %d of 1000 random tries"):format(holds))

-- Penalty.
local function with_penalty(lambda)
  local function g(v1, v2) return f(v1, v2) + lambda / 2 * (v1 ^ 2 + v2 ^ 2) end
  local reached = train.descend(g, {2, 1}, {"SGD", lr = 1 / (4 + lambda)}, p.steps)
  return reached[#reached]
end
local minima = {}
for i, lambda in ipairs {0, 0.25, 0.5, 1, 2, 4, 8, 16} do
  minima[i] = with_penalty(lambda)
  train.record("penalty", lambda, {x1 = minima[i][1], x2 = minima[i][2], length = length(minima[i])})
  print(("lambda %g: x1: %f, x2: %f, length %.3f"):format(lambda, minima[i][1], minima[i][2], length(minima[i])))
end
local same = with_penalty(2 * a1)
local project = bounded[#bounded]
local apart = math.max(math.abs(same[1] - x1), math.abs(same[2] - x2), math.abs(project[1] - x1),
  math.abs(project[2] - x2))
train.record("three ways", 0, {apart = apart})
print(("lambda = 2 alpha1 = %f: length %.6f; the three ways differ by %.0e"):format(2 * a1, length(same), apart))

local fig = plot.figure {
  title = "Penalty and constraint", xlabel = "x₁", ylabel = "x₂", xlim = {-1.6, 2.6}, ylim = {-1.3, 1.9},
  aspect = "equal", size = {720, 560},
}
fig:contour(f, {x = {-1.6, 2.6, 0.05}, y = {-1.3, 1.9, 0.05}, color = "lightgray"})
local angle = lab.linspace(0, 2 * math.pi, 121, float64)
fig:line(p.radius * lab.cos(angle), p.radius * lab.sin(angle), {color = "blue", label = "|x| = r"})
local from1, from2 = columns(bounded)
fig:line(from1, from2, {style = "-o", color = "orange", label = "projected descent"})
from1, from2 = columns(path)
fig:line(from1, from2, {color = "purple", label = "Lagrangian"})
from1, from2 = columns(minima)
fig:line(from1, from2, {style = "-s", color = "green", label = "minima with a penalty"})
fig:annotate("constrained minimum", project, {1.15, -0.1})
fig:save("penalty")

local multipliers = lab.tensor(path, float64)
fig = plot.figure {title = "Multipliers of the Lagrangian", xlabel = "step", ylabel = "α"}
fig:line(lab.arange(0, #path), multipliers[{{}, 3}], {label = "α₁: ball"})
fig:line(lab.arange(0, #path), multipliers[{{}, 4}], {label = "α₂: x₂ ≤ 0.9"})
fig:save("multipliers")
