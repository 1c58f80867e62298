local common = require "optlab.optim.rules.common"

return {
  name = "SignSGD",
  doc = "Every coordinate moves by lr against the sign of its gradient.",
  use = "Use it if gradients are sent between machines: a sign takes one bit.",
  paper = 'Bernstein, Wang, Azizzadenesheli, Anandkumar, "signSGD: compressed optimisation for non-convex '
    .. 'problems", ICML 2018, arXiv 1802.04434',
  hyper = { common.lr(1e-3), common.decoupled(0), common.maximize },
  rule = [[
g = -g                              if maximize
p = (1 - lr * weight_decay) * p     if weight_decay
p = p - lr * sign(g)
]],
}
