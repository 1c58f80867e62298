local common = require "optlab.optim.rules.common"

return {
  name = "Adamax",
  doc = "Adam with the largest decayed gradient instead of the root of a mean of squares.",
  use = "Use it for sparse or heavy-tailed gradients, such as those of embeddings.",
  paper = 'Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015',
  hyper = {
    common.lr(2e-3), common.betas(0.9, 0.999),
    common.eps(1e-8, "Added to the absolute gradient."),
    common.weight_decay, common.maximize,
  },
  state = {
    common.exp_avg,
    { "exp_inf", "u", "the largest decayed absolute gradient" },
  },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
m = beta1 * m + (1 - beta1) * g
u = max(beta2 * u, abs(g) + eps)
p = p - lr / (1 - beta1^t) * m / u
]],
}
