local common = require "optlab.optim.rules.common"

return {
  name = "AdamMini",
  doc = "AdamW with one second moment for each row of a matrix, the weights into a neuron; a vector is one row.",
  use = "Use it for large models: it needs half of AdamW's state. Rows are those of the last dimension.",
  paper = 'Zhang, Chen, Li, Ding, Wu, Kingma, Ye, Luo, Sun, "Adam-mini: use fewer learning rates to gain more", '
    .. 'ICLR 2025, arXiv 2406.16793',
  hyper = {
    common.lr(1e-3), common.betas(0.9, 0.999), common.eps(1e-8), common.decoupled(0), common.maximize,
  },
  state = {
    common.exp_avg,
    { "row_sq", "v", "the running mean of a row's mean squared gradient", per = "row" },
  },
  rule = [[
g = -g                              if maximize
p = (1 - lr * weight_decay) * p     if weight_decay
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * row_mean(g^2)
p = p - lr / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + eps)
]],
}
