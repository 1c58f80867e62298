local common = require "optlab.optim.rules.common"

return {
  name = "Polyak",
  doc = "Polyak's step: the distance of the loss from its minimum, over the squared norm of the gradient.",
  use = "Use it for convex problems whose minimum f_min is known. step(loss) must get the loss.",
  paper = 'Polyak, "Introduction to optimization", 1987; Loizou, Vaswani, Laradji, Lacoste-Julien, AISTATS 2021, '
    .. 'arXiv 2002.10542',
  hyper = {
    { "lr", 1, "Factor of the step size.", range = "not negative" },
    { "f_min", 0, "The least value of the loss." },
    { "max_step", 1, "The largest step size.", range = "not negative" },
    common.eps(0),
  },
  rule = [[
n = total_dot(g, g) + eps
p = p - lr * where(n > 0, min(max(loss - f_min, 0) / n, max_step), 0) * g
]],
}
