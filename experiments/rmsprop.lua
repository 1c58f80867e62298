--- RMSProp: Adagrad that forgets, so that the learning rate no longer falls by itself.
-- Book section: "RMSProp". Exercises: experiments/exercises/rmsprop-1.lua to rmsprop-4.lua.
-- More of its claims: experiments/claims/rmsprop-average.lua (why not s / t) and
-- rmsprop-schedule.lua (eta must be scheduled).
--
-- The question: Adagrad's sum of squares only grows. What if it is a leaking average?
--     s <- gamma s + (1 - gamma) g^2,    x <- x - eta g / sqrt(s + eps)
-- The figures: "weights", how long a squared gradient counts, with a dot where the weight is half
-- of the first; "trace", the path for eta 0.4 and gamma 0.9, which keeps its pace; "airfoil" and
-- "airfoil-concise", the regression by the rule and by optim.RMSprop.
-- What to notice: x1 = -0.01 after 20 steps, where Adagrad with the same eta is at -2.38. After 200
-- (--steps 200) it is 0.2 away again: RMSProp swings by eta / 2 for ever. The half-life of a square
-- is ln 0.5 / ln gamma, 6.58 steps for 0.9, not 1 / gamma = 1.11 as the book says; 1 / (1 - gamma)
-- = 10 is how many squares are averaged. In the book's s the third term needs a square: gamma^2
-- g(t-2)^2.
-- The book's helpers: train_2d is train.descend, show_trace_2d plot.trace2d, init_rmsprop_states
-- the table `state` of an update rule, train_ch11 and train_concise_ch11 train.airfoil.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.4, min = 0, help = "learning rate of the path"},
  gamma = {default = 0.9, min = 0, help = "what the average of squares keeps"},
  eps = {default = 1e-6, help = "added inside the root"},
  steps = {default = 20, help = "of the path"},
  airfoil_lr = {default = 0.01, help = "learning rate of the regression"},
  batch_size = {default = 10, help = "examples an update"},
  epochs = {default = 2, help = "of the regression written out"},
  epochs_concise = {default = 4, help = "of the regression with nn and optim"},
}

-- The weight (1 - gamma) gamma^t of a squared gradient t steps later; all weights add up to one.
local fig = plot.figure {title = "Weight of a past squared gradient", xlabel = "time", ylabel = "(1 - γ) γᵗ"}
local t = lab.arange(0, 40, {dtype = "float64"})
local half_lives, halves = {}, {}
for i, gamma in ipairs {0.95, 0.9, 0.8, 0.7} do
  fig:line(t, (1 - gamma) * gamma ^ t, {label = ("γ = %.2f"):format(gamma)})
  half_lives[i], halves[i] = math.log(0.5) / math.log(gamma), (1 - gamma) / 2
  print(("gamma %.2f: half-life %5.2f steps, where 1/gamma = %.2f and 1/(1 - gamma) = %4.1f"):format(gamma,
    half_lives[i], 1 / gamma, 1 / (1 - gamma)))
  train.record("half-life", gamma, {steps = half_lives[i]})
end
fig:points(half_lives, halves, {color = "k", label = "half-life"}):save("weights")

-- The book writes the third term of s, (1 - gamma) gamma^2 g^2, without the second square.
local s, g1, g2, g3 = 0, 3, 2, 1
for _, g in ipairs {g1, g2, g3} do s = 0.9 * s + 0.1 * g ^ 2 end
local squared, book = 0.1 * (g3 ^ 2 + 0.9 * g2 ^ 2 + 0.81 * g1 ^ 2), 0.1 * (g3 ^ 2 + 0.9 * g2 ^ 2 + 0.81 * g1)
print(("g = 3, 2, 1: s = %.3f, with gamma^2 g^2 %.3f, with the book's gamma^2 g %.3f"):format(s, squared, book))
train.record("expansion", 3, {s = s, squared = squared, book = book})

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

-- eps stands inside the root as in the book; optim.RMSprop adds it to the root, as PyTorch does.
local function rmsprop(lr, gamma)
  return function(x, grad, state)
    state.s = gamma * (state.s or 0) + (1 - gamma) * grad ^ 2
    return x - lr * grad / lab.sqrt(state.s + p.eps)
  end
end

local title = ("RMSProp, η = %g, γ = %g"):format(p.lr, p.gamma)
local path = train.descend(f, {-5, -2}, rmsprop(p.lr, p.gamma), p.steps)
train.report("trace", path, title)
plot.trace2d(f, path, {title = title}):save("trace")
local built_in = train.descend(f, {-5, -2}, {"RMSprop", lr = p.lr, alpha = p.gamma}, p.steps)
print(("  largest difference from optim.RMSprop: %.1g"):format(train.distance(path, built_in)))

train.airfoil(rmsprop(p.airfoil_lr, p.gamma), {batch_size = p.batch_size, epochs = p.epochs, figure = "airfoil",
  title = ("RMSProp, η = %g, γ = %g"):format(p.airfoil_lr, p.gamma)})
train.airfoil({"RMSprop", lr = p.airfoil_lr, alpha = p.gamma}, {batch_size = p.batch_size, epochs = p.epochs_concise,
  figure = "airfoil-concise", title = ("optim.RMSprop, η = %g, γ = %g"):format(p.airfoil_lr, p.gamma)})
