--- The edge of stability: the sharpness rises to 2/η and stays there.
--
-- The question: gradient descent with rate η converges on a quadratic if its largest curvature, the sharpness, is
-- below 2/η. What does a network's sharpness do while the network is trained on all data at once? Each training
-- begins with the same weights. With small rates all would take the same path, as a function of the time η t.
-- The figure: "edge-of-stability", sharpness and loss over time, with a dashed line at 2/η for each rate.
-- What to notice: the sharpness rises until it reaches 2/η, for each η, and then stays near it. From there on the
-- loss no longer falls at each step, but goes on falling: Cohen et al., "Gradient descent on neural networks
-- typically occurs at the edge of stability", arXiv 2103.00065.
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  lr = {default = {0.05, 0.1, 0.2}, help = "learning rates"},
  time = {default = 90, min = 1, help = "η times the number of updates"},
  n = {default = 500, min = 20, help = "images"},
  width = {default = 32, min = 1, help = "units of each hidden layer"},
  points = {default = 180, min = 2, help = "measurements of each training"},
}

-- Images of 14 x 14 points; a class is a vector of zeros with a one.
local images = lab.data.fashion_mnist_pair {n = p.n, n_test = 1}
local X = nn.functional.avg_pool2d(images.X, 2):reshape(p.n, -1)
X = (X - X:mean()) / X:std()
local y = lab.zeros(p.n, 10):scatter(2, images.y:reshape(-1, 1), 1)

local mse = nn.MSELoss()
local function loss(prediction, target) return 5 * mse(prediction, target) end -- half the sum over the ten classes

local sharpness = plot.figure {xlabel = "time η t", ylabel = "sharpness", title = "Sharpness of the loss"}
local losses = plot.figure {xlabel = "time η t", ylabel = "loss", title = "Loss", logy = true}
local colors = {"#0b5394", "#e69f00", "#c1272d", "#009e73", "#7b3fa0"}

for i, lr in ipairs(p.lr) do
  lab.manual_seed(lab.config.seed)
  local net = nn.Sequential(nn.Linear(196, p.width), nn.Tanh(), nn.Linear(p.width, p.width), nn.Tanh(),
    nn.Linear(p.width, 10))
  local updates = math.ceil(p.time / lr)
  local history = train.fit {
    model = net, loss = loss, optimizer = lab.optim.SGD(net:parameters(), {lr = lr}), epochs = updates,
    data = lab.data.loader({X = X, y = y}, {batch_size = p.n}), watch = {"sharpness"},
    eval_every = p.n * math.max(1, updates // p.points),
  }
  local time, name, color = lab.tensor(history.steps) * lr, ("η = %g"):format(lr), colors[(i - 1) % #colors + 1]
  sharpness:hline(2 / lr, {color = color, style = "--", width = 1})
  sharpness:line(time, history.sharpness, {label = name, color = color})
  losses:line(time, history.loss, {label = name, color = color})

  local count = math.max(1, #history.sharpness // 4)
  local last = lab.tensor(history.sharpness):narrow(1, #history.sharpness - count + 1, count)
  print(("η = %-5g %5d updates, loss %.4f; sharpness in the last quarter %.1f, 2/η = %g"):format(lr, updates,
    history.loss[#history.loss], last:mean():item(), 2 / lr))
  train.record(name, updates, {loss = history.loss[#history.loss], sharpness = last:mean():item(), edge = 2 / lr})
end
plot.grid {rows = 1, cols = 2, size = {960, 380}, sharpness, losses}:save("edge-of-stability")
