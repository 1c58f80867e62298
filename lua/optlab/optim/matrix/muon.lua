--- Muon: the momentum, made orthogonal.
--
-- Newton-Schulz: X = u / max(norm(u), eps), then ns_steps times A = X X^T, X <- a X + (b A + c A A) X. It brings the
-- singular values of u near 1 (about 0.7 to 1.2 after five steps), not to 1. Other implementations compute it in
-- bfloat16; here the parameter's type is kept.
local common = require "optlab.optim.matrix.common"
local core = require "optlab.core"

local function orthogonal(u, h)
  local a, b, c = table.unpack(h.ns_coefficients)
  local tall = u.shape[1] > u.shape[2]
  local X = tall and u:t() or u
  X = X / X:norm():clamp(h.eps)
  for _ = 1, h.ns_steps do
    local A = X:matmul(X:t())
    local B = A:matmul(A):mul_(c):add_(A:mul_(b))
    X = B:matmul(X):add_(X:mul_(a))
  end
  return tall and X:t() or X
end

local function scale(rows, columns, how)
  if how == "match_rms_adamw" then return 0.2 * math.sqrt(math.max(rows, columns)) end
  return math.sqrt(math.max(1, rows / columns))
end

return {
  name = "Muon",
  doc = "Momentum whose matrix is made nearly orthogonal: all directions of an update have about the same length.",
  use = "Use it for the hidden layers of transformers and other networks. Parameters of one dimension follow AdamW "
    .. "(lr_1d); give embeddings and the last layer to a separate AdamW. Kernels of convolutions count as matrices "
    .. "with a row for each output.",
  paper = 'Jordan, Jin, Boza, You, Cesista, Newhouse, Bernstein, "Muon: an optimizer for hidden layers in neural '
    .. 'networks", 2024; match_rms_adamw: Liu et al., "Muon is scalable for LLM training", arXiv 2502.16982',
  equation = [[
m <- momentum m + (1 - momentum) g
u = (1 - momentum) g + momentum m    if nesterov, else m
p <- (1 - lr weight_decay) p - lr s NewtonSchulz(u)
s = sqrt(max(1, rows / columns))
s = 0.2 sqrt(max(rows, columns))     with "match_rms_adamw"]],
  args = {
    common.lr(1e-3),
    common.weight_decay(0.1),
    { "momentum", "number", min = 0, below = 1, default = 0.95, doc = "Decay rate of the running mean of gradients." },
    { "nesterov", "flag", default = true, doc = "Whether to look ahead along the running mean." },
    { "ns_coefficients", "list", of = { "number", finite = true }, width = 3, default = { 3.4445, -4.775, 2.0315 },
      doc = "a, b, c of the Newton-Schulz iteration." },
    common.eps(1e-7, "The least norm by which the matrix is divided."),
    { "ns_steps", "integer", min = 1, default = 5, doc = "Steps of the Newton-Schulz iteration." },
    { "adjust_lr_fn", "choice", choices = { "original", "match_rms_adamw" }, default = "original",
      doc = "How the step depends on the shape; \"match_rms_adamw\" takes lr and weight_decay of AdamW." },
    table.unpack(common.ADAMW),
  },
  state = {
    { "momentum_buffer", "m, the running mean of gradients" },
    { "exp_avg, exp_avg_sq, step", "AdamW's, of parameters of one dimension", size = "" },
  },
  start = function(p)
    if common.ndim(p) < 2 then return common.adamw_state(p) end
    return { momentum_buffer = core.tensor.zeros_like(p) }
  end,
  step = function(p, g, s, h)
    if common.ndim(p) < 2 then return common.adamw_1d(p, g, s, h) end
    local m, mu = s.momentum_buffer, h.momentum
    m:mul_(mu):add_(g * (1 - mu))
    local u = h.nesterov and g * (1 - mu) + m * mu or m
    local matrix = common.matrix(u)
    if h.weight_decay ~= 0 then p:mul_(1 - h.lr * h.weight_decay) end
    local rate = h.lr * scale(matrix.shape[1], matrix.shape[2], h.adjust_lr_fn)
    p:sub_((orthogonal(matrix, h) * rate):reshape(p.shape))
  end,
}
