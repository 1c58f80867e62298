local common = require "optlab.optim.rules.common"

return {
  name = "CautiousAdamW",
  doc = "AdamW without the coordinates in which the step goes against the descent direction.",
  use = "Use it in place of AdamW.",
  paper = 'Liang, Chen, Liu, Liu, "Cautious optimizers: improving training with one line of code", arXiv 2411.16085',
  hyper = { common.lr(1e-3), common.betas(0.9, 0.999), common.eps(1e-6), common.decoupled(0), common.maximize },
  state = { common.exp_avg, common.exp_avg_sq },
  rule = [[
g = -g                              if maximize
p = (1 - lr * weight_decay) * p     if weight_decay
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g^2
k = where(m * g > 0, 1, 0)
s = lr / (1 - beta1^t) / max(mean(k), 1e-3)
p = p - s * k * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
]],
}
