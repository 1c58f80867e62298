local common = require "optlab.optim.rules.common"

return {
  name = "MoMo",
  doc = "Momentum with the step that a model of the loss allows, at most lr; the model is a mean of past linear "
    .. "models, bounded below.",
  use = "Use it if the loss is known to be at least lb; it works for a wide range of lr. step(loss) must get the "
    .. "loss.",
  paper = 'Schaipp, Ohana, Eickenberg, Defazio, Gower, "MoMo: momentum models for adaptive learning rates", ICML '
    .. '2024, arXiv 2305.07583',
  hyper = {
    common.lr(1.0),
    { "momentum", 0.9, "Decay rate of the means.", range = "0 to below 1" },
    { "weight_decay", 0, "Weight decay, proximal.", range = "not negative" },
    { "lb", 0, "A lower bound of the loss." },
    { "use_fstar", false, "Whether to estimate the bound as the run goes." },
    { "bias_correction", false, "Whether the means start at zero and are corrected for that." },
  },
  state = {
    { "grad_avg", "m", "the running mean of gradients" },
    { "loss_avg", "F", "the running mean of losses", number = true },
    { "dot_avg", "c", "the running mean of gradients times parameters", number = true },
    { "bound", "b", "the estimated bound", number = true, start = "lb" },
  },
  rule = [[
first = new(m) and not bias_correction
h = where(first, 0, momentum)
F = h * F + (1 - h) * loss
m = h * m + (1 - h) * g
c = h * c + (1 - h) * total_dot(p, g)
q = where(bias_correction, 1 - momentum^t, 1)
K = 1 + lr * weight_decay
y = total_dot(p, m)
n = total_dot(m, m)
f = K * (F - c) + y
b = where(use_fstar and f < K * q * b, max(f / (2 * K * q), lb), b)
a = min(lr / q, max(f - K * q * b, 0) / n)
b = where(use_fstar, max((F + y - c - a * n / 2) / q, lb), b)
p = (p - a * m) / K
]],
}
