local common = require "optlab.optim.rules.common"

return {
  name = "QHAdam",
  doc = "Adam with quasi-hyperbolic means: a share nu of each running mean, and the rest from the present gradient.",
  use = "Use it in place of Adam with nus {0.7, 1} and betas {0.995, 0.999}; with nus {1, 1} it is Adam.",
  note = "pytorch_optimizer's version gives nan after two updates.",
  paper = 'Ma, Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", ICLR 2019, arXiv 1810.06801',
  hyper = {
    common.lr(1e-3), common.betas(0.9, 0.999),
    { "nus", { 1, 1 }, "Shares of the running means in numerator and denominator.", range = "0 to 1" },
    common.eps(1e-8), common.weight_decay, common.decoupled_flag, common.maximize,
  },
  state = { common.exp_avg, common.exp_avg_sq },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p        if not decoupled_weight_decay and weight_decay
p = (1 - lr * weight_decay) * p if decoupled_weight_decay and weight_decay
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g^2
d = nu1 / (1 - beta1^t) * m + (1 - nu1) * g
a = sqrt(nu2 / (1 - beta2^t) * v + (1 - nu2) * g^2) + eps
p = p - lr * d / a
]],
}
