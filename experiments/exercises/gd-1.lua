--- Which learning rates suit which objective functions?
-- Book section: "Gradient Descent", exercise 1.
--
-- Four functions of one number, all from x = 2, with eta from 0.001 to 2. The figure:
-- "distance", how far from the nearest minimum each descent ends; a missing point diverged. What
-- to notice: near a minimum the limit is eta < 2 / f'', and eta = 1 / f'' is best. For x^4 the
-- limit depends on x, and f'' = 0 at the minimum makes every rate slow. cos has many minima, so a
-- large rate finds one further away.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {steps = {default = 50, help = "of each descent"}}

local FUNCTIONS = {
  {name = "x^2", label = "x²", f = function(x) return x ^ 2 end},
  {name = "x^4", label = "x⁴", f = function(x) return x ^ 4 end},
  {name = "cosh(x)", f = function(x) return lab.cosh(x) end},
  {name = "1 - cos(x)", f = function(x) return 1 - lab.cos(x) end, period = 2 * math.pi},
}
local RATES = {0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.5, 0.9, 1.1, 2}

-- The distance to the nearest minimum after p.steps; inf as soon as |x| passes 1000.
local function distance(case, eta)
  local grad, x = lab.func.grad(case.f), 2.0
  for _ = 1, p.steps do
    x = x - eta * grad(x)
    if math.abs(x) > 1000 then return math.huge end
  end
  local turns = case.period and math.floor(x / case.period + 0.5) or 0
  return math.abs(x - turns * (case.period or 0))
end

local fig = plot.figure {title = ("Distance to a minimum after %d steps"):format(p.steps), xlabel = "η",
  ylabel = "|x - x*|", logx = true, logy = true, ylim = {1e-17, 10}}
for _, case in ipairs(FUNCTIONS) do
  local list, best = {}, 1
  for i, eta in ipairs(RATES) do
    list[i] = math.max(distance(case, eta), 1e-16)
    if list[i] < list[best] then best = i end
    train.record(case.name, eta, {distance = list[i]})
  end
  local diverged = {}
  for i, d in ipairs(list) do if d == math.huge then diverged[#diverged + 1] = ("%g"):format(RATES[i]) end end
  print(("%-11s best: eta = %g, distance %.2g; diverges: %s"):format(case.name, RATES[best], list[best],
    diverged[1] and table.concat(diverged, ", ") or "none"))
  fig:line(RATES, list, {style = "-o", label = case.label or case.name})
end
fig:save("distance")
