local common = require "optlab.optim.rules.common"

return {
  name = "Adan",
  doc = "Adam with Nesterov momentum from the difference of successive gradients.",
  use = "Use it for vision models and transformers; its learning rate can be larger than Adam's.",
  note = "optax has 1 - beta2 where the authors' code has beta2.",
  paper = 'Xie, Zhou, Li, Lin, Yan, "Adan: adaptive Nesterov momentum algorithm for faster optimizing deep '
    .. 'models", arXiv 2208.06677',
  hyper = {
    common.lr(1e-3), common.betas(0.98, 0.92, 0.99), common.eps(1e-8),
    { "weight_decay", 0, "Decoupled weight decay.", range = "not negative" },
    { "no_prox", false, "Whether the decay is a factor before the step, not a division after it." },
    common.maximize,
  },
  state = {
    common.exp_avg,
    { "exp_avg_diff", "d", "the running mean of differences of gradients" },
    { "exp_avg_sq", "n", "the running mean of squared extrapolated gradients" },
    { "previous_grad", "q", "the gradient before" },
  },
  rule = [[
g = -g                              if maximize
y = where(new(q), 0, 1) * (g - q)
q = g
m = beta1 * m + (1 - beta1) * g
d = beta2 * d + (1 - beta2) * y
n = beta3 * n + (1 - beta3) * (g + beta2 * y)^2
p = (1 - lr * weight_decay) * p     if weight_decay and no_prox
a = sqrt(n) / sqrt(1 - beta3^t) + eps
p = p - lr * (m / (1 - beta1^t) + beta2 / (1 - beta2^t) * d) / a
p = p / (1 + lr * weight_decay)     if weight_decay and not no_prox
]],
}
