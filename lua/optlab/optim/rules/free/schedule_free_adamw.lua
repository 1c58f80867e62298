local common = require "optlab.optim.rules.common"

return {
  name = "ScheduleFreeAdamW",
  doc = "AdamW with a mean of the iterates, which replaces a schedule and momentum.",
  use = "Use it instead of AdamW with a schedule, if the length of the training is not known in advance.",
  note = "In training the parameter is the point y at which gradients are taken. opt:eval() replaces it by the "
    .. "mean, p + (1 - 1 / beta1) (z - p), and opt:train() restores it; train.fit evaluates the mean. Running "
    .. "statistics of batch normalization are those of y.",
  paper = 'Defazio, Yang, Mehta, Mishchenko, Khaled, Cutkosky, "The road less scheduled", arXiv 2405.15682',
  hyper = {
    common.lr(2.5e-3), common.betas(0.9, 0.999), common.eps(1e-8),
    { "weight_decay", 0, "Decay of y, times lr.", range = "not negative" },
    common.warmup_steps, common.schedule_free_r, common.weight_lr_power, common.maximize,
  },
  state = {
    { "z", "z", "the iterate of Adam", start = "p" },
    common.exp_avg_sq,
    { "weight_sum", "W", "the sum of weights of the mean", number = true },
    { "lr_max", "L", "the largest rate so far", number = true },
  },
  mean = { "z", "beta1" },
  rule = [[
g = -g                              if maximize
v = beta2 * v + (1 - beta2) * g^2
u = g / (sqrt(v) / sqrt(1 - beta2^t) + eps) + weight_decay * p
a = lr * where(t <= warmup_steps, t / warmup_steps, 1)
L = max(L, a)
k = t^r * L^weight_lr_power
W = W + k
c = where(W > 0, k / W, 0)
p = p + c * (z - p) + a * (beta1 * (1 - c) - 1) * u
z = z - a * u
]],
}
