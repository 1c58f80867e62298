local common = require "optlab.optim.rules.common"

return {
  name = "Prodigy",
  doc = "Adam that estimates its learning rate from the distance along the gradients since the start.",
  use = "It needs no tuning: lr stays at 1, usually with a cosine schedule.",
  note = "pytorch_optimizer counts each update twice; its coupled weight decay has no effect.",
  paper = 'Mishchenko, Defazio, "Prodigy: an expeditiously adaptive parameter-free learner", arXiv 2306.06101',
  hyper = {
    common.lr(1.0), common.betas(0.9, 0.999), common.eps(1e-8), common.weight_decay, common.decoupled_on,
    { "beta3", 0, "Decay rate of the estimate's means; 0: the root of beta2.", range = "0 to below 1" },
    { "safeguard_warmup", false, "Whether a warm-up of lr leaves the estimate alone." },
    { "d_coef", 1, "Factor of the estimate.", range = "not negative" },
    common.use_bias_correction, common.d0, common.growth_rate,
  },
  state = { common.exp_avg, common.exp_avg_sq,
    { "s", "s", "the running mean of scaled gradients" }, { "x0", "x", "the parameter at the start", start = "p" },
    common.distance,
    { "d_max", "D", "the largest estimate", number = true, start = "d0" },
    common.numerator,
  },
  rule = [[
b = where(beta3, beta3, sqrt(beta2))
c = where(use_bias_correction, sqrt(1 - beta2^t) / (1 - beta1^t), 1)
k = d * lr * c
g = g + weight_decay * p      if weight_decay and not decoupled_weight_decay
N = b * N + d / d0 * k * total_dot(g, x - p)
m = beta1 * m + (1 - beta1) * d * g
v = beta2 * v + (1 - beta2) * d^2 * g^2
s = b * s + d / d0 * where(safeguard_warmup, d, k) * g
n = total(abs(s))
e = where(n > 0, d_coef * N / n, 0)
d = max(d, e)                      if d == d0
D = max(D, e)
d = where(growth_rate, min(D, d * growth_rate), D)
p = (1 - k * weight_decay) * p  if weight_decay and decoupled_weight_decay
p = p - k * m / (sqrt(v) + d * eps)
]],
}
