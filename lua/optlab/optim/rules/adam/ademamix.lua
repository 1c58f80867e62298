local common = require "optlab.optim.rules.common"

return {
  name = "AdEMAMix",
  doc = "AdamW with a second, very slow running mean of gradients.",
  use = "Use it for long trainings: it uses gradients that are tens of thousands of updates old. Set the two "
    .. "warm-ups to the length of the training.",
  note = "pytorch_optimizer also corrects the slow mean.",
  paper = 'Pagliardini, Ablin, Grangier, "The AdEMAMix optimizer: better, faster, older", arXiv 2409.03137',
  hyper = {
    common.lr(1e-3), common.betas(0.9, 0.999, 0.9999), common.eps(1e-8),
    { "weight_decay", 0, "Added to the step, times the parameter.", range = "not negative" },
    { "alpha", 2, "Weight of the slow mean." },
    { "alpha_warmup", 0, "Updates over which alpha grows from 0.", range = "not negative" },
    { "beta3_warmup", 0, "Updates over which the slow rate goes from beta1 to beta3.", range = "not negative" },
    common.maximize,
  },
  state = {
    { "exp_avg_fast", "m", "the running mean of gradients" },
    { "exp_avg_slow", "s", "the slow running mean" },
    common.exp_avg_sq,
  },
  rule = [[
g = -g                              if maximize
a = where(t < alpha_warmup, alpha * t / alpha_warmup, alpha)
h1 = log(0.5) / log(beta1 + 1e-8) - 1
h3 = log(0.5) / log(beta3 + 1e-8) - 1
k = t / beta3_warmup
b = where(t < beta3_warmup, 0.5^(1 / ((1 - k) * h1 + k * h3 + 1)), beta3)
m = beta1 * m + (1 - beta1) * g
s = b * s + (1 - b) * g
v = beta2 * v + (1 - beta2) * g^2
u = (m / (1 - beta1^t) + a * s) / (sqrt(v) / sqrt(1 - beta2^t) + eps)
p = p - lr * (u + weight_decay * p)
]],
}
