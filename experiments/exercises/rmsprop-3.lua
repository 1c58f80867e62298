--- RMSProp on a deep network: LeNet on Fashion-MNIST, with several learning rates.
-- Book section: "RMSProp", exercise 3.
--
-- LeNet sees 1500 images six times, in batches of 64, with each rate and from several seeds.
-- The figure: "loss", the mean training loss by epoch. The best rates are 0.003 and 0.01, far below
-- SGD's 0.2: RMSProp moves each weight by about η, whatever the size of its gradient. With 0.03
-- some networks die in the first steps.
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  rates = {default = {0.001, 0.003, 0.01, 0.03}, help = "learning rates to try"},
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
  optimizer = function(params, run) return lab.optim.RMSprop(params, {lr = run.lr, alpha = 0.9}) end,
  data = train_data, batch_size = 64, epochs = p.epochs, runs = runs,
  evaluate = function(net) return train.accuracy(net, test_data) end, -- a result's loss is this accuracy
}

local fig = plot.figure {title = "LeNet, RMSProp", xlabel = "epoch", ylabel = "training loss", logy = true}
for i, lr in ipairs(p.rates) do
  local curve, accuracy = lab.zeros(p.epochs), 0
  for k = 1, p.seeds do
    local result = results[(i - 1) * p.seeds + k]
    curve, accuracy = curve + lab.tensor(result.train_loss) / p.seeds, accuracy + result.loss / p.seeds
  end
  local loss = curve:tolist()[p.epochs]
  print(("η = %-6g training loss %.3f, test accuracy %.3f"):format(lr, loss, accuracy))
  train.record(("lr %g"):format(lr), p.epochs, {loss = loss, accuracy = accuracy})
  fig:line(lab.arange(1, p.epochs + 1), curve, {label = ("η = %g"):format(lr), style = "-o"})
end
fig:save("loss")
