local common = require "optlab.optim.rules.common"

return {
  name = "NAdam",
  doc = "Adam with Nesterov momentum: the step uses the mean of the gradients as it will be one update later.",
  paper = 'Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016',
  hyper = { common.lr(2e-3), common.betas(0.9, 0.999), common.eps(1e-8), common.weight_decay,
    { "momentum_decay", 4e-3, "How fast the momentum u grows from beta1 / 2 towards beta1.", range = "not negative" },
    common.decoupled_flag, common.maximize },
  state = {
    common.exp_avg, common.exp_avg_sq,
    { "mu_product", "U", "the product of the momenta so far", number = true, start = 1 },
  },
  rule = [[
g = -g                           if maximize
g = g + weight_decay * p        if not decoupled_weight_decay and weight_decay
p = (1 - lr * weight_decay) * p if decoupled_weight_decay and weight_decay
u = beta1 * (1 - 0.5 * 0.96^(t * momentum_decay))
u_next = beta1 * (1 - 0.5 * 0.96^((t + 1) * momentum_decay))
U = U * u
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g^2
a = sqrt(v) / sqrt(1 - beta2^t) + eps
d = lr * (1 - u) / (1 - U) * g + lr * u_next / (1 - U * u_next) * m
p = p - d / a
]],
}
