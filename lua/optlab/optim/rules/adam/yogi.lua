local common = require "optlab.optim.rules.common"

-- PyTorch has no Yogi; defaults and bias correction are those of the pytorch_optimizer package. The book's variant is
-- initial_accumulator = 0.
return {
  name = "Yogi",
  doc = "Adam whose second moment moves towards the squared gradient by steps that do not depend on the distance.",
  paper = 'Zaheer, Reddi, Sachan, Kale, Kumar, "Adaptive methods for nonconvex optimization", NeurIPS 2018',
  hyper = {
    common.lr(1e-2), common.betas(0.9, 0.999), common.eps(1e-3),
    { "initial_accumulator", 1e-6, "Initial value of m and v.", range = "not negative" }, common.weight_decay,
    common.maximize,
  },
  state = {
    { "exp_avg", "m", "the running mean of gradients", start = "initial_accumulator" },
    { "exp_avg_sq", "v", "the second moment", start = "initial_accumulator" },
  },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
m = beta1 * m + (1 - beta1) * g
v = v - (1 - beta2) * sign(v - g^2) * g^2
a = sqrt(v) / sqrt(1 - beta2^t) + eps
p = p - lr / (1 - beta1^t) * m / a
]],
}
