local common = require "optlab.optim.rules.common"

return {
  name = "COCOB",
  doc = "Each coordinate bets on the sign of its next gradient; there is no learning rate.",
  use = "It needs no tuning; lr is a factor of the gradient and changes little.",
  paper = 'Orabona, Tommasi, "Training deep networks without learning rates through coin betting", NIPS 2017, '
    .. 'arXiv 1705.07795',
  hyper = {
    common.lr(1.0),
    { "alpha", 100, "Bounds the first bets: steps are at most 1 / alpha at the start.", range = "not negative" },
    common.eps(1e-8, "Initial value of L."),
    common.weight_decay, common.maximize,
  },
  state = {
    { "max_grad", "L", "the largest absolute gradient", start = "eps" },
    { "grad_sum", "S", "the sum of negative gradients" },
    { "grad_abs", "G", "the sum of absolute gradients" },
    { "reward", "R", "the reward so far" },
    { "x0", "x", "the parameter at the start", start = "p" },
  },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
g = lr * g
L = max(L, abs(g))
R = max(R - g * (p - x), 0)
S = S - g
G = G + abs(g)
p = x + S / (L * max(G + L, alpha * L)) * (L + R)
]],
}
