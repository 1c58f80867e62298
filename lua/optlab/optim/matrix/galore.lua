--- GaLore: AdamW whose moments live in a few directions of the gradient.
local common = require "optlab.optim.matrix.common"
local core = require "optlab.core"
local linalg = require "optlab.linalg"

-- The bases of the largest singular values: left (rows, r) and right (r, columns), those that are asked for.
local function bases(g, h)
  local tall = g.shape[1] >= g.shape[2]
  local kind = h.proj_type
  local left = kind == "left" or kind == "full" or (kind == "std" and not tall) or (kind == "reverse_std" and tall)
  local right = kind == "full" or not left
  local U, _, V = linalg.svd(g, { full_matrices = false })
  local r = math.min(h.rank, g.shape[1], g.shape[2])
  return left and U:narrow(2, 1, r):clone() or false, right and V:narrow(1, 1, r):clone() or false
end

local function down(g, s)
  if s.left then g = s.left:t():matmul(g) end
  return s.right and g:matmul(s.right:t()) or g
end

local function up(u, s)
  if s.left then u = s.left:matmul(u) end
  return s.right and u:matmul(s.right) or u
end

return {
  name = "GaLore",
  doc = "AdamW on a matrix's gradient, projected onto its largest singular directions, which are renewed from time "
    .. "to time.",
  use = "Use it for large matrices if there is not enough memory for Adam's moments. Other parameters follow AdamW "
    .. "with the same hyperparameters. The moments are not changed when the directions are renewed.",
  paper = 'Zhao, Zhang, Chen, Wang, Anandkumar, Tian, "GaLore: memory-efficient LLM training by gradient low-rank '
    .. 'projection", arXiv 2403.03507',
  equation = [[
each update_proj_gap-th time: U, S, V^T = svd(g), P: the first of U, V
r = g projected by P
m <- beta1 m + (1 - beta1) r
v <- beta2 v + (1 - beta2) r^2
k = scale sqrt(1 - beta2^t) / (1 - beta1^t)
p <- p - lr k back(m / (sqrt(v) + eps))
p <- (1 - lr weight_decay) p]],
  args = {
    common.lr(1e-3),
    common.betas(0.9, 0.999),
    common.eps(1e-6),
    common.weight_decay(0),
    { "rank", "integer", min = 1, default = 128, doc = "How many directions are kept." },
    { "update_proj_gap", "integer", min = 1, default = 200, doc = "Updates between two renewals of the directions." },
    { "scale", "number", min = 0, default = 0.25, doc = "Factor of the update of a matrix." },
    { "proj_type", "choice", choices = { "std", "reverse_std", "right", "left", "full" }, default = "std",
      doc = "Which side is projected: \"std\" the shorter one, \"reverse_std\" the other, \"full\" both." },
  },
  state = {
    { "exp_avg, exp_avg_sq", "m and v, of the projected shape", size = "2k" },
    { "left, right", "the directions, of matrices", size = "2k" },
    { "step", "how many updates were made", size = "" },
  },
  start = function() return { step = common.counter() } end,
  step = function(p, g, s, h, t)
    local matrix = common.ndim(p) == 2
    if matrix and common.every(h.update_proj_gap, t) then s.left, s.right = bases(g, h) end
    local r = matrix and down(g, s) or g
    s.exp_avg = s.exp_avg or core.tensor.zeros_like(r)
    s.exp_avg_sq = s.exp_avg_sq or core.tensor.zeros_like(r)
    local b1, b2 = h.betas[1], h.betas[2]
    s.step:add_(1)
    s.exp_avg:mul_(b1):add_(r * (1 - b1))
    s.exp_avg_sq:mul_(b2):add_(r * r * (1 - b2))
    local u = s.exp_avg / (s.exp_avg_sq:sqrt() + h.eps)
    u = u * ((1 - b2 ^ s.step):sqrt() / (1 - b1 ^ s.step) * h.lr)
    p:sub_(matrix and up(u, s) * h.scale or u)
    if h.weight_decay ~= 0 then p:mul_(1 - h.lr * h.weight_decay) end
  end,
}
