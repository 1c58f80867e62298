--- LeNet, the network of the book's section "Learning Rate Scheduling": images (N, 1, 28, 28) give scores of ten
-- classes, (N, 10).
--
-- LeCun's network of 1998 with today's parts: two convolutions, each with ReLU and max pooling, then three linear
-- layers; 61,706 parameters.
-- @module optlab.book.lenet
local args = require "optlab.base.args"
local nn = require "optlab.nn"

local LENET = args.declare("book.lenet", {
  doc = "The LeNet of the book's chapter on schedules: images (N, 1, 28, 28) to scores of ten classes (N, 10); "
    .. "Xavier-uniform weights, as in the book's MXNet code.",
  { "zero_bias", "flag", default = false,
    doc = "Whether biases start at zero instead of random values." },
})

--- Makes the network. Weights are Xavier-uniform as in the book's MXNet code, where its PyTorch code keeps the layers'
-- own initial values.
-- @tparam[opt] table options `zero_bias` (false): biases start at zero, instead of as the layers draw them
-- @treturn Sequential
-- @usage local net = lab.book.lenet {zero_bias = true}
local function lenet(...)
  local options = LENET:read(...)
  local net = nn.Sequential(
    nn.Conv2d(1, 6, 5, { padding = 2 }), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Linear(16 * 5 * 5, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
  return net:apply(function(m)
    if m.class ~= nn.Conv2d and m.class ~= nn.Linear then return end
    nn.init.xavier_uniform_(m.weight)
    if options.zero_bias then nn.init.zeros_(m.bias) end
  end)
end

return lenet
