--- Logistic regression, 784 inputs, ten classes, batches of 128.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local values = dofile "bench/models.d/values.lua"
local nn, optim = lab.nn, lab.optim

local net = values.fill(nn.Linear(784, 10))
local cross_entropy = nn.CrossEntropyLoss()
return {
  batch = 128, net = net, X = values.uniform({ 4096, 784 }, 1, 0, 1), y = values.integers({ 4096 }, 2, 10),
  loss = function(m, X, y) return cross_entropy(m(X), y) end,
  opt = optim.SGD(net:parameters(), { lr = 0.1 }),
  flop = flop.step(128, flop.linear(784, 10)),
}
