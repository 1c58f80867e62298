--- An example in which Adam diverges and Yogi converges.
-- Book section: "Adam", exercise 4.
--
-- Each step sees c |x| with a random c: 10 with probability 0.15, else -1. The mean of c is 0.65,
-- so the objective is 0.65 |x|, convex with its minimum at 0. The gradients that point home are
-- rare and large. With β₁ = 0 and β₂ = 0.5 Adam divides each of them by a root that is just as
-- large, and forgets it within a few steps; the many small ones then count in full and drive x
-- away. Yogi lowers s by a fixed amount only, so the large gradient keeps its weight. (In the
-- second part β₂ = 0.999 lets Adam converge too: what matters is whether s forgets between two
-- large gradients.)
-- The figure: "divergence", |x| by step: Adam goes away in a straight line, Yogi comes to 0.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  steps = {default = 3000, min = 1, help = "updates"}, lr = {default = 0.02, min = 0, help = "η"},
  large = {default = 10, help = "the large c"}, share = {default = 0.15, min = 0, max = 1, help = "its probability"},
}

local draws = lab.rand(p.steps):tolist()
local function walk(beta2, next_s)
  local x, s, path = 2, 0, {}
  for t = 1, p.steps do
    local g = (draws[t] < p.share and p.large or -1) * (x > 0 and 1 or -1)
    s = next_s(s, g ^ 2, 1 - beta2)
    x = x - p.lr * g / (math.sqrt(s / (1 - beta2 ^ t)) + 1e-3)
    path[t] = math.abs(x)
  end
  return path
end
local function adam(s, square, take) return s + take * (square - s) end
local function yogi(s, square, take) return s + take * square * (square > s and 1 or square < s and -1 or 0) end

local fig = plot.figure {title = "Adam and Yogi on 0.65 |x|", xlabel = "step", ylabel = "|x|"}
for _, entry in ipairs {{"Adam", 0.5, adam}, {"Yogi", 0.5, yogi}, {"Adam", 0.999, adam}, {"Yogi", 0.999, yogi}} do
  local name, beta2, next_s = table.unpack(entry)
  local path = walk(beta2, next_s)
  name = ("%s, β₂ = %g"):format(name, beta2)
  local last = lab.tensor(path):narrow(1, p.steps // 2 + 1, p.steps - p.steps // 2):mean():item()
  print(("%-16s mean |x| in the second half %.3f"):format(name, last))
  train.record(("%s %g"):format(entry[1]:lower(), beta2), p.steps, {x = last})
  fig:line(path, {label = name})
end
print("Adam with a short memory leaves the minimum for ever; Yogi stays at it.")
fig:save("divergence")
