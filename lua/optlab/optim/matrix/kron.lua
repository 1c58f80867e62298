--- Kron: the preconditioner of PSGD as a product of one triangular factor for each dimension.
--
-- Parameters of more than two dimensions are treated as matrices. The factor of a vector, and of a very long dimension,
-- is diagonal. The factors are renewed less and less often: after n updates each k-th time, where k is
-- 1 / clip(exp(-0.001 (n - 500)), 0.03, 1).
local common = require "optlab.optim.matrix.common"
local core = require "optlab.core"
local linalg = require "optlab.linalg"

local NOISE = 2 ^ -11.5

local function is_diagonal(q) return common.ndim(q) == 1 end

-- x times Q_i along dimension i.
local function times(q, x, i)
  if not is_diagonal(q) then return common.along(q, x, i) end
  if common.ndim(x) == 2 and i == 1 then return x * q:reshape(-1, 1) end
  return x * q
end

-- x times the inverse of Q_i^T along dimension i.
local function divided(q, x, i)
  if is_diagonal(q) then return times(1 / q, x, i) end
  local lower = q:t()
  if i == 1 then return linalg.solve_triangular(lower, x, { upper = false }) end
  return linalg.solve_triangular(lower, x:t(), { upper = false }):t()
end

-- A lower bound of the largest singular value of a symmetric matrix.
local function norm_bound(N)
  local largest = N:abs():amax()
  local W = N / largest
  local column = W:index_select(2, (W * W):sum(1):argmax():reshape(1)):reshape(-1)
  local x = column:matmul(W)
  x = x / x:norm()
  return W:matmul(x):norm() * largest
end

-- The new factors, all of them from the old ones.
local function renew(s, X, V, rate)
  local A, B = X, V
  for i, q in ipairs(s.Q) do A, B = times(q, A, i), divided(q, B, i) end
  for i, q in ipairs(s.Q) do
    local a, b = common.unfold(A, i), common.unfold(B, i)
    if is_diagonal(q) then
      local t1, t2 = (a * a):sum(2), (b * b):sum(2)
      q:sub_((t1 - t2) * q * (rate / (t1 + t2):abs():amax()))
    else
      local t1, t2 = a:matmul(a:t()), b:matmul(b:t())
      q:sub_(((t1 - t2):triu() * (rate / norm_bound(t1 + t2))):matmul(q))
    end
  end
end

-- Gives the factors the same largest elements.
local function balance(Q)
  if #Q < 2 then return end
  local r1, r2 = Q[1]:abs():amax(), Q[2]:abs():amax()
  local middle = (r1 * r2):sqrt()
  Q[1]:mul_(middle / r1)
  Q[2]:mul_(middle / r2)
end

-- Whether the factors are renewed at update t.
local function is_due(s, t)
  common.counted()
  local share = math.min(1, math.max(0.03, math.exp(-0.001 * (t - 1 - 500))))
  s.counter = s.counter + 1
  if s.counter < 1 / share then return false end
  s.counter, s.renewals = 0, s.renewals + 1
  return true
end

local function merged(x)
  if common.ndim(x) == 0 then return x:reshape(1) end
  return common.ndim(x) > 2 and common.matrix(x) or x
end

return {
  name = "Kron",
  doc = "PSGD: preconditions each dimension by a triangular factor that is fitted to the gradient's second moment.",
  use = "Use it where Shampoo and SOAP are useful; it needs no decompositions. The length of an update is at most "
    .. "1.1 lr per coordinate, so lr is about a third of Adam's.",
  note = "The factors are balanced after each hundredth renewal, not at random times.",
  paper = 'Li, "Preconditioned stochastic gradient descent", arXiv 1512.04202; Pooladzandi, Li, "Curvature-informed '
    .. 'SGD via general purpose Lie-group preconditioners", arXiv 2402.04553',
  equation = [[
m <- beta m + (1 - beta) g
M = m / (1 - beta^t)
at times: V normal numbers, M = M + 2^-11.5 mean(abs(M)) V
  A = M x_1 Q_1 x_2 Q_2, B = V x_1 Q_1^-T x_2 Q_2^-T
  S_i = A_i A_i^T, T_i = B_i B_i^T
  Q_i <- Q_i - precond_lr triu(S_i - T_i) Q_i / norm(S_i + T_i)
u = M x_1 Q_1^T Q_1 x_2 Q_2^T Q_2
u = u min(1, 1.1 / sqrt(mean(u^2)))
p <- p - lr (u + weight_decay p)         weight_decay: of matrices]],
  args = {
    common.lr(3e-4),
    { "beta", "number", min = 0, below = 1, default = 0.9, doc = "Decay rate of the running mean of gradients." },
    common.weight_decay(0, "Decoupled weight decay of matrices."),
    { "max_size_triangular", "integer", min = 0, default = 8192, doc = "Longer dimensions have a diagonal factor." },
    { "min_ndim_triangular", "integer", min = 0, default = 2,
      doc = "Parameters of fewer dimensions have a diagonal factor." },
    { "precond_lr", "number", min = 0, default = 0.1, doc = "Rate of the factors." },
    { "precond_init_scale", "number", above = 0, default = 1, doc = "The first preconditioner's factor." },
  },
  state = {
    { "exp_avg", "m, the running mean of gradients" },
    { "Q", "a list, the factor of each dimension: an upper triangle, or its diagonal", size = "f" },
    { "counter, renewals", "updates since the last renewal, and renewals", size = "" },
    { "step", "t, how many updates were made", size = "" },
  },
  start = function(p, h)
    local x = merged(p)
    local k, s = common.ndim(x), { exp_avg = core.tensor.zeros_like(p), Q = {}, counter = 0, renewals = 0,
      step = common.counter() }
    for i = 1, k do
      local n, o = x.shape[i], { dtype = p.dtype }
      local full = n > 1 and n <= h.max_size_triangular and k >= h.min_ndim_triangular and k > 1
      s.Q[i] = (full and core.tensor.eye(n, o) or core.tensor.ones({ n }, o)) * h.precond_init_scale ^ (1 / k)
    end
    return s
  end,
  step = function(p, g, s, h, t)
    s.step:add_(1)
    s.exp_avg:mul_(h.beta):add_(g * (1 - h.beta))
    local M = merged(s.exp_avg / (1 - h.beta ^ s.step))
    if is_due(s, t) then
      if s.renewals % 100 == 0 then balance(s.Q) end
      local V = common.normal(M)
      M = M + V * (M:abs():mean() * NOISE)
      renew(s, M, V, h.precond_lr)
    end
    local u = M
    for i, q in ipairs(s.Q) do u = times(is_diagonal(q) and q * q or q:t():matmul(q), u, i) end
    u = u * (1.1 / ((u * u):mean():sqrt() + 1e-12)):clamp(nil, 1)
    u = u:reshape(p.shape)
    if h.weight_decay ~= 0 and common.ndim(p) > 1 then u = u + p * h.weight_decay end
    p:sub_(u * h.lr)
  end,
}
