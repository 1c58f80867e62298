local common = require "optlab.optim.rules.common"

return {
  name = "SWATS",
  doc = "Adam, until its estimate of the rate that SGD needs for the same step is constant; then SGD with this "
    .. "rate.",
  use = "Use it if Adam is better at the start and SGD at the end. After the switch lr has no effect.",
  note = "All parameters switch at once, as in the paper; pytorch_optimizer tests each of them by itself.",
  paper = 'Keskar, Socher, "Improving generalization performance by switching from Adam to SGD", arXiv 1712.07628',
  hyper = {
    common.lr(1e-3), common.betas(0.9, 0.999), common.eps(1e-8),
    { "tolerance", 1e-9, "How far the rate may be from its running mean at the switch.", range = "not negative" },
    common.weight_decay, common.maximize,
  },
  state = {
    common.exp_avg, common.exp_avg_sq,
    { "momentum_buffer", "b", "the decaying sum of gradients after the switch" },
    { "rate_avg", "L", "the running mean of the rate", number = true },
    { "sgd_rate", "rate", "the rate of SGD; 0 before the switch", number = true },
  },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
first = rate == 0
m = beta1 * m + (1 - beta1) * g     if first
v = beta2 * v + (1 - beta2) * g^2   if first
b = beta1 * b + g                   if not first
d = lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + eps)
n = total_dot(d, g)
k = total_dot(d, d) / n
L = beta2 * L + (1 - beta2) * k     if first and n ~= 0
e = L / (1 - beta2^t)
p = p - where(first, d, rate * (1 - beta1) * b)
steady = t > 1 and e > 0 and abs(e - k) < tolerance
rate = where(first and steady, e, rate)
]],
}
