--- Optimizers, element by element, by the equations of docs/reference/optimizers.md.
--
-- Each rule returns the new value and a size: that of the update with all its terms positive. State is kept in doubles,
-- optlab's in the parameter's dtype, so each of t updates may have added a few roundings of each term:
--
--   unit * (32 + 16 * t) * (|p| + size)
--
-- Where the square of a gradient underflows, its root is lost, and nothing is said about the element.
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"

local M = {}

local DEFAULTS = {
  SGD = { lr = 0.001, momentum = 0, dampening = 0, weight_decay = 0 },
  Adam = { lr = 0.001, betas = { 0.9, 0.999 }, eps = 1e-8, weight_decay = 0 },
  AdamW = { lr = 0.001, betas = { 0.9, 0.999 }, eps = 1e-8, weight_decay = 0.01 },
  NAdam = { lr = 0.002, betas = { 0.9, 0.999 }, eps = 1e-8, weight_decay = 0, momentum_decay = 0.004 },
  Adagrad = { lr = 0.01, lr_decay = 0, weight_decay = 0, eps = 1e-10 },
  RMSprop = { lr = 0.01, alpha = 0.99, eps = 1e-8, weight_decay = 0, momentum = 0 },
  Adadelta = { lr = 1, rho = 0.9, eps = 1e-6, weight_decay = 0 },
}

-- rule(s, p, g, size, h, t): s is the element's state, g its gradient with the decay, size that with positive terms.
local rules = {}

function rules.SGD(s, p, g, size, h, t)
  if h.momentum == 0 then return p - h.lr * g, h.lr * size end
  s.b = t == 1 and g or h.momentum * s.b + (1 - h.dampening) * g
  s.size = t == 1 and size or h.momentum * s.size + math.abs(1 - h.dampening) * size
  if not h.nesterov then return p - h.lr * s.b, h.lr * s.size end
  return p - h.lr * (g + h.momentum * s.b), h.lr * (size + h.momentum * s.size)
end

-- The running means of the gradient and of its square.
local function moments(s, g, size, h)
  local b1, b2 = h.betas[1], h.betas[2]
  s.m = b1 * (s.m or 0) + (1 - b1) * g
  s.size = b1 * (s.size or 0) + (1 - b1) * size
  s.v = b2 * (s.v or 0) + (1 - b2) * g * g
  s.w = h.amsgrad and math.max(s.w or 0, s.v) or s.v
end

local function adam(s, p, g, size, h, t)
  moments(s, g, size, h)
  local a = math.sqrt(s.w) / math.sqrt(1 - h.betas[2] ^ t) + h.eps
  local rate = h.lr / (1 - h.betas[1] ^ t)
  return p - rate * s.m / a, rate * s.size / a
end
rules.Adam = adam

function rules.AdamW(s, p, g, size, h, t) return adam(s, (1 - h.lr * h.weight_decay) * p, g, size, h, t) end

function rules.NAdam(s, p, g, size, h, t)
  moments(s, g, size, h)
  local function u(n) return h.betas[1] * (1 - 0.96 ^ (n * h.momentum_decay) / 2) end
  local now, ahead = u(t), u(t + 1)
  s.U = (s.U or 1) * now
  local a = math.sqrt(s.v / (1 - h.betas[2] ^ t)) + h.eps
  local of_g, of_m = h.lr * (1 - now) / (1 - s.U) / a, h.lr * ahead / (1 - s.U * ahead) / a
  return p - of_g * g - of_m * s.m, of_g * size + of_m * s.size
end

function rules.Adagrad(s, p, g, size, h, t)
  s.s = (s.s or 0) + g * g
  local rate = h.lr / (1 + (t - 1) * h.lr_decay) / (math.sqrt(s.s) + h.eps)
  return p - rate * g, rate * size
end

function rules.RMSprop(s, p, g, size, h)
  s.s = h.alpha * (s.s or 0) + (1 - h.alpha) * g * g
  local a = math.sqrt(s.s) + h.eps
  s.b = h.momentum * (s.b or 0) + g / a
  s.size = h.momentum * (s.size or 0) + size / a
  return p - h.lr * s.b, h.lr * s.size
end

function rules.Adadelta(s, p, g, size, h)
  s.s = h.rho * (s.s or 0) + (1 - h.rho) * g * g
  local factor = math.sqrt((s.u or 0) + h.eps) / math.sqrt(s.s + h.eps)
  s.u = h.rho * (s.u or 0) + (1 - h.rho) * (factor * g) ^ 2
  return p - h.lr * factor * g, h.lr * factor * size
end

local Optimizer = {}
Optimizer.__index = Optimizer

-- One parameter.
local function update(self, x, own)
  local h, rule, decay = self.h, self.rule, self.decoupled and 0 or self.h.weight_decay
  local p, g, to, u = T.values(x), T.values(rawget(x, "_grad")), number.store[x._dtype], number.UNIT[x._dtype]
  local tolerance, new = {}, {}
  own.t = own.t + 1
  for k = 1, #p do
    own[k] = own[k] or {}
    local gradient, size = (h.maximize and -g[k] or g[k]) + decay * p[k], math.abs(g[k]) + decay * math.abs(p[k])
    local value, moved = rule(own[k], p[k], gradient, size, h, own.t)
    local square = gradient * gradient -- squares leave the dtype's range at both ends
    local lost = gradient ~= 0 and (square < number.TINY[x._dtype] / u or square > number.MAX[x._dtype])
    own[k].lost = own[k].lost or lost or gradient - gradient ~= 0
    new[k] = to(value)
    tolerance[k] = own[k].lost and math.huge
      or 2 * u * (32 + 16 * own.t) * (math.abs(p[k]) + moved) + number.TINY[x._dtype]
  end
  T.write(x, new)
  x._tolerance, x._vague = tolerance, true
end

function Optimizer.step(self)
  for i, x in ipairs(self.params) do
    if rawget(x, "_grad") then update(self, x, self.state[i]) end
  end
end

function Optimizer.zero_grad(self)
  for _, x in ipairs(self.params) do rawset(x, "_grad", nil) end
end

for name, defaults in pairs(DEFAULTS) do
  M[name] = function(params, options)
    local h = setmetatable(options or {}, { __index = defaults })
    T.check(not h.nesterov or h.momentum > 0 and h.dampening == 0, "nesterov")
    local seen, state = {}, {}
    for i, x in ipairs(params) do
      T.check(not seen[x] and x._requires and not x._node and not T.repeats(x), "parameter")
      seen[x], state[i] = true, { t = 0 }
    end
    return setmetatable(
      { params = params, h = h, rule = rules[name], state = state, decoupled = name == "AdamW" }, Optimizer)
  end
end

return M
