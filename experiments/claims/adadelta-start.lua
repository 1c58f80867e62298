--- What does the start of Adadelta cost, and what do eps and a rate do to it?
-- Book section: "Adadelta". Claims: Adadelta has no learning rate; but eps is 1e-5 in the book's
-- rule and 1e-6 in PyTorch, and the TensorFlow tab says "not converging at the default rate,
-- converging at 5".
--
-- Past steps say how long the next one is, and at first there are none: the first step is sqrt(eps
-- / (1 - rho)) long. So eps decides how soon Adadelta gets going. TensorFlow multiplies the step by
-- a rate of 0.001 (and eps is 1e-7). All are tried on the airfoil regression with several seeds.
-- The figure: "start", the loss of one training each.
-- What to notice: with TensorFlow's default the loss hardly moves in 4 epochs. The rate 5 makes up
-- for the small eps. What has no learning rate has two other parameters that do its work.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  rho = {default = 0.9, min = 0, max = 1, help = "what the leaking averages keep"},
  epochs = {default = 4, min = 1, help = "of each training"},
  seeds = {default = 3, min = 2, help = "trainings for each setting"},
}

local settings = {
  {"the book's rule", 1, 1e-5}, {"PyTorch", 1, 1e-6}, {"TensorFlow", 0.001, 1e-7}, {"TensorFlow, tuned", 5, 1e-7},
}

-- How many updates it takes until the loss is below 0.26 for the first time.
local function updates_until(history)
  for i, loss in ipairs(history.loss) do
    if loss < 0.26 then return history.steps[i] end
  end
  return math.huge
end

local fig = plot.figure {title = ("Adadelta on the airfoil data, ρ = %g"):format(p.rho), xlabel = "epoch",
  ylabel = "loss", xlim = {0, p.epochs}, ylim = {0.2, 0.55}, xinteger = true}
for _, setting in ipairs(settings) do
  local name, lr, eps = table.unpack(setting)
  local losses, updates, history = {}, {}, nil
  for seed = 1, p.seeds do
    history = train.airfoil({"Adadelta", lr = lr, rho = p.rho, eps = eps}, {epochs = p.epochs})
    losses[seed], updates[seed] = history.loss[#history.loss], updates_until(history)
  end
  table.sort(updates)
  local loss, median = lab.tensor(losses), updates[(#updates + 1) // 2]
  local when = median < math.huge and ("after %d updates"):format(median) or "never"
  print(("loss %.4f ± %.4f, below 0.26 %s"):format(loss:mean():item(), loss:std():item(), when))
  print(("  (%s: rate %g, ε = %g)"):format(name, lr, eps))
  train.record(name, p.epochs, {loss = loss:mean():item(), updates = median})
  fig:line(history.epochs, history.loss, {label = ("%s: rate %g, ε = %g"):format(name, lr, eps)})
end
fig:save("start")
