--- The momentum method: averaging past gradients tames badly scaled problems.
-- Book section: "Momentum".
-- Exercises: experiments/exercises/momentum-1.lua to -4.lua. More of what the section claims:
-- experiments/claims/momentum-*.lua (the effective step, directions that do not mix).
--
-- The question: f(x) = 0.1 x1^2 + 2 x2^2 wants a small learning rate along x2 and a large one
-- along x1. What does the leaking average do about it?
--     v <- beta v + g,    x <- x - eta v
-- The figures: "trace-gd-0.4" creeps along x1, "trace-gd-0.6" diverges along x2; with momentum
-- 0.5 the same rate converges, with 0.25 barely ("trace-momentum-*"); "weights", how long a
-- gradient is remembered; "airfoil-*", the regression; "scalar-convergence", (1 - eta lambda)^t;
-- "convergence-region", how fast an error shrinks and where: momentum widens the stable 0 < eta
-- lambda < 2 to 2 + 2 beta.
-- What to notice: with eta = 0.6, x2 ends at -1673 without momentum and at 0.0026 with 0.5. The
-- weights beta^t sum to 1/(1 - beta): 0.9 makes a step of eta as long as one of 10 eta. Between
-- eta lambda = 1 and 2 gradient descent still converges, with a sign that changes. A larger beta is
-- better only up to (1 - sqrt(eta lambda))^2, the dashed line; above it, every step keeps the share
-- sqrt(beta) of the error.
-- The book's helpers: train_2d is train.descend, show_trace_2d plot.trace2d, init_momentum_states
-- the table `state` of an update rule, train_ch11 and train_concise_ch11 train.airfoil.
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
  show(("trace-gd-%g"):format(lr), ("gradient descent, η = %g"):format(lr), gd(lr))
end
for _, beta in ipairs {p.momentum, p.momentum / 2} do
  local title = ("momentum %g, η = %g"):format(beta, p.lr)
  local path = show(("trace-momentum-%g"):format(beta), title, momentum(p.lr, beta))
  local built_in = train.descend(f, {-5, -2}, {"SGD", lr = p.lr, momentum = beta}, p.steps)
  print(("  largest difference from optim.SGD: %.1g"):format(train.distance(path, built_in)))
end

-- v_t is the sum of beta^tau g_(t - tau): the weight of a gradient tau steps later. If all gradients are the same g, v
-- goes to g / (1 - beta).
local fig = plot.figure {title = "Weight of a past gradient", xlabel = "time", ylabel = "β^t", enhanced = true}
local t = lab.arange(0, 40, {dtype = "float64"})
for _, beta in ipairs {0.95, 0.9, 0.6, 0} do
  local weights = beta ^ t
  fig:line(t, weights, {label = ("β = %.2f"):format(beta)})
  local sum, limit = weights:sum():item(), 1 / (1 - beta)
  print(("beta %.2f: 40 weights sum to %.3f, all of them to 1/(1 - beta) = %g"):format(beta, sum, limit))
  train.record(("weights-%g"):format(beta), 40, {sum = sum, limit = limit})
end
fig:save("weights")

-- The regression: as strong an average as eta allows, then with a smaller eta; last with the library's parts.
for _, run in ipairs {{0.02, 0.5}, {0.01, 0.9}, {p.airfoil_lr, p.airfoil_momentum}} do
  local lr, beta = table.unpack(run)
  train.airfoil(momentum(lr, beta), {batch_size = p.batch_size, epochs = p.epochs,
    figure = ("airfoil-lr-%g"):format(lr), title = ("momentum %g, η = %g"):format(beta, lr)})
end
train.airfoil({"SGD", lr = p.airfoil_lr, momentum = p.airfoil_momentum}, {batch_size = p.batch_size,
  epochs = p.epochs_concise, figure = "airfoil-concise",
  title = ("optim.SGD, momentum %g, η = %g"):format(p.airfoil_momentum, p.airfoil_lr)})

-- Gradient descent on (lambda / 2) x^2 multiplies x by 1 - eta lambda in each step.
fig = plot.figure {title = "Error (1 - 0.1 λ)^t", xlabel = "time", ylabel = "x_t / x_0", enhanced = true}
t = lab.arange(0, 20, {dtype = "float64"})
for _, lambda in ipairs {0.1, 1, 10, 19} do
  fig:line(t, (1 - 0.1 * lambda) ^ t, {label = ("λ = %.2f"):format(lambda)})
end
fig:save("scalar-convergence")
local last = (1 - 0.1 * 19) ^ 19
print(("eta lambda = 1.9: x_19 / x_0 = %.4f: it converges, though the book says that"):format(last))
print("  it starts to diverge above 1. It diverges above 2")
train.record("scalar", 19, {error = last})

-- With momentum (v, x) is multiplied by R = [[beta, lambda], [-eta beta, 1 - eta lambda]]; the error shrinks in the
-- long run by the larger of |r1|, |r2|, the roots of r^2 - (1 + beta - eta lambda) r + beta.
local function rate(eta_lambda, beta)
  local trace = 1 + beta - eta_lambda
  local discriminant = trace ^ 2 - 4 * beta
  if discriminant < 0 then return math.sqrt(beta) end
  return (math.abs(trace) + math.sqrt(discriminant)) / 2
end

-- "In general larger values of beta are preferable", says the book. They are so up to the one for which both roots are
-- the same; then |r1| = |r2| = sqrt(beta) grows with beta.
local function best_beta(eta_lambda) return (1 - math.sqrt(eta_lambda)) ^ 2 end
for _, beta in ipairs {0, best_beta(0.1), 0.9} do
  print(("eta lambda = 0.1, beta %.3f: a step keeps %.3f of the error"):format(beta, rate(0.1, beta)))
  train.record("rate", beta, {kept = rate(0.1, beta)})
end

fig = plot.figure {
  title = "Share of the error that a step of momentum removes", xlabel = "ηλ", ylabel = "β",
  xlim = {0, 4}, ylim = {0, 1},
}
local function removed(eta_lambda, beta)
  local kept = rate(eta_lambda, beta)
  return kept < 1 + 1e-9 and math.max(0, 1 - kept) or 0 / 0 -- no colour where momentum diverges
end
fig:heatmap(removed, {x = {0, 4, 0.02}, y = {0, 1, 0.01}, range = {0, 0.8}})
fig:line({2, 4}, {0, 1}, {color = "black"})
fig:line(best_beta, {x = {0, 4, 0.01}, style = "--", color = "white"})
fig:text("best β: (1 - √(ηλ))²", {0.35, 0.32}, {color = "white"})
fig:annotate("ηλ = 2 + 2β", {2.8, 0.4}, {2.5, 0.12})
fig:text("diverges", {3.2, 0.4})
fig:save("convergence-region")
