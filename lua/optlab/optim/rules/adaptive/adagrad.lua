local common = require "optlab.optim.rules.common"

-- eps stands outside the root as in PyTorch; the book puts it inside.
return {
  name = "Adagrad",
  doc = "A learning rate for each coordinate, from the sum of its squared gradients.",
  paper = 'Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR '
    .. "12, 2011",
  hyper = {
    common.lr(1e-2),
    { "lr_decay", 0, "Decay of the learning rate: at update t it is lr / (1 + (t - 1) lr_decay).",
      range = "not negative" },
    common.weight_decay,
    { "initial_accumulator_value", 0, "Initial value of s, the sum of squared gradients.", range = "not negative" },
    common.eps(1e-10), common.maximize,
  },
  state = { { "sum", "s", "the sum of squared gradients", start = "initial_accumulator_value" } },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
s = s + g^2
p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)
]],
}
