--- The rate of convergence over learning rate and momentum, measured and by theory.
--
-- The question: for which η and β does momentum converge, how fast, and which pair is the best?
-- On a quadratic with curvatures h from 1 to κ a step multiplies (x_t, x_t-1), along each axis, by a matrix. Momentum
-- is v ← β v + g, x ← x - η v; Nesterov's takes the gradient ahead:
--     momentum  [1 + β - η h, -β; 1, 0]         Nesterov  [(1 + β)(1 - η h), -β (1 - η h); 1, 0]
-- The rate is the larger spectral radius of both curvatures: each step shrinks an error by it if it is below 1.
-- The figure: "rates", the rate of optim.SGD, measured by a descent for each pair (η, β), h being the larger curvature;
-- white lines and the red border are theory: η h < 2 (1 + β), for Nesterov η h < 2 (1 + β) / (1 + 2 β). The star is
-- the best pair.
-- What to notice: the best pair of momentum lies where the flat direction is critically damped and the steep one at the
-- border of it. Above, both directions swing, and the rate is √β whatever η is: a larger momentum only makes it slower.
-- Nesterov's rate there is √(β (1 - h η)) with the smaller curvature h, which is less; but the border is at smaller η.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  kappa = {default = 10, min = 1.01, help = "condition number"},
  side = {default = 150, min = 10, help = "learning rates, and momenta"},
}

local function f(x, y) return 0.5 * x ^ 2 + 0.5 * p.kappa * y ^ 2 end

local lr = lab.linspace(0.005, 4, p.side, {dtype = "float64"}) / p.kappa
local beta = lab.linspace(0, 0.995, p.side, {dtype = "float64"})

-- How much an error shrinks in a step, from the largest values in two windows of steps.
local function measured(nesterov)
  local starts = lab.ones(p.side, p.side, 2, {dtype = "float64"})
  local how = {"SGD", lr = lr:reshape(1, -1), momentum = beta:reshape(-1, 1), nesterov = nesterov}
  local path = train.descend(f, starts, how, 160, {points = true, every = 1}).path:abs():sum(4)
  local early, late = path:narrow(1, 41, 40):amax(1), path:narrow(1, 121, 40):amax(1)
  return (late / early) ^ (1 / 80)
end

-- The spectral radius of [a, b; 1, 0].
local function radius(a, b)
  local root = lab.sqrt((a * a / 4 + b):clamp(0, nil))
  local real = lab.maximum((a / 2 + root):abs(), (a / 2 - root):abs())
  return lab.where((a * a / 4 + b):lt(0), lab.sqrt((-b):clamp(0, nil)), real)
end

local function theory(nesterov)
  local rate
  for _, h in ipairs {1, p.kappa} do
    local rest = 1 - lr:reshape(1, -1) * h
    local m = beta:reshape(-1, 1)
    local a, b = rest + m, -m + 0 * rest
    if nesterov then a, b = (1 + m) * rest, -m * rest end
    local one = radius(a, b)
    rate = rate and lab.maximum(rate, one) or one
  end
  return rate
end

local panels = {}
for i, name in ipairs {"momentum", "Nesterov"} do
  local rate, exact = measured(i == 2), theory(i == 2)
  local at = exact:argmin():item() - 1
  local best = {lr[at % p.side + 1]:item() * p.kappa, beta[at // p.side + 1]:item()}
  local error = lab.where(exact:lt(1), (rate - exact):abs(), 0):max():item()
  print(("%s: rate %.3f at η h = %.2f, β = %.2f; measured within %.3f"):format(name, exact:min():item(), best[1],
    best[2], error))
  train.record(name, 160, {rate = exact:min():item(), lr = best[1] / p.kappa, beta = best[2], error = error})
  local fig = plot.figure {title = name, xlabel = "η h", ylabel = "momentum β", xlim = {0, 4}, ylim = {0, 1}}
  local place = {x = {0.005, 4}, y = {0, 0.995}}
  fig:heatmap(lab.where(rate:lt(1), rate, 0 / 0), {
    x = place.x, y = place.y, palette = "viridis_r", range = {0.5, 1}, label = "rate of convergence",
  })
  fig:contour(exact, {x = place.x, y = place.y, levels = {0.6, 0.7, 0.8, 0.9}, color = "white", labels = true})
  local function border(m) return 2 * (1 + m) / (i == 1 and 1 or 1 + 2 * m) end
  fig:line(border(beta), beta, {color = "#c1272d", width = 2, label = "border by theory"})
  panels[i] = fig:points({best[1]}, {best[2]}, {style = "*", color = "white", size = 1.6})
end
plot.grid {cols = 2, size = {900, 380}, sharecolor = true, sharey = true, table.unpack(panels)}:save "rates"
