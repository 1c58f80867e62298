--- Adam with other learning rates: which one is best for the regression, and how many others do?
-- Book section: "Adam", exercise 1.
--
-- Asked: adjust the learning rate, observe and analyse. The regression on the airfoil data is
-- trained for two epochs with each rate, from several seeds. The least-squares optimum is 0.2417.
-- The figure: "rates", the mean loss by learning rate with the range over the seeds. It is a wide
-- valley: too small a rate has not arrived after 300 updates (each moves a weight by about η), too
-- large a one swings about the minimum, because Adam's steps do not shrink with the gradient.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  rates = {default = {0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1}, help = "learning rates to try"},
  seeds = {default = 10, min = 1, help = "trainings with each"},
}

local means, lowest, highest = {}, {}, {}
for i, lr in ipairs(p.rates) do
  local losses = {}
  for k = 1, p.seeds do
    lab.manual_seed(lab.config.seed + k)
    local history = train.airfoil({"Adam", lr = lr}, {epochs = 2})
    losses[k] = history.loss[#history.loss]
  end
  means[i] = lab.tensor(losses):mean():item()
  lowest[i], highest[i] = math.min(table.unpack(losses)), math.max(table.unpack(losses))
  print(("η = %-6g loss %.4f (%.4f to %.4f)"):format(lr, means[i], lowest[i], highest[i]))
  train.record(("lr %g"):format(lr), 2, {loss = means[i]})
end
local best, good = math.min(table.unpack(means)), {}
for i, lr in ipairs(p.rates) do
  if means[i] < 0.2417 + 0.02 then good[#good + 1] = ("%g"):format(lr) end
end
print(("Best mean %.4f; within 0.02 of the optimum: η = %s"):format(best, table.concat(good, ", ")))

local fig = plot.figure {
  title = ("Adam, two epochs, %d seeds"):format(p.seeds), xlabel = "η", ylabel = "loss", logx = true,
  ylim = {0.22, 0.6},
}
fig:band(p.rates, lowest, highest, {label = "range"})
fig:line(p.rates, means, {label = "mean", style = "-o"})
fig:save("rates")
