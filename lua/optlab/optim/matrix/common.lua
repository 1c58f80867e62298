--- What optimizers whose update is a Lua function have in common: rows of declarations, the rule of parameters that are
-- no matrices, products along a dimension.
--
-- Numbers that depend on how many updates were made (1 - beta^t) are computed from a tensor that counts them, so that a
-- compiled step counts too. What happens only at some updates cannot be in one: `every` says so.
-- @module optlab.optim.matrix.common
local core = require "optlab.core"

local tensor = core.tensor

local M = {}

-- --- hyperparameters ------------------------------------------------------------------------------------------------

M.DECOUPLED = "Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay."

function M.lr(default)
  return { "lr", "number", min = 0, default = default, doc = "The learning rate, the factor of each step." }
end

function M.betas(first, second, name, doc)
  return { name or "betas", "list", of = { "number", min = 0, below = 1 }, width = 2, default = { first, second },
    doc = doc or "Decay rates of the running means of the gradient and of its square." }
end

function M.eps(default, doc, name)
  return { name or "eps", "number", min = 0, default = default,
    doc = doc or "Added to the denominator, outside the square root." }
end

function M.weight_decay(default, doc, name)
  return { name or "weight_decay", "number", min = 0, default = default, doc = doc or M.DECOUPLED }
end

-- --- counting -------------------------------------------------------------------------------------------------------

--- A tensor that counts updates.
function M.counter() return tensor.zeros({}, { dtype = "float64" }) end

--- Whether something that is done at updates 1, 1 + k, 1 + 2 k, ... is due at update t.
function M.every(k, t)
  if k == 1 then return true end
  core.optim.counted()
  return (t - 1) % k == 0
end

--- Something happens at the first update alone.
M.counted = core.optim.counted

--- Normal numbers like x; specs put their own here.
function M.normal(x) return tensor.randn(x.shape, { dtype = x.dtype }) end

-- --- parameters that are no matrices --------------------------------------------------------------------------------

--- The hyperparameters of AdamW for them, which MARS has too.
M.ADAMW = {
  { "lr_1d", "number", min = 0, default = 3e-4,
    doc = "The learning rate of parameters of one dimension, where lr has its first value." },
  M.betas(0.9, 0.95, "betas_1d", "Decay rates of the running means of such parameters."),
  M.eps(1e-10, "Added to the denominator of such parameters.", "eps_1d"),
  M.weight_decay(0, "Decoupled weight decay of such parameters.", "weight_decay_1d"),
}

function M.adamw_state(p)
  return { step = M.counter(), exp_avg = tensor.zeros_like(p), exp_avg_sq = tensor.zeros_like(p) }
end

--- AdamW's update. betas: two numbers.
function M.adamw(p, g, s, lr, betas, eps, weight_decay)
  local b1, b2 = betas[1], betas[2]
  s.step:add_(1)
  if weight_decay ~= 0 then p:mul_(1 - lr * weight_decay) end
  s.exp_avg:mul_(b1):add_(g * (1 - b1))
  s.exp_avg_sq:mul_(b2):add_(g * g * (1 - b2))
  local d = (s.exp_avg_sq / (1 - b2 ^ s.step)):sqrt():add_(eps)
  p:sub_(s.exp_avg / d * (lr / (1 - b1 ^ s.step)))
end

--- The same with the hyperparameters M.ADAMW: the rate follows lr.
function M.adamw_1d(p, g, s, h)
  local share = h.initial_lr > 0 and h.lr / h.initial_lr or 1
  M.adamw(p, g, s, h.lr_1d * share, h.betas_1d, h.eps_1d, h.weight_decay_1d)
end

-- --- matrices -------------------------------------------------------------------------------------------------------

function M.ndim(p) return #p.shape end

--- A tensor of two or more dimensions as a matrix: what stands behind the first dimension is one row.
function M.matrix(x)
  if M.ndim(x) == 2 then return x end
  return x:reshape(x.shape[1], -1)
end

--- The matrix whose rows are the slices of x along dimension i.
function M.unfold(x, i)
  if M.ndim(x) == 1 then return x:reshape(-1, 1) end
  if M.ndim(x) == 2 then return i == 1 and x or x:t() end
  return x:transpose(1, i):reshape(x.shape[i], -1)
end

--- The product of a matrix (m, n) with x along dimension i, which has size n.
function M.along(A, x, i)
  if M.ndim(x) <= 2 then return i == 1 and A:matmul(x) or x:matmul(A:t()) end
  local moved = x:transpose(1, i)
  local shape = moved.shape
  shape[1] = A.shape[1]
  return A:matmul(moved:reshape(x.shape[i], -1)):reshape(shape):transpose(1, i)
end

return M
