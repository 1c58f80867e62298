--- Stochastic gradient descent with and without replacement on a regression.
-- Book section: "Stochastic Gradient Descent", exercise 3.
--
-- The regression of the airfoil data, batch size 1, many seeds for each number of epochs, once in
-- random order (the book's default) and once with each example drawn among all.
-- The figure: "replacement", the mean loss above its minimum. What to notice: both come near the
-- minimum equally fast. Then the noise of the draws decides, and in random order it is smaller:
-- what one example pulls away, the others give back in the same epoch. That takes a rate so small
-- that x remembers a whole epoch, eta n of about 1. With --every 1, 1500 examples, it forgets within
-- an epoch, and the two ways differ less.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local nn, optim, plot, train = lab.nn, lab.optim, lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.005, help = "learning rate"},
  every = {default = 7, min = 1, help = "1500 examples, of which every so many-th is taken"},
  seeds = {default = 100, help = "trainings each"},
}

local all = lab.data.airfoil {n = 1500}
local data = {X = all.X[{{1, 1500, p.every}}], y = all.y[{{1, 1500, p.every}}]}
local loss = nn.MSELoss()
local function half_squared(prediction, y) return 0.5 * loss(prediction, y:reshape(-1, 1)) end

-- The least loss, from the normal equations A'A w = A'y.
local A = lab.cat({data.X, lab.ones(#data.y, 1)}, 2):to("float64")
local y = data.y:to("float64")
local w = matrix.inverse(A:t():mm(A)):mv(A:t():mv(y))
local least = (0.5 * (A:mv(w) - y) ^ 2):mean():item()

local seeds = {}
for i = 1, p.seeds do seeds[i] = lab.initial_seed() * 1000 + i end

local EPOCHS = {1, 2, 5, 10, 20}
local fig = plot.figure {title = "Loss above its minimum", xlabel = "epoch", ylabel = "loss - least loss",
  logx = true, logy = true, xticks = EPOCHS}
for _, way in ipairs {{"without", false}, {"with", true}} do
  local name, means = way[1] .. " replacement", {}
  for i, epochs in ipairs(EPOCHS) do
    local results = train.sweep {
      model = function() return nn.Linear(5, 1) end, loss = half_squared,
      optimizer = function(params) return optim.SGD(params, {lr = p.lr}) end,
      data = data, epochs = epochs, grid = {seed = seeds}, replacement = way[2] or nil,
    }
    local losses = {}
    for k, result in ipairs(results) do losses[k] = result.loss - least end
    losses = lab.tensor(losses, {dtype = "float64"})
    means[i] = losses:mean():item()
    train.record(name, epochs, {excess = means[i], spread = losses:std():item()})
    print(("%-20s epoch %2d: loss %.5f, excess %.5f (spread %.5f)"):format(name, epochs, means[i] + least,
      means[i], losses:std():item()))
  end
  fig:line(EPOCHS, means, {label = name, style = "-o"})
end
fig:save("replacement")
