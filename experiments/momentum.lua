--- The momentum method: averaging past gradients tames badly scaled problems.
-- Book section: "Momentum".
--
-- The question: f(x) = 0.1 x1^2 + 2 x2^2 wants a small learning rate along x2 and a large one
-- along x1. What does the leaking average do about it?
--     v <- beta v + g,    x <- x - eta v
-- The figures: "trace-gd-0.4" creeps along x1, "trace-gd-0.6" diverges along x2; with momentum
-- 0.5 the same rate converges, with 0.25 barely ("trace-momentum-*"); "weights", how long a
-- gradient is remembered; "airfoil-*", the regression; "scalar-convergence", (1 - eta lambda)^t;
-- "convergence-region", how fast an error shrinks and where: momentum widens the stable 0 < eta
-- lambda < 2 to 2 + 2 beta.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.6, help = "learning rate of the paths with momentum"},
  momentum = {default = 0.5, help = "of the first such path; half of it of the second"},
  gd_lr = {default = 0.4, help = "learning rate without momentum; once more with lr"},
  steps = {default = 20, help = "of the paths"},
  airfoil_lr = {default = 0.005, help = "learning rate of the regression"},
  airfoil_momentum = {default = 0.9, help = "of the regression"},
  batch_size = {default = 10, help = "examples an update"},
  epochs = {default = 2, help = "of the regression written out"},
  epochs_concise = {default = 4, help = "of the regression with nn and optim"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

local function gd(lr)
  return function(x, grad) return x - lr * grad end
end

local function momentum(lr, beta)
  return function(x, grad, state)
    state.v = beta * (state.v or 0) + grad
    return x - lr * state.v
  end
end

-- One descent of f: its end on the terminal, its trace in a figure.
local function show(name, title, rule)
  local path = train.descend(f, {-5, -2}, rule, p.steps)
  train.report(name, path, title)
  plot.trace2d(f, path, {title = title}):save(name)
  return path
end

for _, lr in ipairs {p.gd_lr, p.lr} do
  show(("trace-gd-%g"):format(lr), ("gradient descent, eta = %g"):format(lr), gd(lr))
end
for _, beta in ipairs {p.momentum, p.momentum / 2} do
  local title = ("momentum %g, eta = %g"):format(beta, p.lr)
  local path = show(("trace-momentum-%g"):format(beta), title, momentum(p.lr, beta))
  local built_in = train.descend(f, {-5, -2}, {"SGD", lr = p.lr, momentum = beta}, p.steps)
  print(("  largest difference from optim.SGD: %.1g"):format(train.distance(path, built_in)))
end

-- v_t is the sum of beta^tau g_(t - tau): the weight of a gradient tau steps later.
local fig = plot.figure {title = "Weight of a past gradient", xlabel = "time", ylabel = "beta^t"}
local t = lab.arange(0, 40, {dtype = "float64"})
for _, beta in ipairs {0.95, 0.9, 0.6, 0} do fig:line(t, beta ^ t, {label = ("beta = %.2f"):format(beta)}) end
fig:save("weights")

-- The regression: as strong an average as eta allows, then with a smaller eta; last with the library's parts.
for _, run in ipairs {{0.02, 0.5}, {0.01, 0.9}, {p.airfoil_lr, p.airfoil_momentum}} do
  local lr, beta = table.unpack(run)
  train.airfoil(momentum(lr, beta), {batch_size = p.batch_size, epochs = p.epochs,
    figure = ("airfoil-lr-%g"):format(lr), title = ("momentum %g, eta = %g"):format(beta, lr)})
end
train.airfoil({"SGD", lr = p.airfoil_lr, momentum = p.airfoil_momentum}, {batch_size = p.batch_size,
  epochs = p.epochs_concise, figure = "airfoil-concise",
  title = ("optim.SGD, momentum %g, eta = %g"):format(p.airfoil_momentum, p.airfoil_lr)})

-- Gradient descent on (lambda / 2) x^2 multiplies x by 1 - eta lambda in each step.
fig = plot.figure {title = "Error (1 - 0.1 lambda)^t", xlabel = "time", ylabel = "x_t / x_0"}
t = lab.arange(0, 20, {dtype = "float64"})
for _, lambda in ipairs {0.1, 1, 10, 19} do
  fig:line(t, (1 - 0.1 * lambda) ^ t, {label = ("lambda = %.2f"):format(lambda)})
end
fig:save("scalar-convergence")

-- With momentum (v, x) is multiplied by R = [[beta, lambda], [-eta beta, 1 - eta lambda]]; the error shrinks in the
-- long run by the larger of |r1|, |r2|, the roots of r^2 - (1 + beta - eta lambda) r + beta.
local function rate(eta_lambda, beta)
  local trace = 1 + beta - eta_lambda
  local discriminant = trace ^ 2 - 4 * beta
  if discriminant < 0 then return math.sqrt(beta) end
  return (math.abs(trace) + math.sqrt(discriminant)) / 2
end

fig = plot.figure {
  title = "Share of the error that a step of momentum removes", xlabel = "eta lambda", ylabel = "beta",
  xlim = {0, 4}, ylim = {0, 1},
}
local function removed(eta_lambda, beta)
  local share = 1 - rate(eta_lambda, beta)
  return share > -1e-9 and share or 0 / 0 -- no colour where momentum diverges
end
fig:heatmap(removed, {x = {0, 4, 0.025}, y = {0, 1, 0.0125}, range = {0, 0.8}})
fig:line({2, 4}, {0, 1}, {color = "black"})
fig:line(function(x) return (1 - math.sqrt(x)) ^ 2 end, {x = {0, 4, 0.05}, style = "--", color = "white"})
fig:text("best beta: (1 - sqrt(eta lambda))^2", {0.35, 0.32}, {color = "white"})
fig:annotate("eta lambda = 2 + 2 beta", {2.8, 0.4}, {2.5, 0.12})
fig:text("diverges", {3.2, 0.4})
fig:save("convergence-region")
