--- Can gradient descent draw samples? Stochastic gradient Langevin dynamics.
-- Book section: "Learning Rate Scheduling", exercise 5.
--
-- Asked: connect optimization and sampling, by the result of Welling and Teh (2011). It says: add
-- noise of variance η to a step of minibatch gradient descent on -log posterior with rate η / 2,
-- let η be small, and the iterates are samples from the posterior. For the injected noise is √η
-- large, the minibatch's only η. Here 100 numbers come from N(1, 1), the prior of their mean θ is
-- N(0, 10), so the posterior is a known normal distribution. 500 chains run side by side on
-- minibatches of 10, with and without the noise.
-- The figure: "posterior", the chains' end points and the exact density: with noise they fill it,
-- without they crowd about its top, which is what an optimizer wants.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  eta = {default = 1e-4, min = 0, help = "η"}, steps = {default = 1000, min = 1, help = "updates"},
  chains = {default = 500, min = 2, help = "chains side by side"},
}
local N, BATCH = 100, 10
local data = lab.normal(1, 1, {N}, {dtype = "float64"})
local precision = 1 / 10 + N
local mean, sd = data:sum():item() / precision, 1 / math.sqrt(precision)

local function run(eta, noise)
  local theta = lab.full({p.chains}, mean, {dtype = "float64"})
  for _ = 1, p.steps do
    local batch = data:index_select(1, lab.randint(1, N + 1, {p.chains * BATCH})):reshape(p.chains, BATCH)
    local gradient = theta / 10 + N * (theta - batch:mean(2)) -- of -log posterior, the minibatch standing for all
    theta = theta - eta / 2 * gradient
    if noise then theta = theta + lab.normal(0, math.sqrt(eta), {p.chains}, {dtype = "float64"}) end
  end
  return theta
end

local range = {mean - 4 * sd, mean + 4 * sd}
print(("posterior: mean %.4f, spread %.4f"):format(mean, sd))
local fig = plot.figure {title = ("The posterior of a mean, η = %g"):format(p.eta), xlabel = "θ", ylabel = "density"}
for _, entry in ipairs {{"Langevin", p.eta, true}, {"SGD", p.eta, false}, {"Langevin, 100 η", 100 * p.eta, true}} do
  local name, eta, noise = table.unpack(entry)
  local theta = run(eta, noise)
  local m, s = theta:mean():item(), theta:std():item()
  print(("%-16s mean %.4f, spread %.4f, %.2f of the posterior's"):format(name, m, s, s / sd))
  train.record(name:gsub(", 100 η", " 100"), p.steps, {offset = (m - mean) / sd, ratio = s / sd})
  if eta == p.eta then fig:hist(theta, {bins = 40, range = range, density = true, label = name}) end
end
fig:line(function(x) return math.exp(-((x - mean) / sd) ^ 2 / 2) / sd / math.sqrt(2 * math.pi) end,
  {x = {range[1], range[2], sd / 20}, label = "posterior", color = "k"})
fig:save("posterior")
print("With noise a small rate samples the posterior, without noise it does not.")
