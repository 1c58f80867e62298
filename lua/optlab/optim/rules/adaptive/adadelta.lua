local common = require "optlab.optim.rules.common"

return {
  name = "Adadelta",
  doc = "Scales the gradient by the running root mean square of past updates over that of the gradients.",
  paper = 'Zeiler, "ADADELTA: an adaptive learning rate method", arXiv 1212.5701',
  hyper = {
    common.lr(1.0), { "rho", 0.9, "Decay rate of both running means.", range = "0 to 1" },
    common.eps(1e-6, "Added to both running means, inside the square roots."), common.weight_decay, common.maximize,
  },
  state = {
    { "square_avg", "s", "the running mean of squared gradients" },
    { "acc_delta", "u", "the running mean of squared updates" },
  },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
s = rho * s + (1 - rho) * g^2
d = sqrt(u + eps) / sqrt(s + eps) * g
u = rho * u + (1 - rho) * d^2
p = p - lr * d
]],
}
