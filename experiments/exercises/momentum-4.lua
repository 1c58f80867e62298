--- Momentum with single examples and with batches: what happens, and which parameters work?
-- Book section: "Momentum", exercise 4.
--
-- The regression with batches of 1, 10 and 100 and beta = 0, 0.5, 0.9 and 0.99; the effective step
-- eta / (1 - beta) is the section's rate for that batch size. Four epochs, 20 seeds.
-- What it means: momentum averages the noisy gradients of some 1 / (1 - beta) updates, but each
-- gradient also stays in as many steps. So where the steps are small, the noise that is left
-- depends on the effective step and hardly on beta: momentum with single examples is stochastic
-- gradient descent with a larger rate. Only with batches of 100 and their long steps does beta =
-- 0.9 help (0.243 instead of 0.245), and beta = 0.99 fails there: its memory of 100 updates is
-- longer than the training of 60.
local lab = require "optlab"

local p = lab.params {
  epochs = {default = 4, help = "of each training"},
  runs = {default = 20, min = 2, help = "trainings of each kind"},
}
local airfoil, seeds = lab.data.airfoil {n = 1500}, {}
for i = 1, p.runs do seeds[i] = lab.initial_seed() * 1000 + i end

local function squared_loss(prediction, y) return ((prediction - y:reshape(-1, 1)) ^ 2 / 2):mean() end

print("mean loss +- deviation      beta 0           0.5           0.9          0.99")
for _, case in ipairs {{1, 0.005}, {10, 0.05}, {100, 0.4}} do
  local batch_size, step = table.unpack(case)
  local words = {}
  for i, beta in ipairs {0, 0.5, 0.9, 0.99} do
    local list = {}
    for k, result in ipairs(lab.train.sweep {
      model = function() return lab.nn.Linear(5, 1) end, loss = squared_loss, data = airfoil,
      optimizer = function(params) return lab.optim.SGD(params, {lr = step * (1 - beta), momentum = beta}) end,
      batch_size = batch_size, epochs = p.epochs, grid = {seed = seeds},
    }) do list[k] = result.loss end
    local t = lab.tensor(list)
    words[i] = ("%.4f+-%.4f"):format(t:mean():item(), t:std():item())
    lab.train.record(("batches of %d"):format(batch_size), beta, {loss = t:mean():item()})
  end
  print(("batches of %3d: %s"):format(batch_size, table.concat(words, " ")))
end
