--- DeepOBS's classifiers of images (Schneider, Balles and Hennig, ICLR 2019): logistic regression, a network of linear
-- layers, and two of convolutions, with the published sizes, first values, batch sizes and numbers of epochs.
-- @module optlab.problems.classifiers
local nn = require "optlab.nn"
local problem = require "optlab.problems.problem"
local weights = require "optlab.problems.weights"

local init = nn.init

local M = {}

local GREY = { "mnist", "fashion_mnist", "kmnist" }
local COLOUR = { "cifar10", "cifar100", "svhn" }

local function set_of(choices, default)
  return { "data", "choice", choices = choices, default = default, doc = "The data set." }
end

local function accuracy(prediction, y) return prediction:argmax(2):eq(y):to("float32"):mean() end

-- The fields of a task that classifies images.
local function classifier(o, model, flatten, l2)
  local train_set, test = problem.images(o.data, o, flatten)
  local loss = nn.CrossEntropyLoss()
  local fields = {
    model = model, loss = loss, train_set = train_set, test = test, metric = accuracy, metric_name = "accuracy",
  }
  if l2 and l2 > 0 then
    local penalty = weights.penalty(model, l2)
    fields.objective = function(prediction, y)
      if not model.training then return loss(prediction, y) end
      return loss(prediction, y) + penalty()
    end
  end
  return fields
end

M.logreg = problem.define("logreg", {
  doc = "DeepOBS's mnist_logreg and fmnist_logreg: softmax regression; all parameters start at 0.",
  batch_size = 128, epochs = 50, set_of(GREY, "mnist"), problem.N, problem.N_TEST,
}, function(o)
  local model = nn.Linear(784, 10)
  init.zeros_(model.weight)
  init.zeros_(model.bias)
  return classifier(o, model, true)
end)

M.mlp = problem.define("mlp", {
  doc = "DeepOBS's mnist_mlp and fmnist_mlp: 784-1000-500-100-10 with ReLU; weights are normal with deviation 0.03, "
    .. "cut off at twice that, and biases 0.",
  batch_size = 128, epochs = 100, set_of(GREY, "mnist"), problem.N, problem.N_TEST,
}, function(o)
  local model = nn.Sequential(nn.Linear(784, 1000), nn.ReLU(), nn.Linear(1000, 500), nn.ReLU(), nn.Linear(500, 100),
    nn.ReLU(), nn.Linear(100, 10))
  weights.each(model, function(weight, bias)
    weights.truncated_normal_(weight, 0.03)
    init.zeros_(bias)
  end)
  return classifier(o, model, true)
end)

M.net_2c2d = problem.define("net_2c2d", {
  doc = "DeepOBS's mnist_2c2d and fmnist_2c2d: two convolutions 5 x 5 of 32 and 64 channels, each with ReLU and "
    .. "pooling, and linear layers of 1024 and 10; weights are normal with deviation 0.05, cut off at twice that, "
    .. "and biases 0.05.",
  batch_size = 128, epochs = 100, set_of(GREY, "fashion_mnist"), problem.N, problem.N_TEST,
}, function(o)
  local model = nn.Sequential(
    nn.Conv2d(1, 32, 5, { padding = 2 }), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 5, { padding = 2 }), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Linear(7 * 7 * 64, 1024), nn.ReLU(), nn.Linear(1024, 10))
  weights.each(model, function(weight, bias)
    weights.truncated_normal_(weight, 0.05)
    init.constant_(bias, 0.05)
  end)
  return classifier(o, model)
end)

-- The pools of TensorFlow's "same" pad below and to the right; with a padding of 1 on both sides the network is that
-- one's mirror image, and so are its random weights and mirrored images.
local function net_3c3d(classes)
  return nn.Sequential(
    nn.Conv2d(3, 64, 5), nn.ReLU(), nn.MaxPool2d(3, { stride = 2, padding = 1 }),
    nn.Conv2d(64, 96, 3), nn.ReLU(), nn.MaxPool2d(3, { stride = 2, padding = 1 }),
    nn.Conv2d(96, 128, 3, { padding = 1 }), nn.ReLU(), nn.MaxPool2d(3, { stride = 2, padding = 1 }), nn.Flatten(),
    nn.Linear(3 * 3 * 128, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, classes))
end

M.net_3c3d = problem.define("net_3c3d", {
  doc = "DeepOBS's cifar10_3c3d, cifar100_3c3d and svhn_3c3d: three convolutions of 64, 96 and 128 channels, each "
    .. "with ReLU and pooling, and linear layers of 512, 256 and the number of classes; Xavier-normal and "
    .. "Xavier-uniform weights, biases 0, a penalty of 0.002 / 2 times the sum of the weights' squares.",
  batch_size = 128, epochs = 100, set_of(COLOUR, "cifar10"), problem.N, problem.N_TEST,
  { "l2", "number", min = 0, finite = true, default = 0.002, doc = "The factor of the penalty." },
  { "augment", "flag", default = true, doc = "Whether images are randomly moved by up to 4 pixels and mirrored." },
}, function(o)
  local model = net_3c3d(o.data == "cifar100" and 100 or 10)
  weights.each(model, function(weight, bias, layer)
    local xavier = layer.class == nn.Linear and init.xavier_uniform_ or init.xavier_normal_
    xavier(weight)
    init.zeros_(bias)
  end)
  local fields = classifier(o, model, false, o.l2)
  fields.augment = o.augment and { padding = 4, flip = o.data ~= "svhn" } or nil
  return fields
end)

return M
