local common = require "optlab.optim.rules.common"

return {
  name = "OptimisticGradient",
  doc = "Gradient descent that extrapolates the gradient by its last change.",
  use = "Use it for games between two networks, where plain gradient descent goes in circles.",
  paper = 'Daskalakis, Ilyas, Syrgkanis, Zeng, "Training GANs with optimism", ICLR 2018, arXiv 1711.00141',
  hyper = {
    common.lr(1e-3),
    { "optimism", 1, "Factor of the last change of the gradient.", range = "not negative" },
    common.maximize,
  },
  state = {
    { "last_grad", "q", "the gradient before" },
  },
  rule = [[
g = -g                              if maximize
p = p - lr * (g + where(new(q), 0, optimism) * (g - q))
q = g
]],
}
