--- The loss around LeNet's minimum, and the way that the training took.
--
-- The question: what does the loss of a network of 61,706 weights look like around the point that a training came
-- to? Left, a plane through that point along two random directions. Each filter of a direction is as long as the
-- filter of the network (biases stay), so that networks whose weights differ in scale can be compared: Li et al.,
-- "Visualizing the loss landscape of neural nets", arXiv 1712.09913. Right, the plane that the path itself lies in
-- best: the two main components of the weights after each few updates, seen from the last ones, by a singular value
-- decomposition.
-- The figure: "landscape", logarithms of the training loss in both planes, with the path in the right one.
-- What to notice: along random directions the minimum looks like a round bowl. The path lies mostly in one plane;
-- in it the valley is long, and the path turns from falling into it to following it.
local lab = require "optlab"
local nn, optim, plot, train = lab.nn, lab.optim, lab.plot, lab.train

local p = lab.params {
  n = {default = 2000, min = 20, help = "training images"},
  n_loss = {default = 500, min = 20, help = "of these, images whose loss is drawn"},
  epochs = {default = 8, min = 1, help = "of the training"},
  batch_size = {default = 50, min = 1, help = "rows of a batch"},
  lr = {default = 0.02, help = "learning rate of SGD with momentum 0.9"},
  grid = {default = 25, min = 3, help = "points along each axis"},
}

local images = lab.data.fashion_mnist_pair {n = p.n, n_test = 1}
local net, cross_entropy = lab.book.lenet(), nn.CrossEntropyLoss()
local weights = net:parameters()
local vector, set_weights = nn.utils.parameters_to_vector, nn.utils.vector_to_parameters

-- The path: all weights at the start and after each few updates.
local every = math.max(1, p.epochs * p.n // p.batch_size // 40)
local path = {vector(weights):detach():clone()}
local history = train.fit {
  model = net, loss = cross_entropy, optimizer = optim.SGD(weights, {lr = p.lr, momentum = 0.9}), epochs = p.epochs,
  data = lab.data.loader(images, {batch_size = p.batch_size, shuffle = true}),
  on_step = function(info)
    if info.step % every == 0 then path[#path + 1] = vector(weights):detach():clone() end
  end,
}
path[#path + 1] = vector(weights):detach():clone()
local minimum = path[#path]

local some = images:subset(1, math.min(p.n_loss, p.n))
-- The losses at minimum + a u + b v, a matrix with b from row to row.
local function plane(u, v, as, bs)
  local rows = {}
  for j, b in ipairs(bs) do
    local row = {}
    for i, a in ipairs(as) do
      set_weights(minimum + u * a + v * b, weights)
      row[i] = train.mean_loss(net, cross_entropy, some)
    end
    rows[j] = row
  end
  return lab.tensor(rows)
end
local function even(from, to) return lab.linspace(from, to, p.grid):tolist() end

-- A random direction whose filters are as long as the network's.
local function direction()
  local parts = {}
  for i, w in ipairs(weights) do
    local part = lab.randn(table.unpack(w.shape))
    if w:dim() == 1 then
      part:zero_()
    else
      local flat = part:reshape(w.shape[1], -1)
      part = flat * (w:detach():reshape(w.shape[1], -1):norm(2, 2, true) / flat:norm(2, 2, true))
    end
    parts[i] = part:reshape(-1)
  end
  return lab.cat(parts)
end
set_weights(minimum, weights)
local u, v = direction(), direction()
local across = even(-1, 1)
local bowl = plane(u, v, across, across)

-- The main components of the path, seen from its end.
local differences = lab.stack(path) - minimum
local _, S, Vh = lab.linalg.svd(differences, {full_matrices = false})
local along = differences:mm(Vh:narrow(1, 1, 2):t())
local function span(k)
  local lo, hi = along:select(2, k):min():item(), along:select(2, k):max():item()
  local margin = 0.25 * (hi - lo)
  return even(lo - margin, hi + margin)
end
local xs, ys = span(1), span(2)
local valley = plane(Vh[1], Vh[2], xs, ys)
set_weights(minimum, weights)

local share = ((S:narrow(1, 1, 2) ^ 2):sum() / (S ^ 2):sum()):item()
print(("loss %.3f after %d epochs; the two components hold %.1f %% of the squared distances from its end"):format(
  history.train_loss[p.epochs], p.epochs, 100 * share))
print(("largest loss along the random directions %.1f, in the plane of the path %.1f"):format(bowl:max():item(),
  valley:max():item()))
train.record("landscape", p.epochs, {loss = history.train_loss[p.epochs], share = share})

local LEVELS = {0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 5, 10}

local function map(title, xlabel, ylabel, losses, x, y)
  local fig = plot.figure {title = title, xlabel = xlabel, ylabel = ylabel, legend = false}
  fig:contour(losses, {xs = x, ys = y, levels = LEVELS, filled = true, norm = "log", colorbar = true, label = "loss"})
  return fig
end
local left = map("Random directions, filter by filter", "u", "v", bowl, across, across)
local right = map("Plane of the path", "first component", "second component", valley, xs, ys)
right:line(along:select(2, 1), along:select(2, 2), {color = "white", style = "o-", size = 0.4})
plot.grid {rows = 1, cols = 2, size = {960, 400}, left, right}:save "landscape"
