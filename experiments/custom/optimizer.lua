--- An optimizer of your own: optim.define makes one from a few lines of Lua.
--
-- The question: Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023) uses only the sign of a
-- mixture of momentum and gradient. How does it move, compared with Adam?
--     p <- p - lr (sign(beta1 m + (1 - beta1) g) + weight_decay p)
--     m <- beta2 m + (1 - beta2) g
-- The figures: "lion" and "adam", the paths on the book's stretched bowl; "airfoil", Lion on the book's regression.
local lab = require "optlab"
local optim, plot, train = lab.optim, lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.3, help = "learning rate of the paths"},
  steps = {default = 30, help = "of the paths"},
  airfoil_lr = {default = 0.003, help = "learning rate of the regression"},
}

local Lion = optim.define {
  name = "Lion",
  defaults = {lr = 1e-4, betas = {0.9, 0.99}, weight_decay = 0},
  state = {"m"}, -- a tensor of zeros for each parameter
  step = function(param, g, state, h)
    local beta1, beta2 = h.betas[1], h.betas[2]
    local direction = (state.m * beta1 + g * (1 - beta1)):sign()
    param:sub_((direction + param * h.weight_decay) * h.lr)
    state.m:mul_(beta2):add_(g * (1 - beta2))
  end,
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

for _, entry in ipairs {{"Lion", Lion}, {"Adam", optim.Adam}} do
  local name, make = entry[1], entry[2]
  local path = train.descend(f, {-5, -2}, {make, lr = p.lr}, p.steps)
  train.report(name, path, name)
  plot.trace2d(f, path, {title = ("%s, η = %g"):format(name, p.lr)}):save(name:lower())
end

train.airfoil({Lion, lr = p.airfoil_lr}, {figure = "airfoil", title = ("Lion, η = %g"):format(p.airfoil_lr)})
