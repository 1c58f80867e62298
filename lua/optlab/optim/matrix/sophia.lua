--- Sophia: the momentum divided by the Hessian's diagonal, each coordinate's step at most lr.
--
-- Two optimizers that differ in their estimate of the diagonal, which is renewed at updates 1, 1 + k, 1 + 2 k, ...
local common = require "optlab.optim.matrix.common"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local hessian = require "optlab.optim.matrix.hessian"

local function start(p)
  return { count = 0, exp_avg = core.tensor.zeros_like(p), hessian = core.tensor.zeros_like(p) }
end

-- Whether the next update renews the estimate.
local function is_due(opt, states)
  local count = 0
  for _, s in ipairs(states) do count = math.max(count, s.count or 0) end
  return common.every(opt.update_interval, count + 1)
end

local function renew(e, estimate)
  local b2 = e.h.betas[2]
  e.s.hessian:mul_(b2):add_(estimate * (1 - b2))
end

local function move(e)
  local p, s, h = e.p, e.s, e.h
  local b1 = h.betas[1]
  s.count = s.count + 1
  s.exp_avg:mul_(b1):add_(e.g:detach() * (1 - b1))
  if h.weight_decay ~= 0 then p:mul_(1 - h.lr * h.weight_decay) end
  p:sub_((s.exp_avg / (s.hessian * h.gamma):clamp(h.eps)):clamp(-1, 1) * h.lr)
end

local function update_h(opt, states, closure)
  local due = is_due(opt, states)
  local loss = hessian.evaluate(closure, due)
  local list = hessian.entries(opt, states, start)
  if due then
    for i, d in ipairs(hessian.diagonal("SophiaH", list)) do renew(list[i], d) end
  end
  for _, e in ipairs(list) do move(e) end
  return loss
end

local function update_g(opt, states, closure)
  if not closure then
    errors.raise("optim.SophiaG: step needs a closure: opt:step(function(sampled) ... end); where sampled is true, the "
      .. "labels are to be drawn from what the model predicts")
  end
  if is_due(opt, states) then
    hessian.evaluate(closure, true)
    for _, e in ipairs(hessian.entries(opt, states, start)) do
      local g = e.g:detach()
      renew(e, g * g * e.h.batch_size)
    end
  end
  local loss = hessian.evaluate(closure, false)
  for _, e in ipairs(hessian.entries(opt, states, start)) do move(e) end
  return loss
end

local PAPER = 'Liu, Li, Hall, Liang, Ma, "Sophia: a scalable stochastic second-order optimizer for language model '
  .. 'pre-training", arXiv 2305.14342'

local function args(gamma, more)
  return {
    common.lr(4e-4),
    common.betas(0.96, 0.99, nil, "Decay rates of the running means of the gradient and of the estimates."),
    common.eps(1e-12, "The least denominator."),
    common.weight_decay(0.2),
    { "gamma", "number", above = 0, default = gamma,
      doc = "Factor of h; the smaller, the more coordinates move by lr." },
    { "update_interval", "integer", min = 1, default = 10, doc = "k, updates between two estimates." },
    more,
  }
end

local STATE = {
  { "exp_avg", "m, the running mean of gradients" },
  { "hessian", "h, the running mean of estimates" },
  { "count", "how many updates were made", size = "" },
}

local EQUATION = [[
m <- beta1 m + (1 - beta1) g
h <- beta2 h + (1 - beta2) e          at updates 1, 1 + k, 1 + 2 k, ...
p <- (1 - lr weight_decay) p - lr clip(m / max(gamma h, eps), -1, 1)
]]

return {
  {
    name = "SophiaH",
    doc = "Sophia with Hutchinson's estimate of the Hessian's diagonal, the product z (H z) with random signs z.",
    use = "Use it for language models. It needs gradients with a graph when an estimate is due: step(closure), "
      .. "whose argument says so, loss:backward{create_graph = graph}.",
    note = "pytorch_optimizer clips at p = 0.01, so that its largest step is lr p.",
    paper = PAPER, equation = EQUATION .. "e = z (H z),  z random signs", args = args(0.01), state = STATE,
    needs = "graph", evaluations = "1+Hz/k", update = update_h,
  },
  {
    name = "SophiaG",
    doc = "Sophia with the Gauss-Newton estimate of the Hessian's diagonal, from the gradient for labels that the "
      .. "model draws.",
    use = "Use it for language models if a product with the Hessian costs too much. step(closure): if the closure's "
      .. "argument is true, it must compute the loss and the gradients for labels drawn from the model's "
      .. "predictions. train.fit has only the labels of the data.",
    paper = PAPER, equation = EQUATION .. "e = batch_size g_s^2,  g_s: the gradient for drawn labels",
    args = args(0.05, { "batch_size", "number", above = 0, default = 1,
      doc = "Examples (tokens) whose mean the loss is." }),
    state = STATE, needs = "closure", evaluations = "1+1/k", update = update_g,
  },
}
