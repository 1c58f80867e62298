--- Can squared gradients stand in for the Hessian's diagonal, and how does Adagrad's rate fall?
-- Book section: "Adagrad". Claims: the variance of the gradient is a cheap proxy for the scale of
-- the Hessian; the sum of squares grows about linearly, so that the rate falls like t^(-1/2).
--
-- A regression on 5 independent features on scales 0.1, 0.3, 1, 3, 10, with noise 0.5, at its best
-- weights: there the mean gradient is 0, but that of one example is not. The Hessian's diagonal is
-- the mean square of each feature.
-- The figure: "sums", the sum of squares at the best weights (noise) and on 0.1 x1^2 + 2 x2^2 (no
-- noise).
-- What to notice: a gradient's standard deviation is 0.5 sqrt(Q_ii), the same multiple of the root
-- of the diagonal for all features, so eta / sqrt(s) scales each coordinate as D^(-1/2) does. With
-- noise the sum grows by a power close to 1 and the rate falls like t^(-1/2). Without noise it
-- stops growing near the minimum, and the rate stays where it is.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  noise = {default = 0.5, min = 1e-6, help = "standard deviation of y around the line"},
  steps = {default = 2000, min = 20, help = "examples, one an update"},
  lr = {default = 0.4, min = 0, max = 1e6, help = "of Adagrad on the book's f"},
}

local scales = {0.1, 0.3, 1, 3, 10}
local X = lab.randn(p.steps, 5) * lab.tensor(scales)
local g = p.noise * lab.randn(p.steps, 1) * X -- at the best weights the residual is the noise
local curvature, std = (X ^ 2):mean(1), g:std(1)
print("feature  Hessian's diagonal  std of gradient  std / sqrt(diagonal)")
for i, scale in ipairs(scales) do
  local q, s = curvature[i]:item(), std[i]:item()
  print(("%7g  %18.4f  %15.4f  %20.3f"):format(scale, q, s, s / math.sqrt(q)))
  train.record("feature", i, {ratio = s / math.sqrt(q)})
end

-- The sums of squares: of these gradients over their scales, and of the first coordinate on the book's f.
local sums, s = {noise = {}, ["no noise"] = {}}, 0
for t, square in ipairs(((g / lab.tensor(scales)) ^ 2):sum(2):tolist()) do
  s = s + square
  sums.noise[t] = s
end
local path = train.descend(function(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end, {-5, -2}, {"Adagrad", lr = p.lr},
  p.steps - 1)
s = 0
for t, x in ipairs(path) do
  s = s + (0.2 * x[1]) ^ 2
  sums["no noise"][t] = s
end

local fig = plot.figure {title = "Adagrad's sum of squared gradients", xlabel = "step t", ylabel = "s(t) / s(10)",
  logx = true, logy = true, legend = "top left"}
for _, name in ipairs {"noise", "no noise"} do
  local sum, t, relative = sums[name], {}, {}
  for i = 10, #sum do t[#t + 1], relative[#t + 1] = i, sum[i] / sum[10] end
  local power = math.log(sum[#sum] / sum[#sum // 10]) / math.log(#sum / (#sum // 10))
  print(("%s: s grows like t^%.3f, so the rate falls like 1 / t^%.3f"):format(name, power, power / 2))
  train.record(name, #sum, {power = power})
  fig:line(t, relative, {label = name})
end
fig:line({10, p.steps}, {1, p.steps / 10}, {style = "k--", label = "t / 10"}):save("sums")
