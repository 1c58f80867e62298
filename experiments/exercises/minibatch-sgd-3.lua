--- What changes when every example is in the data twice, and nobody knows?
-- Book section: "Minibatch Stochastic Gradient Descent", exercise 3.
--
-- The regression with all data (gradient descent), batches of 100 and batches of 1, once with the
-- 1500 examples and once with all of them twice, for the same number of epochs; and with the 1500
-- for twice as many epochs. 20 seeds each.
-- What it means: the mean over the doubled data is the same mean, so gradient descent does the same
-- steps, each at twice the cost. With batches an epoch has twice the updates: one epoch of the
-- doubled data is as good as two of the others, and takes as long.
local lab = require "optlab"

local p = lab.params {
  runs = {default = 20, min = 1, help = "trainings of each kind"},
}
local once, seeds = lab.data.airfoil {n = 1500}, {}
local twice = {X = lab.cat {once.X, once.X}, y = lab.cat {once.y, once.y}}
for i = 1, p.runs do seeds[i] = lab.initial_seed() * 1000 + i end

local function squared_loss(prediction, y) return ((prediction - y:reshape(-1, 1)) ^ 2 / 2):mean() end

-- The mean loss over the seeds; batch_size nil: all data.
local function loss(data, batch_size, lr, epochs)
  local sum = 0
  for _, result in ipairs(lab.train.sweep {
    model = function() return lab.nn.Linear(5, 1) end, loss = squared_loss, data = data,
    optimizer = function(params) return lab.optim.SGD(params, {lr = lr}) end,
    batch_size = batch_size or #data.y, epochs = epochs, grid = {seed = seeds},
  }) do sum = sum + result.loss end
  return sum / #seeds
end

print("mean loss with      once   twice the data, once for twice the epochs")
for _, case in ipairs {{"all data", nil, 0.2, 4}, {"batches of 100", 100, 0.02, 2}, {"batches of 1", 1, 0.0002, 2}} do
  local name, batch_size, lr, epochs = table.unpack(case, 1, 4)
  local a, b = loss(once, batch_size, lr, epochs), loss(twice, batch_size, lr, epochs)
  local c = loss(once, batch_size, lr, 2 * epochs)
  print(("%-15s %9.5f %8.5f         %.5f"):format(name, a, b, c))
  lab.train.record("genie", batch_size or 1500, {once = a, change = b - a, remaining = b - c})
end
