local common = require "optlab.optim.rules.common"

return {
  name = "Rprop",
  doc = "A step size for each coordinate, which grows while the sign of the gradient stays the same and shrinks "
    .. "when it changes.",
  use = "Use it with gradients of the whole data set; those of minibatches change their signs too often.",
  paper = 'Riedmiller, Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", '
    .. 'ICNN 1993',
  hyper = {
    common.lr(1e-2),
    { "etas", { 0.5, 1.2 },
      "Factors of the step size: after a change of sign, and after none.", range = "not negative" },
    { "step_sizes", { 1e-6, 50 }, "The smallest and the largest step size.", range = "not negative" },
    common.maximize,
  },
  state = {
    { "prev", "b", "the gradient before" },
    { "step_size", "s", "the step sizes", start = "lr" },
  },
  rule = [[
g = -g                              if maximize
c = g * b
s = s * where(c > 0, eta2, where(c < 0, eta1, 1))
s = clamp(s, step_size1, step_size2)
g = where(c < 0, 0, g)
p = p - s * sign(g)
b = g
]],
}
