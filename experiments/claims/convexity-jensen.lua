--- What does Jensen's inequality say about a hidden variable?
-- Book section: "Convexity". Claim: E_Y[-log P(X | Y)] >= -log P(X), as -log is convex.
--
-- A mixture of three normal distributions: Y is the cluster, X the point. For each x the left side
-- averages -log P(x | y) over P(y), the right side is -log of the averaged P(x | y). Means over X
-- are sums over a fine grid. Then as many random mixtures of a few points and clusters are tried.
-- The figure: "mixture", both sides for each x. What to notice: the bound touches nowhere, since
-- the clusters differ; it is equal only where all P(x | y) are. And do not take its mean for the
-- conditional entropy: H(X | Y) averages -log P(X | Y) over pairs that belong together and lies
-- below H(X), while the Y of the bound knows nothing of X, and its mean lies above.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  apart = {default = 2.0, help = "distance of the clusters' centres"},
  samples = {default = 1000, help = "random mixtures"},
}
local float64 = {dtype = "float64"}
local weight = lab.tensor({0.5, 0.3, 0.2}, float64):reshape(3, 1)
local centre = lab.tensor({-p.apart, 0, p.apart}, float64):reshape(3, 1)

local dx = 0.01
local x = lab.arange(-12, 12, dx, float64)
local log_given = -0.5 * (x - centre) ^ 2 - 0.5 * math.log(2 * math.pi) -- log P(x | y), (3, points)
local given = lab.exp(log_given)
local left, density = -(weight * log_given):sum(1), (weight * given):sum(1)
local right = -lab.log(density)

local bound = (density * left):sum():item() * dx
local entropy = (density * right):sum():item() * dx
local conditional = -(weight * given * log_given):sum():item() * dx
local smallest = (left - right):min():item()
train.record("mixture", 0, {bound = bound, entropy = entropy, conditional = conditional, smallest = smallest})
print(("mean of E_Y[-log P(X | Y)], Y without regard to X: %.6f"):format(bound))
print(("H(X), the mean of -log P(X):                       %.6f"):format(entropy))
print(("H(X | Y), the mean of -log P(X | Y) of pairs:      %.6f"):format(conditional))
print(("smallest difference of the two sides over all x:   %.6f"):format(smallest))

-- Random P(y) and P(x | y): 4 clusters, 6 values of x.
local function distributions(sizes, along)
  local e = -lab.log(lab.rand(sizes, float64) + 1e-12)
  return e / e:sum(along, true)
end
local py, pxy = distributions({p.samples, 4, 1}, 2), distributions({p.samples, 4, 6}, 3)
local gap = lab.log((py * pxy):sum(2)) - (py * lab.log(pxy)):sum(2)
train.record("random", 0, {holds = gap:ge(0):sum():item() / gap:numel(), smallest = gap:min():item()})
print(("random mixtures: it holds for %d of %d x, smallest difference %.2g"):format(gap:ge(0):sum():item(),
  gap:numel(), gap:min():item()))

local shown = lab.arange(-5, 5, 0.05, float64)
local log_shown = -0.5 * (shown - centre) ^ 2 - 0.5 * math.log(2 * math.pi)
local fig = plot.figure {title = "Jensen's inequality for a mixture of three", xlabel = "x", ylabel = "nats"}
fig:line(shown, -(weight * log_shown):sum(1), {label = "E[-log P(x | Y)]"})
fig:line(shown, -lab.log((weight * lab.exp(log_shown)):sum(1)), {label = "-log P(x)"})
fig:save("mixture")
