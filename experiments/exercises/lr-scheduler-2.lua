--- What does the exponent of a polynomial decay change?
-- Book section: "Learning Rate Scheduling", exercise 2.
--
-- sched.Poly is the book's PolyScheduler: η falls along η₀ (1 - t / T)ᵖ, where t counts updates
-- and T is the last one. LeNet sees 1500 images six times with the exponents 0.5, 1, 2, 3, from
-- the same seeds.
-- The figure: "loss", the mean training loss by epoch. A large exponent spends few updates at
-- large rates: it learns quickly at first and then hardly at all; p = 0.5 and 1 learn to the end.
local lab = require "optlab"
local nn, plot, sched, train = lab.nn, lab.plot, lab.sched, lab.train

local p = lab.params {
  exponents = {default = {0.5, 1, 2, 3}, help = "exponents p to try"}, lr = {default = 0.2, min = 0, help = "η₀"},
  seeds = {default = 3, min = 1, help = "trainings with each"}, epochs = {default = 6, min = 1, help = "of each"},
  n = {default = 1500, min = 64, help = "images to train on"}, n_test = {default = 1000, min = 1, help = "to test on"},
}

local train_data, test_data = lab.data.fashion_mnist_pair {n = p.n, n_test = p.n_test}
local updates = p.epochs * math.ceil(p.n / 64)
local runs = {}
for _, pwr in ipairs(p.exponents) do
  for k = 1, p.seeds do runs[#runs + 1] = {pwr = pwr, seed = lab.config.seed + k} end
end
local results = train.sweep {
  model = function() return lab.book.lenet {zero_bias = true} end, loss = nn.CrossEntropyLoss(),
  optimizer = function(params) return lab.optim.SGD(params, {lr = p.lr}) end,
  scheduler = function(run) return sched.Poly {base_lr = p.lr, pwr = run.pwr, max_update = updates} end,
  data = train_data, batch_size = 64, epochs = p.epochs, runs = runs,
  evaluate = function(net) return train.accuracy(net, test_data) end, -- a result's loss is this accuracy
}

local fig = plot.figure {title = "η₀ (1 - t / T)ᵖ", xlabel = "epoch", ylabel = "training loss"}
for i, pwr in ipairs(p.exponents) do
  local curve, accuracy = lab.zeros(p.epochs), 0
  for k = 1, p.seeds do
    local result = results[(i - 1) * p.seeds + k]
    curve, accuracy = curve + lab.tensor(result.train_loss) / p.seeds, accuracy + result.loss / p.seeds
  end
  local loss = curve:tolist()[p.epochs]
  print(("p = %-4g training loss %.3f, test accuracy %.3f"):format(pwr, loss, accuracy))
  train.record(("p %g"):format(pwr), p.epochs, {loss = loss, accuracy = accuracy})
  fig:line(lab.arange(1, p.epochs + 1), curve, {label = ("p = %g"):format(pwr), style = "-o"})
end
print("The larger the exponent, the less is learnt: the rate is spent too early.")
fig:save("loss")
