--- The critical batch size: up to where a larger batch saves updates.
--
-- The question: how many updates does a training need to come to a given loss, as a function of the batch size B?
-- Each optimizer gets the same rates to try for each B; the fastest counts. Updates are counted until the mean loss
-- of all training images is below the target. McCandlish et al., "An empirical model of large-batch training",
-- arXiv 1812.06162, expect S = S_min (1 + B_crit/B): half as many updates for twice the batch below B_crit, no gain
-- above. Shallue et al., arXiv 1811.03600, measured such curves.
-- The figure: "critical-batch-size": the measured numbers, and the formula with S_min and B_crit fitted to them
-- (lines).
-- What to notice: momentum and Adam do not change the left end of the curve, where noise decides, but move its bend
-- to the right: they make use of larger batches (Zhang et al., arXiv 1907.04164).
local lab = require "optlab"
local nn, optim, plot, train = lab.nn, lab.optim, lab.plot, lab.train

local p = lab.params {
  n = {default = 2000, min = 20, help = "images"},
  target = {default = 0.4, min = 0, help = "mean loss that ends a training"},
  batches = {default = {2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}, help = "batch sizes"},
  rates = {default = 9, min = 1, help = "rates tried for each batch size, each twice the one before"},
  width = {default = 32, min = 1, help = "hidden units"},
  epochs = {default = 20, min = 1, help = "a training is given up after these and 1000 updates"},
}

local OPTIMIZERS = { -- the largest rate tried
  {name = "SGD", make = "SGD", options = {}, lr = 3.2, color = "#0b5394"},
  {name = "momentum 0.9", make = "SGD", options = {momentum = 0.9}, lr = 0.64, color = "#e69f00"},
  {name = "Adam", make = "Adam", options = {}, lr = 0.05, color = "#c1272d"},
}

local images = lab.data.fashion_mnist_pair {n = p.n, n_test = 1}
local X = nn.functional.avg_pool2d(images.X, 2):reshape(p.n, -1)
local data = {X = (X - X:mean()) / X:std(), y = images.y}

-- The number of updates to the target, or nil where it is not below `limit`.
local function updates(entry, batch, lr, limit)
  lab.manual_seed(lab.config.seed)
  local net = nn.Sequential(nn.Linear(196, p.width), nn.ReLU(), nn.Linear(p.width, 10))
  local cross_entropy, options = nn.CrossEntropyLoss(), {lr = lr}
  for name, value in pairs(entry.options) do options[name] = value end
  local opt = optim[entry.make](net:parameters(), options)
  local step = lab.compile(function(x, y)
    opt:zero_grad()
    local loss = cross_entropy(net(x), y)
    loss:backward()
    opt:step()
    return loss
  end)
  local loader = lab.data.loader(data, {batch_size = batch, shuffle = true, drop_last = true})
  local count, next_look = 0, 4
  while true do
    for x, y in loader:batches {reuse = true} do
      step(x, y)
      count = count + 1
      if count >= limit then return nil end
      if count >= next_look then
        local loss = train.mean_loss(net, cross_entropy, data)
        if loss < p.target then return count end
        if loss ~= loss or loss > 100 then return nil end
        next_look = count * 1.04
      end
    end
  end
end

-- The fewest updates over the rates, and the rate that needed them.
local function fewest(entry, batch)
  local best, best_lr = 1000 + p.epochs * p.n // batch
  for k = 0, p.rates - 1 do
    local lr = entry.lr / 2 ^ k
    local found = updates(entry, batch, lr, best)
    if found then best, best_lr = found, lr end
  end
  return best_lr and best, best_lr
end

-- S_min and B_crit of the formula, by least squares of the logarithms.
local function fit(batches, counts)
  local b, s = lab.tensor(batches, {dtype = "float64"}), lab.tensor(counts, {dtype = "float64"})
  local function misfit(w) return ((w[1] + (1 + w[2]:exp() / b):log() - s:log()) ^ 2):sum() end
  local found = lab.minimize(misfit, lab.tensor({math.log(counts[#counts]), math.log(100)}, {dtype = "float64"}))
  return math.exp(found.x[1]:item()), math.exp(found.x[2]:item())
end

local fig = plot.figure {
  title = ("Updates to a loss of %g, the best of %d rates"):format(p.target, p.rates), xlabel = "batch size B",
  ylabel = "updates", logx = true, logy = true, size = {640, 420},
}
for _, entry in ipairs(OPTIMIZERS) do
  local batches, counts = {}, {}
  for _, batch in ipairs(p.batches) do
    local count, lr = fewest(entry, batch)
    if count then batches[#batches + 1], counts[#counts + 1] = batch, count end
    print(("%-13s B = %-5d %s"):format(entry.name, batch,
      count and ("%5d updates, %7d images, η = %g"):format(count, count * batch, lr) or "does not arrive"))
  end
  if #batches >= 2 then
    fig:points(batches, counts, {color = entry.color})
    local s_min, b_crit = fit(batches, counts)
    print(("%-13s S_min = %.0f, B_crit = %.0f"):format(entry.name, s_min, b_crit))
    train.record(entry.name, 1, {s_min = s_min, b_crit = b_crit})
    fig:line(function(b) return s_min * (1 + b_crit / b) end, {
      x = {p.batches[1], p.batches[#p.batches], 1}, color = entry.color,
      label = ("%s: B_crit = %.0f"):format(entry.name, b_crit),
    })
    fig:vline(b_crit, {color = entry.color, style = "--", width = 1})
  end
end
fig:save "critical-batch-size"
