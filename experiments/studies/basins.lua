--- Basin maps: which of four minima an optimizer reaches, from each starting point of the plane.
--
-- The question: does an optimizer lead downhill into the valley where it starts? Himmelblau's function
--     f(x, y) = (x² + y - 11)² + (x + y² - 7)²
-- has four minima, f = 0 in each. Gradient flow (gradient descent with a tiny rate) takes each start to the minimum at
-- the foot of its own slope; the maps show what the others do. The rate of each is the best of equally many: that with
-- the fewest steps to f = 0.01 on the mean over a coarse grid of starts, where a start that does not get there counts
-- as all steps.
-- The figure: "basins". The colour is the minimum that is reached; the lighter, the sooner; black: not reached.
-- What to notice: momentum flies over ridges, so its basins are cut into stripes and points far outside are thrown
-- anywhere. Methods with a rate for each coordinate walk diagonally, and their borders are the diagonals between the
-- minima. The rate that is fastest on the mean is for some a rate that leaves starts behind (black).
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  side = {default = 240, min = 20, help = "starts along a side of the map"},
  steps = {default = 400, min = 10, help = "updates at most"},
  rates = {default = 24, min = 2, help = "learning rates tried, from 1e-4 to 10"},
}

local function himmelblau(x, y) return (x ^ 2 + y - 11) ^ 2 + (x + y ^ 2 - 7) ^ 2 end
local MINIMA = {{3, 2}, {-2.805118, 3.131313}, {-3.779310, -3.283186}, {3.584428, -1.848127}}
local COLORS = lab.tensor({{0, 0, 0}, {0.35, 0.70, 0.90}, {0.95, 0.75, 0.20}, {0.25, 0.75, 0.55}, {0.90, 0.55, 0.75}})

local OPTIMIZERS = {
  {"gradient descent", {"SGD"}}, {"momentum 0.9", {"SGD", momentum = 0.9}},
  {"Nesterov 0.9", {"SGD", momentum = 0.9, nesterov = true}}, {"Adagrad", {"Adagrad"}}, {"RMSprop", {"RMSprop"}},
  {"Adam", {"Adam"}}, {"Lion", {"Lion"}},
}

local function grid(side)
  local axis = lab.linspace(-6, 6, side, {dtype = "float64"})
  return lab.stack(lab.meshgrid({axis, axis}, {indexing = "xy"}), -1)
end

local function descend(how, starts, steps)
  local map = train.descend(himmelblau, starts, how, steps, {points = true, target = 0.01, minima = MINIMA})
  map.arrived = map.steps:isfinite()
  map.steps = lab.where(map.arrived, map.steps, steps)
  map.minimum = lab.where(map.arrived, map.nearest, 0) -- 0: none
  return map
end

-- The rate with the fewest steps: all rates from all starts at once.
local function tune(how)
  local rates = lab.logspace(-4, 1, p.rates, {dtype = "float64"})
  how.lr = rates:reshape(-1, 1, 1)
  local steps = descend(how, grid(24):unsqueeze(1):expand(p.rates, 24, 24, 2), p.steps).steps
  how.lr = rates[steps:mean {2, 3}:argmin():item()]:item()
end

-- A picture of a map: colours of the minima, darker the more steps it took.
local function picture(title, map)
  local light = 1.1 - 0.85 * lab.log1p(map.steps) / math.log(1 + p.steps)
  local pixels = COLORS[map.minimum + 1] * light:clamp(0, 1):to "float32":unsqueeze(-1)
  local fig = plot.figure {
    title = title, xlim = {-6, 6}, ylim = {-6, 6}, aspect = "equal", xticks = {-4, 0, 4}, yticks = {-4, 0, 4},
  }
  fig:image(pixels:flip(1), {x = {-6, 6}, y = {-6, 6}})
  local x, y = table.unpack(lab.tensor(MINIMA):t():tolist())
  return fig:points(x, y, {style = "+", color = "white", size = 1.2})
end

local starts = grid(p.side)
local flow = descend({"SGD", lr = 1e-4}, starts, 20 * p.steps)
flow.steps = flow.steps / 100 -- to be seen beside rates near 0.01
local panels = {picture("gradient flow", flow)}
for _, entry in ipairs(OPTIMIZERS) do
  local name, how = table.unpack(entry)
  tune(how)
  local map = descend(how, starts, p.steps)
  local function share(condition) return condition:to "float64":mean():item() end
  local same, arrived = share(map.arrived:logical_and(map.minimum:eq(flow.minimum))), share(map.arrived)
  local mean = map.steps:mean():item()
  print(("%-16s η %-6.2g %3.0f %% as gradient flow, %4.1f %% nowhere, %3.0f steps"):format(name, how.lr, 100 * same,
    100 - 100 * arrived, mean))
  train.record(name, p.steps, {lr = how.lr, same = same, arrived = arrived, steps = mean})
  panels[#panels + 1] = picture(("%s, η %.2g: %.0f %%"):format(name, how.lr, 100 * same), map)
end
local budget = "percentages: starts that end where gradient flow ends\neach with the best of %d rates; at most %d steps"
plot.grid {
  cols = 4, size = {960, 560}, sharex = true, sharey = true, xlabel = budget:format(p.rates, p.steps),
  table.unpack(panels),
}:save "basins"
