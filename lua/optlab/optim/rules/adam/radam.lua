local common = require "optlab.optim.rules.common"

return {
  name = "RAdam",
  doc = "Adam that does not use the second moment in its first steps, until the variance of its estimate is finite.",
  use = "Use it in place of Adam with a warm-up.",
  note = "pytorch_optimizer makes no update at all while r is below 5; its Ranger then ascends.",
  paper = 'Liu, Jiang, He, Chen, Liu, Gao, Han, "On the variance of the adaptive learning rate and beyond", ICLR '
    .. '2020, arXiv 1908.03265',
  hyper = {
    common.lr(1e-3), common.betas(0.9, 0.999), common.eps(1e-8), common.weight_decay, common.decoupled_flag,
    common.maximize,
  },
  state = { common.exp_avg, common.exp_avg_sq },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p        if not decoupled_weight_decay and weight_decay
p = (1 - lr * weight_decay) * p if decoupled_weight_decay and weight_decay
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g^2
c = 1 - beta2^t
r_inf = 2 / (1 - beta2) - 1
r = r_inf - 2 * t * beta2^t / c
k = sqrt(c * (r - 4) * (r - 2) * r_inf / ((r_inf - 4) * (r_inf - 2) * r))
p = p - lr / (1 - beta1^t) * where(r > 5, k * m / (sqrt(v) + eps), m)
]],
}
