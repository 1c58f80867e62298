--- train.fit: losses, evaluations, learning rates, callbacks, mistakes.
local lab = require "optlab"
local errors = require "tests.support.errors"
local rules = require "tests.support.rules"
local nn, train = lab.nn, lab.train
local trainings = require "tests.support.trainings"
local gd, momentum, adam = rules.gd, rules.momentum, rules.adam
local toy, toy_model, mse, fit = trainings.toy, trainings.toy_model, trainings.mse, trainings.fit

local function square(x) return x ^ 2 end

describe("train.fit", function()
  it("learns a linear function and records a point an epoch", function()
    local history, params = fit {epochs = 60}
    assert.equal(60, #history.loss)
    assert.equal(4 * 60, history.steps[60])
    assert.equal(60, history.epochs[60])
    assert.is_true(history.train_loss[60] < 1e-6 and history.train_loss[60] < history.train_loss[1])
    local w, b = params[1]:tolist(), params[2]:item()
    assert.is_true(math.abs(w[1][1] - 1) < 1e-3 and math.abs(w[2][1] + 2) < 1e-3 and math.abs(b - 3) < 1e-3)
  end)

  it("evaluates whenever the number of examples is a multiple of eval_every", function()
    local data = toy()
    local history = fit {eval_every = 20, eval_data = data}
    assert.same({2, 4, 6, 8, 10, 12}, history.steps)
    assert.same({0.5, 1, 1.5, 2, 2.5, 3}, history.epochs)
    for i = 2, #history.seconds do assert.is_true(history.seconds[i] >= history.seconds[i - 1]) end
    assert.is_true(history.sec_per_epoch > 0)
  end)

  it("means the same loss over a data set as over the batches of a loader", function()
    local data = toy()
    local model = toy_model()
    local whole = train.mean_loss(model, mse, data)
    local parts = train.mean_loss(model, mse, lab.data.loader(data, {batch_size = 7}))
    assert.is_true(math.abs(whole - parts) < 1e-12)
  end)

  it("takes the learning rate of epoch or step t = 0, 1, ... from a function", function()
    local asked, used = {}, {}
    local model, params = toy_model()
    local optimizer = train.optimizer(params, {"SGD", lr = 9})
    local function schedule(t)
      asked[#asked + 1] = t
      return 0.1 / (t + 1)
    end
    local function note() used[#used + 1] = optimizer.lr end
    fit {model = model, optimizer = optimizer, scheduler = schedule, on_epoch = note}
    assert.same({0, 1, 2, 3}, asked)
    assert.equal(schedule(3), optimizer.lr)
    for i = 1, 3 do assert.is_true(math.abs(used[i] - 0.1 / i) < 1e-12) end
    asked = {}
    fit {model = model, optimizer = optimizer, scheduler = schedule, scheduler_unit = "step", epochs = 2}
    assert.same({0, 1, 2, 3, 4, 5, 6, 7, 8}, asked)
  end)

  it("steps a schedule that is attached to the optimizer after each epoch", function()
    local model, params = toy_model()
    local optimizer = train.optimizer(params, {"SGD", lr = 0.1})
    local used = {}
    fit {
      model = model, optimizer = optimizer, on_epoch = function() used[#used + 1] = optimizer.lr end,
      scheduler = lab.sched.attach(optimizer, function(t) return 0.1 * 0.5 ^ t end),
    }
    assert.is_true(math.abs(used[1] - 0.1) < 1e-12 and math.abs(used[3] - 0.025) < 1e-12)
  end)

  it("calls on_step and on_epoch, and logs", function()
    local steps, epochs, lines = 0, {}, {}
    fit {
      on_step = function(info) steps = info.step end,
      on_epoch = function(info) epochs[info.epoch] = info.loss end,
      log = function(line) lines[#lines + 1] = line end,
    }
    assert.equal(12, steps)
    assert.equal(3, #epochs)
    assert.is_truthy(lines[3]:match("^epoch 3, loss: %d+%.%d%d%d$"))
  end)

  it("tells on_step the means over the epoch so far", function()
    local sum, seen = 0, 0
    local history = fit {on_step = function(info)
      if info.epoch > seen then sum, seen = 0, info.epoch end
      local k = (info.step - 1) % 4 + 1
      sum = sum + info.loss
      assert.is_true(math.abs(info.train_loss - sum / k) < 1e-12)
      assert.is_nil(info.train_acc)
    end}
    assert.equal(3, #history.train_loss)
    local last
    local X, y = lab.randn(12, 5), lab.ones(12, {dtype = "int64"})
    local net = lab.nn.Linear(5, 2)
    history = train.fit {
      model = net, loss = lab.nn.CrossEntropyLoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = 0.1}),
      data = lab.data.loader({X = X, y = y}, {batch_size = 4}), epochs = 2, metric = "accuracy", progress = false,
      on_step = function(info) last = info end,
    }
    assert.equal(history.train_acc[2], last.train_acc)
    assert.equal(history.train_loss[2], last.train_loss)
  end)

  it("trains with an update rule exactly as with the built-in optimizer", function()
    for rule, built_in in pairs {
      [momentum(0.05, 0.9)] = {"SGD", lr = 0.05, momentum = 0.9}, [adam(0.05, 1e-8)] = {"Adam", lr = 0.05},
    } do
      local results = {}
      for i, how in ipairs {rule, built_in} do
        local model, params = toy_model()
        results[i] = fit {model = model, optimizer = train.optimizer(params, how)}
      end
      assert.is_true(train.distance(results[1].loss, results[2].loss) < 1e-10, built_in[1])
    end
  end)

  it("stops at a loss that is not finite and names the step", function()
    local model, params = toy_model()
    errors.says(function()
      fit {model = model, optimizer = train.optimizer(params, {"SGD", lr = 1e200}), on_divergence = "error"}
    end, "the loss is", "at step", "epoch 1")
  end)

  it("passes over nan when it looks for the best point", function()
    local function best(values)
      local k = 0
      local history = fit {evaluate = function()
        k = k + 1
        return values[k]
      end}
      return {history.best_epoch, history.best}
    end
    local nan = 0 / 0
    assert.same({3, 1}, best {nan, 2, 1})
    assert.same({2, 1}, best {2, 1, nan})
    assert.same({2, 5}, best {nan, 5, nan})
    assert.same({}, best {nan, nan, nan})
    assert.same({3, 0}, best {nan, -math.huge, 0})
  end)

  it("refuses a third tensor that neither the model nor the loss would see", function()
    local loader = lab.data.loader({lab.ones(4, 2), lab.ones(4, 1), lab.ones(4)}, {batch_size = 2})
    local net = nn.Linear(2, 1)
    local o = {
      model = net, loss = nn.MSELoss(), optimizer = lab.optim.SGD(net:parameters()), data = loader, epochs = 1,
    }
    for _, compile in ipairs {true, false} do
      o.compile = compile
      errors.says(function() train.fit(o) end, "train.fit: a batch must be X and y, but the data have a third tensor")
    end
    errors.says(function() train.mean_loss(net, o.loss, loader) end, "fit_spec.lua:", "train.mean_loss: a batch must")
    errors.says(function() train.accuracy(net, loader) end, "train.accuracy: a batch must be X and y")
  end)

  it("refuses data without a batch", function()
    local function batches() return function() end end
    local empty = setmetatable({batches = batches}, {__len = function() return 0 end})
    errors.says(function() fit {data = empty} end, "train.fit: data gives no batch")
    errors.says(function() train.mean_loss(toy_model(), mse, empty) end, "train.mean_loss: the data give no batch")
  end)

  it("says which option is missing, misspelt or of the wrong kind", function()
    errors.says(function() train.fit {loss = mse} end, "fit_spec.lua:", "train.fit: model is missing")
    errors.says(function() fit {sheduler = square} end, "sheduler", "scheduler")
    errors.says(function() fit {epochs = 0} end, "epochs must be an integer of at least 1, got 0")
    errors.says(function() fit {scheduler_unit = "batch"} end,
      "scheduler_unit must be one of 'epoch', 'step', 'percent', got 'batch'")
    errors.says(function() fit {scheduler = function() return "0.1" end} end, "gave '0.1' at t = 0")
  end)

  it("cannot schedule the learning rate inside an update rule", function()
    local model, params = toy_model()
    errors.says(function()
      fit {model = model, optimizer = train.optimizer(params, gd(0.1)), scheduler = function() return 0.1 end}
    end, "train.fit: scheduler moves the learning rate of lab.optim's optimizers", "step number t")
  end)
end)
