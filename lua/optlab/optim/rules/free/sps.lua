local common = require "optlab.optim.rules.common"

return {
  name = "SPS",
  doc = "Stochastic Polyak step size: the loss over the squared norm of the gradient; it grows only slowly.",
  use = "Use it for networks that can fit their data, whose loss goes to 0. step(loss) must get the loss.",
  paper = 'Loizou, Vaswani, Laradji, Lacoste-Julien, "Stochastic Polyak step-size for SGD", AISTATS 2021, arXiv '
    .. '2002.10542',
  hyper = {
    { "lr", 1, "Factor of the step size.", range = "not negative" },
    { "c", 0.5, "Divides the step size: 0.5 for convex problems.", range = "positive" },
    { "gamma", 2, "How much the step size may grow in an epoch.", range = "at least 1" },
    { "batches_per_epoch", 500, "Updates in an epoch.", range = "at least 1" },
    { "init_step_size", 1, "Bound of the first step size.", range = "not negative" },
    common.eps(1e-8),
  },
  state = {
    { "step_size", "s", "the step size", number = true, start = "init_step_size" },
  },
  rule = [[
n = total_dot(g, g)
s = min(gamma^(1 / batches_per_epoch) * s, loss / (c * n + eps))
p = p - lr * where(n < 1e-16, 0, s) * g
]],
}
