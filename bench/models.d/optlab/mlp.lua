--- A multilayer perceptron, 784-1000-500-100-10, batches of 128.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local values = dofile "bench/models.d/values.lua"
local nn, optim = lab.nn, lab.optim

local net = values.fill(nn.Sequential(nn.Linear(784, 1000), nn.ReLU(), nn.Linear(1000, 500), nn.ReLU(),
  nn.Linear(500, 100), nn.ReLU(), nn.Linear(100, 10)))
local cross_entropy = nn.CrossEntropyLoss()
return {
  batch = 128, net = net, X = values.uniform({ 1024, 784 }, 1, 0, 1), y = values.integers({ 1024 }, 2, 10),
  loss = function(m, X, y) return cross_entropy(m(X), y) end,
  opt = optim.SGD(net:parameters(), { lr = 0.1 }),
  flop = flop.step(128, flop.linear(784, 1000), flop.linear(1000, 500), flop.linear(500, 100), flop.linear(100, 10)),
}
