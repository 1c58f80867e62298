--- Mode connectivity: minima of a network are connected by ways along which the loss stays low.
--
-- The question: two trainings of LeNet come to two points with the same small loss. What lies between them? Three
-- ways are compared: the straight line between two trainings that began with different weights; the straight line
-- between two trainings that had a few epochs in common and then saw their batches in different orders (Frankle et
-- al., "Linear mode connectivity and the lottery ticket hypothesis", arXiv 1912.05671); and a curve between the
-- first two, a parabola (1-t)² w₁ + 2t(1-t) θ + t² w₂ whose θ is trained so that the loss at a random t is small
-- (Garipov et al., "Loss surfaces, mode connectivity, and fast ensembling of DNNs", arXiv 1802.10026).
-- The figure: "mode-connectivity", training loss and test error along the three ways.
-- What to notice: between different beginnings the straight line crosses a high wall, but the curve goes around it:
-- the minima are not separate basins. After some epochs in common there is no wall, whatever the order of the
-- batches.
local lab = require "optlab"
local nn, optim, plot, train = lab.nn, lab.optim, lab.plot, lab.train

local p = lab.params {
  n = {default = 2000, min = 20, help = "training images"},
  n_test = {default = 1000, min = 20, help = "test images"},
  epochs = {default = 12, min = 1, help = "of each training"},
  common = {default = 3, min = 0, help = "epochs that the second pair has in common"},
  curve_epochs = {default = 25, min = 1, help = "of the training of the curve"},
  batch_size = {default = 50, min = 1, help = "rows of a batch"},
  lr = {default = 0.02, help = "learning rate of SGD with momentum 0.9"},
  points = {default = 31, min = 3, help = "along each way"},
}

local images, test = lab.data.fashion_mnist_pair {n = p.n, n_test = p.n_test}
local net, cross_entropy = lab.book.lenet(), nn.CrossEntropyLoss()
local weights = net:parameters()
local vector, set_weights = nn.utils.parameters_to_vector, nn.utils.vector_to_parameters

local function loader() return lab.data.loader(images, {batch_size = p.batch_size, shuffle = true}) end
local function sgd(params) return optim.SGD(params, {lr = p.lr, momentum = 0.9}) end

-- Goes on from `start` for some epochs; the seed decides on the order of the batches.
local function trained(start, epochs, seed)
  set_weights(start, weights)
  lab.manual_seed(seed)
  if epochs > 0 then
    train.fit {model = net, loss = cross_entropy, optimizer = sgd(weights), epochs = epochs, data = loader()}
  end
  return vector(weights):detach():clone()
end
local function fresh(seed)
  lab.manual_seed(seed)
  return vector(lab.book.lenet():parameters()):detach()
end

local seed = lab.config.seed
local first = trained(fresh(seed + 1), p.epochs, seed + 1)
local second = trained(fresh(seed + 2), p.epochs, seed + 2)
local trunk = trained(fresh(seed + 1), p.common, seed + 1)
local branches = {trained(trunk, p.epochs - p.common, seed + 3), trained(trunk, p.epochs - p.common, seed + 4)}

local function line(a, b)
  return function(t) return a * (1 - t) + b * t end
end

local function parabola(a, middle, b)
  return function(t) return a * (1 - t) ^ 2 + middle * (2 * t * (1 - t)) + b * t ^ 2 end
end

-- θ gets the gradient at the point of the curve times that point's derivative by θ.
local function trained_curve(a, b)
  lab.manual_seed(seed)
  local middle = (a + b) / 2
  local opt, way, data = sgd {middle}, parabola(a, middle, b), loader()
  for _ = 1, p.curve_epochs do
    for X, y in data:batches() do
      local t = lab.rand():item()
      set_weights(way(t), weights)
      net:zero_grad()
      cross_entropy(net(X), y):backward()
      local parts = {}
      for i, w in ipairs(weights) do parts[i] = w.grad:reshape(-1) end
      middle.grad = lab.cat(parts) * (2 * t * (1 - t))
      opt:step()
    end
  end
  return way
end

local WAYS = {
  {name = "line", label = "line, different beginnings", way = line(first, second), color = "#c1272d"},
  {name = "common", label = ("line, %d epochs in common"):format(p.common), way = line(branches[1], branches[2]),
    color = "#e69f00"},
  {name = "curve", label = "curve, different beginnings", way = trained_curve(first, second), color = "#0b5394"},
}

local losses = plot.figure {title = "Training loss", xlabel = "t", ylabel = "loss", logy = true, ylim = {0.2, 5}}
local errors = plot.figure {title = "Test error", xlabel = "t", ylabel = "error, %", legend = false}
for _, entry in ipairs(WAYS) do
  local ts, loss, err = lab.linspace(0, 1, p.points):tolist(), {}, {}
  for i, t in ipairs(ts) do
    set_weights(entry.way(t), weights)
    loss[i] = train.mean_loss(net, cross_entropy, images)
    err[i] = 100 * (1 - train.accuracy(net, test))
  end
  losses:line(ts, loss, {label = entry.label, color = entry.color})
  errors:line(ts, err, {color = entry.color})
  local highest = math.max(table.unpack(loss))
  print(("%-28s loss %.3f and %.3f at the ends, at most %.3f between; test error at most %.1f %%"):format(entry.label,
    loss[1], loss[#loss], highest, math.max(table.unpack(err))))
  train.record(entry.name, p.epochs, {first = loss[1], last = loss[#loss], highest = highest})
end
plot.grid {rows = 1, cols = 2, size = {960, 380}, losses, errors}:save "mode-connectivity"
