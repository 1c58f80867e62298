--- Gradient noise: how it depends on the batch size, and where it stops a training.
--
-- The question: a gradient of B rows is the gradient of all rows plus noise. How large is the noise, and what does
-- it cost? The variance is σ²/B if rows are drawn with replacement, and σ²/B (n - B)/(n - 1) without, where σ² is
-- the variance of a single row's gradient, summed over the weights. SGD with a constant rate does not converge:
-- near the minimum it comes to rest at an excess of the loss of η σ²/(4B), as long as η is small (Mandt, Hoffman,
-- Blei, "Stochastic gradient descent as approximate Bayesian inference", arXiv 1704.04289).
-- The figure: "gradient-noise": left, measured variances and the formulas; right, the excess of the book's
-- regression.
-- What to notice: right, all batch sizes lie on one line: ten times the batch allows ten times the rate, until η is
-- so large that the steps overshoot even without noise. Rows in shuffled order, each once an epoch, rest far lower
-- for small rates, since the noises of one epoch add to almost nothing.
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  n = {default = 1500, min = 10, help = "rows of the airfoil data"},
  draws = {default = 400, min = 2, help = "batches for each variance"},
  seeds = {default = 32, min = 1, help = "trainings of each rate and batch size"},
  epochs = {default = 30, min = 1, help = "of each training"},
}
local COLORS = {"#0b5394", "#e69f00", "#c1272d", "#009e73"}

local data = lab.data.airfoil {n = p.n}
local n = #data
local X = lab.cat({data.X, lab.ones(n, 1)}, 2):to "float64" -- the last weight is the bias
local y = data.y:to("float64"):reshape(-1, 1)
local best = lab.linalg.lstsq(X, y).solution
local smallest = ((X:mm(best) - y) ^ 2):mean():item() / 2

local rows = X * (X:mm(best) - y) -- the gradient of each row at the best weights
local sigma2 = rows:var(1, {unbiased = false}):sum():item()

local function variance(size, replacement)
  local means = {}
  for i = 1, p.draws do
    local index = replacement and lab.randint(1, n + 1, {size}) or lab.randperm(n):narrow(1, 1, size)
    means[i] = rows:index_select(1, index):mean(1)
  end
  return lab.stack(means):var(1):sum():item()
end

local noise = plot.figure {
  title = "Noise of a minibatch gradient", xlabel = "batch size B", ylabel = "variance", logx = true, logy = true,
}
local sizes = {}
for _, size in ipairs {1, 3, 10, 30, 100, 300, 1000} do
  if size < n then sizes[#sizes + 1] = size end
end
for i, how in ipairs {"with", "without"} do
  local measured = {}
  for k, size in ipairs(sizes) do measured[k] = variance(size, how == "with") end
  local function law(b) return sigma2 / b * (how == "with" and 1 or (n - b) / (n - 1)) end
  noise:line(law, {x = {1, 0.96 * n, 1}, color = COLORS[i], width = 1, label = how .. " replacement"})
  noise:points(sizes, measured, {color = COLORS[i]})
end

local excess = plot.figure {
  title = "Where SGD comes to rest", xlabel = "η / B", ylabel = "loss above the smallest", logx = true, logy = true,
  legend = "bottom right",
}

local function model() -- begins at the best weights
  local net = nn.Linear(5, 1)
  net.weight:detach():copy_(best:narrow(1, 1, 5):t())
  net.bias:detach():copy_(best[6])
  return net
end
local function half_mse(prediction, target) return nn.functional.mse_loss(prediction, target:reshape(-1, 1)) / 2 end
local RATIOS = {3e-4, 1e-3, 3e-3, 1e-2, 3e-2}
local too_large = 2 / lab.linalg.eigvalsh(X:t():mm(X) / n):max():item() -- the rate from which on descent diverges

-- Mean excess of the loss over seeds, for each ratio of rate and batch size.
local function excess_of(size, replacement)
  local xs, runs = {}, {}
  for i, ratio in ipairs(RATIOS) do
    if ratio * size < too_large then xs[i] = ratio end
    for seed = 1, xs[i] and p.seeds or 0 do
      runs[#runs + 1] = {i = i, lr = ratio * size, seed = lab.config.seed + seed}
    end
  end
  local results = train.sweep {
    model = model, loss = half_mse, data = data, batch_size = size, epochs = p.epochs, replacement = replacement,
    optimizer = function(params, run) return lab.optim.SGD(params, {lr = run.lr}) end, runs = runs,
  }
  local ys = {}
  for _, result in ipairs(results) do
    local i = result.run.i
    ys[i] = (ys[i] or 0) + (result.loss - smallest) / p.seeds
  end
  return xs, ys
end

local function law(ratio) return ratio * sigma2 / 4 end
excess:line(law, {x = {2e-4, 4e-2, 1e-3}, color = "black", style = "--", label = "η σ²/(4B)"})
local function show(size, replacement, label, options)
  local xs, ys = excess_of(size, replacement)
  excess:line(xs, ys, options)
  local parts = {}
  for i, ratio in ipairs(xs) do parts[i] = ("%.2f"):format(ys[i] / law(ratio)) end
  print(("%-15s excess over η σ²/(4B) for η/B = %g to %g: %s"):format(label, xs[1], xs[#xs], table.concat(parts, ", ")))
  train.record(label, p.epochs, {first = ys[1] / law(xs[1]), last = ys[#ys] / law(xs[#xs])})
end
for i, size in ipairs {1, 5, 25, 125} do
  local label = ("B = %d"):format(size)
  show(size, true, label, {color = COLORS[i], style = "o-", label = label})
end
show(5, false, "B = 5, shuffled", {color = "#888888", style = "o:", label = "B = 5, shuffled"})
plot.grid {rows = 1, cols = 2, size = {960, 380}, noise, excess}:save("gradient-noise")
