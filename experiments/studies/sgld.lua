--- SGLD against the exact posterior: samples of a mixture's two parameters.
--
-- The question: do the iterates of stochastic gradient Langevin dynamics (Welling and Teh, 2011) have the distribution
-- that they should, and what does the step size do?
-- Their example: θ₁ ~ N(0, 10), θ₂ ~ N(0, 1), and each of 100 data is x ~ N(θ₁, 2)/2 + N(θ₁ + θ₂, 2)/2. Drawn with
-- θ = (0, 1) the posterior has two modes, near (0, 1) and (1, -1). Each step takes a minibatch of the data:
--     θ ← θ - ε/2 ∇U(θ) + N(0, ε),    U = -log posterior, estimated from 10 of the 100 data
-- Many chains run at once from the prior; after a warm-up every tenth point counts. The step ε is constant here.
-- The figures: "density", the exact posterior beside that of the samples for three step sizes; "marginal", of θ₁.
-- What to notice: the smallest ε is nearest to the posterior. The noise of the minibatches has a variance of the order
-- ε², the Langevin noise has ε, so a large step makes the distribution too wide.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  chains = {default = 500, min = 1, help = "chains at once"},
  steps = {default = 3000, min = 20, help = "of each chain; the first half is the warm-up"},
  batch = {default = 10, min = 1, max = 100, help = "data in a minibatch"},
}
local N, F64 = 100, {dtype = "float64"}

lab.manual_seed(1) -- the data are the same for every seed
local data = lab.randn(N, F64) * math.sqrt(2) + lab.bernoulli(lab.full({N}, 0.5, F64))
lab.manual_seed(lab.config.seed)

-- -log posterior of points, from some of the data (1, n), up to a constant.
local function energy(theta1, theta2, x)
  local a, b = theta1:unsqueeze(-1), (theta1 + theta2):unsqueeze(-1)
  local log_likelihood = lab.logsumexp(lab.stack({-(x - a) ^ 2 / 4, -(x - b) ^ 2 / 4}, 1), 1)
  return theta1 ^ 2 / 20 + theta2 ^ 2 / 2 - log_likelihood:sum(-1) * (N / x.shape[2])
end

local function minibatch_energy(theta1, theta2)
  local rows = lab.randint(1, N + 1, {p.batch})
  return energy(theta1, theta2, data[rows]:reshape(1, -1))
end

-- The exact posterior on a grid of cells.
local CELLS, X, Y = 60, {-1.5, 2.5}, {-3, 3}
local function middles(range)
  local half = (range[2] - range[1]) / CELLS / 2
  return lab.linspace(range[1] + half, range[2] - half, CELLS, F64)
end
local t1, t2 = table.unpack(lab.meshgrid({middles(X), middles(Y)}, {indexing = "xy"}))
local exact = lab.exp(-energy(t1:reshape(-1), t2:reshape(-1), data:reshape(1, -1)):reshape(CELLS, CELLS))
exact = exact / exact:sum()

-- The share of the samples in each cell.
local function density(samples)
  local i = ((samples:select(2, 1) - X[1]) / (X[2] - X[1]) * CELLS):floor()
  local j = ((samples:select(2, 2) - Y[1]) / (Y[2] - Y[1]) * CELLS):floor()
  local inside = i:ge(0):logical_and(i:lt(CELLS)):logical_and(j:ge(0)):logical_and(j:lt(CELLS))
  local cell = (i + j * CELLS + 1)[inside]:to "int64"
  return cell:bincount({minlength = CELLS * CELLS}):reshape(CELLS, CELLS) / samples.shape[1]
end

local function panel(title, values)
  local fig = plot.figure {title = title}
  return fig:heatmap(values, {x = X, y = Y, palette = "magma", range = {0, exact:max():item()}, colorbar = false})
end

local panels = {panel("exact posterior", exact)}
local marginal = plot.figure {xlabel = "θ₁", ylabel = "density", xlim = X}
local per_x = CELLS / (X[2] - X[1])
marginal:line(middles(X), exact:sum(1) * per_x, {label = "exact", color = "k", width = 2})
for _, lr in ipairs {0.001, 0.005, 0.02} do
  local starts = lab.randn(p.chains, 2, F64) * lab.tensor({math.sqrt(10), 1}, F64)
  local how = {"SGLD", lr = lr, gamma = 0}
  local path = train.descend(minibatch_energy, starts, how, p.steps, {points = true, every = 10}).path
  local from = path.shape[1] // 2
  local found = density(path:narrow(1, from + 1, path.shape[1] - from):reshape(-1, 2))
  local outside = 1 - found:sum() -- samples beyond the grid, where the posterior has nothing
  local distance = ((found - exact):abs():sum() + outside):item() / 2
  print(("ε = %-5g total variation distance to the posterior %.3f"):format(lr, distance))
  train.record(("step %g"):format(lr), p.steps, {distance = distance})
  panels[#panels + 1] = panel(("ε = %g: distance %.2f"):format(lr, distance), found)
  marginal:line(middles(X), found:sum(1) * per_x, {label = ("ε = %g"):format(lr)})
end
local budget = ("%d chains of %d steps, minibatches of %d of %d data"):format(p.chains, p.steps, p.batch, N)
plot.grid {
  cols = 4, size = {960, 300}, sharex = true, sharey = true, xlabel = "θ₁\n" .. budget, ylabel = "θ₂",
  table.unpack(panels),
}:save "density"
marginal:save "marginal"
