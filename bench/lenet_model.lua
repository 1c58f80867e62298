--- The LeNet of the book's chapter "Learning Rate Scheduling", for bench/lenet and bench/lenet_accuracy.
local nn = require "optlab".nn

local M = {}

-- Weights are Xavier-uniform as in the book, biases as the layers draw them.
function M.new()
  local net = nn.Sequential(
    nn.Conv2d(1, 6, 5, { padding = 2 }), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Linear(16 * 5 * 5, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
  for _, p in ipairs(net:parameters()) do
    if p:dim() > 1 then nn.init.xavier_uniform_(p) end
  end
  return net
end

return M
