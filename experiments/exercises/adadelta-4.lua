--- How does Adadelta converge, compared with Adagrad and RMSProp?
-- Book section: "Adadelta", exercise 4.
--
-- Tried: on 0.1 x1^2 + 2 x2^2 with the section's settings, and on the airfoil data with several
-- seeds.
-- Answer: Adadelta starts late and is the slowest on f within 100 steps, but nobody had to choose a
-- rate. RMSProp is the fastest and ends swinging by eta / 2. Adagrad's rates settle, as there is no
-- noise, and it goes on at a steady pace. On the data all three end near the optimum 0.2417. Does
-- Adadelta adapt the rate less to the coordinates, as the section says? Not on f: in step 20 the
-- rates of x1 and x2 are further apart than Adagrad's.
-- The figure: "values", f against the step.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  steps = {default = 500, min = 100, help = "of each descent"},
  epochs = {default = 4, min = 1, help = "of each training"},
  seeds = {default = 3, min = 2, help = "trainings for each optimizer"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

-- The rate of x1 in a step of a path, as a multiple of that of x2: the change of each over its gradient.
local function ratio(path, t)
  local from, to = path[t], path[t + 1]
  return ((to[1] - from[1]) / (0.2 * from[1])) / ((to[2] - from[2]) / (4 * from[2]))
end

local fig = plot.figure {title = "Three optimizers on 0.1 x₁² + 2 x₂²", xlabel = "step", ylabel = "f(x)", logy = true,
  ylim = {1e-8, 20}, xinteger = true}
for _, entry in ipairs {
  {"Adagrad", {"Adagrad", lr = 0.4}, {"Adagrad", lr = 0.1}},
  {"RMSProp", {"RMSprop", lr = 0.4, alpha = 0.9}, {"RMSprop", lr = 0.01, alpha = 0.9}},
  {"Adadelta", {"Adadelta", lr = 1, rho = 0.9, eps = 1e-5}, {"Adadelta", lr = 1, rho = 0.9, eps = 1e-5}},
} do
  local name, on_f, on_data = table.unpack(entry)
  local path, t, values, losses = train.descend(f, {-5, -2}, on_f, p.steps), {}, {}, {}
  for i, x in ipairs(path) do t[i], values[i] = i - 1, math.max(f(x[1], x[2]), 1e-300) end
  for seed = 1, p.seeds do
    local history = train.airfoil(on_data, {epochs = p.epochs})
    losses[seed] = history.loss[#history.loss]
  end
  local loss = lab.tensor(losses)
  print(("%-8s f = %.3g after 100 steps, %.3g after %d; airfoil %.4f ± %.4f"):format(name, values[101],
    values[#values], #path - 1, loss:mean():item(), loss:std():item()))
  print(("         in step 20 the rate of x1 is %.3f times that of x2"):format(ratio(path, 20)))
  train.record(name, 20, {ratio = ratio(path, 20)})
  train.record(name, 100, {f = values[101]})
  train.record(name, p.steps, {f = values[#values], loss = loss:mean():item(), std = loss:std():item()})
  fig:line(t, values, {label = name})
end
fig:save("values")
