local common = require "optlab.optim.rules.common"

return {
  name = "Signum",
  doc = "The sign of the running mean of gradients.",
  use = "Use it as SignSGD; its steps have less noise.",
  note = "pytorch_optimizer creates the buffer again at each update, so momentum has no effect there.",
  paper = 'Bernstein, Wang, Azizzadenesheli, Anandkumar, "signSGD: compressed optimisation for non-convex '
    .. 'problems", ICML 2018, arXiv 1802.04434',
  hyper = {
    common.lr(1e-3),
    { "momentum", 0.9, "Decay rate of the running mean.", range = "0 to below 1" },
    common.decoupled(0), common.maximize,
  },
  state = { common.exp_avg },
  rule = [[
g = -g                              if maximize
p = (1 - lr * weight_decay) * p     if weight_decay
m = momentum * m + (1 - momentum) * g
p = p - lr * sign(m)
]],
}
