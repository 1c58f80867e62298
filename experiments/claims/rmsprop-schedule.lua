--- Must the user schedule the rate of RMSProp?
-- Book section: "RMSProp". Claim (summary): the learning rate is left to the user to schedule.
--
-- Near the minimum x swings: if x goes to -x then s = g^2, the step is eta g / |g| = eta, and |x| =
-- eta / 2. This is tried for several constant rates, and for two that fall.
-- The figure: "swing", |x1| against the step: constant rates end at eta / 2, falling ones go on.
-- What to notice: 20 steps, as in the book's figure, hide this: x1 = -0.01 looks as if it had
-- arrived.
local lab = require "optlab"
local plot, sched, train = lab.plot, lab.sched, lab.train

local p = lab.params {
  gamma = {default = 0.9, min = 0, max = 1, help = "what the average of squares keeps"},
  lr = {default = 0.4, min = 1e-6, help = "the largest constant rate, and the first of the falling ones"},
  factor = {default = 0.97, help = "of the exponential schedule"},
  steps = {default = 300, min = 20, help = "of each descent"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

local function rmsprop(schedule)
  return function(x, g, state, t)
    state.s = p.gamma * (state.s or 0) + (1 - p.gamma) * g ^ 2
    return x - schedule(t - 1) * g / lab.sqrt(state.s + 1e-6)
  end
end

local cases = {}
for _, part in ipairs {1, 0.5, 0.25} do
  local lr = part * p.lr
  cases[#cases + 1] = {("η = %g"):format(lr), function() return lr end, lr / 2}
end
cases[#cases + 1] = {("η = %g / √(t + 1)"):format(p.lr), sched.SquareRoot {base_lr = p.lr}}
cases[#cases + 1] = {("η = %g · %gᵗ"):format(p.lr, p.factor), function(t) return p.lr * p.factor ^ t end}

local fig = plot.figure {title = "RMSProp near the minimum", xlabel = "step", ylabel = "|x₁|", logy = true,
  ylim = {1e-6, 10}, xinteger = true, legend = "below"}
for i, case in ipairs(cases) do
  local name, schedule, half = table.unpack(case)
  local path = train.descend(f, {-5, -2}, rmsprop(schedule), p.steps)
  local t, size = {}, {}
  for k, x in ipairs(path) do
    t[k], size[k] = k - 1, x[1] ~= 0 and math.abs(x[1]) or 0 / 0 -- 0 has no place on a logarithmic axis
  end
  local x1, x2 = path[#path][1], path[#path][2]
  local note = half and ("%s, η / 2 = %g"):format(name, half) or name
  print(("step %d: |x1| = %.6f, |x2| = %.6f  (%s)"):format(#path - 1, math.abs(x1), math.abs(x2), note))
  train.record(half and "constant" or "falling", i, {x1 = math.abs(x1), x2 = math.abs(x2)})
  fig:line(t, size, {label = name, width = half and 1 or 2})
end
fig:save("swing")
