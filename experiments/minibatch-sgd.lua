--- Minibatch stochastic gradient descent: batches that compute fast and learn fast.
-- Book section: "Minibatch Stochastic Gradient Descent".
--
-- The question: how many examples should one update see?
-- The figures: "matrix-product", the rate of a 256 x 256 product taken element by element, by
-- columns, whole and in blocks of 64 columns; "airfoil-batch-*", the regression with batches of
-- 1500 (gradient descent), 1 (stochastic), 100 and 10; "loss-seconds", the four against time on
-- a log axis: batches win; "airfoil-concise", the same with nn and optim.
-- Times differ from run to run: they are in "matrix-product" and "loss-seconds" and nowhere else.
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
local fig = plot.figure {
  title = ("%d x %d matrix product"):format(n, n), xlabel = "computed at a time", ylabel = "Gflop/s", logy = true,
  xlim = {0.5, 4.5}, xticks = {{1, "element"}, {2, "column"}, {3, p.block .. " columns"}, {4, "whole"}},
}
fig:line({1, 2, 3, 4}, {rate[1], rate[2], rate[4], rate[3]}, {style = "-o"})
fig:save("matrix-product")

-- The update rule, and the regression with batches of four sizes.
local function sgd(lr)
  return function(x, grad) return x - lr * grad end
end

local function run(batch_size, lr, epochs)
  return train.airfoil(sgd(lr), {
    batch_size = batch_size, epochs = epochs,
    figure = ("airfoil-batch-%d"):format(batch_size), title = ("batch size %d, eta %g"):format(batch_size, lr),
  })
end

local gd = run(1500, p.lr_1500, p.epochs_gd)
local stochastic = run(1, p.lr_1, p.epochs)
local mini100 = run(100, p.lr_100, p.epochs)
local mini10 = run(10, p.lr_10, p.epochs)

fig = plot.figure {
  title = "Loss against training time", xlabel = "time (sec)", ylabel = "loss", logx = true, size = {720, 380},
}
fig:line(gd.seconds, gd.loss, {label = "gd"})
fig:line(stochastic.seconds, stochastic.loss, {label = "sgd"})
fig:line(mini100.seconds, mini100.loss, {label = "batch size = 100"})
fig:line(mini10.seconds, mini10.loss, {label = "batch size = 10"})
fig:save("loss-seconds")

-- The same with the library's layers and optimizer.
train.airfoil({"SGD", lr = p.lr_concise}, {epochs = p.epochs_concise, figure = "airfoil-concise",
  title = ("nn.Linear, optim.SGD, eta %g"):format(p.lr_concise)})
