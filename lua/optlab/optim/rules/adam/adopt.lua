local common = require "optlab.optim.rules.common"

return {
  name = "ADOPT",
  doc = "Adam that divides each gradient by the second moment of the earlier gradients, and averages afterwards.",
  use = "It converges with any beta2; use it in place of Adam, above all with a small beta2.",
  note = "timm clips at the power 0.333; pytorch_optimizer clips one update later.",
  paper = 'Taniguchi, Harada, Minegishi, Oshima, Jeong, Nagahara, Iiyama, Suzuki, Iwasawa, Matsuo, "ADOPT: '
    .. 'modified Adam can converge with any beta2 with the optimal rate", NeurIPS 2024, arXiv 2411.02853',
  hyper = {
    common.lr(1e-3), common.betas(0.9, 0.9999),
    common.eps(1e-6, "The least denominator."),
    common.weight_decay, common.decoupled_flag,
    { "clip", 0.25, "Steps are at most (t - 1)^clip." },
    common.maximize,
  },
  state = { common.exp_avg, common.exp_avg_sq },
  rule = [[
g = -g                              if maximize
a = lr * where(t > 1, weight_decay, 0)
g = g + weight_decay * p    if weight_decay and not decoupled_weight_decay
p = (1 - a) * p             if weight_decay and decoupled_weight_decay
c = (t - 1)^clip
m = beta1 * m + (1 - beta1) * clamp(g / max(sqrt(v), eps), -c, c)
p = p - lr * m
v = where(new(v), 0, beta2) * v + where(new(v), 1, 1 - beta2) * g^2
]],
}
