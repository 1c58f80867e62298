local common = require "optlab.optim.rules.common"

return {
  name = "QHM",
  doc = "Quasi-hyperbolic momentum: a mean of the gradient and of its running mean.",
  use = "Use it in place of momentum, with an lr 1 / (1 - momentum) times as large. With nu = 1 it is momentum, "
    .. "with nu = 0 it is SGD.",
  paper = 'Ma, Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", ICLR 2019, arXiv 1810.06801',
  hyper = {
    common.lr(1.0),
    { "momentum", 0.999, "Decay rate of the running mean.", range = "0 to below 1" },
    { "nu", 0.7, "Share of the running mean in the step.", range = "0 to 1" },
    common.weight_decay, common.decoupled_flag, common.maximize,
  },
  state = { common.exp_avg },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p        if not decoupled_weight_decay and weight_decay
p = (1 - lr * weight_decay) * p if decoupled_weight_decay and weight_decay
m = momentum * m + (1 - momentum) * g
p = p - lr * (nu * m + (1 - nu) * g)
]],
}
