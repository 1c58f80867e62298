--- DeepOBS's 3c3d: three convolutions, three linear layers, 32 x 32 pixels, batches of 128.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local values = dofile "bench/models.d/values.lua"
local nn, optim = lab.nn, lab.optim

local net = values.fill(nn.Sequential(
  nn.Conv2d(3, 64, 5), nn.ReLU(), nn.MaxPool2d(3, { stride = 2, padding = 1 }),
  nn.Conv2d(64, 96, 3), nn.ReLU(), nn.MaxPool2d(3, { stride = 2, padding = 1 }),
  nn.Conv2d(96, 128, 3, { padding = 1 }), nn.ReLU(), nn.MaxPool2d(3, { stride = 2, padding = 1 }), nn.Flatten(),
  nn.Linear(1152, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)))
local cross_entropy = nn.CrossEntropyLoss()
return {
  batch = 128, net = net, X = values.uniform({ 512, 3, 32, 32 }, 1, 0, 1), y = values.integers({ 512 }, 2, 10),
  loss = function(m, X, y) return cross_entropy(m(X), y) end,
  opt = optim.SGD(net:parameters(), { lr = 0.01, momentum = 0.9 }),
  flop = flop.step(128, flop.conv(3, 64, 5, 28), flop.conv(64, 96, 3, 12), flop.conv(96, 128, 3, 6),
    flop.linear(1152, 512), flop.linear(512, 256), flop.linear(256, 10)),
}
