local common = require "optlab.optim.rules.common"

return {
  name = "LARS",
  doc = "SGD with momentum whose steps are in proportion to the norm of each parameter.",
  use = "Use it for very large batches of images.",
  note = "In timm the factor acts only with weight decay or always_adapt; pytorch_optimizer leaves it off vectors.",
  paper = 'You, Gitman, Ginsburg, "Large batch training of convolutional networks", arXiv 1708.03888',
  hyper = {
    common.lr(1.0),
    { "momentum", 0.9, common.momentum[3], range = "not negative" },
    { "dampening", 0, "Dampening of momentum: the gradient enters the buffer with the factor 1 - dampening." },
    common.weight_decay,
    { "nesterov", false, "Whether to use Nesterov momentum." },
    { "trust_coeff", 1e-3, "The step's norm as a share of the parameter's.", range = "not negative" },
    common.eps(1e-8),
    { "trust_clip", false, "Whether the factor of lr is at most 1 (LARC)." },
    common.maximize,
  },
  state = {
    { "momentum_buffer", "b", "the decaying sum of scaled gradients", when = "momentum" },
  },
  rule = [[
g = -g                              if maximize
n_p = norm(p)
n_g = norm(g)
r = trust_coeff * n_p / (n_g + weight_decay * n_p + eps)
r = where(n_p > 0 and n_g > 0, r, 1)
r = where(trust_clip, min(r / lr, 1), r)
d = r * (g + weight_decay * p)
b = momentum * b + where(new(b), 1, 1 - dampening) * d   if momentum
p = p - lr * where(momentum, where(nesterov, d + momentum * b, b), d)
]],
}
