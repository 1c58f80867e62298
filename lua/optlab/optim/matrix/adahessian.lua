--- AdaHessian: Adam with the Hessian's diagonal in place of the gradient.
local common = require "optlab.optim.matrix.common"
local core = require "optlab.core"
local hessian = require "optlab.optim.matrix.hessian"

local function start(p)
  local zeros_like = core.tensor.zeros_like
  return { step = common.counter(), exp_avg = zeros_like(p), exp_hessian_diag_sq = zeros_like(p) }
end

-- Kernels of convolutions have one number for each window.
local function averaged(d)
  if common.ndim(d) <= 2 then return d end
  local dims = {}
  for i = 3, common.ndim(d) do dims[#dims + 1] = i end
  return d:mean { dim = dims, keepdim = true }
end

return {
  name = "AdaHessian",
  doc = "Adam whose second moment is that of the diagonal of the Hessian, estimated at each update with random "
    .. "signs.",
  use = "Use it if Adam's result is not good enough and a step may take about three times as long. It needs "
    .. "gradients with a graph: loss:backward{create_graph = true}.",
  note = "pytorch_optimizer draws no signs: its z is always -1.",
  paper = 'Yao, Gholami, Shen, Mustafa, Keutzer, Mahoney, "ADAHESSIAN: an adaptive second order optimizer for machine '
    .. 'learning", arXiv 2006.00719',
  equation = [[
D = abs(z (H z)),  z random signs; of kernels its mean over the window
m <- beta1 m + (1 - beta1) g
v <- beta2 v + (1 - beta2) D^2
d = (sqrt(v) / sqrt(1 - beta2^t))^hessian_power + eps
p <- p - lr (m / (1 - beta1^t) / d + weight_decay p)]],
  args = {
    common.lr(0.15),
    common.betas(0.9, 0.999, nil, "Decay rates of the running means of the gradient and of D^2."),
    common.eps(1e-4),
    common.weight_decay(0),
    { "hessian_power", "number", min = 0, max = 1, default = 1, doc = "Power of the denominator." },
  },
  state = {
    { "exp_avg", "m, the running mean of gradients" },
    { "exp_hessian_diag_sq", "v, the running mean of D^2" },
    { "step", "t, how many updates were made", size = "" },
  },
  needs = "graph", evaluations = "1+Hz",
  update = function(opt, states, closure)
    local loss = hessian.evaluate(closure, true)
    local list = hessian.entries(opt, states, start)
    for i, d in ipairs(hessian.diagonal("AdaHessian", list)) do
      local p, g, s, h = list[i].p, list[i].g, list[i].s, list[i].h
      local b1, b2 = h.betas[1], h.betas[2]
      local D = averaged(d:abs())
      s.step:add_(1)
      s.exp_avg:mul_(b1):add_(g * (1 - b1))
      s.exp_hessian_diag_sq:mul_(b2):add_(D * D * (1 - b2))
      local root = s.exp_hessian_diag_sq:sqrt() / (1 - b2 ^ s.step):sqrt()
      if h.hessian_power ~= 1 then root = root ^ h.hessian_power end
      local u = s.exp_avg / (1 - b1 ^ s.step) / (root + h.eps)
      if h.weight_decay ~= 0 then u = u + p * h.weight_decay end
      p:sub_(u * h.lr)
    end
    return loss
  end,
}
