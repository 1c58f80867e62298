--- Leaving a saddle point: how many steps it takes with how much noise.
--
-- The question: gradient descent stays on a saddle for ever when it starts on the ridge. How much noise does it take to
-- leave, and does the kind of optimizer matter?
--     f(x, y) = x²/2 - y²/2 + y⁴/4
-- has a saddle at 0 and minima at y = ±1 with f = -1/4. All start at (1, 0), where the gradient points at the saddle,
-- and normal noise of standard deviation σ is added to each gradient. Many descents run at once, each with its noise.
-- Theory for gradient descent: y grows by 1 + η each step, and noise of all steps adds up, so that it takes about
--     log(1 / s) / log(1 + η) steps,    s = η σ / √((1 + η)² - 1).
-- The figures: "paths", some descents with σ = 0.01; "steps", the median number of steps to f = -0.2 over σ, with the
-- quartiles, and the theory.
-- What to notice: the steps grow with the logarithm of 1/σ alone: the least noise is enough. Methods that divide by the
-- size of the gradient take any noise for a direction, so they leave in steps that hardly depend on σ.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.05, min = 1e-6, help = "learning rate of all"},
  descents = {default = 400, min = 3, help = "with each noise"},
  steps = {default = 1000, min = 10, help = "at most"},
}

local OPTIMIZERS = {
  {"SGD", {"SGD"}}, {"momentum 0.9", {"SGD", momentum = 0.9}}, {"Adagrad", {"Adagrad"}}, {"RMSprop", {"RMSprop"}},
  {"Adam", {"Adam"}},
}
local SIGMAS = lab.logspace(-8, -1, 15, {dtype = "float64"})

local function f(x, y) return 0.5 * x ^ 2 - 0.5 * y ^ 2 + 0.25 * y ^ 4 end

-- Descents from (1, 0), one for each element of sigma.
local function descend(how, sigma, steps, options)
  how.lr = p.lr
  options.points, options.target = true, -0.2
  function options.grad(x, y)
    local function noise() return lab.randn(x.shape, {dtype = "float64"}) * sigma end
    return x + noise(), y ^ 3 - y + noise()
  end
  local starts = lab.tensor({1, 0}, {dtype = "float64"}):expand(sigma:numel(), 2)
  return train.descend(f, starts, how, steps, options)
end

local theory = {}
for i, sigma in ipairs(SIGMAS:tolist()) do
  local s = p.lr * sigma / math.sqrt((1 + p.lr) ^ 2 - 1)
  theory[i] = math.log(1 / s) / math.log(1 + p.lr)
end

local fig = plot.figure {
  xlabel = ("standard deviation of the noise σ\nall with η = %g, %d descents each"):format(p.lr, p.descents),
  ylabel = "steps to f = −0.2", logx = true,
}
for _, entry in ipairs(OPTIMIZERS) do
  local sigma = SIGMAS:reshape(-1, 1):expand(15, p.descents):reshape(-1)
  local steps = descend(entry[2], sigma, p.steps, {}).steps:reshape(15, p.descents)
  steps = lab.where(steps:isfinite(), steps, p.steps)
  local median = steps:quantile(0.5, 2):tolist()
  fig:line(SIGMAS, median, {label = entry[1], style = "-o", size = 0.6})
  fig:band(SIGMAS, steps:quantile(0.25, 2), steps:quantile(0.75, 2), {alpha = 0.15})
  print(("%-13s median steps %4.0f with σ = 1e-8, %4.0f with σ = 0.1"):format(entry[1], median[1], median[15]))
  train.record(entry[1], p.steps, {least = median[1], most = median[15]})
end
fig:line(SIGMAS, theory, {label = "theory of SGD", style = "k--"})
fig:save "steps"

local panels = {}
for i, entry in ipairs(OPTIMIZERS) do
  local path = descend(entry[2], lab.full({12}, 0.01, {dtype = "float64"}), 150, {every = 1}).path
  local panel = plot.figure {title = entry[1], xlim = {-0.6, 1.2}, ylim = {-1.6, 1.6}}
  panel:contour(f, {x = {-0.6, 1.2, 0.03}, y = {-1.6, 1.6, 0.05}, color = "#cccccc",
    levels = {-0.2, -0.1, 0, 0.1, 0.3, 0.6, 1}})
  for k = 1, 12 do
    panel:line(path:select(2, k):select(2, 1), path:select(2, k):select(2, 2), {color = "C" .. i, width = 0.8})
  end
  panels[i] = panel
end
plot.grid {
  cols = 5, size = {960, 280}, sharex = true, sharey = true, ylabel = "y",
  xlabel = ("x\n12 descents with σ = 0.01, η = %g"):format(p.lr), table.unpack(panels),
}:save "paths"
