--- NAME: an optimizer of your own: its path beside Adam's, and what it is worth on a regression.
--
--     optlab FILE                runs it
--     optlab FILE --method SGD   the built-in one
--     optlab FILE --help         all parameters
--     optlab sweep FILE --method own,Adam --seed 1..5
--
-- Numbers and figures are then in OUT.
local lab = require "optlab"
local nn, optim, plot, train = lab.nn, lab.optim, lab.plot, lab.train

-- What the command line may change. The type of a default is the type of its parameter.
local p = lab.params {
  method = {default = "own", choices = {"own", "SGD", "Adam"}, help = "optimizer"},
  lr = {default = 0.005, min = 0, help = "learning rate"},
  epochs = {default = 5, min = 1, help = "passes over the data"},
}

-- `step` is called for each parameter: it changes param in place, given its gradient g, its state and the
-- hyperparameters h of its group. This one is momentum that looks at the signs of its mean alone.
local Own = optim.define {
  name = "Own",
  defaults = {lr = 0.001, momentum = 0.9},
  state = {"m"}, -- a tensor of zeros for each parameter
  step = function(param, g, state, h)
    state.m:mul_(h.momentum):add_(g * (1 - h.momentum))
    param:sub_(state.m:sign() * h.lr)
  end,
}

local make = p.method == "own" and Own or optim[p.method]

-- On a function of two numbers one sees how it moves.
local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local path = train.descend(f, {-5, -2}, {make, lr = 20 * p.lr}, 60)
train.report("path", path)
local fig = plot.trace2d(f, path, {label = p.method})
if p.method ~= "Adam" then
  local adam = train.descend(f, {-5, -2}, {"Adam", lr = 20 * p.lr}, 60)
  fig:line(adam, {label = "Adam", style = "-o"})
end
fig:save("path")

-- On a regression one sees what it is worth.
local data = lab.data.airfoil {n = 1500}
local net, mse = nn.Linear(5, 1), nn.MSELoss()
local function loss(prediction, y) return mse(prediction, y:reshape(prediction.shape)) / 2 end

local history = train.fit {
  model = net, loss = loss, optimizer = make(net:parameters(), {lr = p.lr}), epochs = p.epochs,
  data = lab.data.loader(data, {batch_size = 10, shuffle = true}),
  eval_data = data,
}
train.report("regression", history)
plot.figure({title = p.method, xlabel = "epoch", ylabel = "loss"}):line(history.epochs, history.test_loss):save("loss")
