--- SOAP: Adam in the eigenbasis of Shampoo's preconditioner.
--
-- rot multiplies by Q_i^T along every dimension i, back by Q_i. The first update only makes the bases.
local common = require "optlab.optim.matrix.common"
local core = require "optlab.core"
local linalg = require "optlab.linalg"

-- x times Q_i (or its transpose) along every dimension that has one.
local function rotate(x, Q, back)
  for i, q in ipairs(Q) do
    if q then x = common.along(back and q or q:t(), x, i) end
  end
  return x
end

local function add_products(L, g, b)
  for i, l in ipairs(L) do
    if l then
      local G = common.unfold(g, i)
      l:add_((G:matmul(G:t()) - l) * (1 - b))
    end
  end
end

-- The eigenvectors of each L_i, that of the largest eigenvalue first.
local function bases(L)
  local Q = {}
  for i, l in ipairs(L) do
    Q[i] = false
    if l then
      local _, V = linalg.eigh(l + core.tensor.eye(l.shape[1], { dtype = l.dtype }) * 1e-30)
      Q[i] = V:flip(2)
    end
  end
  return Q
end

-- One step of orthogonal iteration, the columns in the order of their share.
local function renew(s)
  for i, q in ipairs(s.Q) do
    if q then
      local LQ = s.L[i]:matmul(q)
      local order = (q * LQ):sum(1):argsort { descending = true }
      s.exp_avg_sq:copy_(s.exp_avg_sq:index_select(i, order))
      q:copy_((linalg.qr(LQ:index_select(2, order))))
    end
  end
end

return {
  name = "SOAP",
  doc = "Adam in the basis of Shampoo's preconditioner, which is renewed from time to time.",
  use = "Use it where Shampoo is useful; it has Adam's hyperparameters and tolerates rare renewals. The first "
    .. "update does not change the parameters.",
  paper = 'Vyas, Morwani, Zhao, Shapira, Brandfonbrener, Janson, Kakade, "SOAP: improving and stabilizing Shampoo '
    .. 'using Adam", arXiv 2409.11321',
  equation = [[
first update: L_i = (1 - b) G_i G_i^T, Q_i = its eigenvectors, no more
k counts the others
r = rot(g)
m <- beta1 m + (1 - beta1) r
v <- beta2 v + (1 - beta2) r^2
p <- p - lr sqrt(1 - beta2^k) / (1 - beta1^k) back(m / (sqrt(v) + eps))
p <- (1 - lr weight_decay) p
L_i <- b L_i + (1 - b) G_i G_i^T      b = shampoo_beta, or beta2
each precondition_frequency-th time: Q_i <- qr(L_i Q_i)]],
  args = {
    common.lr(3e-3),
    common.betas(0.95, 0.95),
    { "shampoo_beta", "number", max = 1, min = -1, default = -1,
      doc = "Decay rate of the means of products; negative: the second of betas." },
    common.eps(1e-8),
    common.weight_decay(0.01),
    { "precondition_frequency", "integer", min = 1, default = 10, doc = "Updates between two renewals of the bases." },
    { "max_precond_dim", "integer", min = 1, default = 10000, doc = "Dimensions of a larger size are not rotated." },
    { "precondition_1d", "flag", default = false, doc = "Whether parameters of one dimension are rotated, too." },
    { "normalize_grads", "flag", default = false, doc = "Whether each update is scaled to a mean square of 1." },
    { "correct_bias", "flag", default = true, doc = "Whether the means are corrected for their start at 0." },
  },
  state = {
    { "exp_avg", "m, the running mean of gradients, in the basis" },
    { "exp_avg_sq", "v, the running mean of their squares, in the basis" },
    { "L", "a list, the running means of products; false for dimensions that are not rotated", size = "f" },
    { "Q", "a list, the bases", size = "f" },
    { "step", "k, how many updates were made but for the first", size = "" },
  },
  start = function(p, h)
    local s = { exp_avg = core.tensor.zeros_like(p), exp_avg_sq = core.tensor.zeros_like(p), L = {},
      step = common.counter() }
    for i = 1, common.ndim(p) do
      local n = p.shape[i]
      s.L[i] = n <= h.max_precond_dim and (common.ndim(p) > 1 or h.precondition_1d)
        and core.tensor.zeros({ n, n }, { dtype = p.dtype })
    end
    return s
  end,
  step = function(p, g, s, h, t)
    common.counted()
    local b1, b2 = h.betas[1], h.betas[2]
    local b = h.shampoo_beta >= 0 and h.shampoo_beta or b2
    if not s.Q then
      add_products(s.L, g, b)
      s.Q = bases(s.L)
      return
    end
    s.step:add_(1)
    local r = rotate(g, s.Q)
    s.exp_avg:mul_(b1):add_(r * (1 - b1))
    s.exp_avg_sq:mul_(b2):add_(r * r * (1 - b2))
    local u = rotate(s.exp_avg / (s.exp_avg_sq:sqrt() + h.eps), s.Q, true)
    if h.normalize_grads then u = u / ((u * u):mean():sqrt() + 1e-30) end
    local k = h.correct_bias and (1 - b2 ^ s.step):sqrt() / (1 - b1 ^ s.step) * h.lr or h.lr
    p:sub_(u * k)
    if h.weight_decay ~= 0 then p:mul_(1 - h.lr * h.weight_decay) end
    local m = rotate(s.exp_avg, s.Q, true)
    add_products(s.L, g, b)
    if (t - 1) % h.precondition_frequency == 0 then renew(s) end
    s.exp_avg:copy_(rotate(m, s.Q))
  end,
}
