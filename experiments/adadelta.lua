--- Adadelta: no learning rate at all; past steps say how long the next one should be.
-- Book section: "Adadelta". Exercises: experiments/exercises/adadelta-1.lua to adadelta-4.lua.
-- More of its claims: experiments/claims/adadelta-start.lua (what eps and a rate do to the start).
--
-- The question: can the size of past changes replace eta?
--     s <- rho s + (1 - rho) g^2,    g' = sqrt(d + eps) / sqrt(s + eps) g
--     x <- x - g',                   d <- rho d + (1 - rho) g'^2
-- The figures: "airfoil" and "airfoil-concise", the regression by the rule and by optim.Adadelta;
-- "trace", the path on 0.1 x1^2 + 2 x2^2, every tenth step; the first step is sqrt(10 eps) long.
-- What to notice: both trainings end at the same loss, but the second starts more slowly, since eps
-- is 1e-5 in the book's rule and 1e-6 in the library. On f, 300 steps get x1 from -5 to -1.5: to be
-- free of a rate means to start late. A square counts half after ln 0.5 / ln rho = 6.58 steps; the
-- book says 10. It also calls s a "second derivative": s is the average of g^2 (a second moment).
-- The book's helpers: init_adadelta_states is the table `state` of an update rule, train_ch11 and
-- train_concise_ch11 are train.airfoil.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  rho = {default = 0.9, min = 0, max = 1, help = "what the leaking averages keep"},
  eps = {default = 1e-5, min = 0, help = "added inside both roots"},
  eps_concise = {default = 1e-6, min = 0, help = "of optim.Adadelta in the regression; its default"},
  steps = {default = 300, help = "of the path"},
  batch_size = {default = 10, help = "examples an update"},
  epochs = {default = 2, help = "of the regression written out"},
  epochs_concise = {default = 4, help = "of the regression with nn and optim"},
}

local function adadelta(rho, eps)
  return function(x, grad, state)
    state.s = rho * (state.s or 0) + (1 - rho) * grad ^ 2
    local delta = state.delta or 0
    local change = lab.sqrt(delta + eps) / lab.sqrt(state.s + eps) * grad
    state.delta = rho * delta + (1 - rho) * change ^ 2
    return x - change
  end
end

train.airfoil(adadelta(p.rho, p.eps), {batch_size = p.batch_size, epochs = p.epochs, figure = "airfoil",
  title = ("Adadelta, ρ = %g, ε = %g"):format(p.rho, p.eps)})
train.airfoil({"Adadelta", rho = p.rho, eps = p.eps_concise}, {batch_size = p.batch_size, epochs = p.epochs_concise,
  figure = "airfoil-concise", title = ("optim.Adadelta, ρ = %g, ε = %g"):format(p.rho, p.eps_concise)})

-- The same rule on the function that Adagrad and RMSProp were tried on.
local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local path = train.descend(f, {-5, -2}, adadelta(p.rho, p.eps), p.steps)
local title = ("Adadelta, ρ = %g, %d steps"):format(p.rho, p.steps)
train.report("trace", path, title)
local thinned = {} -- every tenth step
for i = 1, #path, 10 do thinned[#thinned + 1] = path[i] end
plot.trace2d(f, thinned, {title = title}):save("trace")
local built_in = train.descend(f, {-5, -2}, {"Adadelta", lr = 1, rho = p.rho, eps = p.eps}, p.steps)
print(("  largest difference from optim.Adadelta: %.1g"):format(train.distance(path, built_in)))

-- What s is: on f the second derivatives are 0.2 and 4, and s is neither.
local last, s = path[math.max(#path - 1, 1)], {0, 0}
for i = 1, #path - 1 do
  for k, g in ipairs {0.2 * path[i][1], 4 * path[i][2]} do s[k] = p.rho * s[k] + (1 - p.rho) * g ^ 2 end
end
print(("s = (%.3g, %.3g), g^2 = (%.3g, %.3g), second derivatives (0.2, 4)"):format(s[1], s[2], (0.2 * last[1]) ^ 2,
  (4 * last[2]) ^ 2))
if p.rho > 0 and p.rho < 1 then
  local half_life = math.log(0.5) / math.log(p.rho)
  print(("rho %g: half-life %.2f steps; the book says 10, which is 1/(1 - rho) for 0.9"):format(p.rho, half_life))
  train.record("half-life", p.rho, {steps = half_life})
end
