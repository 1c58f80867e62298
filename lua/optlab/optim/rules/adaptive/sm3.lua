local common = require "optlab.optim.rules.common"

return {
  name = "SM3",
  doc = "Adagrad with one sum for each row and each column; the smaller of the two bounds the sum of an element.",
  use = "Use it for large matrices and embeddings, whose state takes hardly any memory.",
  note = "Rows and columns are those of the last two dimensions.",
  paper = 'Anil, Gupta, Koren, Singer, "Memory-efficient adaptive optimization", NeurIPS 2019, arXiv 1901.11150',
  hyper = {
    common.lr(0.1), { "momentum", 0, "Decay rate of the running mean of steps; 0 for none.", range = "0 to below 1" },
    { "beta", 0, "Decay rate of the sums; 0: they only grow.", range = "0 to below 1" },
    common.eps(1e-30, "Added to the sum, inside the square root."), common.maximize,
  },
  state = {
    { "row_sum", "r", "bounds of the sums of squares of each row; a vector is one row", per = "row" },
    { "col_sum", "c", "the same of each column", per = "column" },
    { "momentum_buffer", "m", "the running mean of steps", when = "momentum" },
  },
  rule = [[
g = -g                              if maximize
v = where(beta, beta, 1) * min(r, c) + (1 - beta) * g^2
high_row = row_max(v)
high_col = col_max(v)
r = where(beta, max(r, high_row), high_row)
c = where(beta, max(c, high_col), high_col)
u = g / sqrt(v + eps)
m = momentum * m + (1 - momentum) * u     if momentum
p = p - lr * where(momentum, m, u)
]],
}
