--- Which learning rates do the book's own programs use?
-- Book section: "Learning Rate Scheduling". Where the book errs: its PyTorch and MXNet tabs do not
-- train with the schedules that they draw.
--
-- The loop of the PyTorch tab sets the rate after an epoch, to s(epoch) counted from 0. So the
-- first epoch uses the rate that the optimizer was made with, and every schedule is one epoch
-- late; warm-up begins with a full epoch at 0.3 and one at 0. MultiStepLR keeps its count: drawing
-- 30 epochs has moved it past both milestones, and the training uses 0.125 throughout. In the
-- MXNet tab the trainer calls the schedule with the number of updates, 235 an epoch: cosine is
-- over after 20 of 7050 updates.
-- The figure: "rates", drawn and used in the PyTorch tab. (The TensorFlow tab calls s(epoch)
-- before each epoch, as drawn; but its network has average pooling and a sigmoid, against the
-- text.)
local lab = require "optlab"
local plot, sched, train = lab.plot, lab.sched, lab.train

local p = lab.params {
  epochs = {default = 30, min = 1, help = "of each training"},
  updates = {default = 235, min = 1, help = "updates an epoch: 60000 images in batches of 256"},
}

-- PyTorch's MultiStepLR(trainer, milestones = {15, 30}, gamma = 0.5) counts its own calls.
local multi_step, calls = sched.MultiStepLR {base_lr = 0.5, milestones = {15, 30}, gamma = 0.5}, 0
local function count()
  calls = calls + 1
  return multi_step(calls)
end
for _ = 1, p.epochs do count() end -- the plot of the schedule

local cosine = sched.Cosine {max_update = 20, base_lr = 0.3, final_lr = 0.01}
local warmup = sched.Cosine {max_update = 20, warmup_steps = 5, base_lr = 0.3, final_lr = 0.01}
local root = sched.SquareRoot {base_lr = 0.1}
local panels = {}
for i, entry in ipairs { -- name, the schedule, the rate that the optimizer has, what is called after an epoch
  {"square-root", root, 0.1, root}, {"multi-factor", multi_step, multi_step(calls), count},
  {"cosine", cosine, 0.3, cosine}, {"cosine-warmup", warmup, 0.3, warmup},
} do
  local name, schedule, lr, after = table.unpack(entry)
  local drawn, used, largest = {}, {}, 0
  for epoch = 0, p.epochs - 1 do
    drawn[epoch + 1], used[epoch + 1] = schedule(epoch), lr
    largest = math.max(largest, math.abs(lr - schedule(epoch)))
    train.record(name, epoch + 1, {drawn = schedule(epoch), used = lr})
    lr = after(epoch)
  end
  print(("%-13s drawn %.4f %.4f %.4f ..., used %.4f %.4f %.4f ..."):format(name, drawn[1], drawn[2] or 0, drawn[3] or 0,
    used[1], used[2] or 0, used[3] or 0))
  panels[i] = plot.figure {title = name, xlabel = "epoch", ylabel = "learning rate"}
  panels[i]:line(lab.arange(1, p.epochs + 1), drawn, {label = "drawn"})
  panels[i]:line(lab.arange(1, p.epochs + 1), used, {label = "used", style = "--"})
end
plot.grid {rows = 2, cols = 2, size = {800, 560}, table.unpack(panels)}:save("rates")

local all = p.epochs * p.updates
print(("MXNet tab: cosine reaches 0.01 after 20 of %d updates (%.1f %%)"):format(all, 100 * 20 / all))
print(("  square root: %.4f after the first epoch, where the figure has %.4f"):format(root(p.updates), root(1)))
train.record("mxnet", 1, {root = root(p.updates), drawn = root(1), share = 20 / all})
