--- Is momentum's step eta / (1 - beta)?
-- Book section: "Momentum". Claim: the weights of past gradients sum to 1/(1 - beta), so that a
-- step of eta with momentum is in effect one of eta / (1 - beta).
--
-- The regression with batches of 10 is trained with beta = 0, 0.5, 0.9 and 0.95, once with rates
-- that make eta / (1 - beta) the same, once with the same eta, and with several seeds.
-- The figure: "effective-step", the loss curves of one seed. What to see: in the left panel the
-- four curves are nearly one (a large beta is a little late and swings), in the right one they
-- differ.
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  step = {default = 0.02, help = "eta / (1 - beta) on the left, eta on the right"},
  epochs = {default = 2, help = "of each training"},
  runs = {default = 20, min = 1, help = "trainings of each kind"},
}
local BETAS = {0, 0.5, 0.9, 0.95}

local function squared_loss(prediction, y) return ((prediction - y:reshape(-1, 1)) ^ 2 / 2):mean() end

-- Mean and standard deviation of the last loss over the seeds.
local function losses(lr, beta)
  local seeds = {}
  for i = 1, p.runs do seeds[i] = lab.initial_seed() * 1000 + i end
  local results = train.sweep {
    model = function() return nn.Linear(5, 1) end, loss = squared_loss, data = lab.data.airfoil {n = 1500},
    optimizer = function(params) return lab.optim.SGD(params, {lr = lr, momentum = beta}) end,
    batch_size = 10, epochs = p.epochs, grid = {seed = seeds},
  }
  local list = {}
  for i, r in ipairs(results) do list[i] = r.loss end
  local t = lab.tensor(list)
  return t:mean():item(), t:std():item()
end

local start = lab.get_rng_state()
local panels = {}
for i, kind in ipairs {"same eta / (1 - beta)", "same eta"} do
  panels[i] = plot.figure {title = i == 1 and "the same η/(1 - β)" or "the same η", xlabel = "epoch", ylabel = "loss",
    xlim = {0, p.epochs}, ylim = {0.22, 0.5}, xinteger = true}
  print(("%s: mean loss of %d trainings, deviation"):format(kind, p.runs))
  local lowest, highest = math.huge, -math.huge
  for _, beta in ipairs(BETAS) do
    local lr = i == 1 and p.step * (1 - beta) or p.step
    local mean, deviation = losses(lr, beta)
    print(("  beta %.2f, eta %.4f: %.4f +- %.4f"):format(beta, lr, mean, deviation))
    train.record(i == 1 and "same-step" or "same-eta", beta, {loss = mean})
    lowest, highest = math.min(lowest, mean), math.max(highest, mean)
    lab.set_rng_state(start) -- all curves from one start over the same batches
    local history = train.airfoil({"SGD", lr = lr, momentum = beta}, {concise = false, epochs = p.epochs})
    panels[i]:line(history.epochs, history.loss, {label = ("β = %g, η = %g"):format(beta, lr)})
  end
  print(("  the means differ by at most %.4f"):format(highest - lowest))
  train.record("spread", i, {loss = highest - lowest})
end
plot.grid(panels, {size = {900, 380}}):save("effective-step")
