--- How sensitive is RMSProp to gamma, and should gamma change on the way?
-- Book section: "RMSProp", exercise 4.
--
-- Tried: four constant gammas and gamma = 1 - 1/t (the mean s / t), on 0.1 x1^2 + 2 x2^2 and on the
-- airfoil data with several seeds.
-- Answer: RMSProp is not sensitive: on the data 0.5 to 0.99 and 1 - 1/t end within the noise of
-- each other, and 0.999 a little above. s begins at 0, so the first step is eta / sqrt(1 - gamma)
-- long, and the rate is too large for about 1 / (1 - gamma) steps: a gamma near 1 leaps at first. A
-- gamma that grows with t starts with a step of eta; Adam's bias correction does the same.
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  lr = {default = 0.4, help = "eta of the paths"},
  airfoil_lr = {default = 0.01, help = "eta of the regression"},
  steps = {default = 20, min = 1, help = "of the paths"},
  seeds = {default = 3, min = 2, help = "trainings for each gamma"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

local function rmsprop(lr, gamma)
  return function(x, g, state)
    state.t = (state.t or 0) + 1
    local keep = gamma or 1 - 1 / state.t
    state.s = keep * (state.s or 0) + (1 - keep) * g ^ 2
    return x - lr * g / lab.sqrt(state.s + 1e-6)
  end
end

print("gamma      first step   x1 after the path   loss of the regression")
for i, gamma in ipairs {0.5, 0.9, 0.99, 0.999, false} do
  local path = train.descend(f, {-5, -2}, rmsprop(p.lr, gamma), p.steps)
  local losses = {}
  for seed = 1, p.seeds do
    local history = train.airfoil(rmsprop(p.airfoil_lr, gamma), {epochs = 2})
    losses[seed] = history.loss[#history.loss]
  end
  local loss = lab.tensor(losses)
  local step, mean, std = path[2][1] - path[1][1], loss:mean():item(), loss:std():item()
  print(("%-9s  %10.3f  %18.6f   %.4f ± %.4f"):format(gamma or "1 - 1/t", step, path[#path][1], mean, std))
  train.record("gamma", i, {first_step = step, x1 = path[#path][1], loss = mean, std = std})
end
