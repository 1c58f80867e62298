--- Why must the learning rate fall for Adam to converge?
-- Book section: "Adam", exercise 3.
--
-- Because the step is divided by the size of the gradient: near a minimum, where the gradient is
-- mostly noise, √s' is the noise's spread σ and the step stays about η. On x² / 2 with noise N(0,
-- 1) added to the gradient, x ← x - η (x + noise) / σ ends in a cloud about 0 of variance η σ / 2,
-- roughly; it shrinks with √η only. A rate that falls to 0 shrinks the cloud to a point.
-- The figure: "cloud", x by step for the rates; the constant ones go on swinging, the falling one
-- rests.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  steps = {default = 20000, min = 100, help = "updates of each"},
  sigma = {default = 1, min = 0, help = "spread of the noise"},
}

local schedules = {
  {"0.1", function() return 0.1 end, 0.1}, {"0.01", function() return 0.01 end, 0.01},
  {"0.1 / √t", function(t) return 0.1 / math.sqrt(t) end}, {"1 / t", function(t) return 1 / t end},
}
local fig = plot.figure {title = "Adam on x² / 2 with noisy gradients", xlabel = "step", ylabel = "x", ylim = {-1, 1}}
for _, entry in ipairs(schedules) do
  local name, rate, eta = table.unpack(entry)
  lab.manual_seed(lab.config.seed)
  local noise = lab.normal(0, p.sigma, {p.steps}):tolist()
  local x, v, s, path, squares = 1, 0, 0, {}, 0
  for t = 1, p.steps do
    local g = x + noise[t]
    v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g ^ 2
    x = x - rate(t) * (v / (1 - 0.9 ^ t)) / (math.sqrt(s / (1 - 0.999 ^ t)) + 1e-8)
    if t > p.steps / 2 then squares = squares + x ^ 2 end
    if t % 20 == 0 then path[#path + 1] = x end
  end
  local spread = math.sqrt(squares / (p.steps / 2))
  print(("η = %-8s spread of x in the second half %.4f%s"):format(name, spread,
    eta and (", √(η σ / 2) = %.4f"):format(math.sqrt(eta * p.sigma / 2)) or ""))
  train.record("eta " .. name:gsub("√t", "sqrt(t)"), p.steps, {spread = spread})
  fig:line(lab.arange(20, p.steps + 1, 20), path, {label = "η = " .. name})
end
print("A constant rate leaves x swinging; only a rate that falls brings it to rest.")
fig:save("cloud")
