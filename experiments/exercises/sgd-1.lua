--- Learning rate schedules and numbers of steps: how far from (0, 0) does each end?
-- Book section: "Stochastic Gradient Descent", exercise 1.
--
-- The section's f = x1^2 + 2 x2^2 with N(0, 1) noise in every gradient, eta(t) = 0.1 times a factor.
-- The figure: "distance", the mean of many runs. What to notice: no schedule is best for all
-- numbers of steps. Slow decay wins early, when the way to the minimum counts, faster decay wins
-- late, when the noise counts; exponential decay is good only if lambda fits the number of steps.
-- In the long run 1 / t is best: the distance falls like t^-1/2, for eta ~ t^-1/2 like t^-1/4.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.1, help = "first learning rate"},
  runs = {default = 200, help = "that the mean is taken of"},
}

local float64 = {dtype = "float64"}
local SCHEDULES = {
  {"constant", function() return 1 end},
  {"exp(-0.1 t)", function(t) return math.exp(-0.1 * t) end},
  {"exp(-0.01 t)", function(t) return math.exp(-0.01 * t) end},
  {"exp(-0.003 t)", function(t) return math.exp(-0.003 * t) end},
  {"1 / sqrt(1 + 0.1 t)", function(t) return 1 / math.sqrt(1 + 0.1 * t) end},
  {"1 / (1 + 0.1 t)", function(t) return 1 / (1 + 0.1 * t) end},
}
local AT = {20, 100, 500, 2000}

local fig = plot.figure {title = ("Mean distance of %d runs"):format(p.runs), xlabel = "step", ylabel = "|x|",
  logx = true, logy = true, legend = "bottom left"}
print(("%-20s %7s %7s %7s %7s  steps"):format("eta(t) / eta(0)", table.unpack(AT)))
for _, schedule in ipairs(SCHEDULES) do
  local name, factor = schedule[1], schedule[2]
  local x, slope = lab.tensor({{-5, -2}}, float64):expand(p.runs, 2), lab.tensor({2, 4}, float64)
  local distance = {}
  for t = 1, AT[#AT] do
    x = x - p.lr * factor(t) * (slope * x + lab.randn(p.runs, 2, float64))
    distance[t] = (x ^ 2):sum(2):sqrt():mean():item()
  end
  local shown = {}
  for i, t in ipairs(AT) do
    train.record(name, t, {distance = distance[t]})
    shown[i] = ("%7.3f"):format(distance[t])
  end
  print(("%-20s %s"):format(name, table.concat(shown, " ")))
  fig:line(lab.arange(1, #distance + 1), distance, {label = (name:gsub("sqrt", "√"))})
end
fig:save("distance")
