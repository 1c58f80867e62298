--- Learning-rate sensitivity: twenty optimizers on four problems, over seven decades of rates.
--
-- The question: how exactly must the learning rate be right, and is one rate right for different problems?
-- Each optimizer gets the same rates, seeds and number of updates; its other hyperparameters have their defaults.
-- The problems: a linear regression (airfoil), a network 49-16-10 on pictures of clothes in 7 x 7 pixels, a network
-- 2-16-16-2 on two spirals, and six narrow layers that learn what another network computes.
-- The figures show the share of the progress that a rate misses, (loss - best) / (start - best): the training loss at
-- the end, beside the lowest of all optimizers and that of an untrained network. 0 is the best, 1 is nothing learned.
-- "sensitivity": a panel for each optimizer, median and range over seeds, those with the widest valleys first; "width":
-- for how many decades of rates at most a fifth is missed, on each problem and with one rate for all four.
-- What to notice: the right side of each valley is steep: a rate that is too large costs more than one that is as much
-- too small. The valleys of SGD and momentum lie at different rates for different problems, those of Adam and its
-- kin one above the other, so that their rates can be taken over from one problem to the next.
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  updates = {default = 300, min = 10, help = "updates of each training"},
  rates = {default = 22, min = 2, help = "learning rates from 1e-5 to 100"},
  seeds = {default = 3, min = 1, help = "trainings with each rate"},
}

local function network(...)
  local sizes, net = {...}, nn.Sequential()
  for i = 2, #sizes do
    if i > 2 then net:append(nn.Tanh()) end
    net:append(nn.Linear(sizes[i - 1], sizes[i]))
  end
  return net
end

local airfoil, clothes = lab.data.airfoil {n = 1500}, lab.data.fashion_mnist_pair {n = 1000}
local pixels = nn.functional.avg_pool2d(clothes.X:to "float32" / 255, 4):reshape(-1, 49)
local mse, cross_entropy = nn.MSELoss(), nn.CrossEntropyLoss()

local PROBLEMS = {
  {name = "regression", data = {X = airfoil.X, y = airfoil.y:reshape(-1, 1)}, batch_size = 10, loss = mse,
    net = {5, 1}},
  {name = "clothes", data = {X = pixels, y = clothes.y}, batch_size = 50, loss = cross_entropy, net = {49, 16, 10}},
  {name = "spirals", data = lab.data.spirals {n = 300, turns = 0.75}, batch_size = 30, loss = cross_entropy,
    net = {2, 16, 16, 2}},
  {name = "deep", data = lab.data.teacher_student {n = 500, features = 8, hidden = {8}}, batch_size = 20, loss = mse,
    net = {8, 8, 8, 8, 8, 8, 1}},
}
local OPTIMIZERS = { -- the label, the name if it is another one
  {"SGD"}, {"momentum", "SGD", momentum = 0.9}, {"Nesterov", "SGD", momentum = 0.9, nesterov = true}, {"LARS"},
  {"Muon"}, {"Signum"}, {"Lion"}, {"Adagrad"}, {"Adadelta"}, {"RMSprop"}, {"Adam"}, {"NAdam"}, {"RAdam"}, {"Adamax"},
  {"AdaBelief"}, {"Yogi"}, {"Adan"}, {"LAMB"}, {"Schedule-Free", "ScheduleFreeAdamW"}, {"Prodigy"},
}
local rates = lab.logspace(-5, 2, p.rates, {dtype = "float64"}):tolist()

-- The trainings of an optimizer on a problem, in groups with one rate: a loss for each seed.
local function sweep(how, problem)
  return train.sweep {
    model = function() return network(table.unpack(problem.net)) end, loss = problem.loss, data = problem.data,
    batch_size = problem.batch_size, epochs = math.ceil(p.updates * problem.batch_size / #problem.data.X),
    optimizer = function(params, run)
      return lab.optim[how[2] or how[1]](params, {lr = run.lr, momentum = how.momentum, nesterov = how.nesterov})
    end,
    grid = {lr = rates, seed = lab.arange(1, p.seeds + 1):tolist()}, on_divergence = "ignore",
  }:group "lr"
end

for _, problem in ipairs(PROBLEMS) do
  problem.sweeps, problem.best = {}, math.huge
  for i, how in ipairs(OPTIMIZERS) do
    problem.sweeps[i] = sweep(how, problem)
    for _, group in ipairs(problem.sweeps[i]) do problem.best = math.min(problem.best, group:median()) end
  end
  lab.manual_seed(1)
  problem.start = train.mean_loss(network(table.unpack(problem.net)), problem.loss, problem.data)
end

-- The share of the progress that was missed, by rate: the median over seeds, the least and the most.
local function missed(problem, groups)
  local function share(loss) return math.min((loss - problem.best) / (problem.start - problem.best), 3) end
  local curve = {median = {}, least = {}, most = {}}
  for i, group in ipairs(groups) do
    curve.median[i], curve.least[i], curve.most[i] = share(group:median()), 3, 0
    for _, result in ipairs(group) do
      local one = share(result.diverged and math.huge or result.loss)
      curve.least[i], curve.most[i] = math.min(curve.least[i], one), math.max(curve.most[i], one)
    end
  end
  return curve
end

-- How many decades of rates miss at most a fifth on all of some problems, between the rates along straight lines.
local function width(curves)
  local good, before = 0, nil
  for i = 1, #rates do
    local worst = 0
    for _, curve in ipairs(curves) do worst = math.max(worst, curve.median[i]) end
    if before then
      local low, high = math.min(before, worst), math.max(before, worst)
      good = good + math.max(0, math.min(1, high == low and (low <= 0.2 and 1 or 0) or (0.2 - low) / (high - low)))
    end
    before = worst
  end
  return good * 7 / (#rates - 1)
end

local rows = {}
for i, how in ipairs(OPTIMIZERS) do
  local row = {name = how[1], mean = 0, curves = {}, widths = {}}
  for k, problem in ipairs(PROBLEMS) do
    row.curves[k] = missed(problem, problem.sweeps[i])
    row.widths[k] = width {row.curves[k]}
    row.mean = row.mean + row.widths[k] / #PROBLEMS
  end
  row.all = width(row.curves)
  rows[i] = row
end
table.sort(rows, function(a, b) return a.mean > b.mean end)

local panels = {}
for i, row in ipairs(rows) do
  panels[i] = plot.figure {
    title = row.name, logx = true, xlim = {1e-5, 100}, ylim = {0, 1.1}, yticks = {0, 0.5, 1},
    xticks = {{1e-4, "10⁻⁴"}, {1e-2, "10⁻²"}, {1, "1"}, {100, "100"}},
  }
  for k, curve in ipairs(row.curves) do
    panels[i]:line(rates, curve.median, {label = PROBLEMS[k].name, width = 1.5})
    panels[i]:band(rates, curve.least, curve.most, {alpha = 0.15})
  end
end
local budget = ("each: %d rates × %d seeds × %d updates, everything else at its default"):format(p.rates, p.seeds,
  p.updates)
plot.grid {
  cols = 5, size = {960, 760}, sharex = true, sharey = true, legend = "below", xlabel = "learning rate\n" .. budget,
  ylabel = "share of the progress that is missed", table.unpack(panels),
}:save "sensitivity"

print("decades:       regression  clothes  spirals  deep  one rate for all")
local at, names, columns, all = {}, {}, {{}, {}, {}, {}}, {}
for i, row in ipairs(rows) do
  at[i], names[i], all[i] = #rows + 1 - i, {#rows + 1 - i, row.name}, row.all
  for k in ipairs(PROBLEMS) do columns[k][i] = row.widths[k] end
  print(("%-14s %10.1f %8.1f %8.1f %5.1f %9.1f"):format(row.name, row.widths[1], row.widths[2], row.widths[3],
    row.widths[4], row.all))
  train.record(row.name, p.updates, {mean = row.mean, all = row.all})
end
local fig = plot.figure {
  size = {640, 460}, yticks = names, ylim = {0.4, #rows + 0.6}, legend = "below",
  xlabel = "decades of learning rates that miss at most a fifth of the progress\n" .. budget,
}
for k, problem in ipairs(PROBLEMS) do fig:points(columns[k], at, {label = problem.name}) end
fig:points(all, at, {label = "one rate for all", style = "kD"})
fig:save "width"
