--- Shampoo: a full preconditioner for each dimension.
--
-- G_i is the gradient as a matrix whose rows belong to dimension i; k is the number of dimensions. The update of a
-- matrix is L^(-1/4) G R^(-1/4), that of a vector H^(-1/2) g.
local common = require "optlab.optim.matrix.common"
local core = require "optlab.core"
local linalg = require "optlab.linalg"

-- H^(-1 / 2k) of a symmetric matrix whose eigenvalues are eps or more, but for rounding.
local function root(H, k, eps)
  local w, V = linalg.eigh(H)
  if eps > 0 then w = w:clamp(eps) end
  return (V * w ^ (-1 / (2 * k))):matmul(V:t())
end

return {
  name = "Shampoo",
  doc = "Preconditions each dimension of a parameter by the inverse root of the sum of its gradients' products.",
  use = "Use it for networks of moderate width: it keeps two matrices n by n for each dimension of size n, and an "
    .. "update that renews the roots takes an eigen-decomposition of each.",
  note = "pytorch_optimizer takes the root 1/k instead of 1/(2 k).",
  paper = 'Gupta, Koren, Singer, "Shampoo: preconditioned stochastic tensor optimization", arXiv 1802.09568',
  equation = [[
g <- g + weight_decay p
H_i <- beta H_i + w G_i G_i^T         for each dimension i; from eps I
w = 1 - beta, 1 where beta = 1
u = g x_1 H_1^(-1/2k) x_2 H_2^(-1/2k) ...
m <- momentum m + u
p <- p - lr m]],
  args = {
    common.lr(0.1),
    { "momentum", "number", min = 0, default = 0, doc = "Momentum: the factor of the buffer at each update." },
    common.weight_decay(0, "Factor of the L2 penalty: weight_decay times the parameter is added to the gradient."),
    { "beta", "number", min = 0, max = 1, default = 1, doc = "Decay rate of the sums of products; 1 as in the paper." },
    common.eps(1e-4, "The diagonal of the first H_i; the least eigenvalue of which a root is taken."),
    { "update_freq", "integer", min = 1, default = 1, doc = "The roots are renewed at every update_freq-th update." },
    { "max_size", "integer", min = 1, default = 4096, doc = "Dimensions of a larger size are not preconditioned." },
  },
  state = {
    { "momentum_buffer", "m, the momentum" },
    { "H", "a list, H_i of each dimension; false for one that is too large", size = "f" },
    { "root", "a list, H_i^(-1/2k)", size = "f" },
  },
  start = function(p, h)
    local s = { momentum_buffer = core.tensor.zeros_like(p), H = {}, root = {} }
    for i = 1, common.ndim(p) do
      s.H[i] = p.shape[i] <= h.max_size and core.tensor.eye(p.shape[i], { dtype = p.dtype }) * h.eps
      s.root[i] = s.H[i] and core.tensor.zeros_like(s.H[i])
    end
    return s
  end,
  step = function(p, g, s, h, t)
    if h.weight_decay ~= 0 then g = g + p * h.weight_decay end
    local renew, k, u = common.every(h.update_freq, t), common.ndim(p), g
    for i, H in ipairs(s.H) do
      if H then
        local G = common.unfold(g, i)
        H:mul_(h.beta):add_(G:matmul(G:t()) * (h.beta < 1 and 1 - h.beta or 1))
        if renew then s.root[i]:copy_(root(H, k, h.eps)) end
        u = common.along(s.root[i], u, i)
      end
    end
    s.momentum_buffer:mul_(h.momentum):add_(u)
    p:sub_(s.momentum_buffer * h.lr)
  end,
}
