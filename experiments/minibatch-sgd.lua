--- Minibatch stochastic gradient descent: batches that compute fast and learn fast.
-- Book section: "Minibatch Stochastic Gradient Descent".
-- Exercises: experiments/exercises/minibatch-sgd-1.lua to -3.lua. More of what the section claims:
-- experiments/claims/minibatch-sgd-*.lua (bytes a second, the noise of a batch's gradient, more data,
-- the doubled gradient of nn.MSELoss, a falling learning rate).
--
-- The question: how many examples should one update see?
-- The figures: "matrix-product", the rate of a 256 x 256 product taken element by element, by
-- columns, in blocks of 64 columns and whole; "airfoil-batch-*", the regression with batches of
-- 1500 (gradient descent), 1 (stochastic), 100 and 10; "loss-seconds", the four against time on
-- a log axis; "airfoil-concise", the same with nn and optim.
-- What to notice: a column at a time is twenty to fifty times as fast as an element at a time, and
-- 64 columns are nearly as good as all 256. All four batch sizes come down to nearly the same loss,
-- but sec/epoch differs by a factor of hundreds, because an update with one example takes nearly as
-- long as one with a hundred. In "loss-seconds" batches of 10 lie left of sgd, and batches of 100
-- left of both. 1500 rows are so few that gradient descent is as quick as batches of 100;
-- claims/minibatch-sgd-rows.lua has more rows, and there batches win.
-- The book's helpers: get_data_ch11 is data.airfoil, train_ch11 is train.airfoil with an update rule,
-- train_concise_ch11 is train.airfoil with an optimizer's table, Timer is lab.clock.
-- Times differ from run to run: they are printed and in "matrix-product" and "loss-seconds" only.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  size = {default = 256, help = "rows and columns of the product"},
  block = {default = 64, help = "columns of a block of it"},
  lr_1500 = {default = 1.0, help = "learning rate with batches of 1500: gradient descent"},
  lr_1 = {default = 0.005, help = "with batches of 1"},
  lr_100 = {default = 0.4, help = "with batches of 100"},
  lr_10 = {default = 0.05, help = "with batches of 10"},
  lr_concise = {default = 0.01, help = "with batches of 10, nn and optim"},
  epochs_gd = {default = 10, help = "of gradient descent"},
  epochs = {default = 2, help = "of the smaller batches"},
  epochs_concise = {default = 4, help = "of the regression with nn and optim"},
  tries = {default = 3, min = 1, help = "how often a training is timed; the quickest counts"},
}

-- Four ways to compute A = B C.
local n = p.size
local A, B, C = lab.zeros(n, n), lab.randn(n, n), lab.randn(n, n)

local function by_element()
  for i = 1, n do
    local row = B[i]
    for j = 1, n do A[{i, j}] = row:dot(C:select(2, j)):item() end
  end
end

local function by_column()
  for j = 1, n do A:select(2, j):copy_(B:mv(C:select(2, j))) end
end

local function whole() A:copy_(B:mm(C)) end

local function by_block()
  for j = 1, n, p.block do
    local width = math.min(p.block, n - j + 1)
    A:narrow(2, j, width):copy_(B:mm(C:narrow(2, j, width)))
  end
end

-- Billions of multiplications and additions a second: the best of the tries that fit into 50 ms, at least two.
local function gigaflops(product)
  local start, best, tries = lab.clock(), math.huge, 0
  while tries < 2 or lab.clock() - start < 0.05 do
    local before = lab.clock()
    product()
    best, tries = math.min(best, lab.clock() - before), tries + 1
  end
  return 2 * n ^ 3 / best / 1e9
end

local rate = {gigaflops(by_element), gigaflops(by_column), gigaflops(whole), gigaflops(by_block)}
print(("performance in Gigaflops: element %.3f, column %.3f, full %.3f"):format(rate[1], rate[2], rate[3]))
print(("performance in Gigaflops: block %.3f"):format(rate[4]))
-- n^3 products and as many sums in t seconds are 2 n^3 / 10^9 / t. The book divides 2 / t, which is right for n = 1000.
local slip = 2 / (2 * n ^ 3 / 1e9)
print(("the book's 2 / t would say full %.0f: %.1f times too much for n = %d"):format(rate[3] * slip, slip, n))
train.record("gigaflops", 0, {slip = slip})
local fig = plot.figure {
  title = ("%d × %d matrix product"):format(n, n), xlabel = "computed at a time", ylabel = "Gflop/s", logy = true,
  xlim = {0.5, 4.5}, xticks = {{1, "element"}, {2, "column"}, {3, p.block .. " columns"}, {4, "whole"}},
}
fig:line({1, 2, 3, 4}, {rate[1], rate[2], rate[4], rate[3]}, {style = "-o"})
fig:save("matrix-product")

-- The update rule, and the regression with batches of four sizes.
local function sgd(lr)
  return function(x, grad) return x - lr * grad end
end

-- One training, timed several times while nothing is drawn; between two points of the curve the shortest time counts.
local function run(batch_size, lr, epochs)
  plot.wait() -- gnuplot runs beside the script and would disturb the clock
  local start, history, shortest = lab.get_rng_state(), nil, {}
  for try = 1, p.tries do
    lab.set_rng_state(start) -- every time the same training
    history = train.airfoil(sgd(lr), {
      batch_size = batch_size, epochs = epochs, figure = try == p.tries and "airfoil-batch-" .. batch_size or nil,
      title = ("batch size %d, η = %g"):format(batch_size, lr),
    })
    for i, time in ipairs(history.seconds) do
      shortest[i] = math.min(shortest[i] or math.huge, time - (history.seconds[i - 1] or 0))
    end
  end
  for i = 2, #shortest do shortest[i] = shortest[i - 1] + shortest[i] end
  history.seconds = shortest
  return history
end

local gd = run(1500, p.lr_1500, p.epochs_gd)
local runs = {
  {"sgd", run(1, p.lr_1, p.epochs)}, {"batch size = 100", run(100, p.lr_100, p.epochs)},
  {"batch size = 10", run(10, p.lr_10, p.epochs)}, {"gd", gd},
}

fig = plot.figure {
  title = "Loss against training time", xlabel = "time (sec)", ylabel = "loss", ylim = {0.24, 0.35}, logx = true,
  size = {720, 380},
}
for _, case in ipairs(runs) do
  local name, history = table.unpack(case)
  fig:line(history.seconds, history.loss, {label = name, style = name == "gd" and "-s" or "-o"})
  for i, loss in ipairs(history.loss) do
    if loss < 0.26 then
      print(("%s: loss below 0.26 after %d updates, %.2f ms"):format(name, history.steps[i], history.seconds[i] * 1000))
      break
    end
  end
end
fig:save("loss-seconds")

-- The same with the library's layers and optimizer.
train.airfoil({"SGD", lr = p.lr_concise}, {epochs = p.epochs_concise, figure = "airfoil-concise",
  title = ("nn.Linear, optim.SGD, η = %g"):format(p.lr_concise)})
