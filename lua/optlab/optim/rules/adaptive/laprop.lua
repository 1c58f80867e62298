local common = require "optlab.optim.rules.common"

return {
  name = "LaProp",
  doc = "Adam with momentum after the division: a running mean of normalised gradients.",
  use = "Use it in place of Adam if beta1 is large compared with beta2; it is stable for any pair of betas.",
  note = "The decay is not multiplied by lr, as in the authors' program; timm multiplies it.",
  paper = 'Ziyin, Wang, Ueda, "LaProp: separating momentum and adaptivity in Adam", arXiv 2002.04839',
  hyper = {
    common.lr(4e-4), common.betas(0.9, 0.999), common.eps(1e-15),
    { "weight_decay", 0, "The share by which each update shrinks the parameter, after the step.",
      range = "not negative" },
    { "centered", false, "Whether to divide by the deviation from the mean gradient, from update 11 on." },
    common.amsgrad, common.maximize,
  },
  state = {
    { "exp_avg", "m", "the running mean of steps" },
    common.exp_avg_sq, common.max_exp_avg_sq,
    { "exp_mean_avg", "u", "the running mean of gradients", when = "centered" },
    { "lr_avg", "c", "the running mean of lr", number = true },
  },
  rule = [[
g = -g                              if maximize
v = beta2 * v + (1 - beta2) * g^2
u = beta2 * u + (1 - beta2) * g     if centered
x = where(centered and t > 10, max(v - u^2, 0), v)
w = max(w, x)                       if amsgrad and (t > 10 or not centered)
x = w                               if amsgrad and (t > 10 or not centered)
c = beta1 * c + (1 - beta1) * lr
m = beta1 * m + (1 - beta1) * lr * g / (sqrt(x / (1 - beta2^t)) + eps)
p = (1 - weight_decay) * (p - where(c > 0, lr / c, 0) * m)
]],
}
