--- How do batch size and learning rate change the descent and the time of an epoch?
-- Book section: "Minibatch Stochastic Gradient Descent", exercise 1.
--
-- The regression is trained for two epochs with batches of 1, 10, 100 and 1500 and up to nine
-- rates, with five seeds each; the loss is the mean of these. The time is that of ten epochs of one
-- training.
-- The figure: "rates". What it means: an epoch with batches of 1 takes many times as long as one
-- with 1500. A larger batch wants a larger rate, as it makes fewer updates in an epoch; but rates
-- above 1 diverge with any batch, and so two updates with all data are too few at every rate.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  epochs = {default = 2, help = "of each training"},
}
local airfoil, seeds = lab.data.airfoil {n = 1500}, {}
for i = 1, 5 do seeds[i] = lab.initial_seed() * 1000 + i end

local function squared_loss(prediction, y) return ((prediction - y:reshape(-1, 1)) ^ 2 / 2):mean() end

-- The mean loss over the seeds at each of the rates.
local function losses(batch_size, rates)
  local sums = {}
  for _, result in ipairs(train.sweep {
    model = function() return lab.nn.Linear(5, 1) end, loss = squared_loss, data = airfoil,
    optimizer = function(params, run) return lab.optim.SGD(params, {lr = run.lr}) end,
    batch_size = batch_size, epochs = p.epochs, grid = {lr = rates, seed = seeds},
  }) do
    sums[result.run.lr] = (sums[result.run.lr] or 0) + result.loss / #seeds
  end
  local list = {}
  for i, lr in ipairs(rates) do list[i] = sums[lr] end
  return list
end

local fig = plot.figure {title = ("Loss after %d epochs"):format(p.epochs), xlabel = "learning rate η", ylabel = "loss",
  logx = true, ylim = {0.23, 0.6}, legend = "outside"}
-- The largest rate tried is a power of 2; with batches of 1 and 10 the loss explodes above it.
for _, case in ipairs {{1, -4}, {10, -2}, {100, 0}, {1500, 0}} do
  local batch_size, rates, best = case[1], {}, 1
  for power = -8, case[2] do rates[#rates + 1] = 2.0 ^ power end
  local list = losses(batch_size, rates)
  for i = 2, #rates do
    if list[i] < list[best] then best = i end
  end
  local timed = train.airfoil({"SGD", lr = rates[best]}, {concise = false, batch_size = batch_size, epochs = 10})
  print(("batch %4d: best rate 1/%-3d loss %.4f, with 1/256 %.4f; %.2g s an epoch"):format(batch_size,
    1 / rates[best] // 1, list[best], list[1], timed.sec_per_epoch))
  train.record("best", batch_size, {rate = rates[best], loss = list[best], slow = list[1]})
  fig:line(rates, list, {label = ("batches of %d"):format(batch_size), style = "-o"})
end
fig:save("rates")
