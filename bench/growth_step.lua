--- Microseconds of training steps that grow, eager and compiled, a line "row program microseconds" each: a linear
-- regression (5 features) over the size of its batch, and a network of two square layers on a batch of 64 over its
-- width. The same batch each time: forward, loss, backward, SGD. One thread. bench/growth runs it beside
-- growth_step.py.
local lab = require "optlab"
local nn = lab.nn
local per_call = dofile "bench/per_call.lua"
lab.set_num_threads(1)

local function measure(row, net, X, y)
  local loss, opt = nn.MSELoss(), lab.optim.SGD(net:parameters(), { lr = 1e-3 })
  local function step(Xb, yb)
    opt:zero_grad()
    loss(net(Xb), yb):backward()
    opt:step()
  end
  print(("%s eager %.4f"):format(row, per_call(function() step(X, y) end)))
  step = lab.compile(step)
  step(X, y) -- recorded twice, here and in per_call's warm-up, before it is replayed
  print(("%s compiled %.4f"):format(row, per_call(function() step(X, y) end)))
end

for _, batch in ipairs { 1, 10, 100, 1000, 10000 } do
  measure("batch-" .. batch, nn.Linear(5, 1), lab.randn(batch, 5), lab.randn(batch, 1))
end
for _, width in ipairs { 1, 4, 16, 64, 256, 1024, 4096 } do
  local net = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
  measure("width-" .. width, net, lab.randn(64, width), lab.randn(64, width))
end
