local common = require "optlab.optim.rules.common"

return {
  name = "SGLD",
  doc = "Stochastic gradient Langevin dynamics: gradient steps with noise, whose iterates are samples of a "
    .. "posterior.",
  use = "Use it for sampling: the loss is the negative log posterior of all data.",
  paper = 'Welling, Teh, "Bayesian learning via stochastic gradient Langevin dynamics", ICML 2011',
  hyper = {
    { "lr", 1e-2, "The step size at t = 0 is lr b^-gamma.", range = "not negative" },
    { "b", 1, "Delay of the decay.", range = "not negative" },
    { "gamma", 0.55, "Power of the decay.", range = "not negative" },
    { "temperature", 1, "Temperature of the noise; 0 for none.", range = "not negative" },
    common.weight_decay,
  },
  rule = [[
e = lr * (b + t)^(-gamma)
p = p - e / 2 * (g + weight_decay * p) + sqrt(e * temperature) * normal()
]],
}
