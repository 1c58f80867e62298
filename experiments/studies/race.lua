--- A race: seven optimizers on Beale's function, as an animation.
--
-- The question: who arrives first when each runs with its best rate?
-- All are tuned with one budget, the same number of rates. The best rate has the smallest mean of log f over the steps,
-- the worse of two starting points; so being early counts as much as being exact.
-- The figures: "race", an animation (race.webp; in other formats its last frame); "values", f by step.
-- What to notice: plain gradient descent must be slow, as the slope at the start is steep and that in the valley
-- is not. Momentum overshoots; methods that divide by the size of past gradients walk at an even pace.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  steps = {default = 120, min = 10, help = "updates"},
  rates = {default = 40, min = 2, help = "learning rates tried for each, from 1e-4 to 10"},
  frames = {default = 60, min = 2, help = "of the animation"},
}

local function beale(x, y)
  return (1.5 - x + x * y) ^ 2 + (2.25 - x + x * y ^ 2) ^ 2 + (2.625 - x + x * y ^ 3) ^ 2
end
local START, BEST, F64 = {0.7, 1.6}, {3, 0.5}, {dtype = "float64"}

local OPTIMIZERS = {
  {"SGD", {"SGD"}}, {"momentum 0.9", {"SGD", momentum = 0.9}},
  {"Nesterov 0.9", {"SGD", momentum = 0.9, nesterov = true}}, {"Adagrad", {"Adagrad"}},
  {"RMSprop", {"RMSprop"}}, {"Adam", {"Adam"}}, {"Lion", {"Lion"}},
}

-- All rates at once from two starting points; keeps the best one in how.lr.
local function tune(how)
  local rates = lab.logspace(-4, 1, p.rates, F64)
  local starts = lab.tensor({START, {START[1] + 0.1, START[2] - 0.1}}, F64):reshape(2, 1, 2):expand(2, p.rates, 2)
  how.lr = rates:reshape(1, -1)
  local path = train.descend(beale, starts, how, p.steps, {points = true, every = 1}).path
  local f = beale(path:select(4, 1), path:select(4, 2))
  local score = lab.log10(lab.where(f:isfinite(), f, 1e9) + 1e-9):mean(1):amax(1)
  how.lr = rates[score:argmin():item()]:item()
end

local racers = {}
local budget = ("each with the best of %d rates"):format(p.rates)
local values = plot.figure {xlabel = "step\n" .. budget, ylabel = "f", logy = true}
for i, entry in ipairs(OPTIMIZERS) do
  local name, how = table.unpack(entry)
  tune(how)
  local path = lab.tensor(train.descend(beale, START, how, p.steps), F64)
  local x, y = path:select(2, 1), path:select(2, 2)
  local f = beale(x, y)
  racers[i] = {name = ("%s, η = %.2g"):format(name, how.lr), x = x, y = y}
  print(("%-13s η = %-7.2g f = %.2g after %d steps"):format(name, how.lr, f[#f]:item(), p.steps))
  train.record(name, p.steps, {lr = how.lr, f = f[#f]:item()})
  values:line(lab.arange(0, #f), f:clamp(1e-12, nil), {label = racers[i].name})
end
values:save "values"

local levels = lab.logspace(-1, 2.2, 14):tolist()
local function frame(i)
  local n = 1 + (i - 1) * p.steps // (p.frames - 1)
  local fig = plot.figure {
    title = ("step %d; %s"):format(n - 1, budget), xlim = {-1.5, 4}, ylim = {-2, 2},
    size = {640, 480}, legend = "bottom right",
  }
  fig:contour(beale, {x = {-1.5, 4, 0.05}, y = {-2, 2, 0.05}, levels = levels, color = "#d5d5d5", width = 0.8})
  for k, racer in ipairs(racers) do
    local color = "C" .. k
    fig:line(racer.x:narrow(1, 1, n), racer.y:narrow(1, 1, n), {color = color, width = 1.6, label = racer.name})
    fig:points({racer.x[n]:item()}, {racer.y[n]:item()}, {color = color, size = 1.3})
  end
  return fig:points({BEST[1]}, {BEST[2]}, {style = "k*", size = 1.6})
end
plot.animate(frame, {frames = p.frames, fps = 12, hold = 2}):save "race"
