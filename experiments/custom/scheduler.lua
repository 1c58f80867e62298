--- A learning-rate schedule of your own: any Lua function of t = 0, 1, ... is one.
--
-- The question: a large constant rate is quick but ends above the optimum, because the gradients are noisy. What does a
-- rate do that warms up, stays and then falls to zero?
-- The figures: "rate", the two schedules; "loss", the training loss on the airfoil data under each.
local lab = require "optlab"
local nn, optim, plot, train = lab.nn, lab.optim, lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.05, help = "the flat part's learning rate"},
  epochs = {default = 12, help = "in all"},
  warmup = {default = 3, help = "epochs of the rise"},
  decay = {default = 4, help = "epochs of the fall"},
  batch_size = {default = 10, help = "examples an update"},
  seed = 1,
}

-- This is all it takes: the epoch in, the rate out.
local function warmup_stable_decay(t)
  local rise, fall = (t + 1) / p.warmup, (p.epochs - t) / (p.decay + 1)
  return p.lr * math.min(rise, 1, fall)
end

local function constant() return p.lr end

local data = lab.data.airfoil {n = 1500}
local rate = plot.figure {title = "Two schedules", xlabel = "epoch", ylabel = "learning rate"}
local title = data.stand_in and "Airfoil (stand-in data)" or "Airfoil"
local losses = plot.figure {title = title, xlabel = "epoch", ylabel = "loss"}

for _, s in ipairs {{"constant", constant}, {"warmup, stable, decay", warmup_stable_decay}} do
  local name, schedule = s[1], s[2]
  lab.manual_seed(p.seed)
  local net, mse = nn.Linear(5, 1), nn.MSELoss()
  local function loss(prediction, y) return mse(prediction, y:reshape(prediction.shape)) / 2 end
  local history = train.fit {
    model = net, loss = loss, optimizer = optim.SGD(net:parameters(), {lr = p.lr}), epochs = p.epochs,
    data = lab.data.loader(data, {batch_size = p.batch_size, shuffle = true}),
    scheduler = schedule, eval_data = data,
  }
  print(("%s: loss %.4f after %g epochs"):format(name, history.loss[#history.loss], history.epochs[#history.epochs]))
  rate:line(lab.arange(0, p.epochs), lab.sched.values(schedule, p.epochs), {label = name})
  losses:line(history.epochs, history.loss, {label = name})
end

rate:save("rate")
losses:save("loss")
