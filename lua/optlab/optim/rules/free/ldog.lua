local common = require "optlab.optim.rules.common"

return {
  name = "LDoG",
  doc = "DoG with a rate of its own for each parameter.",
  use = "It needs no tuning: lr stays at 1. It is meant to be used with a mean of the iterates.",
  paper = 'Ivgi, Hinder, Carmon, "DoG is SGD\'s best friend: a parameter-free dynamic step size schedule", ICML '
    .. '2023, arXiv 2302.12022',
  hyper = {
    common.lr(1.0),
    { "reps_rel", 1e-6, "The first step as a share of 1 + the parameter's norm.", range = "not negative" },
    common.eps(1e-8, "Added once to the sum of squares."),
    common.weight_decay,
  },
  state = {
    { "x0", "x", "the parameter at the start", start = "p" },
    { "rbar", "r", "the largest distance from the start", number = true },
    { "G", "G", "the sum of squared norms of gradients", number = true, start = "eps" },
  },
  rule = [[
g = g + weight_decay * p            if weight_decay
r = where(new(x), reps_rel * (1 + norm(p)), max(r, norm(p - x)))
G = G + sum(g^2)
p = p - lr * r / sqrt(G) * g
]],
}
