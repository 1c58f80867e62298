--- Why a leaking average of squares and not their mean s / t?
-- Book section: "RMSProp". Claim: s / t converges for gradients of a fixed distribution, but it
-- remembers everything, so it needs very long to follow a change; a leaking average does not.
--
-- Gradients are N(0, 1) for 1000 steps, then ten times smaller; 200 runs at once. Then Adagrad, s /
-- t and RMSProp take 20 steps on 0.1 x1^2 + 2 x2^2 with the same eta.
-- The figure: "averages", one run of both estimates and the true mean square (dashed).
-- What to notice: before the change s / t is the better estimate, as the leaking average keeps
-- about ten squares alone. 1000 steps after the change s / t is still 50 times too large, and the
-- learning rate 7 times too small.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  gamma = {default = 0.9, min = 0, max = 1, help = "what the leaking average keeps"},
  steps = {default = 1000, min = 2, help = "before the change, and after it"},
  scale = {default = 0.1, min = 1e-6, help = "of the gradients after the change"},
  runs = {default = 200, min = 2, help = "side by side"},
  lr = {default = 0.4, help = "of the three descents"},
}

local function observe(t, truth, mean, leaking)
  local spread = {mean = mean:std():item() / truth, leaking = leaking:std():item() / truth}
  print(("step %d: s / t is %.2f ± %.3f of the truth, the leaking average %.2f ± %.3f"):format(t,
    mean:mean():item() / truth, spread.mean, leaking:mean():item() / truth, spread.leaking))
  train.record("step", t, {mean = mean:mean():item() / truth, leaking = leaking:mean():item() / truth,
    mean_spread = spread.mean, leaking_spread = spread.leaking})
end

local sum, leaking = lab.zeros(p.runs), lab.zeros(p.runs)
local curves = {t = {}, mean = {}, leaking = {}, truth = {}}
for t = 1, 2 * p.steps do
  local scale = t <= p.steps and 1 or p.scale
  local square = (scale * lab.randn(p.runs)) ^ 2
  sum = sum + square
  leaking = p.gamma * leaking + (1 - p.gamma) * square
  curves.t[t], curves.truth[t] = t, scale ^ 2
  curves.mean[t], curves.leaking[t] = sum[1]:item() / t, p.gamma < 1 and leaking[1]:item() or 0 / 0 -- 0 has no log
  if t % p.steps == 0 then observe(t, scale ^ 2, sum / t, leaking) end
end
print(("so 1 / sqrt(s / t), the learning rate, is %.1f times too small"):format(
  (sum:mean():item() / (2 * p.steps)) ^ 0.5 / p.scale))

local fig = plot.figure {title = "Mean square of a gradient: two estimates", xlabel = "step", ylabel = "estimate",
  logy = true, legend = "bottom left"}
fig:line(curves.t, curves.leaking, {label = ("leaking average, γ = %g"):format(p.gamma), width = 1})
fig:line(curves.t, curves.mean, {label = "s / t", width = 2})
fig:line(curves.t, curves.truth, {label = "truth", style = "k--"}):save("averages")

-- The sum, the mean and the leaking average on the function of the section.
local averages = {
  {"sum (Adagrad)", function(s, g) return (s or 0) + g ^ 2 end},
  {"s / t", function(s, g, t) return (s or 0) + (g ^ 2 - (s or 0)) / t end},
  {"leaking (RMSProp)", function(s, g) return p.gamma * (s or 0) + (1 - p.gamma) * g ^ 2 end},
}
for _, entry in ipairs(averages) do
  local name, average = entry[1], entry[2]
  local path = train.descend(function(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end, {-5, -2}, function(x, g, state, t)
    state.s = average(state.s, g, t)
    return x - p.lr * g / lab.sqrt(state.s + 1e-6)
  end, 20)
  train.report(name, path, name)
end
