local common = require "optlab.optim.rules.common"

return {
  name = "AdaBelief",
  doc = "Adam with the variance of the gradient, its squared distance from the running mean, as second moment.",
  use = "Use it in place of Adam if Adam trains well but generalises less well than SGD.",
  note = "The default of pytorch_optimizer lacks the first bias correction and the second eps.",
  paper = 'Zhuang, Tang, Ding, Tatikonda, Dvornek, Papademetris, Duncan, "AdaBelief optimizer", NeurIPS 2020, '
    .. 'arXiv 2010.07468',
  hyper = {
    common.lr(1e-3), common.betas(0.9, 0.999),
    common.eps(1e-16, "Added to s at every update, and to its root."),
    common.weight_decay, common.decoupled_on,
    { "rectify", true, "Whether to leave out s while its variance is large, as RAdam does." },
    common.amsgrad, common.maximize,
  },
  state = {
    common.exp_avg,
    { "exp_avg_var", "s", "the running mean of squared deviations" },
    { "max_exp_avg_var", "w", "the largest s so far", when = "amsgrad" },
  },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p        if not decoupled_weight_decay and weight_decay
p = (1 - lr * weight_decay) * p if decoupled_weight_decay and weight_decay
m = beta1 * m + (1 - beta1) * g
s = beta2 * s + (1 - beta2) * (g - m)^2 + eps
w = max(w, s)                       if amsgrad
c = 1 - beta2^t
r_inf = 2 / (1 - beta2) - 1
r = r_inf - 2 * t * beta2^t / c
k = sqrt(c * (r - 4) / (r_inf - 4) * (r - 2) / r * r_inf / (r_inf - 2))
a = sqrt(where(amsgrad, w, s)) / sqrt(c) + eps
d = where(rectify, where(r >= 5, k * m / (sqrt(s) + eps), m), m / a)
p = p - lr / (1 - beta1^t) * d
]],
}
