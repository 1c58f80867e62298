--- RMSProp: Adagrad that forgets, so that the learning rate no longer falls by itself.
-- Book section: "RMSProp".
--
-- The question: Adagrad's sum of squares only grows. What if it is a leaking average?
--     s <- gamma s + (1 - gamma) g^2,    x <- x - eta g / sqrt(s + eps)
-- The figures: "weights", how long a squared gradient counts; "trace", the path for eta 0.4 and
-- gamma 0.9, which keeps its pace; "airfoil" and "airfoil-concise", the regression by the rule
-- and by optim.RMSprop.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.4, help = "learning rate of the path"},
  gamma = {default = 0.9, help = "what the average of squares keeps"},
  eps = {default = 1e-6, help = "added inside the root"},
  steps = {default = 20, help = "of the path"},
  airfoil_lr = {default = 0.01, help = "learning rate of the regression"},
  batch_size = {default = 10, help = "examples an update"},
  epochs = {default = 2, help = "of the regression written out"},
  epochs_concise = {default = 4, help = "of the regression with nn and optim"},
}

-- The weight (1 - gamma) gamma^t of a squared gradient t steps later; all weights add up to one.
local fig = plot.figure {title = "Weight of a past squared gradient", xlabel = "time", ylabel = "(1 - gamma) gamma^t"}
local t = lab.arange(0, 40, {dtype = "float64"})
for _, gamma in ipairs {0.95, 0.9, 0.8, 0.7} do
  fig:line(t, (1 - gamma) * gamma ^ t, {label = ("gamma = %.2f"):format(gamma)})
end
fig:save("weights")

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

-- eps stands inside the root as in the book; optim.RMSprop adds it to the root, as PyTorch does.
local function rmsprop(lr, gamma)
  return function(x, grad, state)
    state.s = gamma * (state.s or 0) + (1 - gamma) * grad ^ 2
    return x - lr * grad / lab.sqrt(state.s + p.eps)
  end
end

local title = ("RMSProp, eta = %g, gamma = %g"):format(p.lr, p.gamma)
local path = train.descend(f, {-5, -2}, rmsprop(p.lr, p.gamma), p.steps)
train.report("trace", path, title)
plot.trace2d(f, path, {title = title}):save("trace")
local built_in = train.descend(f, {-5, -2}, {"RMSprop", lr = p.lr, alpha = p.gamma}, p.steps)
print(("  largest difference from optim.RMSprop: %.1g"):format(train.distance(path, built_in)))

train.airfoil(rmsprop(p.airfoil_lr, p.gamma), {batch_size = p.batch_size, epochs = p.epochs, figure = "airfoil",
  title = ("RMSProp, eta = %g, gamma = %g"):format(p.airfoil_lr, p.gamma)})
train.airfoil({"RMSprop", lr = p.airfoil_lr, alpha = p.gamma}, {batch_size = p.batch_size, epochs = p.epochs_concise,
  figure = "airfoil-concise", title = ("optim.RMSprop, eta = %g, alpha = %g"):format(p.airfoil_lr, p.gamma)})
