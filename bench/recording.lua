--- What lab.compile costs until a step has its plan. Each line: a training step, the processor's milliseconds for an
-- eager step, how many of these the recorded calls took longer than eager ones (both the fastest of several, with one
-- thread), and the largest memory meanwhile, the plan included, over the largest memory of an eager step, whose
-- megabytes come last.
--   build/optlab bench/recording.lua
--
--   lstm     50 time steps written with tensors, hidden size 256, batch 32
--   loop     2000 small operations, one after another
--   lenet    a batch of 64 images
--   mlp      784-256-10, a batch of 64
local lab = require "optlab"
local nn, optim = lab.nn, lab.optim
local F = nn.functional

local ROUNDS = 5

local function lstm()
  local T, N, I, H = 50, 32, 64, 256
  local W, U, b = lab.randn(4 * H, I) * 0.05, lab.randn(4 * H, H) * 0.05, lab.zeros(4 * H)
  local out = lab.randn(1, H) * 0.05
  local params = { W, U, b, out }
  for _, p in ipairs(params) do p.requires_grad = true end
  local opt = optim.Adam(params, { lr = 1e-3 })
  return function(X, y)
    opt:zero_grad()
    local h, c = lab.zeros(N, H), lab.zeros(N, H)
    for t = 1, T do
      local z = F.linear(X[t], W, b) + F.linear(h, U)
      local i, f = z:narrow(2, 1, H):sigmoid(), z:narrow(2, H + 1, H):sigmoid()
      local o, g = z:narrow(2, 2 * H + 1, H):sigmoid(), z:narrow(2, 3 * H + 1, H):tanh()
      c = f * c + i * g
      h = o * c:tanh()
    end
    local loss = F.mse_loss(F.linear(h, out), y)
    loss:backward()
    opt:step()
    return loss
  end, lab.randn(T, N, I), lab.randn(N, 1)
end

local function loop()
  local w = lab.ones(64, { requires_grad = true })
  local opt = optim.SGD({ w }, { lr = 1e-3 })
  return function(X, y)
    opt:zero_grad()
    local x = X
    for _ = 1, 500 do x = (x * w):tanh() + 0.1 * x end
    local loss = F.mse_loss(x, y)
    loss:backward()
    opt:step()
    return loss
  end, lab.randn(64), lab.randn(64)
end

local function trained(net, loss, X, y)
  local opt = optim.Adam(net:parameters(), { lr = 1e-3 })
  return function(input, target)
    opt:zero_grad()
    local l = loss(net(input), target)
    l:backward()
    opt:step()
    return l
  end, X, y
end

local function lenet()
  local net = nn.Sequential(nn.Conv2d(1, 6, 5, { padding = 2 }), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5),
    nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
    nn.Linear(84, 10))
  return trained(net, nn.CrossEntropyLoss(), lab.randn(64, 1, 28, 28), lab.randint(1, 11, { 64 }))
end

local function mlp()
  local net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
  return trained(net, nn.CrossEntropyLoss(), lab.randn(64, 784), lab.randint(1, 11, { 64 }))
end

local function seconds(f, ...)
  local start = os.clock()
  f(...)
  return os.clock() - start
end

-- The largest memory while f runs.
local function memory(f, ...)
  collectgarbage()
  collectgarbage()
  lab.reset_peak_memory()
  f(...)
  return lab.memory().peak
end

-- The time of the recorded calls, their number, and the largest memory until the first replay is done.
local function record(step, X, y)
  local compiled, recorded, most = lab.compile(step), 0, 0
  while compiled.replays == 0 do
    local time
    most = math.max(most, memory(function() time = seconds(compiled, X, y) end))
    if compiled.replays == 0 then recorded = recorded + time end
  end
  return recorded, compiled.recordings, most
end

local function measure(make)
  local step, X, y = make()
  for _ = 1, 2 do step(X, y) end
  local eager, eager_memory, recorded, calls, most = math.huge, memory(step, X, y), math.huge, 0, 0
  for _ = 1, ROUNDS do
    eager = math.min(eager, seconds(step, X, y))
    local time, n, peak = record(step, X, y)
    recorded, calls, most = math.min(recorded, time), n, math.max(most, peak)
  end
  return eager, (recorded - calls * eager) / eager, most / eager_memory, eager_memory
end

lab.set_num_threads(1)
print(("%-8s%12s%12s%12s%12s"):format("step", "eager ms", "recording", "memory", "eager MB"))
for _, row in ipairs { { "lstm", lstm }, { "loop", loop }, { "lenet", lenet }, { "mlp", mlp } } do
  local eager, extra, most, bytes = measure(row[2])
  print(("%-8s%12.2f%12.2f%12.2f%12.2f"):format(row[1], eager * 1e3, extra, most, bytes / 2 ^ 20))
end
