local common = require "optlab.optim.rules.common"

return {
  name = "ASGD",
  doc = "SGD with a decaying rate that also keeps the mean of its iterates.",
  use = "Use it for convex problems, where the mean is better than the last point; read the mean from the state.",
  paper = 'Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J. Control Optim. 30, '
    .. '1992',
  hyper = {
    common.lr(1e-2),
    { "lambd", 1e-4, "Decay of the rate and of the parameter.", range = "not negative" },
    { "alpha", 0.75, "Power of the decay of the rate.", range = "not negative" },
    { "t0", 1e6, "Update after which iterates are averaged.", range = "not negative" },
    common.weight_decay, common.maximize,
  },
  state = {
    { "eta", "e", "the rate", number = true, start = "lr" },
    { "mu", "u", "weight of the newest iterate in the mean", number = true, start = 1 },
    { "ax", "a", "the mean of the iterates" },
  },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
p = (1 - lambd * e) * p
p = p - e * g
a = where(u == 1, p, a + u * (p - a))
e = lr / (1 + lambd * lr * t)^alpha
u = 1 / max(1, t - t0)
]],
}
