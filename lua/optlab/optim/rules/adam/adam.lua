local common = require "optlab.optim.rules.common"

return {
  name = "Adam",
  doc = "Running means of the gradient and of its square, corrected for their start at zero.",
  paper = 'Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015; amsgrad: Reddi, Kale, Kumar, "On the '
    .. 'convergence of Adam and beyond", ICLR 2018',
  hyper = { common.lr(1e-3), common.betas(0.9, 0.999), common.eps(1e-8), common.weight_decay,
    common.decoupled_flag, common.amsgrad, common.maximize },
  state = { common.exp_avg, common.exp_avg_sq, common.max_exp_avg_sq },
  rule = [[
g = -g                                   if maximize
g = g + weight_decay * p        if weight_decay and not decoupled_weight_decay
p = (1 - lr * weight_decay) * p if weight_decay and decoupled_weight_decay
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g^2
w = max(w, v)                            if amsgrad
a = sqrt(where(amsgrad, w, v)) / sqrt(1 - beta2^t) + eps
p = p - lr / (1 - beta1^t) * m / a
]],
}
