local common = require "optlab.optim.rules.common"

return {
  name = "Fromage",
  doc = "The length of a step is the share lr of the parameter's norm, for each parameter by itself.",
  use = "It needs little tuning: lr 0.01 suits most networks; parameters that start at zero take plain steps.",
  paper = 'Bernstein, Vahdat, Yue, Liu, "On the distance between two neural networks and the stability of '
    .. 'learning", NeurIPS 2020, arXiv 2002.03432',
  hyper = { common.lr(1e-2), common.maximize },
  rule = [[
g = -g                              if maximize
n_p = norm(p)
n_g = norm(g)
p = p - lr * where(n_p > 0 and n_g > 0, n_p / n_g, 1) * g
p = p / sqrt(1 + lr^2)
]],
}
