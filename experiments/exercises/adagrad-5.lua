--- Adagrad on a deep network: LeNet on Fashion-MNIST.
-- Book section: "Adagrad", exercise 5.
--
-- LeNet sees 1500 images six times, in batches of 64, with three learning rates of Adagrad and
-- with SGD beside them, from the same seeds.
-- The figure: "loss", the mean training loss by epoch. With a good rate, 0.01, Adagrad is ahead of
-- SGD; it needs one that is 20 times smaller, because it divides by the size of the gradients. 0.1
-- begins with a leap that kills some networks: Adagrad's first steps are its largest, of size η.
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  rates = {default = {0.003, 0.01, 0.1}, help = "learning rates of Adagrad"},
  sgd_lr = {default = 0.2, min = 0, help = "learning rate of SGD"},
  seeds = {default = 3, min = 1, help = "trainings with each"}, epochs = {default = 6, min = 1, help = "of each"},
  n = {default = 1500, min = 64, help = "images to train on"}, n_test = {default = 1000, min = 1, help = "to test on"},
}

local optimizers = {{"SGD", p.sgd_lr}}
for _, lr in ipairs(p.rates) do optimizers[#optimizers + 1] = {"Adagrad", lr} end
local train_data, test_data = lab.data.fashion_mnist_pair {n = p.n, n_test = p.n_test}
local runs = {}
for _, entry in ipairs(optimizers) do
  for k = 1, p.seeds do runs[#runs + 1] = {optimizer = entry[1], lr = entry[2], seed = lab.config.seed + k} end
end
local results = train.sweep {
  model = function() return lab.book.lenet {zero_bias = true} end, loss = nn.CrossEntropyLoss(),
  optimizer = function(params, run) return lab.optim[run.optimizer](params, {lr = run.lr}) end,
  data = train_data, batch_size = 64, epochs = p.epochs, runs = runs,
  evaluate = function(net) return train.accuracy(net, test_data) end, -- a result's loss is this accuracy
}

local fig = plot.figure {title = "LeNet", xlabel = "epoch", ylabel = "training loss", logy = true}
for i, entry in ipairs(optimizers) do
  local curve, accuracy = lab.zeros(p.epochs), 0
  for k = 1, p.seeds do
    local result = results[(i - 1) * p.seeds + k]
    curve, accuracy = curve + lab.tensor(result.train_loss) / p.seeds, accuracy + result.loss / p.seeds
  end
  local name, loss = ("%s %g"):format(entry[1], entry[2]), curve:tolist()[p.epochs]
  print(("%-13s training loss %.3f, test accuracy %.3f"):format(name, loss, accuracy))
  train.record(name, p.epochs, {loss = loss, accuracy = accuracy})
  fig:line(lab.arange(1, p.epochs + 1), curve, {label = ("%s, η = %g"):format(entry[1], entry[2]), style = "-o"})
end
fig:save("loss")
