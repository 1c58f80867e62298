--- What does rho change in Adadelta?
-- Book section: "Adadelta", exercise 1.
--
-- Tried: six values of rho on 0.1 x1^2 + 2 x2^2 and on the airfoil data with several seeds.
-- Answer: on f both ends are faster than the middle: near 1 the first steps are longer, sqrt(eps /
-- (1 - rho)), and with a small rho the averages follow the last step at once. On noisy data the
-- ends are worse: rho = 0 follows the noise, and 0.999 moves by what was right long ago. 0.5 to
-- 0.95 do equally well. rho = 1 keeps both averages at 0: gradient descent with rate 1.
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  eps = {default = 1e-5, min = 1e-300, help = "added inside both roots"},
  steps = {default = 300, min = 1, help = "of the paths"},
  seeds = {default = 3, min = 2, help = "trainings for each rho"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

print("rho     first step   x1 after the path   loss of the regression")
for i, rho in ipairs {0, 0.5, 0.9, 0.95, 0.99, 0.999} do
  local how = {"Adadelta", lr = 1, rho = rho, eps = p.eps}
  local path, losses = train.descend(f, {-5, -2}, how, p.steps), {}
  for seed = 1, p.seeds do
    local history = train.airfoil(how, {epochs = 4})
    losses[seed] = history.loss[#history.loss]
  end
  local loss = lab.tensor(losses)
  local step, mean, std = path[2][1] - path[1][1], loss:mean():item(), loss:std():item()
  print(("%-6g  %10.4f  %18.6f   %.4f ± %.4f"):format(rho, step, path[#path][1], mean, std))
  train.record("rho", i, {first_step = step, x1 = path[#path][1], loss = mean, std = std})
end
