local common = require "optlab.optim.rules.common"

return {
  name = "ScheduleFreeSGD",
  doc = "SGD with a mean of the iterates, which replaces a schedule.",
  use = "Use it instead of a schedule, if the length of the training is not known in advance; its learning rate can "
    .. "be larger than SGD's.",
  note = "In training the parameter is the point y at which gradients are taken. opt:eval() replaces it by the "
    .. "mean, p + (1 - 1 / momentum) (z - p), and opt:train() restores it; train.fit evaluates the mean. Running "
    .. "statistics of batch normalization are those of y.",
  paper = 'Defazio, Yang, Mehta, Mishchenko, Khaled, Cutkosky, "The road less scheduled", arXiv 2405.15682',
  hyper = {
    common.lr(1.0),
    { "momentum", 0.9, "How far y lies from z to the mean.", range = "0 to 1" },
    common.weight_decay, common.warmup_steps, common.schedule_free_r, common.weight_lr_power, common.maximize,
  },
  state = {
    { "z", "z", "the iterate of SGD", start = "p" },
    { "weight_sum", "W", "the sum of weights of the mean", number = true },
    { "lr_max", "L", "the largest rate so far", number = true },
  },
  mean = { "z", "momentum" },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
a = lr * where(t <= warmup_steps, t / warmup_steps, 1)
L = max(L, a)
k = t^r * L^weight_lr_power
W = W + k
c = where(W > 0, k / W, 0)
p = p + c * (z - p) + a * (momentum * (1 - c) - 1) * g
z = z - a * g
]],
}
