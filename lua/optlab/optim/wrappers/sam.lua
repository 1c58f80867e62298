--- SAM and ASAM: the gradient at the worst point nearby.
local wrapper = require "optlab.optim.wrappers.wrapper"

-- T, by which each coordinate of the neighbourhood is scaled; nil: 1.
local function scaling(p, o)
  if not o.adaptive or #p.shape < o.min_ndim then return nil end
  return p:abs() + o.eta
end

-- The largest loss at distance rho, to first order: p + rho T^2 g / norm(T g).
local function climb(self)
  local o, sum = self.o, nil
  wrapper.each(self, function(p)
    local T, g = scaling(p, o), p.grad:detach()
    local u = T and T * g or g
    local s = (u * u):sum():to "float64"
    sum = sum and sum + s or s
  end)
  if not sum then return end
  local share = o.rho / (sum:sqrt() + o.floor)
  wrapper.each(self, function(p, own)
    local T, g = scaling(p, o), p.grad:detach()
    wrapper.keep(p, own, "kept")
    p:add_((T and T * T * g or g) * share)
  end)
end

local CLOSURE = " step(closure) evaluates the loss twice; the closure calls zero_grad and backward. Running statistics "
  .. "of batch normalization include both evaluations."

local function definition(name, doc, use, paper, rho, eta, min_ndim, adaptive, floor)
  local args = { { "rho", "number", min = 0, default = rho, doc = "The distance within which the loss is to be low." } }
  if adaptive then
    args[2] = { "eta", "number", min = 0, default = eta, doc = "Added to the size of each parameter." }
    args[3] = { "min_ndim", "integer", min = 0, default = min_ndim,
      doc = "Parameters of fewer dimensions are not scaled: 2 leaves biases out." }
  end
  return {
    name = name, doc = doc, use = use .. CLOSURE, paper = paper, args = args, needs = "closure", evaluations = "2",
    equation = (adaptive and "T = abs(p) + eta\n" or "T = 1\n")
      .. "e = rho T^2 g / norm(T g)            the norm: over all parameters\n"
      .. "the inner optimizer's update of p, with the gradient at p + e",
    step = function(self, closure)
      self.o.adaptive, self.o.floor = adaptive, floor
      return wrapper.twice(self, closure, climb)
    end,
  }
end

return {
  definition("SAM", "Updates with the gradient at the nearby point where the loss is largest (to first order).",
    "Use it to find flat minima, for image models and fine-tuning.",
    'Foret, Kleiner, Mobahi, Neyshabur, "Sharpness-aware minimization for efficiently improving generalization", ICLR '
    .. '2021, arXiv 2010.01412', 0.05, nil, nil, false, 1e-12),
  definition("ASAM", "SAM whose neighbourhood is scaled by the size of each parameter.",
    "Use it as SAM, for networks whose weights have different scales; rho is about ten times that of SAM.",
    'Kwon, Kim, Park, Choi, "ASAM: adaptive sharpness-aware minimization for scale-invariant learning of deep neural '
    .. 'networks", ICML 2021, arXiv 2102.11600', 0.5, 0.01, 2, true, 1e-16),
}
