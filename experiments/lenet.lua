--- LeNet on Fashion-MNIST: a convolutional network layer by layer, and what it confuses.
-- Book section: "Learning Rate Scheduling", its network. Exercises that train it: lr-scheduler-1,
-- -2 and -4, adagrad-5 and rmsprop-3 in experiments/exercises.
--
-- The question: what does the network see, and which clothes does it confuse?
-- The figures: "training", loss and accuracy; "predictions", test images with the network's
-- answers, in red the wrong ones and what the image is; "filters", the weights of the first layer
-- before and after; "confusion", how many images of each class get which answer.
-- What to notice: 78 % of the parameters are in the first Linear layer, but 86 % of the
-- multiplications in the two convolutions. Shirts are the hardest class, taken for T-shirts,
-- pullovers and coats.
-- Its ReLU and maximum pooling are the book's changes to the LeNet of 1998; the weights are
-- Xavier's, as in the book's MXNet tab (its PyTorch tab leaves PyTorch's own).
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.3, min = 0, help = "first learning rate; it falls along a cosine"},
  epochs = {default = 10, min = 1, help = "passes over the images"},
  batch_size = {default = 256, min = 1, help = "images an update"},
  n = {default = 8000, min = 1, help = "images to train on"},
  n_test = {default = 2000, min = 40, help = "images to test on"},
  full = {default = false, help = "train on all 60000 images, test on all 10000"},
}

local n, n_test = p.n, p.n_test
if p.full then n, n_test = nil, nil end
local train_data, test_data = lab.data.fashion_mnist_pair {n = n, n_test = n_test}
local note = train_data.note and (" (%s)"):format(train_data.note) or ""

local net = lab.book.lenet {zero_bias = true}

-- One image on its way through the layers.
print(("%-11s %-17s %10s"):format("layer", "output shape", "parameters"))
local x, total = lab.zeros(1, 1, 28, 28), 0
for i = 1, #net do
  local count = 0
  for _, parameter in ipairs(net[i]:parameters()) do count = count + parameter:numel() end
  x, total = net[i](x), total + count
  print(("%-11s %-17s %10d"):format(nn.type(net[i]), "(" .. table.concat(x.shape, ", ") .. ")", count))
end
print(("%-11s %-17s %10d\n"):format("", "", total))

local first_filters = net[1].weight:detach():clone()
local schedule = lab.sched.Cosine {base_lr = p.lr, final_lr = p.lr / 30, max_update = p.epochs}
local history = train.fit {
  model = net, loss = nn.CrossEntropyLoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = p.lr}),
  data = lab.data.loader(train_data, {batch_size = p.batch_size, shuffle = true}), eval_data = test_data,
  metric = "accuracy", epochs = p.epochs, scheduler = schedule, log = print, progress = "LeNet",
}
train.report("lenet", history, ("%.0f images/s"):format(history.examples_per_sec))

local fig = plot.figure {title = "LeNet" .. note, xlabel = "epoch", xlim = {0, p.epochs}}
fig:line(history.epochs, history.train_loss, {label = "train loss"})
fig:line(history.epochs, history.train_acc, {label = "train acc", style = "--"})
fig:line(history.epochs, history.test_acc, {label = "test acc", style = "-."})
fig:save("training")

-- The network's answers to all test images.
local answers, truth = {}, test_data.y:tolist()
net:eval()
lab.no_grad(function()
  for X in lab.data.loader(test_data, {batch_size = 256}):batches() do
    for _, class in ipairs(net(X):argmax(2):tolist()) do answers[#answers + 1] = class end
  end
end)

local names = test_data.classes
local labels, colors = {}, {}
for i = 1, 40 do
  local right = answers[i] == truth[i]
  labels[i] = names[answers[i]] .. (right and "" or "\nis " .. names[truth[i]])
  colors[i] = right and "black" or "red"
end
plot.images(test_data.X:narrow(1, 1, 40), {
  labels = labels, colors = colors, cols = 8, size = {720, 700}, title = "LeNet's answers; red: wrong" .. note,
}):save("predictions")

local filters = lab.cat {first_filters, net[1].weight:detach()}
plot.images(filters, {
  cols = 6, stretch = true, title = ("Filters of the first layer: at first, after %d epochs"):format(p.epochs),
}):save("filters")

-- counts[i][j]: images of class i that were taken for class j
local counts = {}
for i = 1, #names do
  counts[i] = {}
  for j = 1, #names do counts[i][j] = 0 end
end
for k, class in ipairs(answers) do counts[truth[k]][class] = counts[truth[k]][class] + 1 end
local ticks, most, worst = {}, 0, {count = 0}
for i, name in ipairs(names) do
  ticks[i], most = {i, name}, math.max(most, table.unpack(counts[i]))
  for j, count in ipairs(counts[i]) do
    if i ~= j and count > worst.count then worst = {count = count, class = name, answer = names[j]} end
  end
end
if worst.class then
  print(("most often confused: %s taken for %s, %d times"):format(worst.class, worst.answer, worst.count))
end
fig = plot.figure {
  title = "Which class gets which answer" .. note, xlabel = "answer", ylabel = "class", xticks = ticks, yticks = ticks,
  xlim = {0.5, 10.5}, ylim = {10.5, 0.5}, size = {920, 560},
}
fig:heatmap(counts, {x = {1, 10, 1}, y = {1, 10, 1}})
for i, row in ipairs(counts) do
  for j, count in ipairs(row) do
    local color = count > most / 2 and "black" or "white"
    if count > 0 then fig:text(tostring(count), {j, i + 0.1}, {size = 9, align = "center", color = color}) end
  end
end
fig:save("confusion")
