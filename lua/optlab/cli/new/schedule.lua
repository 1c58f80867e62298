--- NAME: a learning-rate schedule of your own, beside the cosine.
--
--     optlab FILE                     runs it
--     optlab FILE --schedule cosine   the cosine
--     optlab FILE --help              all parameters
--     optlab sweep FILE --schedule own,cosine --seed 1..5
--
-- Numbers and figures are then in OUT.
local lab = require "optlab"
local nn, optim, plot, sched, train = lab.nn, lab.optim, lab.plot, lab.sched, lab.train

-- What the command line may change. The type of a default is the type of its parameter.
local p = lab.params {
  schedule = {default = "own", choices = {"own", "cosine", "constant"}, help = "how the learning rate changes"},
  lr = {default = 0.05, min = 0, help = "the largest learning rate"},
  warmup = {default = 3, min = 1, help = "epochs of the rise"},
  epochs = {default = 12, min = 1, help = "passes over the data"},
}

-- A schedule is a function of t = 0, 1, 2, ..., the epoch. This one rises, stays, and falls in the last third.
local function own(t)
  local rise, fall = (t + 1) / p.warmup, 3 * (p.epochs - t) / p.epochs
  return p.lr * math.min(rise, 1, fall)
end

local schedule = own
if p.schedule == "cosine" then
  schedule = sched.Cosine {base_lr = p.lr, max_update = p.epochs}
elseif p.schedule == "constant" then
  schedule = function() return p.lr end
end

-- A linear regression on the airfoil data: five features of each row predict one number.
local data = lab.data.airfoil {n = 1500}
local net, mse = nn.Linear(5, 1), nn.MSELoss()
local function loss(prediction, y) return mse(prediction, y:reshape(prediction.shape)) / 2 end

-- Trains, and measures the loss over all data after each epoch.
local history = train.fit {
  model = net, loss = loss, optimizer = optim.SGD(net:parameters(), {lr = p.lr}), epochs = p.epochs,
  data = lab.data.loader(data, {batch_size = 10, shuffle = true}),
  scheduler = schedule, eval_data = data,
}

-- Prints the last losses and writes every point to metrics.csv.
train.report("training", history, p.schedule)

local title = ("schedule: %s"):format(p.schedule)
plot.figure({title = title, xlabel = "epoch", ylabel = "learning rate"})
  :line(lab.arange(0, p.epochs), sched.values(schedule, p.epochs)):save("rate")
plot.figure({title = title, xlabel = "epoch", ylabel = "loss"}):line(history.epochs, history.test_loss):save("loss")
