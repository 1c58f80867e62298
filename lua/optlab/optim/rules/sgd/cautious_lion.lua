local common = require "optlab.optim.rules.common"

return {
  name = "CautiousLion",
  doc = "Lion without the coordinates in which the step goes against the descent direction.",
  use = "Use it in place of Lion.",
  paper = 'Liang, Chen, Liu, Liu, "Cautious optimizers: improving training with one line of code", arXiv 2411.16085',
  hyper = { common.lr(1e-4), common.betas(0.95, 0.98), common.decoupled(0), common.maximize },
  state = { common.exp_avg },
  rule = [[
g = -g                              if maximize
p = (1 - lr * weight_decay) * p     if weight_decay
u = sign(beta1 * m + (1 - beta1) * g)
k = where(u * g > 0, 1, 0)
p = p - lr * numel(p) / (sum(k) + 1) * k * u
m = beta2 * m + (1 - beta2) * g
]],
}
