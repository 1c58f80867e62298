--- What to do if the gradients of one coordinate are always larger than the others.
-- Book section: "Stochastic Gradient Descent", exercise 4.
--
-- f = (k x1)^2 / 2 + x2^2 / 2 and noise of the standard deviations k and 1: all that the gradient
-- says about x1 is about k times as large. One rate for both must stay below 2 / k^2, and x2 hardly
-- moves. Each coordinate needs a rate of its own: 1 / k^2 for x1 where k is known, or else the
-- gradient divided by the root of the sum of its squares so far, which is Adagrad.
-- What to notice: with one rate almost all of f that is left belongs to x2; with two, or with
-- Adagrad, which does not know k, hardly any.
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  k = {default = 30, help = "how much larger"}, steps = {default = 200, help = "of each run"},
  runs = {default = 200, help = "that the mean is taken of"},
}

local float64 = {dtype = "float64"}
local scale = lab.tensor({p.k, 1}, float64)
local function falling(t) return 1 / math.sqrt(1 + 0.1 * t) end

local RULES = {
  {"one rate", function(x, grad, _, t) return x - falling(t) / p.k ^ 2 * grad end},
  {"rate / k^2 for x1", function(x, grad, _, t) return x - 0.3 * falling(t) * grad / scale ^ 2 end},
  {"Adagrad", function(x, grad, state)
    state.s = (state.s or 0) + grad ^ 2
    return x - 0.3 * grad / (state.s + 1e-10):sqrt()
  end},
}

for _, rule in ipairs(RULES) do
  local x, state = lab.tensor({{1, 1}}, float64):expand(p.runs, 2), {}
  for t = 1, p.steps do
    local grad = scale ^ 2 * x + scale * lab.randn(p.runs, 2, float64)
    x = rule[2](x, grad, state, t)
  end
  local part = (0.5 * (scale * x) ^ 2):mean(1):tolist()
  train.record(rule[1], p.steps, {f = part[1] + part[2], part1 = part[1], part2 = part[2]})
  print(("%-20s f after %d steps: %.3g, of x1 %.3g, of x2 %.3g"):format(rule[1], p.steps, part[1] + part[2], part[1],
    part[2]))
end
print(("f at the start: %.1f"):format(0.5 * p.k ^ 2 + 0.5))
