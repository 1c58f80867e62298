--- Times operations: prints a line "row optlab microseconds" for each, of a group or of all; the number of threads is
-- OMP_NUM_THREADS. operations.py has the same rows.
local lab = require "optlab"
local p = lab.params { seconds = { default = 0.2, help = "how long a row is repeated" },
  only = { default = "", help = "rows whose names contain this" } }
local nn, F, grad = lab.nn, lab.nn.functional, lab.autograd.grad

local function x(...) return lab.randn(...):requires_grad_() end
local function labels(n, classes) return lab.randint(1, classes + 1, { n }) end

-- A function of tensors and its gradients.
local function both(f, inputs)
  local g
  return function()
    local y = f(table.unpack(inputs))
    g = g or lab.ones_like(y:detach())
    return grad(y, inputs, { grad_outputs = g })
  end
end

local function layer(m, input, plain)
  local inputs = m:parameters()
  if not plain then table.insert(inputs, 1, input) end
  return both(function() return m(input) end, inputs)
end

local function conv(c, o, side, k, options)
  return function() return layer(nn.Conv2d(c, o, k, options), x(64, c, side, side)) end
end

-- The gradient of an unrolled loop of 100 steps, asked for after each.
local function unrolled()
  local w, d = x(20), lab.linspace(0.1, 1, 20)
  return function()
    local theta, momentum = w, lab.zeros(20)
    for _ = 1, 100 do
      momentum = momentum * 0.9 + (theta * theta * d * 0.5 + theta:sin()) * 0.01
      theta = theta - momentum
      grad(theta:sum(), w, { retain_graph = true })
    end
  end
end

local function attention()
  local q, k, v = x(32, 4, 64, 16), x(32, 4, 64, 16), x(32, 4, 64, 16)
  return both(function(a, b, c) return F.scaled_dot_product_attention(a, b, c, { is_causal = true }) end, { q, k, v })
end

local function entropy(n, classes)
  return function()
    local y = labels(n, classes)
    return both(function(s) return F.cross_entropy(s, y) end, { x(n, classes) })
  end
end

local function product(n)
  return function()
    local a, b = lab.randn(n, n), lab.randn(n, n)
    return function() return a:mm(b) end
  end
end

local function unary(name, n) return function() return both(lab[name], { x(n) }) end end

local ROWS = {
  { "softmax-2", function() local a = lab.randn(512, 512) return function() return a:softmax(2) end end },
  { "softmax-1", function() local a = lab.randn(512, 512) return function() return a:softmax(1) end end },
  { "softmax-fb", function() return both(function(a) return a:softmax(2) end, { x(512, 512) }) end },
  { "log_softmax-fb", function() return both(function(a) return a:log_softmax(2) end, { x(256, 1000) }) end },
  { "cross_entropy-10", entropy(128, 10) }, { "cross_entropy-96", entropy(1024, 96) },
  { "cross_entropy-1000", entropy(128, 1000) }, { "cross_entropy-50000", entropy(32, 50000) },
  { "layer_norm", function() return layer(nn.LayerNorm(64), x(32, 64, 64)) end },
  { "conv-k3-s2", conv(16, 32, 28, 3, { stride = 2, padding = 1 }) },
  { "conv-k4-s2", conv(16, 32, 28, 4, { stride = 2, padding = 1 }) },
  { "conv-k5-s2", conv(16, 32, 28, 5, { stride = 2, padding = 2 }) },
  { "conv-k7-s2", conv(3, 64, 32, 7, { stride = 2, padding = 3 }) },
  { "conv-k3-16-32", conv(16, 32, 28, 3, { padding = 1 }) }, { "conv-k5-16-32", conv(16, 32, 28, 5, { padding = 2 }) },
  { "conv-k3-64-64", conv(64, 64, 8, 3, { padding = 1 }) }, { "conv-k3-64-96", conv(64, 96, 14, 3, { padding = 1 }) },
  { "conv-depthwise", conv(32, 32, 16, 3, { padding = 1, groups = 32 }) },
  { "conv_transpose-k4-s2", function()
    return layer(nn.ConvTranspose2d(64, 64, 4, { stride = 2, padding = 1 }), x(64, 64, 7, 7))
  end },
  { "max_pool-2", function() return layer(nn.MaxPool2d(2), x(64, 32, 28, 28)) end },
  { "max_pool-3-s2", function() return layer(nn.MaxPool2d(3, { stride = 2, padding = 1 }), x(64, 64, 28, 28)) end },
  { "avg_pool-2", function() return layer(nn.AvgPool2d(2), x(64, 32, 28, 28)) end },
  { "batch_norm-2d", function() return layer(nn.BatchNorm2d(64), x(64, 64, 16, 16)) end },
  { "relu", unary("relu", 1000000) },
  { "tanh", unary("tanh", 1000000) }, { "silu", function() return both(F.silu, { x(1000000) }) end },
  { "gelu", function()
    return both(function(a) return F.gelu(a, { approximate = "tanh" }) end, { x(1000000) })
  end },
  { "exp-1e5", function() local a = lab.randn(100000) return function() return a:exp() end end },
  { "sum-2", function() local a = lab.randn(512, 512) return function() return a:sum(2) end end },
  { "row-max", function() return both(function(a) return (a:max(2)) end, { x(512, 512) }) end },
  { "cat", function()
    local a, b = lab.randn(512, 512), lab.randn(512, 512)
    return function() return lab.cat { a, b } end
  end },
  { "select-50", function()
    local a = x(50, 50, 128)
    return both(function(t)
      local sum
      for i = 1, 50 do sum = sum and sum + t:select(1, i) or t:select(1, i) end
      return sum
    end, { a })
  end },
  { "transpose-512", function() local a = lab.randn(512, 512) return function() return a:t():contiguous() end end },
  { "transpose-2048", function() local a = lab.randn(2048, 2048) return function() return a:t():contiguous() end end },
  { "randperm-10000", function() return function() return lab.randperm(10000) end end },
  { "index_select", function()
    local a, i = lab.randn(10000, 64), labels(4096, 10000)
    return function() return a:index_select(1, i) end
  end },
  { "index_select-fb", function()
    local a, i = x(10000, 64), labels(4096, 10000)
    return both(function(t) return t:index_select(1, i) end, { a })
  end },
  { "embedding", function()
    local m, i = nn.Embedding(96, 64), lab.randint(1, 97, { 32, 64 })
    return layer(m, i, true)
  end },
  { "bmm", function()
    local a, b = x(128, 64, 16), x(128, 16, 64)
    return both(lab.matmul, { a, b })
  end },
  { "linear-3d", function() return layer(nn.Linear(64, 192), x(32, 64, 64)) end },
  { "attention", attention },
  { "mm-256", product(256) }, { "mm-512", product(512) }, { "mm-1024", product(1024) },
  { "lstm", function()
    local m, input = nn.LSTM(128, 128), x(50, 50, 128)
    return both(function() return (m(input)) end, m:parameters())
  end },
  { "unrolled-grad-100", unrolled },
  { "solve-256", function()
    local a, b = lab.randn(256, 256) + lab.eye(256) * 20, lab.randn(256, 16)
    return function() return lab.linalg.solve(a, b) end
  end },
}

local function time(f)
  for _ = 1, 3 do f() end
  local best, ending = math.huge, lab.clock() + p.seconds
  repeat
    local start, n = lab.clock(), 0
    repeat
      f()
      n = n + 1
    until lab.clock() - start > p.seconds / 10
    best = math.min(best, (lab.clock() - start) / n)
  until lab.clock() > ending
  return best
end

lab.manual_seed(1)
for _, row in ipairs(ROWS) do
  if row[1]:find(p.only, 1, true) then print(("%s optlab %.9g"):format(row[1], time(row[2]()) * 1e6)) end
end
