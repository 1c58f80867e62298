--- What changes when the batches are drawn with replacement?
-- Book section: "Minibatch Stochastic Gradient Descent", exercise 2.
--
-- The regression with batches of 10, 40 seeds each way: without replacement (each example once per
-- epoch) and with it, with the section's rate and with a small one, for 2 and 20 epochs. What
-- counts is how far the loss is above the least-squares loss.
-- What it means: with the section's rate it matters little (0.9 to 1.7 times as far, by seed),
-- because the weights forget within a fraction of an epoch. With a small rate they remember about
-- an epoch. Without replacement the errors of its batches cancel, as together they are all the
-- data, and the noise that is left is three to five times smaller.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"

local p = lab.params {
  lr = {default = 0.05, help = "learning rate of the section"},
  small = {default = 0.005, help = "a small one, for ten times as many epochs"},
  runs = {default = 40, min = 2, help = "trainings of each kind"},
}
local airfoil, seeds = lab.data.airfoil {n = 1500}, {}
for i = 1, p.runs do seeds[i] = lab.initial_seed() * 1000 + i end

local function squared_loss(prediction, y) return ((prediction - y:reshape(-1, 1)) ^ 2 / 2):mean() end

-- The least loss, by the normal equations.
local X, y = lab.cat({airfoil.X, lab.ones(#airfoil, 1)}, 2):to("float64"), airfoil.y:to("float64"):reshape(-1, 1)
local least = squared_loss(X:mm(matrix.inverse(X:t():mm(X)):mm(X:t():mm(y))), y):item()

-- The mean excess over the seeds and its standard error.
local function excess(lr, epochs, replacement)
  local list = {}
  for i, result in ipairs(lab.train.sweep {
    model = function() return lab.nn.Linear(5, 1) end, loss = squared_loss, data = airfoil, batch_size = 10,
    optimizer = function(params) return lab.optim.SGD(params, {lr = lr}) end, epochs = epochs,
    replacement = replacement, grid = {seed = seeds},
  }) do list[i] = result.loss - least end
  local t = lab.tensor(list, {dtype = "float64"})
  return t:mean():item(), t:std():item() / math.sqrt(#list)
end

for _, case in ipairs {{p.lr, 2}, {p.small, 20}} do
  local lr, epochs = table.unpack(case)
  local without, error1 = excess(lr, epochs, false)
  local with, error2 = excess(lr, epochs, true)
  print(("eta %g, %d epochs, loss above %.4f:"):format(lr, epochs, least))
  print(("  without replacement %.6f +- %.6f, with %.6f +- %.6f"):format(without, error1, with, error2))
  print(("  with replacement %.2f times as far above it"):format(with / without))
  lab.train.record("excess", lr, {without = without, with = with, ratio = with / without})
end
