--- ResNet-8: a convolution and three blocks of two, with BatchNorm, 32 x 32 pixels, batches of 128.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local values = dofile "bench/models.d/values.lua"
local nn, optim = lab.nn, lab.optim

local Block = nn.Module.extend { name = "Block" }

function Block:init(from, to, stride)
  self.conv1 = nn.Conv2d(from, to, 3, { stride = stride, padding = 1, bias = false })
  self.bn1 = nn.BatchNormReLU(to)
  self.conv2 = nn.Conv2d(to, to, 3, { padding = 1, bias = false })
  self.bn2 = nn.BatchNormReLU(to)
  if stride > 1 then
    self.short = nn.Sequential(nn.Conv2d(from, to, 1, { stride = stride, bias = false }), nn.BatchNorm2d(to))
  end
end

function Block:forward(x)
  local y = self.bn1(self.conv1(x))
  return self.bn2(self.conv2(y), self.short and self.short(x) or x)
end

local net = values.fill(nn.Sequential(
  nn.Conv2d(3, 16, 3, { padding = 1, bias = false }), nn.BatchNorm2d(16), nn.ReLU(),
  Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2), nn.AvgPool2d(8), nn.Flatten(), nn.Linear(64, 10)))
local cross_entropy = nn.CrossEntropyLoss()
return {
  batch = 128, net = net, X = values.uniform({ 512, 3, 32, 32 }, 1, 0, 1), y = values.integers({ 512 }, 2, 10),
  loss = function(m, X, y) return cross_entropy(m(X), y) end,
  opt = optim.SGD(net:parameters(), { lr = 0.01, momentum = 0.9 }),
  flop = flop.step(128, flop.conv(3, 16, 3, 32), flop.conv(16, 16, 3, 32), flop.conv(16, 16, 3, 32),
    flop.conv(16, 32, 3, 16), flop.conv(32, 32, 3, 16), flop.conv(16, 32, 1, 16),
    flop.conv(32, 64, 3, 8), flop.conv(64, 64, 3, 8), flop.conv(32, 64, 1, 8), flop.linear(64, 10)),
}
