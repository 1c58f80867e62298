--- Does noise get a descent out of a local minimum?
-- Book section: "Optimization and Deep Learning". Claim: only some noise can knock the parameters
-- out of a local minimum, and the gradients of minibatches are noisy by themselves.
--
-- Many descents of x cos(πx) start on [-1, 0], in the basin of the local minimum at -0.27, with
-- gradients f'(x) + σ N(0, 1). Averaging the gradient over a batch of b examples divides σ by √b.
-- A run stays in [-1, 2] (it is put back onto the end that it crossed), and after `steps` noisy
-- steps it goes on without noise to the nearest minimum.
-- The figure: "escapes", the share of runs beyond the top between the two basins, step by step.
-- What to notice: without noise no run ever leaves, with little noise hardly one, with more most
-- of them. But noise carries a run in both directions: with the largest σ the share settles below
-- one, because runs fall back into the local minimum.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  runs = {default = 500, help = "descents for each noise"},
  steps = {default = 300, help = "with noise"},
  rest = {default = 100, help = "steps without noise at the end"},
  lr = {default = 0.05, help = "learning rate"},
}
local LEFT, RIGHT = -1, 2 -- the range of the book's figure
local TOP = 0.2738 -- f is largest here between its minima

local function f(x) return x * lab.cos(math.pi * x) end
local gradient = lab.func.grad(function(x) return f(x):sum() end)

local function descend(sigma)
  local x, shares = lab.rand(p.runs, {dtype = "float64"}) - 1, {}
  for t = 1, p.steps + p.rest do
    local noise = t <= p.steps and sigma or 0
    x = (x - p.lr * (gradient(x) + noise * lab.randn(p.runs, {dtype = "float64"}))):clamp(LEFT, RIGHT)
    shares[t] = x:gt(TOP):sum():item() / p.runs
  end
  return x, shares
end

local fig = plot.figure {
  title = "Runs that have left the local minimum of x cos(πx)", xlabel = "step", ylabel = "share of the runs",
  ylim = {-0.03, 1.03},
}
for _, sigma in ipairs {0, 2, 3, 5, 8} do
  local x, shares = descend(sigma)
  local loss = f(x):mean():item()
  fig:line(lab.arange(1, p.steps + p.rest + 1), shares, {label = ("σ = %g"):format(sigma)})
  train.record("noise", sigma, {escaped = shares[#shares], loss = loss})
  print(("noise %g: %3.0f %% of %d runs end in the global minimum, mean f = %.3f"):format(sigma,
    100 * shares[#shares], p.runs, loss))
end
fig:save("escapes")
