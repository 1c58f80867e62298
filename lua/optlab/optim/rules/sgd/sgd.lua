local common = require "optlab.optim.rules.common"

-- PyTorch multiplies by lr after the average, the paper before it; the two agree while lr is constant.
return {
  name = "SGD",
  doc = "Stochastic gradient descent with momentum, dampening, Nesterov's look-ahead and weight decay.",
  paper = 'Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep learning", '
    .. "ICML 2013",
  hyper = {
    common.lr(1e-3), common.momentum,
    { "dampening", 0, "Dampening of momentum: the gradient enters the buffer with the factor 1 - dampening." },
    common.weight_decay,
    { "nesterov", false, "Whether to use Nesterov momentum; needs a momentum above 0 and no dampening." },
    common.maximize,
  },
  checks = { { "not nesterov or (momentum > 0 and dampening == 0)",
    "nesterov needs momentum > 0 and dampening = 0" } },
  state = { { "momentum_buffer", "b", "the decaying sum of gradients", when = "momentum" } },
  rule = [[
g = -g                                                   if maximize
g = g + weight_decay * p                                 if weight_decay
b = momentum * b + where(new(b), 1, 1 - dampening) * g   if momentum
d = where(momentum, where(nesterov, g + momentum * b, b), g)
p = p - lr * d
]],
}
