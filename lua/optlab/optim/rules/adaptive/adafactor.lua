local common = require "optlab.optim.rules.common"

-- PyTorch writes eps1 and eps2 as one pair, eps, and keeps the second moment of a vector as `variance`.
return {
  name = "Adafactor",
  doc = "Keeps the second moment of a matrix as one number for each row and each column; steps are in proportion to "
    .. "the parameter.",
  use = "Use it for large matrices, whose state takes hardly any memory.",
  paper = 'Shazeer, Stern, "Adafactor: adaptive learning rates with sublinear memory cost", ICML 2018',
  hyper = {
    { "lr", 1e-2, "Upper bound of the relative step size, which is also at most 1 / sqrt(t).", range = "not negative" },
    { "beta2_decay", -0.8, "Exponent of the decay: the second moment moves by the share t^beta2_decay." },
    { "eps1", "unset", "Lower bound of the second moment; by default the machine epsilon of the dtype.",
      range = "not negative" },
    { "eps2", 1e-3, "Lower bound of the parameter's root mean square, by which steps are scaled.",
      range = "not negative" },
    { "d", 1, "Clipping threshold: an update with a larger root mean square is scaled down to it.",
      range = "at least 1" },
    common.decoupled(0), common.maximize,
  },
  state = {
    { "row_var", "r", "the running mean of squares of each row; a vector is one row", per = "row" },
    { "col_var", "c", "the running mean of squares of each column", per = "column" },
  },
  rule = [[
g = -g                              if maximize
e = where(eps1 == eps1, eps1, epsilon)
w = t^beta2_decay
k = max(eps2, norm(p) / sqrt(numel(p))) * min(lr, 1 / sqrt(t))
p = (1 - lr * weight_decay) * p     if weight_decay
s = g^2
r = r + w * (row_mean(s) - r)
c = c + w * (col_mean(s) - c)
v = where(ndim(p) < 2, c, r * c / max(matrix_mean(r), e))
u = g / sqrt(max(v, e^2))
p = p - k / max(1, norm(u) / sqrt(numel(p)) / d) * u
]],
}
