--- DeepOBS's 2c2d: two convolutions, two linear layers, 28 x 28 pixels, batches of 128.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local values = dofile "bench/models.d/values.lua"
local nn, optim = lab.nn, lab.optim

local net = values.fill(nn.Sequential(
  nn.Conv2d(1, 32, 5, { padding = 2 }), nn.ReLU(), nn.MaxPool2d(2),
  nn.Conv2d(32, 64, 5, { padding = 2 }), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
  nn.Linear(3136, 1024), nn.ReLU(), nn.Linear(1024, 10)))
local cross_entropy = nn.CrossEntropyLoss()
return {
  batch = 128, net = net, X = values.uniform({ 512, 1, 28, 28 }, 1, 0, 1), y = values.integers({ 512 }, 2, 10),
  loss = function(m, X, y) return cross_entropy(m(X), y) end,
  opt = optim.SGD(net:parameters(), { lr = 0.01, momentum = 0.9 }),
  flop = flop.step(128, flop.conv(1, 32, 5, 28), flop.conv(32, 64, 5, 14), flop.linear(3136, 1024),
    flop.linear(1024, 10)),
}
