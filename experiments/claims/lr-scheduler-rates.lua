--- Do the rates that the book draws, 2 and 0.5, train its network?
-- Book section: "Learning Rate Scheduling". Claim: a rate that is too large ruins the training at
-- once.
--
-- The book draws factor from 2 and multi-factor from 0.5. LeNet with ReLU does not stand them: a
-- few steps too large switch off all units of a layer for good, and every image gets the same
-- answer, at a training loss of ln 10 = 2.3. Here it sees 1500 images four times, in batches of
-- 64; factor multiplies by 0.9 an epoch, multi-factor halves after the second. That is why
-- lr-scheduler.lua trains both from 0.3.
-- The figure: "loss", the training loss of each network by epoch. A line that stays at 2.3 is
-- dead. Exercise lr-scheduler-4 shows that warm-up saves networks at 0.5.
local lab = require "optlab"
local nn, plot, sched, train = lab.nn, lab.plot, lab.sched, lab.train

local p = lab.params {
  seeds = {default = 6, min = 1, help = "trainings with each"}, epochs = {default = 4, min = 1, help = "of each"},
  n = {default = 1500, min = 64, help = "images to train on"},
}

local train_data = lab.data.fashion_mnist_pair {n = p.n, n_test = 1}
local per_epoch = math.ceil(p.n / 64)
local function factor(lr) return sched.Factor {base_lr = lr, factor = 0.9, stop_factor_lr = 0.01} end
local function multi_factor(lr) return sched.MultiFactor {base_lr = lr, step = {2}, factor = 0.5} end
local entries = {
  {"factor from 2", factor(2)}, {"multi-factor from 0.5", multi_factor(0.5)},
  {"multi-factor from 0.3", multi_factor(0.3)},
}
local runs = {}
for _, entry in ipairs(entries) do
  for k = 1, p.seeds do runs[#runs + 1] = {rate = entry[2], seed = lab.config.seed + k} end
end
local results = train.sweep {
  model = function() return lab.book.lenet {zero_bias = true} end, loss = nn.CrossEntropyLoss(),
  optimizer = function(params) return lab.optim.SGD(params, {lr = 0.3}) end,
  scheduler = function(run) return function(t) return run.rate(t / per_epoch) end end,
  data = train_data, batch_size = 64, epochs = p.epochs, runs = runs, evaluate = false,
}

local fig = plot.figure {title = "LeNet with the book's first rates", xlabel = "epoch", ylabel = "training loss"}
local epochs = lab.arange(1, p.epochs + 1)
for i, entry in ipairs(entries) do
  local sum, dead = 0, 0
  for k = 1, p.seeds do
    local loss = results[(i - 1) * p.seeds + k].train_loss
    sum = sum + loss[p.epochs]
    if loss[p.epochs] > 2.25 or results[(i - 1) * p.seeds + k].diverged then dead = dead + 1 end
    fig:line(epochs, loss, {label = k == 1 and entry[1] or nil, color = "C" .. i})
  end
  print(("%-22s %d of %d dead, mean training loss %.3f"):format(entry[1], dead, p.seeds, sum / p.seeds))
  train.record(entry[1], p.epochs, {dead = dead, loss = sum / p.seeds})
end
fig:save("loss")
