local common = require "optlab.optim.rules.common"

return {
  name = "Grams",
  doc = "Steps with the length of AdamW's and the direction of the sign of the gradient.",
  use = "Use it in place of AdamW.",
  note = "pytorch_optimizer exchanges the weights of the mean and divides the second moment twice.",
  paper = 'Cao, Li, Song, "Grams: gradient descent with adaptive momentum scaling", arXiv 2412.17107',
  hyper = {
    common.lr(1e-3), common.betas(0.9, 0.999), common.eps(1e-6), common.decoupled(0), common.maximize,
  },
  state = { common.exp_avg, common.exp_avg_sq },
  rule = [[
g = -g                              if maximize
p = (1 - lr * weight_decay) * p     if weight_decay
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g^2
k = lr * sqrt(1 - beta2^t) / (1 - beta1^t)
p = p - k * sign(g) * abs(m) / (sqrt(v) + eps)
]],
}
