local common = require "optlab.optim.rules.common"

return {
  name = "AggMo",
  doc = "The mean of three momentum methods that differ in their momentum.",
  use = "Use it if a momentum of 0.99 would be fast but oscillates.",
  paper = 'Lucas, Sun, Zemel, Grosse, "Aggregated momentum: stability through passive damping", ICLR 2019, arXiv '
    .. '1804.00325',
  hyper = {
    common.lr(1e-2),
    { "betas", { 0, 0.9, 0.99 }, "The three momenta.", range = "0 to below 1" },
    common.weight_decay, common.maximize,
  },
  state = {
    { "momentum_buffer1", "a", "decaying sum of gradients by beta1" },
    { "momentum_buffer2", "b", "by beta2" },
    { "momentum_buffer3", "c", "by beta3" },
  },
  rule = [[
g = -g                              if maximize
g = g + weight_decay * p            if weight_decay
a = beta1 * a + g
b = beta2 * b + g
c = beta3 * c + g
p = p - lr / 3 * (a + b + c)
]],
}
