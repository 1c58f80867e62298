--- Does the training with built-in parts follow the one written out?
-- Book section: "Minibatch Stochastic Gradient Descent". Claim (here and in "Momentum"): the
-- built-in optimizer with matching parameters gives a very similar curve.
--
-- In the book's PyTorch version the loss is nn.MSELoss, the mean of (prediction - y)^2; the version
-- written out has half of that. So every gradient is twice as large, and a step with rate eta is a
-- step of 2 eta of the version written out. Three trainings run over the same batches from the same
-- start: MSELoss with eta, half the square with 2 eta, half the square with eta. The reported loss
-- has the half in all of them.
-- The figure: "losses". What to see: the dots of 2 eta lie on the line of MSELoss with eta; the
-- line of the same eta is another one.
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.01, help = "rate of the concise version without momentum"},
  momentum_lr = {default = 0.005, help = "with momentum"},
  momentum = {default = 0.9, help = "as in the book"},
  epochs = {default = 2, help = "of each training"},
}

local ds = lab.data.airfoil {n = 1500, dtype = "float64"}
local net = nn.Sequential(nn.Linear(5, 1)):to("float64")
nn.init.normal_(net[1].weight, 0, 0.01)
local start, seed = net:state_dict(), lab.initial_seed()

local function squared_loss(prediction, y) return ((prediction - y) ^ 2 / 2):mean() end
local mse = nn.MSELoss()
local function mse_loss(prediction, y) return mse(prediction, y) end

-- The loss curve of one training.
local function run(loss, lr, momentum)
  net:load_state_dict(start)
  return train.fit {
    model = function(X) return net(X):flatten() end, loss = loss,
    optimizer = lab.optim.SGD(net:parameters(), {lr = lr, momentum = momentum}), epochs = p.epochs, compile = true,
    data = lab.data.loader(ds, {batch_size = 10, shuffle = true, seed = seed}), eval_every = 200,
    evaluate = function() return squared_loss(net(ds.X):flatten(), ds.y):item() end,
  }
end

local function distance(a, b) return (lab.tensor(a.loss) - lab.tensor(b.loss)):abs():max():item() end

local fig
for _, case in ipairs {{p.lr, 0}, {p.momentum_lr, p.momentum}} do
  local lr, momentum = table.unpack(case)
  local built_in, twice, same = run(mse_loss, lr, momentum), run(squared_loss, 2 * lr, momentum),
    run(squared_loss, lr, momentum)
  print(("eta %g, momentum %g: nn.MSELoss ends at %.4f"):format(lr, momentum, built_in.loss[#built_in.loss]))
  print(("  half the square, eta %g: %.4f, largest difference of the curves %.1g"):format(2 * lr,
    twice.loss[#twice.loss], distance(built_in, twice)))
  print(("  half the square, eta %g: %.4f, largest difference of the curves %.2g"):format(lr, same.loss[#same.loss],
    distance(built_in, same)))
  train.record("concise", momentum, {twice = distance(built_in, twice), same = distance(built_in, same)})
  if not fig then
    fig = plot.figure {title = "The same batches, three losses", xlabel = "epoch", ylabel = "loss",
      xlim = {0, p.epochs}, ylim = {0.22, 0.45}, xinteger = true}
    fig:line(built_in.epochs, built_in.loss, {label = ("nn.MSELoss, η = %g"):format(lr)})
    fig:line(twice.epochs, twice.loss, {label = ("half the square, η = %g"):format(2 * lr), style = "o"})
    fig:line(same.epochs, same.loss, {label = ("half the square, η = %g"):format(lr)})
    fig:save("losses")
  end
end
