local common = require "optlab.optim.rules.common"

return {
  name = "MARS",
  doc = "AdamW on gradients whose noise is reduced with the difference from the gradient before.",
  use = "Use it for the matrices of large models; other parameters follow AdamW with options of their own.",
  paper = 'Yuan, Liu, Wu, Zhou, Gu, "MARS: unleashing the power of variance reduction for training large models", '
    .. 'arXiv 2411.10438',
  hyper = {
    common.lr(3e-3), common.betas(0.95, 0.99), common.eps(1e-8), common.decoupled(0),
    { "gamma", 0.025, "Strength of the correction.", range = "not negative" },
    { "optimize_1d", false, "Whether parameters that are no matrices are corrected too." },
    { "lr_1d", 3e-3, "Learning rate of the others, in proportion to lr.", range = "not negative" },
    { "betas_1d", { 0.9, 0.95 }, "Decay rates of the others.", range = "0 to below 1" },
    { "weight_decay_1d", 0.1, "Weight decay of the others.", range = "not negative" },
    common.maximize,
  },
  state = {
    common.exp_avg, common.exp_avg_sq,
    { "last_grad", "q", "the gradient before" },
  },
  rule = [[
g = -g                              if maximize
on = ndim(p) == 2 or optimize_1d
b1 = where(on, beta1, betas_1d1)
b2 = where(on, beta2, betas_1d2)
c = g + where(on, gamma * beta1 / (1 - beta1), 0) * (g - q)
n = norm(c)
c = where(on and n > 1, 1 / n, 1) * c
q = g
m = b1 * m + (1 - b1) * c
v = b2 * v + (1 - b2) * c^2
u = m / (1 - b1^t) / (sqrt(v) / sqrt(1 - b2^t) + eps)
a = where(on, lr, lr_1d * lr / initial_lr)
p = p - a * (u + where(on, weight_decay, weight_decay_1d) * p)
]],
}
