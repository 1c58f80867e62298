local common = require "optlab.optim.rules.common"

return {
  name = "AdamW",
  doc = "Adam whose weight decay acts on the parameter, not on the gradient.",
  paper = 'Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019',
  hyper = { common.lr(1e-3), common.betas(0.9, 0.999), common.eps(1e-8), common.decoupled(1e-2), common.amsgrad,
    common.maximize },
  state = { common.exp_avg, common.exp_avg_sq, common.max_exp_avg_sq },
  rule = [[
g = -g                                   if maximize
p = (1 - lr * weight_decay) * p          if weight_decay
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g^2
w = max(w, v)                            if amsgrad
a = sqrt(where(amsgrad, w, v)) / sqrt(1 - beta2^t) + eps
p = p - lr / (1 - beta1^t) * m / a
]],
}
