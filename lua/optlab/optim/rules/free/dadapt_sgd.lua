local common = require "optlab.optim.rules.common"

return {
  name = "DAdaptSGD",
  doc = "SGD that estimates its learning rate, the distance to the solution, from the gradients.",
  use = "It needs no tuning: lr stays at 1, and schedules multiply it.",
  paper = 'Defazio, Mishchenko, "Learning-rate-free learning by D-adaptation", ICML 2023, arXiv 2301.07733',
  hyper = {
    common.lr(1.0),
    { "momentum", 0, "Share of the parameter that stays in place.", range = "0 to below 1" },
    common.weight_decay, common.d0, common.growth_rate,
  },
  state = {
    { "s", "s", "the sum of scaled gradients" },
    { "x0", "x", "the parameter at the start", start = "p" },
    common.distance, common.numerator,
    { "g0_norm", "G", "the norm of the first gradient", number = true },
  },
  rule = [[
G = where(t == 1, total_norm(g), G)
g = g + weight_decay * p            if weight_decay
k = d * lr / G
N = N + k * total_dot(g, s)
s = s + k * g
e = 2 * N / total_norm(s)
d = max(d, where(growth_rate, min(e, d * growth_rate), e))
p = momentum * p + (1 - momentum) * (x - s)
]],
}
