--- More of tests/support/equations.lua, of which it is called with the two helpers: dual averaging, means of steps, of
-- rows.
local lab = require "optlab"

local sqrt, abs, sign = lab.sqrt, lab.abs, lab.sign

return function(alone, means)
  local M = {}

  M.LaProp = alone({ { lr = 0.03 },
    { lr = 0.05, betas = { 0.7, 0.9 }, eps = 1e-3, centered = true, weight_decay = 0.01 },
    { lr = 0.03, amsgrad = true, centered = true }, { lr = 0.03, amsgrad = true, maximize = true } },
    { "m", "v", "u", "w" }, function(p, g, s, h, t)
      local b1, b2 = h.betas[1], h.betas[2]
      s.v = b2 * s.v + (1 - b2) * g ^ 2
      s.u = b2 * s.u + (1 - b2) * g
      local late = t > 10
      local x = (h.centered and late) and s.v - s.u ^ 2 or s.v
      if h.amsgrad and (late or not h.centered) then
        s.w = lab.maximum(s.w, x)
        x = s.w
      end
      s.m = b1 * s.m + (1 - b1) * h.lr * g / (sqrt(x / (1 - b2 ^ t)) + h.eps)
      return (p - s.m / (1 - b1 ^ t)) * (1 - h.weight_decay) -- lr is constant here
    end)

  M.MADGRAD = alone({ { lr = 0.03 }, { lr = 0.01, momentum = 0, eps = 1e-3, weight_decay = 0.1, maximize = true },
    { lr = 0.02, momentum = 0, weight_decay = 0.1, decoupled_weight_decay = true },
    { lr = 0.02, weight_decay = 0.1, decoupled_weight_decay = true } }, { "s", "v" }, function(p, g, s, h, t)
      local k = h.lr + h.eps
      local function steps() return s.s / (s.v ^ (1 / 3) + h.eps) end
      if h.momentum == 0 then s.x0 = p + steps() end
      if not h.decoupled_weight_decay then g = g + h.weight_decay * p end
      s.s, s.v = s.s + k * math.sqrt(t) * g, s.v + k * math.sqrt(t) * g ^ 2
      local new = h.momentum * p + (1 - h.momentum) * (s.x0 - steps())
      return h.decoupled_weight_decay and new - k * h.weight_decay * p or new
    end)

  M.MirrorMADGRAD = alone({ { lr = 0.03 },
    { lr = 0.01, momentum = 0.5, eps = 1e-3, weight_decay = 0.1, maximize = true },
    { lr = 0.02, weight_decay = 0.1, decoupled_weight_decay = true } }, { "v" }, function(p, g, s, h, t)
      local k = h.lr + h.eps
      if h.decoupled_weight_decay then s.z = s.z * (1 - k * h.weight_decay) else g = g + h.weight_decay * p end
      s.v = s.v * math.sqrt((t - 1) / t) + g ^ 2
      s.z = s.z - k * t ^ (1 / 3) * g / (s.v ^ (1 / 3) + h.eps)
      return h.momentum * p + (1 - h.momentum) * s.z
    end)

  M.Grams = alone({ { lr = 0.03 },
    { lr = 0.05, betas = { 0.7, 0.9 }, eps = 1e-3, weight_decay = 0.1, maximize = true } },
    { "m", "v" }, function(p, g, s, h, t)
      means(g, s, h)
      local rate = h.lr * math.sqrt(1 - h.betas[2] ^ t) / (1 - h.betas[1] ^ t)
      return p * (1 - h.lr * h.weight_decay) - rate * sign(g) * abs(s.m) / (sqrt(s.v) + h.eps)
    end)

  M.AdamMini = alone({ { lr = 0.03 },
    { lr = 0.05, betas = { 0.7, 0.9 }, eps = 1e-3, weight_decay = 0.1, maximize = true } }, { "m" },
    function(p, g, s, h, t)
      s.m = h.betas[1] * s.m + (1 - h.betas[1]) * g
      s.v = h.betas[2] * (s.v or 0) + (1 - h.betas[2]) * (g ^ 2):mean { dim = -1, keepdim = true }
      local d = sqrt(s.v / (1 - h.betas[2] ^ t)) + h.eps
      return p * (1 - h.lr * h.weight_decay) - h.lr / (1 - h.betas[1] ^ t) * s.m / d
    end)

  return M
end
