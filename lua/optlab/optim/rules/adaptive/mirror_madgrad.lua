local common = require "optlab.optim.rules.common"

return {
  name = "MirrorMADGRAD",
  doc = "MADGRAD as mirror descent: steps start from the last point of the averaging, not from the first.",
  use = "Use it as MADGRAD, for long trainings, in which the starting point soon has no influence.",
  paper = 'Defazio, Jelassi, "Adaptivity without compromise: a momentumized, adaptive, dual averaged gradient method '
    .. 'for stochastic optimization", arXiv 2101.11075',
  hyper = {
    common.lr(1e-2),
    { "momentum", 0.9, "Share of the parameter that stays at each update.", range = "0 to below 1" },
    common.eps(0, "Added to the cube root, and to lr."),
    common.weight_decay, common.decoupled_flag, common.maximize,
  },
  state = {
    { "grad_sum_sq", "v", "the weighted sum of squared gradients" },
    { "z", "z", "the point that makes the steps", start = "p" },
  },
  rule = [[
g = -g                        if maximize
k = where(lr > 0, lr + eps, 0)
g = g + weight_decay * p      if weight_decay and not decoupled_weight_decay
z = (1 - k * weight_decay) * z if weight_decay and decoupled_weight_decay
v = sqrt((t - 1) / t) * v + g^2
z = z - k * t^(1 / 3) * where(v > 0, g / (v^(1 / 3) + eps), 0)
p = momentum * p + (1 - momentum) * z
]],
}
