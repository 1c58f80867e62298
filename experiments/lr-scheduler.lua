--- Learning rate schedules: one network trained six times, with six ways to let the learning rate fall.
-- Book section: "Learning Rate Scheduling".
--
-- The question: what does a schedule change? LeNet learns Fashion-MNIST from the same first
-- weights and the same batches each time; only the learning rate differs.
-- The figures: five schedules as curves, "square-root", 0.1 (t + 1)^-0.5; "factor", 2 * 0.9^t but
-- not below 0.01; "multi-factor", 0.5 halved at 15 and 30; "cosine", from 0.3 to 0.01 in 20 epochs;
-- "cosine-warmup", the same after a linear rise of 5 epochs; "all", the five on one log axis.
-- "train-*", loss and accuracy of each training; "test-accuracy", all of them side by side.
-- A schedule is a function s(t), t = 0, 1, ... (The book's FactorScheduler multiplies before it
-- answers, so that its curve is s(t + 1).) As in the book, t counts epochs, so a warm-up from 0
-- spends the first of them at rate 0; with "--unit step" t moves at each update, in fractions of an
-- epoch. The rates 2 and 0.5 are for the curves: they tend to switch off all units of this network
-- for good, so the trainings with "factor" and "multi-factor" start from --lr.
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
  n = {default = 8000, min = 1, help = "images to train on"},
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

local n, n_test = p.n, p.n_test
if p.full then n, n_test = nil, nil end
local train_data, test_data = lab.data.fashion_mnist_pair {n = n, n_test = n_test}
local note = train_data.note and (" (%s)"):format(train_data.note) or ""

local function run(name, rate)
  lab.manual_seed(lab.config.seed) -- the same weights, the same batches
  local net = lab.book.lenet {zero_bias = true}
  local loader = lab.data.loader(train_data, {batch_size = p.batch_size, shuffle = true})
  return train.fit {
    model = net, loss = nn.CrossEntropyLoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = p.lr}),
    data = loader, eval_data = test_data, metric = "accuracy", epochs = p.epochs, progress = name,
    scheduler = function(t) return rate(p.unit == "step" and t / #loader or t) end, scheduler_unit = p.unit,
  }
end

local function draw(name, history)
  local fig = plot.figure {title = name .. note, xlabel = "epoch", xlim = {0, p.epochs}}
  fig:line(history.epochs, history.train_loss, {label = "train loss"})
  fig:line(history.epochs, history.train_acc, {label = "train acc", style = "--"})
  fig:line(history.epochs, history.test_acc, {label = "test acc", style = "-."})
  fig:save("train-" .. name)
end

local rows, lowest, highest = {}, 1, 0
for _, s in ipairs(schedules) do
  if p.schedule == "all" or p.schedule == s.name then
    local history = run(s.name, s.rate)
    train.report("train-" .. s.name, history, s.name)
    draw(s.name, history)
    rows[#rows + 1] = {name = s.name, history = history}
    lowest = math.min(lowest, history.test_acc[#history.test_acc])
    highest = math.max(highest, history.best or 0) -- nil if the training diverged at once
  end
end

local fig = plot.figure {
  title = "Test accuracy" .. note, xlabel = "epoch", ylabel = "accuracy", size = {720, 420}, xlim = {0, p.epochs},
  ylim = {math.max(0, lowest - 0.15), highest + 0.02}, legend = "bottom right",
}
for _, row in ipairs(rows) do fig:line(row.history.epochs, row.history.test_acc, {label = row.name}) end
fig:save("test-accuracy")

print(("\n%-13s %10s %9s %8s  %12s %8s %9s"):format("schedule", "train loss", "train acc", "test acc", "best (epoch)",
  "seconds", "images/s"))
for _, row in ipairs(rows) do
  local h = row.history
  local last = #h.train_loss
  print(("%-13s %10.3f %9.3f %8.3f %8.3f (%2d) %9.1f %9.0f"):format(row.name, h.train_loss[last], h.train_acc[last],
    h.test_acc[last], h.best or 0, h.best_epoch or 0, h.seconds[last], h.examples_per_sec))
  if h.diverged then print(("  It diverged at step %d (epoch %d)."):format(h.diverged.step, h.diverged.epoch)) end
  if last >= 10 and h.train_acc[last] < 0.15 then
    print("  All units are off, every image gets the same answer: try a smaller --lr or another --seed.")
  end
end
