--- Learning rate schedules: one network trained with six ways to let the learning rate fall.
-- Book section: "Learning Rate Scheduling". Exercises: experiments/exercises/lr-scheduler-1.lua,
-- -2, -4 and -5 (3 asks for ImageNet).
--
-- The question: what does a schedule change? LeNet learns Fashion-MNIST from the same first
-- weights and the same batches each time; only the learning rate differs. All of it is repeated
-- from three seeds.
-- The figures: five schedules as curves, "square-root", 0.1 (t + 1)^-0.5; "factor", 2 * 0.9^t but
-- not below 0.01; "multi-factor", 0.5 halved at 15 and 30; "cosine", from 0.3 to 0.01 in 20
-- epochs; "cosine-warmup", the same after a linear rise of 5 epochs; "all", the five on one log
-- axis. "train-*", loss and accuracy of each training with the first seed, four points an epoch
-- (the book has one every 50 of 235 batches), and "trainings", the six in one picture;
-- "test-accuracy", the means over the seeds; "overfitting", the gap between the accuracies against
-- the roughness of the curve, a point for each training: the lower left is best.
-- What to notice: the gap is the mean accuracy on training images minus that on test images, both
-- over the last 5 epochs; the roughness is the mean change of the test accuracy from one epoch to
-- the next in the later two thirds. Gaps are smaller with all schedules but multi-factor, whose
-- last rate is still half of the first. "Smoother" is true of cosine and factor, less so of the
-- square root. Warm-up is behind after the first 5 epochs, not ahead as the book has it; exercise
-- 4 shows what it is for.
-- A schedule is a function s(t), t = 0, 1, ... (The book's FactorScheduler multiplies before it
-- answers, so that its curve is s(t + 1).) t counts epochs, as the book's calls mean it, so a
-- warm-up from 0 spends the first of them at rate 0; with "--unit step" t moves at each update, in
-- fractions of an epoch. What the book's programs really do is in claims/lr-scheduler-pytorch.lua.
-- The rates 2 and 0.5 are for the curves: they tend to switch off all units of this network for
-- good, so the trainings with "factor" and "multi-factor" start from --lr. The weights are
-- Xavier's as in the book's MXNet tab.
local lab = require "optlab"
local nn, plot, sched, train = lab.nn, lab.plot, lab.sched, lab.train

local p = lab.params {
  schedule = {
    default = "all", help = "train with this one",
    choices = {"all", "constant", "square-root", "factor", "multi-factor", "cosine", "cosine-warmup"},
  },
  lr = {default = 0.3, min = 0, help = "the constant learning rate, and the first one of the others but square-root"},
  epochs = {default = 30, min = 1, help = "of each training"},
  batch_size = {default = 256, min = 1, help = "images an update"},
  seeds = {default = 3, min = 1, help = "trainings with each schedule"},
  every = {default = 5, min = 1, help = "batches between two points of a training's curves"},
  n = {default = 5000, min = 1, help = "images to train on"},
  n_test = {default = 2000, min = 1, help = "images to test on"},
  full = {default = false, help = "train on all 60000 images, test on all 10000"},
  epochs_factor = {default = 50, min = 1, help = "length of the curve of factor"},
  max_update = {default = 20, min = 1, help = "epoch at which cosine reaches its last rate"},
  unit = {default = "epoch", choices = {"epoch", "step"}, help = "the rate moves after each epoch, or at each update"},
  warmup_steps = {default = 5, min = 0, help = "epochs of the warm-up"},
}

local function factor(base_lr) return sched.Factor {base_lr = base_lr, factor = 0.9, stop_factor_lr = 1e-2} end
local function multi_factor(base_lr) return sched.MultiFactor {base_lr = base_lr, step = {15, 30}, factor = 0.5} end
local function cosine(warmup_steps)
  return sched.Cosine {base_lr = p.lr, final_lr = 0.01, max_update = p.max_update, warmup_steps = warmup_steps}
end

-- Each with the schedule of its training; `curve`: the one to draw if that is another.
local schedules = {
  {name = "constant", rate = function() return p.lr end},
  {name = "square-root", rate = sched.SquareRoot {base_lr = 0.1}},
  {name = "factor", rate = factor(p.lr), curve = factor(2), epochs = p.epochs_factor},
  {name = "multi-factor", rate = multi_factor(p.lr), curve = multi_factor(0.5)},
  {name = "cosine", rate = cosine(0)},
  {name = "cosine-warmup", rate = cosine(p.warmup_steps)},
}

-- --- the schedules as curves ----------------------------------------------------------------------------------------

local all = plot.figure {title = "Learning rate schedules", xlabel = "epoch", ylabel = "learning rate", logy = true}
for i = 2, #schedules do
  local name, s, epochs = schedules[i].name, schedules[i].curve or schedules[i].rate, schedules[i].epochs or p.epochs
  local t, lr = {}, {}
  for k = 1, epochs do
    t[k], lr[k] = k - 1, s(k - 1)
    train.record(name, t[k], {lr = lr[k]})
  end
  print(("%s: %.4f at first, %.4f after %d epochs"):format(name, lr[1], lr[epochs], epochs - 1))
  local fig = plot.figure {title = name, xlabel = "epoch", ylabel = "learning rate"}
  fig:line(t, lr)
  fig:save(name)
  if lr[1] == 0 then table.remove(t, 1) table.remove(lr, 1) end -- has no place on a log axis
  if #t > 0 then all:line(t, lr, {label = name}) end
end
all:save("all")

-- --- the trainings --------------------------------------------------------------------------------------------------

-- By hand: the book's trainer.set_learning_rate(0.1).
local opt = lab.optim.SGD({lab.zeros(1, {requires_grad = true})}, {lr = p.lr})
opt.lr = 0.1
print(("learning rate is now %.2f"):format(opt.lr))

local n, n_test = p.n, p.n_test
if p.full then n, n_test = nil, nil end
local train_data, test_data = lab.data.fashion_mnist_pair {n = n, n_test = n_test}
local note = train_data.note and (" (%s)"):format(train_data.note) or ""

-- The history of a training, and its means so far in the middle of epochs.
local function run(name, rate, seed)
  lab.manual_seed(seed) -- the same weights, the same batches
  local net = lab.book.lenet {zero_bias = true}
  local loader = lab.data.loader(train_data, {batch_size = p.batch_size, shuffle = true})
  local every = math.min(p.every, #loader)
  local points = {epochs = {}, loss = {}, acc = {}}
  local history = train.fit {
    model = net, loss = nn.CrossEntropyLoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = p.lr}),
    data = loader, eval_data = test_data, metric = "accuracy", epochs = p.epochs, progress = name,
    scheduler = function(t) return rate(p.unit == "step" and t / #loader or t) end, scheduler_unit = p.unit,
    on_step = function(info)
      if ((info.step - 1) % #loader + 1) % every ~= 0 then return end
      local k = #points.loss + 1
      points.epochs[k], points.loss[k], points.acc[k] = info.step / #loader, info.train_loss, info.train_acc
    end,
  }
  return history, points
end

local function curves(title, legend, history, points)
  local fig = plot.figure {title = title, xlabel = "epoch", xlim = {0, p.epochs}, ylim = {0, 1.2}, legend = legend}
  fig:line(points.epochs, points.loss, {label = "train loss"})
  fig:line(points.epochs, points.acc, {label = "train acc", style = "--"})
  fig:line(history.epochs, history.test_acc, {label = "test acc", style = "-."})
  return fig
end

-- The mean of the members of a list from number `from` on.
local function mean(list, from)
  local sum = 0
  for i = from, #list do sum = sum + list[i] end
  return sum / (#list - from + 1)
end

-- What is measured of a training.
local function measures(h)
  local acc, last, changes = h.test_acc, #h.test_acc, {0}
  for i = 2, last do changes[i] = math.abs(acc[i] - acc[i - 1]) end
  local from = math.max(1, last - 4)
  return {
    test_acc = mean(acc, from), gap = mean(h.train_acc, from) - mean(acc, from),
    roughness = mean(changes, math.min(last // 3 + 1, last)), epoch5 = acc[math.min(5, last)],
  }
end

local rows, panels = {}, {}
local function add(row, h, seed)
  if h.diverged then
    return print(("  Seed %d diverged at step %d (epoch %d)."):format(seed, h.diverged.step, h.diverged.epoch))
  end
  if #h.train_acc >= 10 and h.train_acc[#h.train_acc] < 0.15 then
    return print(("  Seed %d: all units are off, every image gets one answer; not counted."):format(seed))
  end
  for name, value in pairs(measures(h)) do table.insert(row[name], value) end
  row.curve = row.curve + lab.tensor(h.test_acc)
end

for _, s in ipairs(schedules) do
  if p.schedule == "all" or p.schedule == s.name then
    local row = {name = s.name, test_acc = {}, gap = {}, roughness = {}, epoch5 = {}, curve = lab.zeros(p.epochs)}
    for seed = lab.config.seed, lab.config.seed + p.seeds - 1 do
      local h, points = run(s.name, s.rate, seed)
      if seed == lab.config.seed then
        train.report("train-" .. s.name, h, s.name)
        curves(s.name .. note, true, h, points):save("train-" .. s.name)
        panels[#panels + 1] = curves(s.name, false, h, points)
      end
      add(row, h, seed)
    end
    if #row.gap > 0 then rows[#rows + 1] = row end
  end
end
if #panels > 1 then
  plot.grid {
    title = "Train loss (solid), train accuracy (dashed), test accuracy (dash-dotted)" .. note, cols = 3,
    size = {1000, 640}, table.unpack(panels),
  }:save("trainings")
end

-- --- what the schedules change --------------------------------------------------------------------------------------

print(("\nMeans ± spread over %d seeds; accuracy and gap of the last 5 epochs:"):format(p.seeds))
print("schedule       test accuracy  gap            roughness        test, epoch 5")
local fig = plot.figure {
  title = "Mean test accuracy" .. note, xlabel = "epoch", ylabel = "accuracy", size = {720, 480}, xlim = {0, p.epochs},
  legend = "bottom right",
}
local scatter = plot.figure {title = "Overfitting and roughness" .. note, xlabel = "gap", ylabel = "roughness"}
local means = {}
for _, row in ipairs(rows) do
  local m, text = {}, {}
  for name, format in pairs {test_acc = "%.3f", gap = "%.3f", roughness = "%.4f", epoch5 = "%.3f"} do
    local values = lab.tensor(row[name], {dtype = "float64"})
    m[name] = values:mean():item()
    text[name] = (format .. " ± " .. format):format(m[name], #values > 1 and values:std():item() or 0)
  end
  print(("%-13s  %s  %s  %s  %s"):format(row.name, text.test_acc, text.gap, text.roughness, text.epoch5))
  train.record("seeds " .. row.name, p.epochs, m)
  means[row.name] = m
  local style = row.name == "multi-factor" and "--" or "-" -- equal to constant for 15 epochs
  fig:line(lab.arange(1, p.epochs + 1), row.curve / #row.gap, {label = row.name, style = style})
  scatter:points(row.gap, row.roughness, {label = row.name})
end
if #rows > 0 then
  fig:save("test-accuracy")
  scatter:save("overfitting")
end

local constant, root, cosine_means, warm = means.constant, means["square-root"], means.cosine, means["cosine-warmup"]
if constant and root then
  print(("Square root: %.2f of the constant rate's gap, %.2f of its roughness."):format(root.gap / constant.gap,
    root.roughness / constant.roughness))
end
if cosine_means and warm then
  print(("Test accuracy after 5 epochs: %.3f with warm-up, %.3f without; the book"):format(warm.epoch5,
    cosine_means.epoch5))
  print("  says that the network converges better at first with it.")
end
