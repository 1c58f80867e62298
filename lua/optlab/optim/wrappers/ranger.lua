--- Ranger: RAdam, gradient centralization and Lookahead together.
local args = require "optlab.base.args"

local DECLARATION = args.declare("optim.Ranger", {
  group = "optimizer",
  doc = "RAdam with decoupled weight decay and centralized gradients, inside Lookahead. Use it if Lookahead "
    .. "helps and the learning rate is not tuned. pytorch_optimizer's version ascends by default while the "
    .. "variance is not known yet; here such updates use only the momentum, as in RAdam.",
  paper = 'Wright, Demeure, "Ranger21: a synergistic deep learning optimizer", arXiv 2106.13731',
  equation = "Lookahead(GradientCentralization(RAdam))        each has an entry of its own",
  state = { { "slow", "the slow weights" }, { "exp_avg, exp_avg_sq", "RAdam's" } },
  positions = 1,
  { "params", "table", required = true, doc = "A list of tensors, or of groups." },
  { "lr", "number", min = 0, default = 1e-3, doc = "The learning rate." },
  { "betas", "list", of = { "number", min = 0, below = 1 }, width = 2, default = { 0.95, 0.999 },
    doc = "Decay rates of RAdam's running means." },
  { "eps", "number", min = 0, default = 1e-5, doc = "Added to the denominator, outside the square root." },
  { "weight_decay", "number", min = 0, default = 0,
    doc = "Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay." },
  { "k", "integer", min = 1, default = 6, doc = "Updates between two of the slow weights." },
  { "alpha", "number", min = 0, max = 1, default = 0.5, doc = "The share of the way that the slow weights take." },
  { "use_gc", "flag", default = true, doc = "Whether gradients are centralized." },
})

local function ranger(...)
  local o = DECLARATION:read(...)
  local optim = require "optlab.optim"
  local options = { decoupled_weight_decay = true }
  for _, name in ipairs { "lr", "betas", "eps", "weight_decay" } do options[name] = o[name] end
  local inner = optim.RAdam(o.params, options)
  if o.use_gc then inner = optim.GradientCentralization(inner) end
  return optim.Lookahead(inner, { k = o.k, alpha = o.alpha })
end

return { name = "Ranger", constructor = ranger }
