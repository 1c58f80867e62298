local common = require "optlab.optim.rules.common"

return {
  name = "AdaBound",
  doc = "Adam whose rates lie between bounds that both approach one rate, that of SGD.",
  use = "Use it if Adam is better at the start and SGD at the end; final_lr is the rate of SGD.",
  paper = 'Luo, Xiong, Liu, Sun, "Adaptive gradient methods with dynamic bound of learning rate", ICLR 2019, arXiv '
    .. '1902.09843',
  hyper = {
    common.lr(1e-3), common.betas(0.9, 0.999), common.eps(1e-8), common.weight_decay,
    { "final_lr", 0.1,
      "The rate that the bounds close in on; follows lr when that changes.", range = "not negative" },
    { "gamma", 1e-3, "How fast the bounds close.", range = "not negative" },
    common.amsgrad, common.maximize,
  },
  state = { common.exp_avg, common.exp_avg_sq, common.max_exp_avg_sq },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g^2
w = max(w, v)                       if amsgrad
f = final_lr * lr / initial_lr
low = f * (1 - 1 / (gamma * t + 1))
high = f * (1 + 1 / (gamma * t))
k = lr * sqrt(1 - beta2^t) / (1 - beta1^t)
p = p - clamp(k / (sqrt(where(amsgrad, w, v)) + eps), low, high) * m
]],
}
