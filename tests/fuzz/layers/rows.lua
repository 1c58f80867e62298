--- Random layers on rows and sequences beside plain formulas.
local lab = require "optlab"
local nn = lab.nn
local F = nn.functional

local M = {}

local function uniform(...) return lab.rand({ ... }, { dtype = "float64" }) * 2 - 1 end

local function normalized(x, eps)
  local m = x - x:mean(-1, true)
  return m / ((m * m):mean(-1, true) + eps):sqrt()
end

function M.linear(c)
  local shape, from, to = {}, c:int(1, 70), c:int(1, 40)
  for d = 1, c:int(1, 3) do shape[d] = c:int(1, 9) end
  shape[#shape + 1] = from
  return F.linear, function(x, w, b) return (x:unsqueeze(-2) * w):sum(-1) + b end,
    { uniform(table.unpack(shape)), uniform(to, from), uniform(to) }
end

function M.layer_norm(c)
  local n = c:int(2, 90)
  return function(x, w, b) return F.layer_norm(x, { n }, w, b) end,
    function(x, w, b) return normalized(x, 1e-5) * w + b end, { uniform(c:int(1, 40), n), uniform(n), uniform(n) }
end

function M.rms_norm(c)
  local n = c:int(2, 90)
  return function(x, w) return F.rms_norm(x, { n }, w, { eps = 1e-6 }) end,
    function(x, w) return x / ((x * x):mean(-1, true) + 1e-6):sqrt() * w end, { uniform(c:int(1, 40), n), uniform(n) }
end

function M.embedding(c)
  local n, d = c:int(1, 30), c:int(1, 20)
  local words = lab.randint(1, n + 1, { c:int(1, 20), c:int(1, 20) })
  return function(w) return F.embedding(words, w) end, function(w)
    local hot = words:unsqueeze(3):eq(lab.arange(1, n + 1)):to "float64"
    return hot:matmul(w)
  end, { uniform(n, d) }
end

function M.softmax(c)
  local shape = { c:int(1, 9), c:int(1, 70), c:int(1, 9) }
  local dim, log = c:int(1, 3), c:chance(0.5)
  return function(x) return log and F.log_softmax(x, dim) or F.softmax(x, dim) end, function(x)
    local e = x:exp()
    local y = e / e:sum(dim, true)
    return log and y:log() or y
  end, { uniform(table.unpack(shape)) * 3 }
end

function M.cross_entropy(c)
  local n, classes = c:int(1, 40), c:int(1, 60)
  local labels, smoothing = lab.randint(1, classes + 1, { n }), c:of { 0, 0, 0.1 }
  return function(x) return F.cross_entropy(x, labels, { label_smoothing = smoothing }) end, function(x)
    local log = x - x:exp():sum(2, true):log()
    local hot = labels:unsqueeze(2):eq(lab.arange(1, classes + 1)):to "float64"
    return -(log * (hot * (1 - smoothing) + smoothing / classes)):sum() / n
  end, { uniform(n, classes) * 3 }
end

function M.attention(c)
  local b, heads, n, m, d = c:int(1, 3), c:int(1, 3), c:int(1, 70), c:int(1, 70), c:int(1, 20)
  local causal = c:chance(0.5)
  if causal then m = n end
  local mask = not causal and c:chance(0.5) and uniform(n, m) or nil
  return function(q, k, v)
    return F.scaled_dot_product_attention(q, k, v, { is_causal = causal, attn_mask = mask })
  end, function(q, k, v)
    local scores = q:matmul(k:transpose(3, 4)) / d ^ 0.5
    if causal then
      scores = scores:masked_fill(lab.arange(m):unsqueeze(1):gt(lab.arange(n):unsqueeze(2)), -math.huge)
    end
    if mask then scores = scores + mask end
    return scores:softmax(4):matmul(v)
  end, { uniform(b, heads, n, d), uniform(b, heads, m, d), uniform(b, heads, m, d) }
end

local CELLS = {
  RNN = { 1, function(x, h) return { (x[1] + h[1]):tanh() } end },
  GRU = { 3, function(x, h, state)
    local r, z = (x[1] + h[1]):sigmoid(), (x[2] + h[2]):sigmoid()
    local new = (x[3] + r * h[3]):tanh()
    return { (1 - z) * new + z * state[1] }
  end },
  LSTM = { 4, function(x, h, state)
    local i, f, g, o = (x[1] + h[1]):sigmoid(), (x[2] + h[2]):sigmoid(), (x[3] + h[3]):tanh(), (x[4] + h[4]):sigmoid()
    local cell = f * state[2] + i * g
    return { o * cell:tanh(), cell }
  end },
}

for kind, cell in pairs(CELLS) do
  M[kind:lower()] = function(c)
    local from, to, steps, n = c:int(1, 9), c:int(1, 20), c:int(1, 12), c:int(1, 9)
    local layer = nn[kind](from, to):to "float64"
    local names, inputs = {}, { uniform(steps, n, from) }
    for name, p in pairs(layer:named_parameters()) do
      names[#names + 1] = name
      inputs[#inputs + 1] = p:detach()
    end
    local function formula(x, ...)
      local w = {}
      for i, name in ipairs(names) do w[name] = select(i, ...) end
      local state, out = { lab.zeros(n, to, { dtype = "float64" }), lab.zeros(n, to, { dtype = "float64" }) }, {}
      for t = 1, steps do
        local of_x = (x:select(1, t):matmul(w.weight_ih_l0:t()) + w.bias_ih_l0):chunk(cell[1], 2)
        local of_h = (state[1]:matmul(w.weight_hh_l0:t()) + w.bias_hh_l0):chunk(cell[1], 2)
        state = cell[2](of_x, of_h, state)
        out[t] = state[1]
      end
      return lab.stack(out, 1)
    end
    return function(x, ...)
      local w = {}
      for i, name in ipairs(names) do w[name] = select(i, ...) end
      return (nn.functional_call(layer, w, x))
    end, formula, inputs
  end
end

return M
