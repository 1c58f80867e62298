--- How long should a warm-up last?
-- Book section: "Learning Rate Scheduling", exercise 4.
--
-- Cosine down to 0.01 over six epochs of 1500 images, in batches of 64, after linear warm-ups of
-- 0, 1 and 4 epochs, which move at each update; from 0.2, a rate that this network stands, and
-- from 0.5, which is too large at first.
-- The figure: "length", mean test accuracy by length of the warm-up. At 0.2 it makes no
-- difference. At 0.5 many networks lose all their units without it (accuracy 0.1), and only a long
-- warm-up saves them.
local lab = require "optlab"
local nn, plot, sched, train = lab.nn, lab.plot, lab.sched, lab.train

local p = lab.params {
  lengths = {default = {0, 1, 4}, help = "epochs of the warm-up"}, rates = {default = {0.2, 0.5}, help = "η₀"},
  seeds = {default = 3, min = 1, help = "trainings with each"}, epochs = {default = 6, min = 1, help = "of each"},
  n = {default = 1500, min = 64, help = "images to train on"}, n_test = {default = 1000, min = 1, help = "to test on"},
}

local train_data, test_data = lab.data.fashion_mnist_pair {n = p.n, n_test = p.n_test}
local per_epoch = math.ceil(p.n / 64)
local runs = {}
for _, lr in ipairs(p.rates) do
  for _, length in ipairs(p.lengths) do
    for k = 1, p.seeds do runs[#runs + 1] = {lr = lr, length = length, seed = lab.config.seed + k} end
  end
end
local results = train.sweep {
  model = function() return lab.book.lenet {zero_bias = true} end, loss = nn.CrossEntropyLoss(),
  optimizer = function(params, run) return lab.optim.SGD(params, {lr = run.lr}) end,
  scheduler = function(run)
    return sched.Cosine {base_lr = run.lr, final_lr = 0.01, max_update = p.epochs * per_epoch,
      warmup_steps = run.length * per_epoch}
  end,
  data = train_data, batch_size = 64, epochs = p.epochs, runs = runs,
  evaluate = function(net) return train.accuracy(net, test_data) end, -- a result's loss is this accuracy
}

local fig = plot.figure {title = "Cosine after a warm-up", xlabel = "epochs of warm-up", ylabel = "test accuracy"}
local at = 0
for _, lr in ipairs(p.rates) do
  local means = {}
  for i, length in ipairs(p.lengths) do
    local sum, dead = 0, 0
    for _ = 1, p.seeds do
      at = at + 1
      sum, dead = sum + results[at].loss, dead + (results[at].loss < 0.15 and 1 or 0)
    end
    means[i] = sum / p.seeds
    print(("η₀ = %g, warm-up %g: test accuracy %.3f, %d of %d dead"):format(lr, length, means[i], dead, p.seeds))
    train.record(("lr %g"):format(lr), length, {accuracy = means[i], dead = dead})
  end
  fig:line(p.lengths, means, {label = ("η₀ = %g"):format(lr), style = "-o"})
end
fig:save("length")
