local common = require "optlab.optim.rules.common"

return {
  name = "LAMB",
  doc = "Adam whose step is scaled to the norm of the parameter: one trust ratio for each parameter.",
  use = "Use it for very large batches, above all with transformers.",
  note = "timm clips to a norm of 1 by default and has no trust ratio without weight decay; pytorch_optimizer's "
    .. "first steps are ten times too long.",
  paper = 'You, Li, Reddi, Hseu, Kumar, Bhojanapalli, Song, Demmel, Keutzer, Hsieh, "Large batch optimization for '
    .. 'deep learning: training BERT in 76 minutes", ICLR 2020, arXiv 1904.00962',
  hyper = {
    common.lr(1e-3), common.betas(0.9, 0.999), common.eps(1e-6),
    { "weight_decay", 0.01,
      "Added to the step, times the parameter, before the trust ratio.", range = "not negative" },
    { "max_grad_norm", 0, "Bound of the norm of all gradients; 0 for none.", range = "not negative" },
    { "bias_correction", true, "Whether to correct the means for their start at zero." },
    { "grad_averaging", true, "Whether the gradient enters m with the factor 1 - beta1." },
    { "trust_clip", false, "Whether the trust ratio is at most 1." },
    common.maximize,
  },
  state = { common.exp_avg, common.exp_avg_sq },
  rule = [[
g = -g                              if maximize
g = g / max(1, total_norm(g) / max_grad_norm)   if max_grad_norm
m = beta1 * m + where(grad_averaging, 1 - beta1, 1) * g
v = beta2 * v + (1 - beta2) * g^2
c1 = where(bias_correction, 1 - beta1^t, 1)
c2 = where(bias_correction, 1 - beta2^t, 1)
u = m / c1 / (sqrt(v) / sqrt(c2) + eps) + weight_decay * p
n_p = norm(p)
n_u = norm(u)
r = where(n_p > 0 and n_u > 0, n_p / n_u, 1)
p = p - lr * where(trust_clip, min(r, 1), r) * u
]],
}
