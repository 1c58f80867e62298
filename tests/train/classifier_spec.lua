--- train.fit of a classifier: accuracies, modes, data of bytes.
local lab = require "optlab"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local program = require "tests.support.program"
local train = lab.train
local trainings = require "tests.support.trainings"
local nn = lab.nn
local heaps, classify = trainings.heaps, trainings.classify

-- The share of right answers, counted one by one.
local function share_right(net, ds)
  net:eval()
  local right = 0
  for i = 1, #ds.X do
    local scores = net(ds.X:narrow(1, i, 1)):tolist()[1]
    local best = 1
    for c = 2, #scores do if scores[c] > scores[best] then best = c end end
    if best == ds.y[i]:item() then right = right + 1 end
  end
  net:train()
  return right / #ds.X
end

describe("train.fit of a classifier", function()
  it("notes losses and accuracies of both data, and the best epoch", function()
    local lines = {}
    local history, net, test = classify {epochs = 4, log = function(line) lines[#lines + 1] = line end}
    for _, name in ipairs {"train_loss", "train_acc", "test_loss", "test_acc", "loss"} do
      assert.equal(4, #history[name], name)
    end
    assert.same(history.test_loss, history.loss)
    assert.is_true(history.test_acc[4] > 0.9 and history.train_acc[4] > history.train_acc[1])
    assert.is_true(math.abs(share_right(net, test) - history.test_acc[4]) < 1e-12)
    assert.equal(history.test_acc[4], train.accuracy(net, test))
    assert.equal(math.max(table.unpack(history.test_acc)), history.best)
    assert.equal(history.best, history.test_acc[history.best_epoch])
    assert.is_true(history.examples_per_sec > 0)
    local h = history
    local said = "train loss %.3f, train acc %.3f, test acc %.3f"
    said = said:format(h.train_loss[4], h.train_acc[4], h.test_acc[4])
    assert.equal("epoch 4, " .. said, lines[4])
    assert.equal(said, train.summary(history))
  end)

  it("counts the training's right answers as they are given, over all examples of an epoch", function()
    local given, seen = 0, 0
    local net = nn.Linear(2, 3)
    local function model(X)
      local out = net(X)
      seen = seen + #X
      return out
    end
    local function loss(prediction, y)
      given = given + prediction:detach():argmax(2):eq(y):sum():item()
      return nn.functional.cross_entropy(prediction, y)
    end
    local history = train.fit {
      model = model, loss = loss, metric = "accuracy", epochs = 1, optimizer = lab.optim.SGD(net:parameters()),
      data = lab.data.loader(heaps(120), {batch_size = 50}),
    }
    assert.equal(120, seen)
    assert.equal(given / 120, history.train_acc[1])
    assert.is_nil(rawget(history, "test_acc"))
    assert.same({1, history.train_acc[1]}, {history.best_epoch, history.best})
  end)

  it("evaluates in evaluation mode without a graph, and leaves each module in its mode", function()
    local net = nn.Sequential(nn.Linear(2, 8), nn.Dropout {p = 0.5}, nn.Linear(8, 3))
    net[3]:eval() -- frozen by the user
    local Watch = nn.Module.extend {name = "Watch"}
    local seen = {}
    function Watch:init() self.net = net end
    function Watch:forward(X)
      seen[#seen + 1] = ("%s %s"):format(net[2].training, lab.is_grad_enabled())
      return self.net(X)
    end
    local watch = Watch()
    net[3]:eval()
    local data = lab.data.loader(heaps(20), {batch_size = 20})
    classify {model = watch, optimizer = lab.optim.SGD(net:parameters()), epochs = 1, data = data}
    assert.same({"true true", "false false"}, seen)
    assert.same({true, true, true, false}, {watch.training, net.training, net[2].training, net[3].training})
    local same = train.mean_loss(watch, nn.CrossEntropyLoss(), heaps(30))
    assert.equal(same, train.mean_loss(watch, nn.CrossEntropyLoss(), heaps(30))) -- no dropout
    assert.is_false(pcall(train.mean_loss, watch, function() error "stop" end, heaps(30)))
    assert.is_true(net[2].training)
  end)

  it("hands bytes to the model as their transform makes them, a batch at a time", function()
    lab.manual_seed(2)
    local ds = {X = (lab.rand(600, 1, 4, 4) * 255):to("uint8"), y = lab.randint(1, 4, {600})}
    ds.transform = {scale = 1 / 255}
    local net = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
    local largest, rows = 0, {}
    local function model(X)
      largest, rows[#rows + 1] = math.max(largest, X:max():item()), #X
      return net(X)
    end
    local floats = {X = ds.X:to("float32") / 255, y = ds.y}
    local loss = nn.CrossEntropyLoss()
    assert.is_true(math.abs(train.mean_loss(model, loss, ds) - train.mean_loss(net, loss, floats)) < 1e-6)
    assert.equal(train.accuracy(net, floats), train.accuracy(net, ds))
    assert.same({256, 256, 88}, rows)
    assert.is_true(largest <= 1)
  end)

  it("records between epochs too", function()
    local history = classify {eval_every = 50, epochs = 5}
    assert.equal(#history.loss, #history.test_acc)
    assert.equal(5, #history.train_acc)
    assert.is_true(#history.loss > 0)
  end)

  it("says what is wrong", function()
    errors.says(function() classify {metric = "acuracy"} end,
      "metric must be one of 'accuracy', 'binary_accuracy', got 'acuracy'")
    errors.says(function() train.accuracy(function(X) return X:sum(2) end, heaps(50)) end,
      "the accuracy needs predictions (N, C) and labels (N), got (50) and (50)")
  end)

  local function accuracy(scores, labels, options)
    local data = {X = lab.tensor(scores), y = lab.tensor(labels, {dtype = "int64"})}
    return train.accuracy(nn.Identity(), data, options)
  end

  it("refuses labels that are none of the classes, as CrossEntropyLoss does", function()
    local scores = {{9, 0, 0}, {0, 9, 0}, {0, 0, 9}}
    errors.says(function() accuracy(scores, {0, 1, 2}) end, "classifier_spec.lua:", "train.accuracy: labels: row 1 is "
      .. "0, class labels are whole numbers from 1 to 3 (labels count from 1")
    errors.says(function() accuracy(scores, {1, 2, 4}) end, "row 3 is 4")
    assert.equal(2 / 3, accuracy(scores, {1, 2, 1}))
  end)

  it("tells one score a row from scores of classes", function()
    local scores = {{-3}, {2}, {-1}, {4}}
    errors.says(function() accuracy(scores, {1, 1, 1, 1}) end, "predictions (4, 1)", "'binary_accuracy'")
    assert.equal(1, accuracy(scores, {0, 1, 0, 1}, {metric = "binary_accuracy"}))
    assert.equal(0.75, accuracy({-3, 2, 0, 4}, {0, 1, 1, 1}, {metric = "binary_accuracy"}))
    errors.says(function() accuracy(scores, {1, 2, 1, 2}, {metric = "binary_accuracy"}) end, "must be 0 or 1")
    errors.says(function() accuracy({{1, 2}}, {1}, {metric = "binary_accuracy"}) end, "(N) or (N, 1)", "(1, 2)")
  end)

  it("takes no answer from scores that are nan", function()
    assert.equal(0.5, accuracy({{0 / 0, 0}, {1, 0}}, {1, 1}))
    assert.equal(0.5, accuracy({0 / 0, -1}, {0, 0}, {metric = "binary_accuracy"}))
  end)

  it("trains with the binary accuracy", function()
    local X = lab.randn(60, 2)
    local data = {X = X, y = X:select(2, 1):gt(0):to("float32"):reshape(60, 1)}
    local net = nn.Linear(2, 1)
    local history = train.fit {
      model = net, loss = nn.BCEWithLogitsLoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = 1}), epochs = 20,
      data = lab.data.loader(data, {batch_size = 10}), eval_data = data, metric = "binary_accuracy",
    }
    assert.is_true(history.best > 0.9)
    assert.equal(history.test_acc[20], train.accuracy(net, data, {metric = "binary_accuracy"}))
  end)

  it("is written to metrics.csv epoch by epoch", function()
    local dir = files.folder()
    files.write(dir .. "/a.lua", [[
      local lab = require "optlab"
      lab.train.report("r", {loss = {1}, epochs = {1}, train_loss = {3}, train_acc = {0.5}, test_loss = {1},
        test_acc = {0.25}})]])
    local status, out = program.run(dir, "a.lua")
    assert.same({0, "train loss 3.000, train acc 0.500, test acc 0.250\n"}, {status, out})
    assert.equal("run,epoch,quantity,value\nr,1,train_acc,0.5\nr,1,train_loss,3\nr,1,test_acc,0.25\nr,1,test_loss,1\n",
      files.read(dir .. "/out/a/metrics.csv"))
    files.remove(dir)
  end)
end)
