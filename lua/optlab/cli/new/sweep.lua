--- NAME: many small trainings side by side, to see what a learning rate does over several seeds.
--
--     optlab FILE                 runs it
--     optlab FILE --method Adam   another optimizer
--     optlab FILE --help          all parameters
--
-- Numbers and figures are then in OUT.
local lab = require "optlab"
local nn, optim, plot, train = lab.nn, lab.optim, lab.plot, lab.train

-- What the command line may change. The type of a default is the type of its parameter.
local p = lab.params {
  method = {default = "SGD", choices = {"SGD", "Adam", "RMSprop"}, help = "optimizer"},
  rates = {default = {0.001, 0.003, 0.01, 0.03, 0.1}, help = "learning rates"},
  seeds = {default = 5, min = 1, help = "trainings with each rate"},
  epochs = {default = 2, min = 1, help = "passes over the data"},
}

local seeds = {}
for i = 1, p.seeds do seeds[i] = i end

-- A linear regression on the airfoil data: five features of each row predict one number.
local data = lab.data.airfoil {n = 1500}
local mse = nn.MSELoss()

-- A training for each combination, with a model, an optimizer and an order of the data of its own.
local results = train.sweep {
  model = function() return nn.Linear(5, 1) end,
  optimizer = function(params, run) return optim[p.method](params, {lr = run.lr}) end,
  loss = function(prediction, y) return mse(prediction, y:reshape(prediction.shape)) / 2 end,
  data = data, batch_size = 10, shuffle = true, epochs = p.epochs,
  grid = {lr = p.rates, seed = seeds},
}

-- The median, the least and the largest loss of the trainings with a rate.
local function spread(lr)
  local losses = {}
  for _, result in ipairs(results) do
    if result.run.lr == lr then losses[#losses + 1] = result.loss end
  end
  table.sort(losses)
  return losses[(#losses + 1) // 2], losses[1], losses[#losses]
end

local median, least, most = {}, {}, {}
for i, lr in ipairs(p.rates) do
  median[i], least[i], most[i] = spread(lr)
  print(("lr %g: loss %.4f (%.4f to %.4f)"):format(lr, median[i], least[i], most[i]))
  train.record(("lr %g"):format(lr), p.epochs, {loss = median[i], least = least[i], most = most[i]})
end

local title = ("%s, %d seeds"):format(p.method, p.seeds)
plot.figure({title = title, xlabel = "learning rate", ylabel = "loss", logx = true})
  :band(p.rates, least, most)
  :line(p.rates, median, {label = "median"})
  :save("loss")
