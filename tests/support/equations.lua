--- Optimizers that PyTorch does not have, as their papers (or their authors' programs) have them, in plain tensors: an
-- update of all parameters at once, from lists of parameters P and gradients G. Each entry has the settings that specs
-- run, which name every option.
local lab = require "optlab"

local M = {}

local sqrt, abs, sign = lab.sqrt, lab.abs, lab.sign

local function dot(x, y) return (x * y):sum():item() end
local function norm(x) return math.sqrt(dot(x, x)) end
local function total(X, Y)
  local sum = 0
  for i = 1, #X do sum = sum + dot(X[i], Y[i]) end
  return sum
end
local function above(mask) return mask:to "float64" end -- 1 where it holds, else 0

-- An entry whose parameters do not know of each other: f(p, g, s, h, t) gives the new p; s starts with `state` zeros.
local function alone(settings, state, f)
  return { settings = settings, step = function(P, G, S, h, t)
    for i, p in ipairs(P) do
      local g, s = h.maximize and -G[i] or G[i], S[i]
      if t == 1 then
        for _, name in ipairs(state) do s[name] = lab.zeros_like(p) end
        s.x0, s.z = p:clone(), p:clone()
      end
      P[i] = f(p, g, s, h, t)
    end
  end }
end

-- Both kinds of weight decay.
local function decayed(p, g, h)
  if h.decoupled_weight_decay then return (1 - h.lr * h.weight_decay) * p, g end
  return p, g + h.weight_decay * p
end

local function means(g, s, h)
  s.m = h.betas[1] * s.m + (1 - h.betas[1]) * g
  s.v = h.betas[2] * s.v + (1 - h.betas[2]) * g ^ 2
end

-- --- relatives of Adam ----------------------------------------------------------------------------------------------

M.AdaBelief = alone({ { lr = 0.03 }, { lr = 0.03, rectify = false, betas = { 0.8, 0.9 }, eps = 1e-8 },
  { lr = 0.02, amsgrad = true, rectify = false, weight_decay = 0.1 },
  { lr = 0.02, weight_decay = 0.1, decoupled_weight_decay = false, maximize = true } }, { "m", "s", "w" },
  function(p, g, s, h, t)
    p, g = decayed(p, g, h)
    local b1, b2 = h.betas[1], h.betas[2]
    s.m = b1 * s.m + (1 - b1) * g
    s.s = b2 * s.s + (1 - b2) * (g - s.m) ^ 2 + h.eps
    s.w = lab.maximum(s.w, s.s)
    local c1, c2 = 1 - b1 ^ t, 1 - b2 ^ t
    if not h.rectify then
      return p - h.lr / c1 * s.m / (sqrt((h.amsgrad and s.w or s.s) / c2) + h.eps)
    end
    local inf = 2 / (1 - b2) - 1
    local r = inf - 2 * t * b2 ^ t / c2
    if r < 5 then return p - h.lr / c1 * s.m end
    local k = math.sqrt(c2 * (r - 4) / (inf - 4) * (r - 2) / r * inf / (inf - 2))
    return p - h.lr / c1 * k * s.m / (sqrt(s.s) + h.eps)
  end)

M.AdaBound = alone({ { lr = 0.02, final_lr = 0.01 }, { lr = 0.05, gamma = 0.1, betas = { 0.8, 0.9 }, eps = 1e-4 },
  { lr = 0.02, amsgrad = true, weight_decay = 0.1, maximize = true } }, { "m", "v", "w" }, function(p, g, s, h, t)
    means(g + h.weight_decay * p, s, h)
    s.w = lab.maximum(s.w, s.v)
    local rate = h.lr * math.sqrt(1 - h.betas[2] ^ t) / (1 - h.betas[1] ^ t)
    local low, high = h.final_lr * (1 - 1 / (h.gamma * t + 1)), h.final_lr * (1 + 1 / (h.gamma * t))
    return p - (rate / (sqrt(h.amsgrad and s.w or s.v) + h.eps)):clamp(low, high) * s.m
  end)

M.AdEMAMix = alone({ { lr = 0.03 },
  { lr = 0.02, alpha = 5, betas = { 0.8, 0.9, 0.99 }, weight_decay = 0.1, eps = 1e-6 },
  { lr = 0.02, alpha_warmup = 10, beta3_warmup = 12, maximize = true } }, { "m", "v", "slow" },
  function(p, g, s, h, t)
    local b1, b2, b3, alpha = h.betas[1], h.betas[2], h.betas[3], h.alpha
    if t < h.alpha_warmup then alpha = alpha * t / h.alpha_warmup end
    if t < h.beta3_warmup then
      local function half_life(b) return math.log(0.5) / math.log(b + 1e-8) - 1 end
      local k = t / h.beta3_warmup
      b3 = 0.5 ^ (1 / ((1 - k) * half_life(b1) + k * half_life(b3) + 1))
    end
    means(g, s, h)
    s.slow = b3 * s.slow + (1 - b3) * g
    local u = (s.m / (1 - b1 ^ t) + alpha * s.slow) / (sqrt(s.v / (1 - b2 ^ t)) + h.eps)
    return p - h.lr * (u + h.weight_decay * p)
  end)

M.Adan = alone({ { lr = 0.02 }, { lr = 0.05, betas = { 0.9, 0.8, 0.7 }, weight_decay = 0.1, eps = 1e-5 },
  { lr = 0.02, weight_decay = 0.1, no_prox = true, maximize = true } }, { "m", "d", "n" }, function(p, g, s, h, t)
    local b1, b2, b3 = h.betas[1], h.betas[2], h.betas[3]
    local y = g - (s.last or g)
    s.last = g
    s.m = b1 * s.m + (1 - b1) * g
    s.d = b2 * s.d + (1 - b2) * y
    s.n = b3 * s.n + (1 - b3) * (g + b2 * y) ^ 2
    local u = (s.m / (1 - b1 ^ t) + b2 * s.d / (1 - b2 ^ t)) / (sqrt(s.n / (1 - b3 ^ t)) + h.eps)
    if h.no_prox then return (1 - h.lr * h.weight_decay) * p - h.lr * u end
    return (p - h.lr * u) / (1 + h.lr * h.weight_decay)
  end)

M.ADOPT = alone({ { lr = 0.03 }, { lr = 0.02, betas = { 0.8, 0.9 }, weight_decay = 0.1, eps = 0.5 },
  { lr = 0.02, weight_decay = 0.1, decoupled_weight_decay = true, clip = 0.4, maximize = true } }, { "m" },
  function(p, g, s, h, t)
    if t == 1 then
      s.v = (h.decoupled_weight_decay and g or g + h.weight_decay * p) ^ 2
      return p
    end
    p, g = decayed(p, g, h)
    local c = (t - 1) ^ h.clip
    local u = (g / sqrt(s.v):clamp(h.eps, math.huge)):clamp(-c, c)
    s.m = h.betas[1] * s.m + (1 - h.betas[1]) * u
    s.v = h.betas[2] * s.v + (1 - h.betas[2]) * g ^ 2
    return p - h.lr * s.m
  end)

M.CautiousAdamW = alone({ { lr = 0.03 }, { lr = 0.02, betas = { 0.8, 0.9 }, weight_decay = 0.1, eps = 1e-3 },
  { maximize = true } }, { "m", "v" }, function(p, g, s, h, t)
    means(g, s, h)
    local k = above((s.m * g):gt(0))
    k = k / math.max(k:mean():item(), 1e-3)
    p = (1 - h.lr * h.weight_decay) * p
    return p - h.lr / (1 - h.betas[1] ^ t) * k * s.m / (sqrt(s.v / (1 - h.betas[2] ^ t)) + h.eps)
  end)

M.CautiousLion = alone({ { lr = 0.01 }, { lr = 0.02, betas = { 0.8, 0.9 }, weight_decay = 0.1 }, { maximize = true } },
  { "m" }, function(p, g, s, h)
    local u = sign(h.betas[1] * s.m + (1 - h.betas[1]) * g)
    local k = above((u * g):gt(0))
    s.m = h.betas[2] * s.m + (1 - h.betas[2]) * g
    return (1 - h.lr * h.weight_decay) * p - h.lr * p:numel() / (k:sum():item() + 1) * k * u
  end)

M.LAMB = alone({ { lr = 0.02 }, { lr = 0.05, betas = { 0.8, 0.9 }, weight_decay = 0, eps = 1e-3, trust_clip = true },
  { lr = 0.01, bias_correction = false, grad_averaging = false, maximize = true } }, { "m", "v" },
  function(p, g, s, h, t)
    s.m = h.betas[1] * s.m + (h.grad_averaging and 1 - h.betas[1] or 1) * g
    s.v = h.betas[2] * s.v + (1 - h.betas[2]) * g ^ 2
    local m, v = s.m, s.v
    if h.bias_correction then m, v = m / (1 - h.betas[1] ^ t), v / (1 - h.betas[2] ^ t) end
    local u = m / (sqrt(v) + h.eps) + h.weight_decay * p
    local trust = norm(p) / norm(u)
    return p - h.lr * (h.trust_clip and math.min(trust, 1) or trust) * u
  end)
local lamb = M.LAMB.step
M.LAMB.settings[4] = { max_grad_norm = 0.5 }
M.LAMB.step = function(P, G, S, h, t)
  local clip = h.max_grad_norm > 0 and math.max(1, math.sqrt(total(G, G)) / h.max_grad_norm) or 1
  local clipped = {}
  for i, g in ipairs(G) do clipped[i] = g / clip end
  lamb(P, clipped, S, h, t)
end

M.Lion = alone({ { lr = 0.01 }, { lr = 0.02, betas = { 0.7, 0.8 }, weight_decay = 0.1 }, { maximize = true } }, { "m" },
  function(p, g, s, h)
    local u = sign(h.betas[1] * s.m + (1 - h.betas[1]) * g)
    s.m = h.betas[2] * s.m + (1 - h.betas[2]) * g
    return (1 - h.lr * h.weight_decay) * p - h.lr * u
  end)

M.MARS = alone({ { lr = 0.02 },
  { lr = 0.02, betas = { 0.8, 0.9 }, gamma = 0.1, optimize_1d = true, weight_decay = 0.1 },
  { lr = 0.01, lr_1d = 0.02, betas_1d = { 0.7, 0.8 }, weight_decay_1d = 0.2, eps = 1e-4, maximize = true } },
  { "m", "v", "last" }, function(p, g, s, h, t)
    local betas, lr, decay, c = h.betas, h.lr, h.weight_decay, g
    if p:dim() == 2 or h.optimize_1d then
      c = g + h.gamma * betas[1] / (1 - betas[1]) * (g - s.last)
      c = c / math.max(1, norm(c))
    else
      betas, lr, decay = h.betas_1d, h.lr_1d, h.weight_decay_1d
    end
    s.last = g
    means(c, s, { betas = betas })
    local u = s.m / (1 - betas[1] ^ t) / (sqrt(s.v / (1 - betas[2] ^ t)) + h.eps)
    return p - lr * (decay * p + u)
  end)

M.NovoGrad = alone({ { lr = 0.02 }, { lr = 0.05, betas = { 0.8, 0.9 }, weight_decay = 0.1, grad_averaging = true },
  { lr = 0.01, amsgrad = true, eps = 0.1, maximize = true } }, { "m" }, function(p, g, s, h)
    local n = dot(g, g)
    s.v = (s.v or 0) == 0 and n or h.betas[2] * s.v + (1 - h.betas[2]) * n
    s.w = math.max(s.w or 0, s.v)
    g = g / (math.sqrt(h.amsgrad and s.w or s.v) + h.eps) + h.weight_decay * p
    s.m = h.betas[1] * s.m + (h.grad_averaging and 1 - h.betas[1] or 1) * g
    return p - h.lr * s.m
  end)

M.QHAdam = alone({ { lr = 0.03 }, { lr = 0.03, betas = { 0.9, 0.99 }, nus = { 0.7, 0.8 }, weight_decay = 0.1 },
  { lr = 0.01, weight_decay = 0.1, decoupled_weight_decay = true, eps = 1e-3, maximize = true } }, { "m", "v" },
  function(p, g, s, h, t)
    p, g = decayed(p, g, h)
    means(g, s, h)
    local m, v = s.m / (1 - h.betas[1] ^ t), s.v / (1 - h.betas[2] ^ t)
    local a = sqrt(h.nus[2] * v + (1 - h.nus[2]) * g ^ 2) + h.eps
    return p - h.lr * (h.nus[1] * m + (1 - h.nus[1]) * g) / a
  end)

-- --- relatives of SGD -----------------------------------------------------------------------------------------------

M.AggMo = alone({ { lr = 0.005 }, { lr = 0.01, betas = { 0.1, 0.5, 0.8 }, weight_decay = 0.1 },
  { lr = 1e-5, maximize = true } }, {}, function(p, g, s, h)
    local d = g + h.weight_decay * p
    local step = 0
    for k, beta in ipairs(h.betas) do
      s[k] = beta * (s[k] or 0) + d
      step = step + s[k]
    end
    return p - h.lr / 3 * step
  end)

M.Fromage = alone({ { lr = 0.01 }, { lr = 0.1 }, { maximize = true } }, {}, function(p, g, _, h)
  return (p - h.lr * norm(p) / norm(g) * g) / math.sqrt(1 + h.lr ^ 2)
end)

M.LARS = alone({ { lr = 20 }, { lr = 10, momentum = 0.5, dampening = 0.2, weight_decay = 0.1, eps = 1e-3 },
  { lr = 5, nesterov = true, trust_coeff = 0.002, trust_clip = true }, { momentum = 0, lr = 10, maximize = true } }, {},
  function(p, g, s, h)
    local trust = h.trust_coeff * norm(p) / (norm(g) + h.weight_decay * norm(p) + h.eps)
    if h.trust_clip then trust = math.min(trust / h.lr, 1) end
    local d = (g + h.weight_decay * p) * trust
    if h.momentum == 0 then return p - h.lr * d end
    s.b = s.b and h.momentum * s.b + (1 - h.dampening) * d or d
    return p - h.lr * (h.nesterov and d + h.momentum * s.b or s.b)
  end)

M.OptimisticGradient = alone({ { lr = 0.02 }, { lr = 0.02, optimism = 0.5 }, { maximize = true } }, {},
  function(p, g, s, h)
    local d = g + h.optimism * (g - (s.last or g))
    s.last = g
    return p - h.lr * d
  end)

M.QHM = alone({ { lr = 0.02 }, { lr = 0.03, momentum = 0.9, nu = 0.5, weight_decay = 0.1 },
  { lr = 0.001, weight_decay = 0.1, decoupled_weight_decay = true, maximize = true } }, { "m" }, function(p, g, s, h)
    p, g = decayed(p, g, h)
    s.m = h.momentum * s.m + (1 - h.momentum) * g
    return p - h.lr * (h.nu * s.m + (1 - h.nu) * g)
  end)

M.SignSGD = alone({ { lr = 0.01 }, { lr = 0.02, weight_decay = 0.1 }, { maximize = true } }, {}, function(p, g, _, h)
  return (1 - h.lr * h.weight_decay) * p - h.lr * sign(g)
end)

M.Signum = alone({ { lr = 0.01 }, { lr = 0.02, momentum = 0.6, weight_decay = 0.1 }, { maximize = true } }, { "m" },
  function(p, g, s, h)
    s.m = h.momentum * s.m + (1 - h.momentum) * g
    return (1 - h.lr * h.weight_decay) * p - h.lr * sign(s.m)
  end)

M.SGLD = alone({ { lr = 0.01 }, { lr = 0.02, b = 3, gamma = 0.7, temperature = 0.5, weight_decay = 0.1 },
  { temperature = 0 } }, {}, function(p, g, _, h, t)
    local e = h.lr * (h.b + t) ^ -h.gamma
    local noise = lab.randn(p:size(), { dtype = "float64" })
    return p - e / 2 * (g + h.weight_decay * p) + math.sqrt(e * h.temperature) * noise
  end)

M.COCOB = alone({ {}, { alpha = 10, lr = 0.5, weight_decay = 0.1, eps = 1e-4 }, { maximize = true } },
  { "S", "G", "R" }, function(p, g, s, h)
    g = h.lr * (g + h.weight_decay * p)
    s.L = lab.maximum(s.L or lab.zeros_like(p) + h.eps, abs(g))
    s.R = (s.R - g * (p - s.x0)):clamp(0, math.huge)
    s.S, s.G = s.S - g, s.G + abs(g)
    return s.x0 + s.S / (s.L * lab.maximum(s.G + s.L, h.alpha * s.L)) * (s.L + s.R)
  end)

M.LDoG = alone({ { reps_rel = 0.01 }, { lr = 0.5, reps_rel = 0.1, weight_decay = 0.1, eps = 0.1 } }, {},
  function(p, g, s, h, t)
    g = g + h.weight_decay * p
    s.r = t == 1 and h.reps_rel * (1 + norm(p)) or math.max(s.r, norm(p - s.x0))
    s.G = (s.G or h.eps) + dot(g, g)
    return p - h.lr * s.r / math.sqrt(s.G) * g
  end)

-- Schedule-free: x the mean, z the iterate, p = y between them.
local function schedule_free(p, u, s, h, t, beta)
  local a = h.lr * (t <= h.warmup_steps and t / h.warmup_steps or 1)
  s.lr_max = math.max(s.lr_max or 0, a)
  local k = t ^ h.r * s.lr_max ^ h.weight_lr_power
  s.W = (s.W or 0) + k
  local x = s.x or p
  s.z = s.z - a * u
  s.x = (1 - k / s.W) * x + k / s.W * s.z
  return beta * s.x + (1 - beta) * s.z
end

M.ScheduleFreeSGD = alone({ { lr = 0.02 }, { lr = 0.02, momentum = 0.7, weight_decay = 0.1, warmup_steps = 5, r = 1 },
  { lr = 1e-3, weight_lr_power = 1, maximize = true } }, {}, function(p, g, s, h, t)
    return schedule_free(p, g + h.weight_decay * p, s, h, t, h.momentum)
  end)

M.ScheduleFreeAdamW = alone({ { lr = 0.05 },
  { lr = 0.02, betas = { 0.7, 0.9 }, weight_decay = 0.1, warmup_steps = 5, r = 1, eps = 1e-4 },
  { lr = 0.01, weight_lr_power = 1, maximize = true } }, { "v" }, function(p, g, s, h, t)
    s.v = h.betas[2] * s.v + (1 - h.betas[2]) * g ^ 2
    local u = g / (sqrt(s.v / (1 - h.betas[2] ^ t)) + h.eps) + h.weight_decay * p
    return schedule_free(p, u, s, h, t, h.betas[1])
  end)

-- The accumulator of a vector is a tensor, those of a matrix stand for its rows and columns.
M.SM3 = alone({ {}, { lr = 0.05, beta = 0.9, momentum = 0.5 }, { lr = 0.01, eps = 1e-3, maximize = true } }, { "m" },
  function(p, g, s, h)
    local matrix = p:dim() == 2
    s.r = s.r or lab.zeros(p:size(1), 1, { dtype = "float64" })
    s.c = s.c or lab.zeros_like(matrix and p[{ { 1, 1 }, {} }] or p)
    local keep = h.beta > 0 and h.beta or 1
    local v = keep * (matrix and lab.minimum(s.r + 0 * p, s.c + 0 * p) or s.c) + (1 - h.beta) * g ^ 2
    local r, c = v, v
    if matrix then r, c = v:amax(2, true), v:amax(1, true) end
    s.r = (matrix and h.beta > 0) and lab.maximum(s.r, r) or r
    s.c = h.beta > 0 and lab.maximum(s.c, c) or c
    local u = g / sqrt(v + h.eps)
    if h.momentum > 0 then
      s.m = h.momentum * s.m + (1 - h.momentum) * u
      u = s.m
    end
    return p - h.lr * u
  end)

-- --- rates from sums over all parameters ----------------------------------------------------------------------------

-- An entry whose step knows all parameters: `state` zeros a parameter, s.x0 its start, numbers in S.
local function together(settings, state, f)
  return { settings = settings, step = function(P, G, S, h, t, loss)
    for i, p in ipairs(P) do
      if t > 1 then break end
      for _, name in ipairs(state) do S[i][name] = lab.zeros_like(p) end
      S[i].x0 = p:clone()
    end
    f(P, G, S, h, t, loss)
  end }
end

local function column(S, name)
  local list = {}
  for i, s in ipairs(S) do list[i] = s[name] end
  return list
end

local function minus(X, Y)
  local list = {}
  for i, x in ipairs(X) do list[i] = x - Y[i] end
  return list
end

M.DoG = together({ { reps_rel = 0.01 }, { lr = 0.5, reps_rel = 0.1, weight_decay = 0.1, eps = 0.1 } }, {},
  function(P, G, S, h, t)
    local D, away = {}, minus(P, column(S, "x0"))
    for i, g in ipairs(G) do D[i] = g + h.weight_decay * P[i] end
    S.r = t == 1 and h.reps_rel * (1 + math.sqrt(total(P, P))) or math.max(S.r, math.sqrt(total(away, away)))
    S.G = (S.G or h.eps) + total(D, D)
    for i, p in ipairs(P) do P[i] = p - h.lr * S.r / math.sqrt(S.G) * D[i] end
  end)

M.DAdaptSGD = together({ { d0 = 1e-3 }, { d0 = 1e-2, lr = 0.5, momentum = 0.6, weight_decay = 0.01 },
  { d0 = 1e-3, growth_rate = 1.2 } }, { "s" }, function(P, G, S, h)
    S.g0, S.d, S.N = S.g0 or math.sqrt(total(G, G)), S.d or h.d0, S.N or 0
    local rate, D = S.d * h.lr / S.g0, {}
    for i, g in ipairs(G) do D[i] = g + h.weight_decay * P[i] end
    S.N = S.N + rate * total(D, column(S, "s"))
    for i, s in ipairs(S) do s.s = s.s + rate * D[i] end
    local sums = column(S, "s")
    local growth = h.growth_rate > 0 and h.growth_rate or math.huge
    S.d = math.max(S.d, math.min(2 * S.N / math.sqrt(total(sums, sums)), S.d * growth))
    for i, s in ipairs(S) do P[i] = h.momentum * P[i] + (1 - h.momentum) * (s.x0 - s.s) end
  end)

M.DAdaptAdam = together({ { d0 = 1e-2, lr = 0.2 }, { d0 = 1e-2, lr = 0.5, betas = { 0.8, 0.9 }, weight_decay = 0.01,
    use_bias_correction = true, growth_rate = 1.1 },
  { d0 = 0.1, lr = 0.2, weight_decay = 0.1, decoupled_weight_decay = true, eps = 1e-3 } }, { "m", "v", "s" },
  function(P, G, S, h, t)
    S.d, S.N = S.d or h.d0, S.N or 0
    local b1, b2, q = h.betas[1], h.betas[2], math.sqrt(h.betas[2])
    local rate = S.d * h.lr * (h.use_bias_correction and math.sqrt(1 - b2 ^ t) / (1 - b1 ^ t) or 1)
    local sum, weight = 0, 0
    for i, s in ipairs(S) do
      local g = h.decoupled_weight_decay and G[i] or G[i] + h.weight_decay * P[i]
      sum = sum + rate * dot(g, s.s / (sqrt(s.v) + h.eps))
      s.m = b1 * s.m + (1 - b1) * rate * g
      s.v = b2 * s.v + (1 - b2) * g ^ 2
      s.s = q * s.s + (1 - q) * rate * g
      weight = weight + abs(s.s):sum():item()
    end
    S.N = q * S.N + (1 - q) * sum
    local growth = h.growth_rate > 0 and h.growth_rate or math.huge
    S.d = math.max(S.d, math.min(S.N / ((1 - q) * weight), S.d * growth))
    for i, s in ipairs(S) do
      local p = h.decoupled_weight_decay and (1 - h.weight_decay * rate) * P[i] or P[i]
      P[i] = p - s.m / (sqrt(s.v) + h.eps)
    end
  end)

M.Prodigy = together({ { d0 = 1e-3 }, { d0 = 1e-2, lr = 0.5, betas = { 0.8, 0.9 }, beta3 = 0.7, weight_decay = 0.01,
    decoupled_weight_decay = false, use_bias_correction = true },
  { d0 = 1e-2, safeguard_warmup = true, d_coef = 0.5, growth_rate = 1.1, weight_decay = 0.1, eps = 1e-4 } },
  { "m", "v", "s" }, function(P, G, S, h, t)
    S.d, S.max, S.N = S.d or h.d0, S.max or h.d0, S.N or 0
    local b1, b2, d = h.betas[1], h.betas[2], S.d
    local b3 = h.beta3 > 0 and h.beta3 or math.sqrt(b2)
    local rate = d * h.lr * (h.use_bias_correction and math.sqrt(1 - b2 ^ t) / (1 - b1 ^ t) or 1)
    local sum, weight = 0, 0
    for i, s in ipairs(S) do
      local g = h.decoupled_weight_decay and G[i] or G[i] + h.weight_decay * P[i]
      sum = sum + d / h.d0 * rate * dot(g, s.x0 - P[i])
      s.m = b1 * s.m + (1 - b1) * d * g
      s.v = b2 * s.v + (1 - b2) * d ^ 2 * g ^ 2
      s.s = b3 * s.s + d / h.d0 * (h.safeguard_warmup and d or rate) * g
      weight = weight + abs(s.s):sum():item()
    end
    S.N = b3 * S.N + sum
    local found = h.d_coef * S.N / weight
    if d == h.d0 then d = math.max(d, found) end
    S.max = math.max(S.max, found)
    S.d = math.min(S.max, d * (h.growth_rate > 0 and h.growth_rate or math.huge))
    for i, s in ipairs(S) do
      local p = h.decoupled_weight_decay and (1 - h.weight_decay * rate) * P[i] or P[i]
      P[i] = p - rate * s.m / (sqrt(s.v) + S.d * h.eps)
    end
  end)

-- The step of both kinds of MoMo: from means of the loss F, of the gradient m and of <p, g> c.
local function momo(S, h, K, rho, dp, n)
  S.lb = S.lb or h.lb
  local cap = K * (S.F - S.c) + dp
  if h.use_fstar and cap < K * rho * S.lb then S.lb = math.max(cap / (2 * K * rho), h.lb) end
  local tau = math.min(h.lr / rho, math.max(cap - K * rho * S.lb, 0) / n)
  if h.use_fstar then S.lb = math.max((S.F + dp - S.c - tau * n / 2) / rho, h.lb) end
  return tau
end

M.MoMo = together({ { lr = 0.05 }, { lr = 0.1, momentum = 0.7, weight_decay = 0.1, lb = 1, bias_correction = true },
  { lr = 0.5, use_fstar = true } }, { "m" }, function(P, G, S, h, t, loss)
    local beta = (t == 1 and not h.bias_correction) and 0 or h.momentum
    S.F = beta * (S.F or 0) + (1 - beta) * loss
    S.c = beta * (S.c or 0) + (1 - beta) * total(P, G)
    for i, s in ipairs(S) do s.m = beta * s.m + (1 - beta) * G[i] end
    local m, K = column(S, "m"), 1 + h.lr * h.weight_decay
    local tau = momo(S, h, K, h.bias_correction and 1 - h.momentum ^ t or 1, total(P, m), total(m, m))
    for i, p in ipairs(P) do P[i] = (p - tau * m[i]) / K end
  end)

M.MoMoAdam = together({ { lr = 0.05 }, { lr = 0.1, betas = { 0.7, 0.9 }, weight_decay = 0.1, lb = 1, eps = 1e-3 },
  { lr = 0.5, use_fstar = true, divide = false, weight_decay = 0.1 } }, { "m", "v" }, function(P, G, S, h, t, loss)
    local b1, b2 = h.betas[1], h.betas[2]
    S.F = b1 * (S.F or 0) + (1 - b1) * loss
    S.c = b1 * (S.c or 0) + (1 - b1) * total(P, G)
    local scaled = {}
    for i, s in ipairs(S) do
      means(G[i], s, h)
      scaled[i] = s.m / (sqrt(s.v / (1 - b2 ^ t)) + h.eps)
    end
    local m, decay = column(S, "m"), h.lr * h.weight_decay
    local K = h.divide and 1 + decay or 1
    local tau = momo(S, h, K, 1 - b1 ^ t, total(P, m), total(m, scaled))
    for i, p in ipairs(P) do P[i] = ((h.divide and p or (1 - decay) * p) - tau * scaled[i]) / K end
  end)

M.SWATS = together({ { lr = 0.03, tolerance = 0.05 },
  { lr = 0.01, weight_decay = 0.1, betas = { 0.7, 0.9 }, eps = 1e-3 },
  { lr = 0.01, tolerance = 0.01, maximize = true } }, { "m", "v", "b" }, function(P, G, S, h, t)
    local b1, b2, D, steps = h.betas[1], h.betas[2], {}, {}
    for i, s in ipairs(S) do
      D[i] = (h.maximize and -G[i] or G[i]) + h.weight_decay * P[i]
      if S.rate then
        s.b = b1 * s.b + D[i]
        P[i] = P[i] - S.rate * (1 - b1) * s.b
      else
        means(D[i], s, h)
        steps[i] = h.lr * math.sqrt(1 - b2 ^ t) / (1 - b1 ^ t) * s.m / (sqrt(s.v) + h.eps)
      end
    end
    if S.rate then return end
    local rate = total(steps, steps) / total(steps, D)
    S.mean = b2 * (S.mean or 0) + (1 - b2) * rate
    local e = S.mean / (1 - b2 ^ t)
    for i, p in ipairs(P) do P[i] = p - steps[i] end
    if t > 1 and e > 0 and math.abs(e - rate) < h.tolerance then S.rate = e end
  end)

M.SPS = together({ {}, { lr = 0.5, c = 1, gamma = 3, batches_per_epoch = 4, init_step_size = 0.01, eps = 0.1 } }, {},
  function(P, G, S, h, _, loss)
    local n = total(G, G)
    S.s = math.min(h.gamma ^ (1 / h.batches_per_epoch) * (S.s or h.init_step_size), loss / (h.c * n + h.eps))
    for i, p in ipairs(P) do P[i] = p - h.lr * S.s * G[i] end
  end)

M.Polyak = together({ {}, { lr = 0.5, f_min = 2, max_step = 0.01, eps = 0.1 } }, {}, function(P, G, _, h, _, loss)
  local s = math.min(math.max(loss - h.f_min, 0) / (total(G, G) + h.eps), h.max_step)
  for i, p in ipairs(P) do P[i] = p - h.lr * s * G[i] end
end)

for name, entry in pairs(require "tests.support.equations_averaging" (alone, means)) do M[name] = entry end

return M
