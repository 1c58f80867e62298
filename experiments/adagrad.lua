--- Adagrad: a learning rate for every coordinate, which falls with the gradients met so far.
-- Book section: "Adagrad". Exercises: experiments/exercises/adagrad-1.lua to adagrad-6.lua.
-- More of its claims: experiments/claims/adagrad-sparse.lua (rare features),
-- adagrad-preconditioning (condition numbers) and adagrad-variance (squared gradients instead of
-- the Hessian).
--
-- The question: can the squares of past gradients stand in for the curvature and scale each
-- coordinate by itself?
--     s <- s + g^2,    x <- x - eta g / sqrt(s + eps)
-- The figures: "trace-0.4", a smooth path that slows down too soon; "trace-2", better with a far
-- larger eta; "learning-rates", why: eta / sqrt(s) of both coordinates; "airfoil" and
-- "airfoil-concise", the regression by the rule and by optim.Adagrad.
-- What to notice: eta = 0.4 ends at x1 = -2.38, less than half way, and eta = 2 at -0.002. Without
-- noise the rates soon stop falling (x2 first), as s stops growing; with noise they would go on.
-- eps stands inside the root here and outside in optim.Adagrad, which changes x by 1e-6 at most.
-- The book's helpers: train_2d is train.descend, show_trace_2d plot.trace2d, init_adagrad_states
-- the table `state` of an update rule, train_ch11 and train_concise_ch11 train.airfoil.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.4, min = 0, help = "learning rate of the first path"},
  lr_large = {default = 2.0, min = 0, help = "of the second path"},
  eps = {default = 1e-6, help = "added inside the root"},
  steps = {default = 20, min = 1, help = "of the paths"},
  airfoil_lr = {default = 0.1, help = "learning rate of the regression"},
  batch_size = {default = 10, help = "examples an update"},
  epochs = {default = 2, help = "of the regression written out"},
  epochs_concise = {default = 4, help = "of the regression with nn and optim"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

-- eps stands inside the root as in the book; optim.Adagrad adds it to the root, as PyTorch does.
local function adagrad(lr, watch)
  return function(x, grad, state, t)
    state.s = (state.s or 0) + grad ^ 2
    local rate = lr / lab.sqrt(state.s + p.eps)
    if watch then watch(t, rate) end
    return x - rate * grad
  end
end

-- What a logarithmic axis can show: s may overflow where a learning rate is far too large, and the rate is 0 then.
local function positive(x) return x > 0 and x or 0 / 0 end

local rates = plot.figure {title = "Adagrad's learning rates", xlabel = "step", ylabel = "η / √(s + ε)", logy = true,
  xinteger = true, legend = "below"}
for _, lr in ipairs {p.lr, p.lr_large} do
  local t, x1, x2 = {}, {}, {}
  local function watch(step, rate)
    t[step], x1[step], x2[step] = step, positive(rate[1]:item()), positive(rate[2]:item())
  end
  local path = train.descend(f, {-5, -2}, adagrad(lr, watch), p.steps)
  local title = ("Adagrad, η = %g"):format(lr)
  train.report(("trace-%g"):format(lr), path, title)
  plot.trace2d(f, path, {title = title}):save(("trace-%g"):format(lr))
  local built_in = train.descend(f, {-5, -2}, {"Adagrad", lr = lr}, p.steps)
  print(("  largest difference from optim.Adagrad: %.1g"):format(train.distance(path, built_in)))
  rates:line(t, x1, {label = ("x₁, η = %g"):format(lr)})
  rates:line(t, x2, {label = ("x₂, η = %g"):format(lr), style = "--"})
end
rates:save("learning-rates")

train.airfoil(adagrad(p.airfoil_lr), {batch_size = p.batch_size, epochs = p.epochs, figure = "airfoil",
  title = ("Adagrad, η = %g"):format(p.airfoil_lr)})
train.airfoil({"Adagrad", lr = p.airfoil_lr}, {batch_size = p.batch_size, epochs = p.epochs_concise,
  figure = "airfoil-concise", title = ("optim.Adagrad, η = %g"):format(p.airfoil_lr)})
