--- Learning rate schedules: five ways to let the learning rate fall, as curves.
-- Book section: "Learning Rate Scheduling".
--
-- The question: what does each schedule do over 30 epochs?
-- The figures: "square-root", 0.1 (t + 1)^-0.5; "factor", 2 * 0.9^t but not below 0.01;
-- "multi-factor", 0.5 halved at 15 and 30; "cosine", from 0.3 to 0.01 in 20 epochs;
-- "cosine-warmup", the same after a linear rise of 5 epochs; "all", the five on one log axis.
-- A schedule is a function of the number of updates: s(t), t = 0, 1, ... (The book's
-- FactorScheduler multiplies before it answers, so that its curve is s(t + 1).)
local lab = require "optlab"
local plot, sched, train = lab.plot, lab.sched, lab.train

local p = lab.params {epochs = 30, epochs_factor = 50, warmup_steps = 5, max_update = 20}

local schedules = {
  {"square-root", sched.SquareRoot {base_lr = 0.1}},
  {"factor", sched.Factor {base_lr = 2.0, factor = 0.9, stop_factor_lr = 1e-2}, p.epochs_factor},
  {"multi-factor", sched.MultiFactor {base_lr = 0.5, step = {15, 30}, factor = 0.5}},
  {"cosine", sched.Cosine {base_lr = 0.3, final_lr = 0.01, max_update = p.max_update}},
  {"cosine-warmup", sched.Cosine {
    base_lr = 0.3, final_lr = 0.01, max_update = p.max_update, warmup_steps = p.warmup_steps,
  }},
}

local all = plot.figure {title = "Learning rate schedules", xlabel = "epoch", ylabel = "learning rate", logy = true}
for _, entry in ipairs(schedules) do
  local name, schedule, epochs = entry[1], entry[2], entry[3] or p.epochs
  local t, lr = {}, {}
  for i = 1, epochs do
    t[i], lr[i] = i - 1, schedule(i - 1)
    train.record(name, t[i], {lr = lr[i]})
  end
  print(("%s: %.4f at first, %.4f after %d epochs"):format(name, lr[1], lr[epochs], epochs - 1))
  local fig = plot.figure {title = name, xlabel = "epoch", ylabel = "learning rate"}
  fig:line(t, lr)
  fig:save(name)
  if lr[1] == 0 then table.remove(t, 1) table.remove(lr, 1) end -- has no place on a log axis
  all:line(t, lr, {label = name})
end
all:save("all")
