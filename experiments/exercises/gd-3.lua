--- An objective function on which gradient descent is very slow.
-- Book section: "Gradient Descent", exercise 3.
--
-- f = x1^2 / 2 + k x2^2 / 2: one coordinate in metres, say, the other in a smaller unit. The best
-- learning rate for both is 2 / (1 + k), and then each step leaves (k - 1) / (k + 1) of the
-- distance, so that a thousandth is reached after about 3.45 k steps. Metres and millimetres make
-- k = 10^6, metres and kilometres too; millimetres and kilometres make 10^12.
-- The figure: "steps"; the number of steps grows like k, as the line with the formula says.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {part = {default = 1e-3, help = "of the first distance that is left at the end"}}

local CONDITIONS = {3, 10, 30, 100, 300, 1000, 3000, 10000}

local function steps_needed(k)
  local eta, x1, x2, steps = 2 / (1 + k), 1.0, 1.0, 0
  while math.sqrt(x1 ^ 2 + x2 ^ 2) > p.part * math.sqrt(2) do
    x1, x2, steps = x1 - eta * x1, x2 - eta * k * x2, steps + 1
  end
  return steps
end

local function formula(k) return math.log(p.part) / math.log((k - 1) / (k + 1)) end

local measured, expected = {}, {}
for i, k in ipairs(CONDITIONS) do
  measured[i], expected[i] = steps_needed(k), formula(k)
  train.record("condition", k, {steps = measured[i]})
  print(("k = %5d: %5d steps to %g of the distance; formula %.1f"):format(k, measured[i], p.part, expected[i]))
end
print(("millimetres and kilometres, k = 1e12: %.1e steps"):format(formula(1e12)))

plot.figure {title = "Gradient descent with its best rate", xlabel = "condition number k", ylabel = "steps",
  logx = true, logy = true}
  :points(CONDITIONS, measured, {label = "counted"}):line(CONDITIONS, expected, {label = "formula"}):save("steps")
