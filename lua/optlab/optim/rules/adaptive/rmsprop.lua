local common = require "optlab.optim.rules.common"

-- eps stands outside the root as in PyTorch; the book puts it inside.
return {
  name = "RMSprop",
  doc = "Divides the gradient by a running root mean square of its coordinates.",
  note = "centered: rounding may take s - m^2 below 0, where PyTorch gives nan; here it counts as 0.",
  paper = 'Tieleman, Hinton, "Lecture 6.5 - RMSProp", Coursera, 2012; centered: Graves, arXiv 1308.0850',
  hyper = {
    common.lr(1e-2), { "alpha", 0.99, "Decay rate of the running mean.", range = "not negative" }, common.eps(1e-8),
    common.weight_decay, common.momentum,
    { "centered", false,
      "Whether to divide by the standard deviation of the gradient: its running mean is subtracted." },
    common.maximize,
  },
  state = {
    { "square_avg", "s", "the running mean of squared gradients" },
    { "grad_avg", "m", "the running mean of gradients", when = "centered" },
    { "momentum_buffer", "b", "the decaying sum of updates", when = "momentum" },
  },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
s = alpha * s + (1 - alpha) * g^2
m = alpha * m + (1 - alpha) * g     if centered
d = g / (sqrt(where(centered, max(s - m^2, 0), s)) + eps)
b = momentum * b + d                if momentum
p = p - lr * where(momentum, b, d)
]],
}
