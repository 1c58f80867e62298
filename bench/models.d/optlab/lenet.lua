--- The book's LeNet, batches of 256.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local values = dofile "bench/models.d/values.lua"
local nn, optim = lab.nn, lab.optim

local net = values.fill(lab.book.lenet())
local cross_entropy = nn.CrossEntropyLoss()
return {
  batch = 256, net = net, X = values.uniform({ 1024, 1, 28, 28 }, 1, 0, 1), y = values.integers({ 1024 }, 2, 10),
  loss = function(m, X, y) return cross_entropy(m(X), y) end,
  opt = optim.SGD(net:parameters(), { lr = 0.1 }),
  flop = flop.step(256, flop.conv(1, 6, 5, 28), flop.conv(6, 16, 5, 10), flop.linear(400, 120), flop.linear(120, 84),
    flop.linear(84, 10)),
}
