--- K-FAC: the gradients of linear layers, multiplied by the inverse of a Fisher matrix that is a Kronecker product.
--
-- Hooks on the layers keep their inputs and the gradients of their outputs until the next step.
local core = require "optlab.core"
local field = require("optlab.base.kinds").field
local linalg = require "optlab.linalg"
local wrapper = require "optlab.optim.wrappers.wrapper"

local tensor, autograd = core.tensor, core.autograd

local function rows(x) return x:detach():reshape(-1, x.shape[#x.shape]) end

-- The inputs of a layer with a column of ones for its bias.
local function augmented(x, bias)
  x = rows(x)
  return bias and tensor.cat({ x, tensor.ones({ x.shape[1], 1 }, { dtype = x.dtype }) }, 2) or x
end

local function watch(layer)
  local seen = { layer = layer }
  layer:register_forward_hook(function(_, inputs)
    if autograd.is_grad_enabled() and layer.training then seen.input = inputs[1]:detach() end
  end)
  layer:register_full_backward_hook(function(_, _, grads) seen.grad = grads[1]:detach() end)
  return seen
end

local function mean(own, name, value, decay)
  if own[name] then
    own[name]:mul_(decay):add_(value * (1 - decay))
  else
    own[name] = value
  end
end

local function inverse(A, damping)
  return linalg.inv(A + tensor.eye(A.shape[1], { dtype = A.dtype }) * damping)
end

-- Takes what a layer saw into its factors, and inverts these if `renew`.
local function take(seen, own, o, renew)
  local a, s = augmented(seen.input, seen.layer.bias), rows(seen.grad)
  local n = a.shape[1]
  mean(own, "A", a:t():matmul(a) / n, o.decay)
  mean(own, "G", s:t():matmul(s) * n, o.decay)
  seen.input, seen.grad = nil, nil
  if not renew and own.A_inverse then return end
  local size_a, size_g = own.A:trace() / own.A.shape[1], own.G:trace() / own.G.shape[1]
  local pi = (size_a / size_g:clamp(1e-30)):sqrt():clamp(1e-6, 1e6)
  local root = math.sqrt(o.damping)
  wrapper.keep(inverse(own.A, pi * root), own, "A_inverse")
  wrapper.keep(inverse(own.G, root / pi), own, "G_inverse")
end

-- G^-1 g A^-1 of a layer: of the weight and of the bias.
local function preconditioned(layer, own)
  local g = layer.weight.grad
  if layer.bias then g = tensor.cat({ g, layer.bias.grad:reshape(-1, 1) }, 2) end
  local u = own.G_inverse:matmul(g):matmul(own.A_inverse)
  return u, (u * g):sum()
end

local function write(layer, u)
  local n = layer.weight.shape[2]
  layer.weight.grad:copy_(u:narrow(2, 1, n))
  if layer.bias then layer.bias.grad:copy_(u:narrow(2, n + 1, 1):reshape(-1)) end
end

local function precondition(self)
  local o, n, renew = self.o, self.numbers, true
  if o.every > 1 then
    core.optim.counted()
    renew, n.count = (n.count or 0) % o.every == 0, (n.count or 0) + 1
  end
  local list, total = {}, nil
  wrapper.each(self, function(p, own, group)
    for _, seen in ipairs(self.layers) do
      if seen.layer.weight == p and seen.input and seen.grad then
        take(seen, own, o, renew)
        local u, product = preconditioned(seen.layer, own)
        list[#list + 1] = { seen.layer, u }
        product = product * group.lr ^ 2
        total = total and total + product or product
      end
    end
  end)
  if not total then return end
  local share = o.kl_clip > 0 and (o.kl_clip / total:clamp(1e-30)):sqrt():clamp(nil, 1) or 1
  for _, entry in ipairs(list) do write(entry[1], entry[2] * share) end
end

return {
  name = "KFAC",
  doc = "Multiplies the gradients of a model's linear layers by the inverse of their Fisher matrix, a Kronecker "
    .. "product.",
  use = "Use it for fully connected networks and large batches, around SGD with momentum; a step takes two inverses "
    .. "for each layer. The loss must be a mean over examples; each layer is called once in a forward pass. The "
    .. "gradients of other parameters are not changed.",
  paper = 'Martens, Grosse, "Optimizing neural networks with Kronecker-factored approximate curvature", ICML 2015, '
    .. 'arXiv 1503.05671; kl_clip: Ba, Grosse, Martens, "Distributed second-order optimization using '
    .. 'Kronecker-factored approximations", ICLR 2017',
  equation = [[
of each layer: a its inputs with a 1, s the gradients of its outputs, n rows
A <- decay A + (1 - decay) a^T a / n     G <- decay G + (1 - decay) n s^T s
pi = sqrt((trace(A) / size of A) / (trace(G) / size of G))
u = (G + sqrt(damping) / pi I)^-1 g (A + pi sqrt(damping) I)^-1
g = u min(1, sqrt(kl_clip / (lr^2 sum(u g))))      the sum: over all layers]],
  args = {
    { "model", "module", required = true, doc = "The model whose linear layers are meant." },
    { "damping", "number", above = 0, default = 1e-3, doc = "Added to the Fisher matrix." },
    { "decay", "number", min = 0, below = 1, default = 0.95, doc = "Decay rate of the factors." },
    { "every", "integer", min = 1, default = 1, doc = "Updates between two inversions." },
    { "kl_clip", "number", min = 0, default = 1e-3, doc = "The largest change that an update may make; 0: any." },
  },
  state = {
    { "A, G", "the factors, of the weight of each layer", size = "f" },
    { "A_inverse, G_inverse", "their inverses", size = "f" },
  },
  shapes = false,
  begin = function(self)
    if rawget(self, "layers") then return end
    local layers = {}
    for _, m in ipairs(self.o.model:modules()) do
      if field(m, "in_features") and field(m, "weight") then layers[#layers + 1] = watch(m) end
    end
    rawset(self, "layers", layers)
  end,
  step = function(self, closure)
    if type(closure) ~= "function" then
      autograd.no_grad(precondition, self)
      return self.optimizer:step(closure)
    end
    return self.optimizer:step(function(...)
      local loss = closure(...)
      autograd.no_grad(precondition, self)
      return loss
    end)
  end,
}
