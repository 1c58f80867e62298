local common = require "optlab.optim.rules.common"

return {
  name = "MoMoAdam",
  doc = "Adam with the step that a model of the loss allows, at most lr.",
  use = "Use it as MoMo. step(loss) must get the loss.",
  paper = 'Schaipp, Ohana, Eickenberg, Defazio, Gower, "MoMo: momentum models for adaptive learning rates", ICML '
    .. '2024, arXiv 2305.07583',
  hyper = {
    common.lr(1e-2), common.betas(0.9, 0.999), common.eps(1e-8),
    { "weight_decay", 0, "Weight decay, times lr.", range = "not negative" },
    { "lb", 0, "A lower bound of the loss." },
    { "use_fstar", false, "Whether to estimate the bound as the run goes." },
    { "divide", true, "Whether the decay is a division after the step, not a factor before it." },
  },
  state = {
    common.exp_avg, common.exp_avg_sq,
    { "loss_avg", "F", "the running mean of losses", number = true },
    { "dot_avg", "c", "the running mean of gradients times parameters", number = true },
    { "bound", "b", "the estimated bound", number = true, start = "lb" },
  },
  rule = [[
F = beta1 * F + (1 - beta1) * loss
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g^2
c = beta1 * c + (1 - beta1) * total_dot(p, g)
q = 1 - beta1^t
K = where(divide, 1 + lr * weight_decay, 1)
d = sqrt(v) / sqrt(1 - beta2^t) + eps
y = total_dot(p, m)
n = total(m * m / d)
f = K * (F - c) + y
b = where(use_fstar and f < K * q * b, max(f / (2 * K * q), lb), b)
a = min(lr / q, max(f - K * q * b, 0) / n)
b = where(use_fstar, max((F + y - c - a * n / 2) / q, lb), b)
p = (1 - lr * weight_decay) * p     if weight_decay and not divide
p = (p - a * m / d) / K
]],
}
