--- When does a batch of 100 beat gradient descent?
-- Book section: "Minibatch Stochastic Gradient Descent". Claim: batches of 100 reach a loss even
-- sooner than gradient descent does.
--
-- An update of gradient descent reads all n rows, an update with a batch 100 of them, however many
-- there are. Both are trained until the loss over all rows is below 0.26, with 1500 rows and with
-- 4, 16 and 64 copies of them in random order.
-- The figure: "rows", the time until then against n. What to see: the time of gradient descent
-- grows with n, that of batches hardly. With 1500 rows of five numbers both take nearly as long.
-- Times differ from run to run: they are printed and drawn, not recorded.
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  below = {default = 0.26, help = "the loss to reach"},
  lr_gd = {default = 1.0, help = "learning rate of gradient descent"},
  lr_100 = {default = 0.4, help = "learning rate with batches of 100"},
  most = {default = 64, min = 1, help = "most copies of the 1500 rows"},
}

-- Trains until the loss over ds is below p.below; returns the updates and the seconds of these alone.
local function train_until(ds, batch_size, lr)
  local w, c = lab.normal(0, 0.01, {5, 1}, {requires_grad = true}), lab.zeros(1, {requires_grad = true})
  local opt = lab.optim.SGD({w, c}, {lr = lr})
  local function model(X) return X:mm(w) + c end
  local function loss(prediction, y) return nn.functional.mse_loss(prediction, y:reshape(-1, 1)) / 2 end
  local loader = lab.data.loader(ds, {batch_size = batch_size})
  local updates, seconds = 0, 0
  while updates < 1000 do
    for X, y in loader:batches() do
      local before = lab.clock()
      opt:zero_grad()
      loss(model(X), y):backward()
      opt:step()
      updates, seconds = updates + 1, seconds + lab.clock() - before
      if train.mean_loss(model, loss, ds) < p.below then return updates, seconds end
    end
  end
  return updates, seconds
end

-- The updates, and the shortest time of three such trainings.
local function timed(ds, batch_size, lr)
  local start, best, updates = lab.get_rng_state(), math.huge, nil
  for _ = 1, 3 do
    lab.set_rng_state(start) -- every time the same training
    local count, seconds = train_until(ds, batch_size, lr)
    updates, best = count, math.min(best, seconds)
  end
  return updates, best * 1000
end

local airfoil = lab.data.airfoil {n = 1500}
local sizes, gd_times, batch_times = {}, {}, {}
local copies = 1
while copies <= p.most do
  local xs, ys = {}, {}
  for i = 1, copies do xs[i], ys[i] = airfoil.X, airfoil.y end
  local n = copies * #airfoil
  local order = lab.randperm(n)
  local ds = {X = lab.cat(xs)[order], y = lab.cat(ys)[order]}
  local gd, gd_ms = timed(ds, n, p.lr_gd)
  local batch, batch_ms = timed(ds, 100, p.lr_100)
  print(("%6d rows: gradient descent %d updates, %7d rows read, %.2f ms"):format(n, gd, gd * n, gd_ms))
  print(("             batches of 100   %d updates, %7d rows read, %.2f ms"):format(batch, batch * 100, batch_ms))
  train.record("until", n, {updates_gd = gd, updates_batch = batch, ratio = gd * n / (batch * 100)})
  sizes[#sizes + 1], gd_times[#gd_times + 1], batch_times[#batch_times + 1] = n, gd_ms, batch_ms
  copies = copies * 4
end

local fig = plot.figure {title = ("Time until the loss is below %g"):format(p.below), xlabel = "rows of the data, n",
  ylabel = "ms", logx = true, logy = true}
fig:line(sizes, gd_times, {style = "-o", label = "gradient descent"})
fig:line(sizes, batch_times, {style = "-s", label = "batches of 100"})
fig:save("rows")
