--- The gradient of one example, drawn at random, is an unbiased estimate of the gradient of all.
-- Book section: "Stochastic Gradient Descent". Claim: E_i grad f_i(x) = grad f(x).
--
-- A linear regression with n examples at one point x. First the mean of the n gradients grad f_i,
-- each computed by itself, is compared with the gradient of the mean loss. Then K examples are
-- drawn, and the mean of their gradients is compared with it, many times for each K.
-- The figure: "unbiased", the root mean square error. What to notice: it falls on the line
-- sigma / sqrt(K), towards 0, and not towards some other number, as it would with a bias. Drawing
-- only among the first half of the examples gives such a bias: that error stops falling.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  n = {default = 200, help = "examples"},
  d = {default = 5, help = "parameters"},
  repeats = {default = 100, help = "of each mean of K gradients"},
}

local float64 = {dtype = "float64"}
local A = lab.randn(p.n, p.d, float64)
local b = A:sum(2) + lab.randn(p.n, float64)
local x = lab.zeros(p.d, float64)

-- The gradient of the mean loss of some rows of A and b.
local function gradient(rows, targets)
  return lab.func.grad(function(w) return (0.5 * (rows:mv(w) - targets) ^ 2):mean() end)(x)
end

local full, single = gradient(A, b), {}
for i = 1, p.n do single[i] = gradient(A[{{i, i}}], b[{{i, i}}]) end
single = lab.stack(single)
local difference = (single:mean(1) - full):abs():max():item()
train.record("mean of all", p.n, {difference = difference})
print(("mean of the %d gradients - gradient of the mean: at most %.1g"):format(p.n, difference))

-- The root mean square distance from the full gradient of means of K gradients, drawn among the first `among`.
local function error_of(K, among)
  local total = 0
  for _ = 1, p.repeats do
    local drawn = single[lab.randint(1, among + 1, {K})]
    total = total + ((drawn:mean(1) - full) ^ 2):sum():item()
  end
  return math.sqrt(total / p.repeats)
end

local sigma = math.sqrt(((single - full) ^ 2):sum(2):mean():item())
local counts, errors, biased, expected = {}, {}, {}, {}
for i = 0, 10 do
  local K = 2 ^ i
  counts[i + 1], expected[i + 1] = K, sigma / math.sqrt(K)
  errors[i + 1], biased[i + 1] = error_of(K, p.n), error_of(K, p.n // 2)
  train.record("mean of K", K, {error = errors[i + 1], ratio = errors[i + 1] / expected[i + 1],
    biased_ratio = biased[i + 1] / expected[i + 1]})
end
local last = #counts
print(("error of one gradient %.2f, of the mean of %d: %.3f (sigma / sqrt(K) = %.3f)"):format(errors[1], counts[last],
  errors[last], expected[last]))
print(("drawn among the first half: %.3f, a bias"):format(biased[last]))

plot.figure {title = "Mean of K gradients against the gradient of all", xlabel = "K", ylabel = "error", logx = true,
  logy = true}
  :points(counts, errors, {label = "drawn among all"}):line(counts, expected, {label = "σ / √K"})
  :points(counts, biased, {label = "drawn among one half"}):save("unbiased")
