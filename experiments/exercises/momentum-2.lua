--- Gradient descent and momentum on a quadratic function with many eigenvalues.
-- Book section: "Momentum", exercise 2.
--
-- f(x) = 1/2 sum lambda_i x_i^2 with lambda_i = 2^-i, from x_i = 1. Both methods get the constants
-- that are best for the slowest and the fastest coordinate together: eta = 2 / (l + L) without, and
-- with momentum sqrt(beta) = (sqrt L - sqrt l) / (sqrt L + sqrt l), eta = (1 + sqrt beta)^2 / L; l,
-- L are the smallest and the largest eigenvalue. The figure: "coordinates", |x_i| against the step.
-- What it means: each coordinate falls by itself. Without momentum the slowest keeps (K - 1)/(K +
-- 1) of its error in a step, K = L / l = 128. With it all fall at one rate, sqrt(beta), which is
-- the same formula with sqrt K = 11.3 instead of K.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  n = {default = 8, min = 2, max = 20, help = "eigenvalues 2^-1 to 2^-n"},
  steps = {default = 200, help = "of both methods"},
}
local lambda = 0.5 ^ lab.arange(1, p.n + 1, {dtype = "float64"})
local function f(x) return (lambda * x ^ 2):sum() / 2 end

local largest, smallest = 0.5, 0.5 ^ p.n
local root = (math.sqrt(largest) - math.sqrt(smallest)) / (math.sqrt(largest) + math.sqrt(smallest))
local panels = {}
for i, how in ipairs {{2 / (largest + smallest), 0}, {(1 + root) ^ 2 / largest, root ^ 2}} do
  local lr, beta = table.unpack(how)
  local path = train.descend(f, lab.ones(p.n, {dtype = "float64"}), {"SGD", lr = lr, momentum = beta}, p.steps)
  panels[i] = plot.figure {title = ("β = %.2f, η = %.2f"):format(beta, lr), xlabel = "step", ylabel = "|xᵢ|",
    logy = true,
    xlim = {0, p.steps}, ylim = {1e-8, 10}, legend = i == 2}
  for k = 1, p.n do
    local column = {}
    for t, x in ipairs(path) do column[t] = math.abs(lab.is_tensor(x) and x[k]:item() or x[k]) end
    panels[i]:line(lab.arange(0, #path), column, {label = ("λ = 1/%d"):format(2 ^ k // 1)})
  end
  local last = f(lab.tensor(path[#path], {dtype = "float64"})):item()
  local keeps = beta > 0 and math.sqrt(beta) or 1 - lr * smallest -- of the error of the slowest, in a step
  print(("beta %.3f, eta %.3f: f is %.2g after %d steps, the slowest keeps %.3f"):format(beta, lr, last,
    p.steps, keeps))
  train.record(i == 1 and "gd" or "momentum", p.steps, {f = last, keeps = keeps})
end
plot.grid(panels, {size = {900, 400}}):save("coordinates")
