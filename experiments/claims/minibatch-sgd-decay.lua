--- Does it help to lower the learning rate during training?
-- Book section: "Minibatch Stochastic Gradient Descent". Claim (summary): decaying the learning
-- rate during training helps.
--
-- The regression with batches of 10 is trained 20 times with each of three rates: constant and
-- large, constant and small, and from the large one down by 0.3 percent an update. What is above
-- the least-squares loss is the price of the noise (large rate) or of the unfinished way (small
-- rate).
-- The figure: "excess", the mean excess after 1, 2, 4 and 8 epochs, on a log axis. What to see: the
-- large rate stops at once and stays, the small one is slow, the decayed one goes on falling.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  large = {default = 0.05, help = "learning rate, and where the decayed one starts"},
  small = {default = 0.002, help = "the small learning rate"},
  gamma = {default = 0.997, help = "factor of the decayed rate with each update"},
  runs = {default = 20, min = 1, help = "trainings with each rate"},
}

-- The least loss there is, by the normal equations.
local ds = lab.data.airfoil {n = 1500, dtype = "float64"}
local X, y = lab.cat({ds.X, lab.ones(#ds, 1, {dtype = "float64"})}, 2), ds.y:reshape(-1, 1)
local w = matrix.inverse(X:t():mm(X)):mm(X:t():mm(y))
local least = ((X:mm(w) - y) ^ 2 / 2):mean():item()
print(("least-squares loss %.4f; means of %d trainings with batches of 10:"):format(least, p.runs))

local EPOCHS = {1, 2, 4, 8} -- of trainings of their own
local rates = {
  {"constant, large", p.large}, {"constant, small", p.small},
  {"decayed", p.large, lab.sched.ExponentialLR {base_lr = p.large, gamma = p.gamma}},
}
local function squared_loss(prediction, target) return ((prediction - target:reshape(-1, 1)) ^ 2 / 2):mean() end

local fig = plot.figure {title = "Loss above the least-squares loss, batches of 10", xlabel = "epoch",
  ylabel = "excess", logy = true}
for kind, rate in ipairs(rates) do
  local excess = {}
  for i, epoch in ipairs(EPOCHS) do
    local seeds = {}
    for k = 1, p.runs do seeds[k] = lab.initial_seed() * 1000 + k end
    local results = train.sweep {
      model = function() return nn.Linear(5, 1) end, loss = squared_loss,
      optimizer = function(params) return lab.optim.SGD(params, {lr = rate[2]}) end,
      scheduler = rate[3] and function() return rate[3] end, data = lab.data.airfoil {n = 1500}, batch_size = 10,
      epochs = epoch, grid = {seed = seeds},
    }
    local sum = 0
    for _, r in ipairs(results) do sum = sum + r.loss - least end
    excess[i] = sum / p.runs
  end
  print(("%-16s after 1 epoch %.5f above it, after %d epochs %.5f"):format(rate[1], excess[1], EPOCHS[#EPOCHS],
    excess[#EPOCHS]))
  train.record("excess", kind, {first = excess[1], last = excess[#EPOCHS]})
  fig:line(EPOCHS, excess, {label = rate[1], style = "-o"})
end
fig:save("excess")
