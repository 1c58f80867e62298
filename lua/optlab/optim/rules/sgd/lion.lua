local common = require "optlab.optim.rules.common"

return {
  name = "Lion",
  doc = "The sign of an interpolation between the running mean and the gradient: every coordinate moves by lr.",
  use = "Use it for large models and batches, with an lr 3 to 10 times smaller than Adam's and a weight decay "
    .. "larger by the same factor.",
  paper = 'Chen, Liang, Huang, Real, Wang, Liu, Pham, Dong, Luong, Hsieh, Lu, Le, "Symbolic discovery of '
    .. 'optimization algorithms", arXiv 2302.06675',
  hyper = { common.lr(1e-4), common.betas(0.9, 0.99), common.decoupled(0), common.maximize },
  state = { common.exp_avg },
  rule = [[
g = -g                              if maximize
p = (1 - lr * weight_decay) * p     if weight_decay
p = p - lr * sign(beta1 * m + (1 - beta1) * g)
m = beta2 * m + (1 - beta2) * g
]],
}
