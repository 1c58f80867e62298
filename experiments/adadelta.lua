--- Adadelta: no learning rate at all; past steps say how long the next one should be.
-- Book section: "Adadelta".
--
-- The question: can the size of past changes replace eta?
--     s <- rho s + (1 - rho) g^2,    g' = sqrt(d + eps) / sqrt(s + eps) g
--     x <- x - g',                   d <- rho d + (1 - rho) g'^2
-- The figures: "airfoil" and "airfoil-concise", the regression by the rule and by optim.Adadelta;
-- "trace", the path on 0.1 x1^2 + 2 x2^2, whose first steps are about sqrt(10 eps) long.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  rho = {default = 0.9, help = "what the leaking averages keep"},
  eps = {default = 1e-5, help = "added inside both roots"},
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
  title = ("Adadelta, rho = %g"):format(p.rho)})
train.airfoil({"Adadelta", rho = p.rho}, {batch_size = p.batch_size, epochs = p.epochs_concise,
  figure = "airfoil-concise", title = ("optim.Adadelta, rho = %g"):format(p.rho)})

-- The same rule on the function that Adagrad and RMSProp were tried on.
local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local path = train.descend(f, {-5, -2}, adadelta(p.rho, p.eps), p.steps)
local title = ("Adadelta, rho = %g, %d steps"):format(p.rho, p.steps)
train.report("trace", path, title)
local thinned = {} -- every tenth step
for i = 1, #path, 10 do thinned[#thinned + 1] = path[i] end
plot.trace2d(f, thinned, {title = title}):save("trace")
local built_in = train.descend(f, {-5, -2}, {"Adadelta", lr = 1, rho = p.rho, eps = p.eps}, p.steps)
print(("  largest difference from optim.Adadelta: %.1g"):format(train.distance(path, built_in)))
