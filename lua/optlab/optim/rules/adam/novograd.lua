local common = require "optlab.optim.rules.common"

return {
  name = "NovoGrad",
  doc = "Adam with one second moment for each parameter; the gradient is divided by its root before the momentum.",
  use = "Use it for speech and language models; it needs half of Adam's memory.",
  note = "pytorch_optimizer adds the first gradient twice.",
  paper = 'Ginsburg, Castonguay, Hrinchuk, Kuchaiev, Lavrukhin, Leary, Li, Nguyen, Zhang, Cohen, "Stochastic '
    .. 'gradient methods with layer-wise adaptive moments for training of deep networks", arXiv 1905.11286',
  hyper = {
    common.lr(1e-3), common.betas(0.95, 0.98), common.eps(1e-8),
    { "weight_decay", 0, "Added to the normalised gradient, times the parameter.", range = "not negative" },
    { "grad_averaging", false, "Whether the gradient enters m with the factor 1 - beta1." },
    common.amsgrad, common.maximize,
  },
  state = {
    { "exp_avg", "m", "the decaying sum of normalised gradients" },
    { "exp_avg_sq", "v", "the running mean of the squared norm", number = true },
    { "max_exp_avg_sq", "w", "the largest v so far", number = true, when = "amsgrad" },
  },
  rule = [[
g = -g                              if maximize
n = sum(g^2)
v = where(v == 0, n, beta2 * v + (1 - beta2) * n)
w = max(w, v)                       if amsgrad
d = g / (sqrt(where(amsgrad, w, v)) + eps) + weight_decay * p
m = beta1 * m + where(grad_averaging, 1 - beta1, 1) * d
p = p - lr * m
]],
}
