--- Grokking: a network first learns its training data by heart, and much later the rule behind them.
--
-- The question: when does a network that adds numbers modulo a prime answer sums it has not seen, and what does
-- weight decay have to do with it?
-- The network: 2 q inputs, 0 but for the two numbers', a layer of squares, and q scores; it is trained by AdamW on
-- half of all q² sums at once, on the other half it is tested. Power et al., "Grokking: generalization beyond
-- overfitting on small algorithmic datasets", arXiv 2201.02177; the network is that of Gromov, "Grokking modular
-- arithmetic", arXiv 2301.02679.
-- The figure: "grokking": left, the part of right answers, dashed in training; right, the length of all weights.
-- What to notice: all trainings have learned their data after about 250 updates, when hardly any test answer is
-- right. From there on the loss is nearly zero. With weight decay the weights become shorter again, and in the
-- meantime the test answers become right: the sooner, the larger it is. Without it they do not.
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  prime = {default = 29, min = 3, help = "numbers are added modulo this"},
  part = {default = 0.5, min = 0.05, max = 0.95, help = "part of all sums that is trained on"},
  width = {default = 128, min = 1, help = "hidden units"},
  lr = {default = 0.001, help = "learning rate"},
  decays = {default = {0, 0.4, 1}, help = "weight decays of AdamW"},
  steps = {default = 6000, min = 10, help = "updates"},
}
local q, COLORS = p.prime, {"#0b5394", "#e69f00", "#c1272d", "#009e73"}

-- All sums: (a, b) as two ones among 2 q inputs; the label of class s is s + 1.
local i = lab.arange(0, q * q, 1, {dtype = "int64"})
local a, b = i // q, i % q
local X = lab.zeros(q * q, 2 * q):scatter(2, lab.stack({a + 1, b + 1 + q}, 2), 1)
local y = (a + b) % q + 1

lab.manual_seed(lab.config.seed)
local order = lab.randperm(q * q)
local n = math.floor(p.part * q * q)
local seen, unseen = order:narrow(1, 1, n), order:narrow(1, n + 1, q * q - n)

local Square = nn.Module.extend {name = "Square", forward = function(_, x) return x * x end}

local function right(net, rows)
  return lab.no_grad(function() return net(X[rows]):argmax(2):eq(y[rows]):to("float64"):mean():item() end)
end

local accuracy = plot.figure {
  title = "Right answers", xlabel = "updates", ylabel = "accuracy", logx = true, legend = "top left",
  ylim = {-0.02, 1.02},
}
local length = plot.figure {
  title = "Length of all weights", xlabel = "updates", ylabel = "length", logx = true, legend = "top left",
}

for k, decay in ipairs(p.decays) do
  lab.manual_seed(lab.config.seed)
  local net = nn.Sequential(nn.Linear(2 * q, p.width, {bias = false}), Square(), nn.Linear(p.width, q, {bias = false}))
  local opt = lab.optim.AdamW(net:parameters(), {lr = p.lr, weight_decay = decay, betas = {0.9, 0.98}})
  local cross_entropy, X_seen, y_seen = nn.CrossEntropyLoss(), X[seen], y[seen]
  local update = lab.compile(function()
    opt:zero_grad()
    local loss = cross_entropy(net(X_seen), y_seen)
    loss:backward()
    opt:step()
    return loss
  end)
  local steps, train_acc, test_acc, norms, next_point = {}, {}, {}, {}, 1
  local learned, understood
  for t = 1, p.steps do
    update()
    if t >= next_point or t == p.steps then
      steps[#steps + 1], train_acc[#train_acc + 1], test_acc[#test_acc + 1] = t, right(net, seen), right(net, unseen)
      norms[#norms + 1] = nn.utils.parameters_to_vector(net:parameters()):norm():item()
      if train_acc[#steps] >= 0.99 then learned = learned or t end
      if test_acc[#steps] >= 0.99 then understood = understood or t end
      next_point = t * 1.06
    end
  end
  local color = COLORS[(k - 1) % #COLORS + 1]
  accuracy:line(steps, train_acc, {color = color, style = "--", width = 1})
  accuracy:line(steps, test_acc, {color = color, label = ("weight decay %g"):format(decay)})
  length:line(steps, norms, {color = color, label = ("weight decay %g"):format(decay)})
  print(("weight decay %-4g 99 %% of the training answers right after %s updates, of the test answers %s"):format(decay,
    learned or "more than " .. p.steps, understood and "after " .. understood or "never"))
  train.record(("decay %g"):format(decay), p.steps, {train_acc = train_acc[#steps], test_acc = test_acc[#steps]})
end
plot.grid {rows = 1, cols = 2, size = {960, 380}, accuracy, length}:save("grokking")
