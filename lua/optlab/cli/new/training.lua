--- NAME: a network trained on the airfoil data.
--
--     optlab FILE                 runs it
--     optlab FILE --method Adam   another optimizer
--     optlab FILE --help          all parameters
--     optlab sweep FILE --method SGD,Adam --seed 1..5
--
-- Numbers and figures are then in OUT.
local lab = require "optlab"
local nn, optim, plot, train = lab.nn, lab.optim, lab.plot, lab.train

-- What the command line may change. The type of a default is the type of its parameter.
local p = lab.params {
  method = {default = "SGD", choices = {"SGD", "Adam", "RMSprop"}, help = "optimizer"},
  lr = {default = 0.05, min = 0, help = "learning rate"},
  hidden = {default = 16, min = 1, help = "units of the hidden layer"},
  batch_size = {default = 32, min = 1, help = "examples in an update"},
  epochs = {default = 10, min = 1, help = "passes over the training data"},
}

-- Five features of each row predict one number. Data of your own: lab.data.csv("my.csv", ...).
local data = lab.data.airfoil {n = 1500}
local training, test = data:split {1200, 300}

local net = nn.Sequential(nn.Linear(5, p.hidden), nn.Tanh(), nn.Linear(p.hidden, 1))
local mse = nn.MSELoss()
local function loss(prediction, y) return mse(prediction, y:reshape(prediction.shape)) end

-- Trains, and measures the loss on the test data after each epoch.
local history = train.fit {
  model = net, loss = loss, optimizer = optim[p.method](net:parameters(), {lr = p.lr}), epochs = p.epochs,
  data = lab.data.loader(training, {batch_size = p.batch_size, shuffle = true}),
  eval_data = test,
}

-- Prints the last losses and writes every point to metrics.csv.
train.report("training", history)

-- Both losses over the epochs.
plot.figure({title = ("%s, η = %g"):format(p.method, p.lr), xlabel = "epoch", ylabel = "loss"})
  :line(history.epochs, history.train_loss, {label = "training"})
  :line(history.epochs, history.test_loss, {label = "test"})
  :save("loss")
