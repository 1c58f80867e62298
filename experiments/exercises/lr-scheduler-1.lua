--- Which constant learning rate trains LeNet best, and from where on is the rate too large?
-- Book section: "Learning Rate Scheduling", exercise 1.
--
-- Asked: how does the optimization behave with a fixed rate, and what is the best model that can
-- be had this way? LeNet sees 1500 images six times, in batches of 64, with each rate and from
-- several seeds.
-- The figure: "rates", test accuracy by rate. It rises up to a rate of about 0.2 and falls off a
-- cliff from 0.5 on: there some networks lose all their units in the first steps and answer every
-- image alike (accuracy 0.1).
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  rates = {default = {0.01, 0.1, 0.2, 0.5, 1}, help = "learning rates to try"},
  seeds = {default = 3, min = 1, help = "trainings with each"}, epochs = {default = 6, min = 1, help = "of each"},
  n = {default = 1500, min = 64, help = "images to train on"}, n_test = {default = 1000, min = 1, help = "to test on"},
}

local train_data, test_data = lab.data.fashion_mnist_pair {n = p.n, n_test = p.n_test}
local runs = {}
for _, lr in ipairs(p.rates) do
  for k = 1, p.seeds do runs[#runs + 1] = {lr = lr, seed = lab.config.seed + k} end
end
local results = train.sweep {
  model = function() return lab.book.lenet {zero_bias = true} end, loss = nn.CrossEntropyLoss(),
  optimizer = function(params, run) return lab.optim.SGD(params, {lr = run.lr}) end,
  data = train_data, batch_size = 64, epochs = p.epochs, runs = runs,
  evaluate = function(net) return train.accuracy(net, test_data) end, -- a result's loss is this accuracy
}

local means, lowest, highest = {}, {}, {}
for i, lr in ipairs(p.rates) do
  local sum, dead = 0, 0
  lowest[i], highest[i] = 1, 0
  for k = 1, p.seeds do
    local accuracy = results[(i - 1) * p.seeds + k].loss
    sum, dead = sum + accuracy, dead + (accuracy < 0.15 and 1 or 0)
    lowest[i], highest[i] = math.min(lowest[i], accuracy), math.max(highest[i], accuracy)
  end
  means[i] = sum / p.seeds
  print(("η = %-5g test accuracy %.3f (%.3f to %.3f), %d of %d dead"):format(lr, means[i], lowest[i], highest[i], dead,
    p.seeds))
  train.record(("lr %g"):format(lr), p.epochs, {accuracy = means[i], dead = dead})
end
print("The best fixed rate lies just below those that kill the network.")

local fig = plot.figure {title = "LeNet with a constant rate", xlabel = "η", ylabel = "test accuracy", logx = true}
fig:band(p.rates, lowest, highest, {label = "range over seeds"})
fig:line(p.rates, means, {label = "mean", style = "-o"})
fig:save("rates")
