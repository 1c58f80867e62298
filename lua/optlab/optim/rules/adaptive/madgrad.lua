local common = require "optlab.optim.rules.common"

return {
  name = "MADGRAD",
  doc = "Dual averaging: steps from the start along the weighted sum of gradients over the cube root of their squares.",
  use = "Use it for sparse gradients and for images; it needs less weight decay than SGD, often none.",
  paper = 'Defazio, Jelassi, "Adaptivity without compromise: a momentumized, adaptive, dual averaged gradient method '
    .. 'for stochastic optimization", arXiv 2101.11075',
  hyper = {
    common.lr(1e-2),
    { "momentum", 0.9, "Share of the parameter that stays at each update.", range = "0 to below 1" },
    common.eps(1e-6, "Added to the cube root, and to lr."),
    common.weight_decay, common.decoupled_flag, common.maximize,
  },
  state = {
    { "grad_sum_sq", "v", "the weighted sum of squared gradients" },
    { "s", "s", "the weighted sum of gradients" },
    { "x0", "x", "the parameter at the start", start = "p" },
  },
  rule = [[
g = -g                        if maximize
g = g + weight_decay * p      if weight_decay and not decoupled_weight_decay
k = where(lr > 0, lr + eps, 0)
a = k * sqrt(t)
x = where(momentum, x, p + where(v > 0, s / (v^(1 / 3) + eps), 0))
v = v + a * g^2
s = s + a * g
z = x - where(v > 0, s / (v^(1 / 3) + eps), 0)
d = where(decoupled_weight_decay, k * weight_decay, 0)
p = (momentum - d) * p + (1 - momentum) * z
]],
}
