local common = require "optlab.optim.rules.common"

return {
  name = "DAdaptAdam",
  doc = "Adam that estimates its learning rate, the distance to the solution, from the gradients.",
  use = "It needs no tuning: lr stays at 1, and schedules multiply it.",
  note = "pytorch_optimizer divides and multiplies in the wrong order; its coupled weight decay has no effect.",
  paper = 'Defazio, Mishchenko, "Learning-rate-free learning by D-adaptation", ICML 2023, arXiv 2301.07733',
  hyper = {
    common.lr(1.0), common.betas(0.9, 0.999), common.eps(1e-8), common.weight_decay, common.decoupled_flag,
    common.use_bias_correction, common.d0, common.growth_rate,
  },
  state = {
    { "exp_avg", "m", "the running mean of steps' numerators" },
    common.exp_avg_sq,
    { "s", "s", "the running mean of scaled gradients" },
    common.distance, common.numerator,
  },
  rule = [[
c = where(use_bias_correction, sqrt(1 - beta2^t) / (1 - beta1^t), 1)
k = d * lr * c
q = sqrt(beta2)
g = g + weight_decay * p      if weight_decay and not decoupled_weight_decay
N = q * N + (1 - q) * k * total(g * s / (sqrt(v) + eps))
m = beta1 * m + (1 - beta1) * k * g
v = beta2 * v + (1 - beta2) * g^2
s = q * s + (1 - q) * k * g
n = total(abs(s))
e = where(n > 0, N / ((1 - q) * n), 0)
d = max(d, where(growth_rate, min(e, d * growth_rate), e))
p = (1 - k * weight_decay) * p if weight_decay and decoupled_weight_decay
p = p - m / (sqrt(v) + eps)
]],
}
