local lab = require "optlab"
local program = require "tests.support.program"
local train = lab.train
local nn = lab.nn

local float64 = {dtype = "float64"}

local function square(x) return x ^ 2 end
local function valley(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

local function gd(lr)
  return function(x, grad) return x - lr * grad end
end

local function momentum(lr, beta)
  return function(x, grad, state)
    state.v = beta * (state.v or 0) + grad
    return x - lr * state.v
  end
end

local function adam(lr, eps)
  return function(x, grad, state, t)
    state.v = 0.9 * (state.v or 0) + 0.1 * grad
    state.s = 0.999 * (state.s or 0) + 0.001 * grad ^ 2
    return x - lr * (state.v / (1 - 0.9 ^ t)) / (lab.sqrt(state.s / (1 - 0.999 ^ t)) + eps)
  end
end

local function adadelta(rho, eps)
  return function(x, grad, state)
    state.s = rho * (state.s or 0) + (1 - rho) * grad ^ 2
    local change = lab.sqrt((state.delta or 0) + eps) / lab.sqrt(state.s + eps) * grad
    state.delta = rho * (state.delta or 0) + (1 - rho) * change ^ 2
    return x - change
  end
end

-- With eps outside the root, as PyTorch and the built-in optimizers have it.
local function adagrad(lr, eps)
  return function(x, grad, state)
    state.s = (state.s or 0) + grad ^ 2
    return x - lr * grad / (lab.sqrt(state.s) + eps)
  end
end

local function rmsprop(lr, gamma, eps)
  return function(x, grad, state)
    state.s = gamma * (state.s or 0) + (1 - gamma) * grad ^ 2
    return x - lr * grad / (lab.sqrt(state.s) + eps)
  end
end

local function shown(path) return train.summary(path) end

-- A noiseless regression y = X (1, -2) + 3 with features that repeat; the loss can reach zero.
local function toy()
  lab.manual_seed(3)
  local X = lab.randn(40, 2, float64)
  return {X = X, y = X:mm(lab.tensor({{1}, {-2}}, float64)) + 3}
end

local function toy_model()
  local w = lab.zeros({2, 1}, {dtype = "float64", requires_grad = true})
  local b = lab.zeros({1}, {dtype = "float64", requires_grad = true})
  return function(X) return X:mm(w) + b end, {w, b}
end

local function mse(prediction, y) return ((prediction - y) ^ 2):mean() end

local function fit(changes)
  local data = toy()
  local model, params = toy_model()
  local options = {
    model = model, loss = mse, optimizer = train.optimizer(params, {"SGD", lr = 0.1}), epochs = 3,
    data = lab.data.loader(data, {batch_size = 10, shuffle = true, seed = 1}),
  }
  for key, value in pairs(changes or {}) do options[key] = value end
  return train.fit(options), params, data
end

local function assert_error(fn, ...)
  local ok, message = pcall(fn)
  assert.is_false(ok, "no error was raised")
  for _, words in ipairs {...} do
    local found = tostring(message):find(words, 1, true)
    assert.is_truthy(found, ("'%s' is not in '%s'"):format(words, tostring(message)))
  end
end

describe("train.descend", function()
  it("follows a rule in one dimension with exact derivatives", function()
    local path = train.descend(square, 10, gd(0.2), 10)
    assert.equal(11, #path)
    assert.equal(10, path[1])
    assert.equal("epoch 10, x: 0.060466", shown(path))
  end)

  it("takes a derivative written by hand", function()
    local by_hand = train.descend(square, 10, gd(0.2), 10, {grad = function(x) return 2 * x end})
    assert.same(train.descend(square, 10, gd(0.2), 10), by_hand)
  end)

  it("follows a rule in two dimensions", function()
    assert.equal("epoch 20, x1: -0.943467, x2: -0.000073", shown(train.descend(valley, {-5, -2}, gd(0.4), 20)))
    assert.equal("epoch 20, x1: -0.387814, x2: -1673.365109", shown(train.descend(valley, {-5, -2}, gd(0.6), 20)))
    assert.equal("epoch 20, x1: 0.007188, x2: 0.002553", shown(train.descend(valley, {-5, -2}, momentum(0.6, 0.5), 20)))
  end)

  it("takes a gradient written by hand in two dimensions, with a rule and with an optimizer", function()
    local opts = {grad = function(x1, x2) return 0.2 * x1, 4 * x2 end}
    local expected = train.descend(valley, {-5, -2}, gd(0.4), 20)
    assert.is_true(train.distance(expected, train.descend(valley, {-5, -2}, gd(0.4), 20, opts)) < 1e-14)
    assert.is_true(train.distance(expected, train.descend(valley, {-5, -2}, {"SGD", lr = 0.4}, 20, opts)) < 1e-14)
    opts.grad = function(x) return 2 * x end
    local one = train.descend(square, 10, {"SGD", lr = 0.2}, 10, opts)
    assert.is_true(train.distance(train.descend(square, 10, gd(0.2), 10), one) < 1e-14)
  end)

  it("takes a function of a whole vector when the start is a tensor", function()
    local function sum_of_squares(x) return (x ^ 2):sum() end
    local path = train.descend(sum_of_squares, lab.tensor({3, -4, 5}), gd(0.5), 1)
    assert.same({{3, -4, 5}, {0, 0, 0}}, path)
  end)

  it("gives the same path with a rule written out as with the built-in optimizer", function()
    local cases = {
      {momentum(0.6, 0.5), {"SGD", lr = 0.6, momentum = 0.5}},
      {adam(0.4, 1e-6), {"Adam", lr = 0.4, eps = 1e-6}},
      {adadelta(0.9, 1e-5), {"Adadelta", lr = 1, rho = 0.9, eps = 1e-5}},
      {adagrad(0.4, 1e-10), {"Adagrad", lr = 0.4}},
      {rmsprop(0.4, 0.9, 1e-8), {"RMSprop", lr = 0.4, alpha = 0.9}},
    }
    for _, case in ipairs(cases) do
      local rule, built_in = table.unpack(case)
      local a, b = train.descend(valley, {-5, -2}, rule, 50), train.descend(valley, {-5, -2}, built_in, 50)
      assert.is_true(train.distance(a, b) < 1e-10, built_in[1])
      a, b = train.descend(square, 10, rule, 20), train.descend(square, 10, built_in, 20)
      assert.is_true(train.distance(a, b) < 1e-10, built_in[1] .. " in one dimension")
    end
  end)

  it("agrees with the book's eps inside the root as long as the gradients are large", function()
    local function inside(x, grad, state)
      state.s = (state.s or 0) + grad ^ 2
      return x - 0.4 * grad / lab.sqrt(state.s + 1e-6)
    end
    local book = train.descend(valley, {-5, -2}, inside, 20)
    assert.equal("epoch 20, x1: -2.382563, x2: -0.158591", shown(book))
    -- s is at least 1 from the first step on, so that eps = 1e-6 changes a step by 5e-7 of itself at most
    assert.is_true(train.distance(book, train.descend(valley, {-5, -2}, {"Adagrad", lr = 0.4}, 20)) < 1e-5)
  end)

  it("hands the rule its step number and one state for the whole descent", function()
    local steps, counts = {}, {}
    train.descend(square, 1, function(x, _, state, t)
      state.calls = (state.calls or 0) + 1
      steps[t], counts[t] = t, state.calls
      return x
    end, 4)
    assert.same({1, 2, 3, 4}, steps)
    assert.same({1, 2, 3, 4}, counts)
  end)

  it("says what is wrong with its arguments", function()
    assert_error(function() train.descend(square, "10", gd(0.1), 3) end, "train_spec.lua:", "starting point", "\"10\"")
    assert_error(function() train.descend(square, 10, gd(0.1), -1) end, "number of steps", "-1")
    assert_error(function() train.descend(square, 10, gd(0.1), 3, {gard = 1}) end, "gard", "grad")
    assert_error(function() train.descend(square, 10, function() end, 3) end, "update rule", "nothing", "step 1")
    assert_error(function() train.descend(function() return 1 end, 10, gd(0.1), 3) end, "f returned a number")
    assert_error(function() train.descend(square, 10, {"SDG", lr = 1}, 3) end, "SDG", "SGD")
    assert_error(function() train.descend(square, 10, {lr = 1}, 3) end, "name or its constructor")
  end)
end)

describe("train.distance", function()
  it("is the largest difference of a coordinate", function()
    assert.equal(0.5, train.distance({{1, 2}, {3, 4}}, {{1, 2.25}, {2.5, 4}}))
    assert.equal(2, train.distance({1, 2}, {1, 4}))
  end)

  it("does not compare paths of different lengths", function()
    assert_error(function() train.distance({1}, {1, 2}) end, "1 and 2 points")
  end)
end)

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

  describe("moves the rates of two groups as sched.attach by hand does:", function()
    local sched = lab.sched
    local EPOCHS, BATCH = 3, 8

    local function start()
      lab.manual_seed(5)
      local net = nn.Linear(3, 2)
      local w, b = table.unpack(net:parameters())
      return net, lab.optim.SGD({{params = {w}, lr = 0.5}, {params = {b}, lr = 0.05}}, {momentum = 0.9})
    end

    local function end_of(net, optimizer)
      local groups = optimizer.param_groups
      return {groups[1].lr, groups[2].lr, net.weight:tolist(), net.bias:tolist()}
    end

    local function loader(data) return lab.data.loader(data, {batch_size = BATCH}) end

    local function by_hand(data, schedule, unit)
      local net, optimizer = start()
      local scheduler, loss = sched.attach(optimizer, schedule), nn.MSELoss()
      for _ = 1, EPOCHS do
        for X, y in loader(data):batches() do
          optimizer:zero_grad()
          loss(net(X), y):backward()
          optimizer:step()
          if unit == "step" then scheduler:step() end
        end
        if unit == "epoch" then scheduler:step() end
      end
      return end_of(net, optimizer)
    end

    local function by_fit(data, schedule, unit, compile, attach)
      local net, optimizer = start()
      fit {
        model = net, loss = nn.MSELoss(), optimizer = optimizer, data = loader(data), epochs = EPOCHS,
        scheduler = attach and sched.attach(optimizer, schedule) or schedule, scheduler_unit = unit, compile = compile,
      }
      return end_of(net, optimizer)
    end

    local function by_sweep(data, schedule)
      local optimizer
      local results = train.sweep {
        model = function() return (start()) end, data = data, batch_size = BATCH, shuffle = false, epochs = EPOCHS,
        loss = nn.MSELoss(), runs = {{}}, scheduler = function() return schedule end,
        optimizer = function(params)
          local groups = {{params = {params[1]}, lr = 0.5}, {params = {params[2]}, lr = 0.05}}
          optimizer = lab.optim.SGD(groups, {momentum = 0.9})
          return optimizer
        end,
      }
      return end_of(results[1].model, optimizer)
    end

    local SCHEDULES = {
      ["one in C"] = sched.Cosine {base_lr = 0.4, max_update = 11, final_lr = 0.03},
      ["a composition"] = sched.warmup(sched.ExponentialLR {base_lr = 0.4, gamma = 0.8}, {steps = 2, begin_lr = 0.1}),
      ["a Lua function"] = function(t) return 0.3 / (t + 1) end,
      ["a composition with a Lua function"] = sched.scale(function(t) return 0.3 / (t + 1) end, 1.5),
    }
    for name, schedule in pairs(SCHEDULES) do
      it(name, function()
        lab.manual_seed(1)
        local data = {X = lab.randn(36, 3), y = lab.randn(36, 2)}
        for unit, updates in pairs {epoch = EPOCHS, step = 5 * EPOCHS} do
          local want = by_hand(data, schedule, unit)
          assert.equal(schedule(updates), want[1])
          assert.equal(schedule(updates) * (0.05 / 0.5), want[2])
          for _, compile in ipairs {true, false} do
            assert.same(want, by_fit(data, schedule, unit, compile, false))
            assert.same(want, by_fit(data, schedule, unit, compile, true))
          end
        end
        assert.same(by_hand(data, schedule, "step"), by_sweep(data, schedule))
      end)
    end
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
    assert_error(function()
      fit {model = model, optimizer = train.optimizer(params, {"SGD", lr = 1e200})}
    end, "the loss is", "at step", "epoch 1")
  end)

  it("says which option is missing, misspelt or of the wrong kind", function()
    assert_error(function() train.fit {loss = mse} end, "train_spec.lua:", "'model' is missing")
    assert_error(function() fit {sheduler = square} end, "sheduler", "scheduler")
    assert_error(function() fit {epochs = 0} end, "epochs must be a positive integer")
    assert_error(function() fit {scheduler_unit = "batch"} end, "\"epoch\" or \"step\"")
    assert_error(function() fit {scheduler = function() return "0.1" end} end, "gave a string ('0.1') at t = 0")
  end)

  it("cannot schedule the learning rate inside an update rule", function()
    local model, params = toy_model()
    assert_error(function()
      fit {model = model, optimizer = train.optimizer(params, gd(0.1)), scheduler = function() return 0.1 end}
    end, "train.fit: scheduler moves the learning rate of lab.optim's optimizers", "step number t")
  end)
end)

-- Points in three heaps, labels 1 to 3.
local function heaps(n)
  lab.manual_seed(4)
  local y = lab.randint(1, 4, {n})
  local centres = lab.tensor {{0, 3}, {3, 0}, {-3, -3}}
  return {X = centres[y] + lab.randn(n, 2), y = y}
end

local function classify(changes)
  local data, test = heaps(120), heaps(50)
  local net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Dropout {p = 0.2}, nn.Linear(8, 3))
  local options = {
    model = net, loss = nn.CrossEntropyLoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = 0.5}), epochs = 3,
    data = lab.data.loader(data, {batch_size = 50, shuffle = true, seed = 1}), eval_data = test, metric = "accuracy",
  }
  for key, value in pairs(changes or {}) do options[key] = value ~= "none" and value or nil end
  return train.fit(options), net, test
end

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
    assert_error(function() classify {metric = "acuracy"} end, "metric must be one of accuracy", "did you mean")
    assert_error(function() train.accuracy(function(X) return X:sum(2) end, heaps(50)) end,
      "the accuracy needs predictions (N, C) and labels (N), got (50) and (50)")
  end)

  it("is written to metrics.csv epoch by epoch", function()
    local dir = program.folder()
    program.write(dir .. "/a.lua", [[
      local lab = require "optlab"
      lab.train.report("r", {loss = {1}, epochs = {1}, train_loss = {3}, train_acc = {0.5}, test_loss = {1},
        test_acc = {0.25}})]])
    local status, out = program.run(dir, "a.lua")
    assert.same({0, "train loss 3.000, train acc 0.500, test acc 0.250\n"}, {status, out})
    assert.equal("run,epoch,quantity,value\nr,1,train_acc,0.5\nr,1,train_loss,3\nr,1,test_acc,0.25\nr,1,test_loss,1\n",
      program.read(dir .. "/out/a/metrics.csv"))
    program.remove(dir)
  end)
end)

describe("train.fit with a loss that is no number", function()
  local function diverge(changes, data)
    return function()
      local net = changes.net or nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1))
      train.fit {
        model = net, loss = changes.loss or nn.MSELoss(), epochs = 3, optimizer = changes.optimizer
          or lab.optim.SGD(net:parameters(), {lr = changes.lr or 0.1}), scheduler = changes.scheduler,
        data = lab.data.loader(data or {X = lab.ones(6, 2), y = lab.zeros(6, 1)}, {batch_size = 2}),
      }
    end
  end

  it("names the parameter, the step, the epoch and the learning rate", function()
    assert_error(diverge {lr = 1e39}, "train_spec.lua:", "train.fit: the loss is ", "at step 2 (epoch 1)",
      "parameter '0.weight' is not finite after the update before", "a smaller learning rate than 1e+39")
    assert_error(diverge {lr = 0.01, scheduler = function(t) return t < 2 and 0.01 or 1e30 end}, "at step 8 (epoch 3)")
  end)

  it("tells bad first values from bad data", function()
    local net = nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1))
    lab.no_grad(function() net[2].bias:fill_(1 / 0) end)
    assert_error(diverge {net = net}, "at step 1 ", "parameter '1.bias' is not finite before the first update")
    local X = lab.ones(6, 2)
    X[{4, 1}] = 0 / 0
    assert_error(diverge({}, {X = X, y = lab.zeros(6, 1)}), "the loss is", "at step 2", "the batch itself")
  end)

  it("looks at gradients when the parameters are finite", function()
    local function loss(prediction) return lab.log(prediction - prediction):mean() end
    assert_error(diverge {loss = loss}, "the loss is -inf at step 1 ", "the gradient of '0.weight' is not")
  end)

  it("has the optimizer's places for parameters without names", function()
    local w = lab.full({2, 1}, 1e38, {requires_grad = true})
    local function net(X) return X:mm(w) end
    assert_error(diverge {net = net, optimizer = train.optimizer({w}, gd(1e30))}, "the loss is inf at step 1 (epoch 1)",
      "the gradient of 1 is not", "a smaller learning rate, ")
  end)
end)

-- A training of a small convolutional network: 4 epochs of 6 batches.
local TRAINING = [[
local lab = require "optlab"
local nn = lab.nn
return function(options)
  lab.manual_seed(7)
  local data = {X = (lab.rand(72, 1, 8, 8) * 255):to("uint8"), y = lab.randint(1, 4, {72})}
  data.transform = {scale = 1 / 255}
  local net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Dropout {p = 0.2}, nn.Linear(36, 3))
  local opt = lab.optim.SGD(net:parameters(), {lr = 0.1, momentum = 0.9})
  local history = lab.train.fit {
    model = net, loss = nn.CrossEntropyLoss(), optimizer = opt, epochs = options.epochs or 4, metric = "accuracy",
    data = lab.data.loader(data, {batch_size = 13, shuffle = true}), eval_data = data, checkpoint = options.checkpoint,
    scheduler = lab.sched.Cosine {base_lr = 0.1, max_update = 4}, on_step = options.on_step,
  }
  return {
    model = net:state_dict(), optimizer = opt:state_dict(), rng = lab.get_rng_state(),
    losses = {history.train_loss, history.train_acc, history.test_loss, history.test_acc, history.steps},
  }
end
]]

describe("train.fit with a checkpoint", function()
  local dir, training
  before_each(function()
    dir = program.folder()
    training = load(TRAINING)()
  end)
  after_each(function() program.remove(dir) end)

  -- Two values of nested tables, numbers and tensors, the same to the last bit.
  local function assert_same_bits(a, b, path)
    path = path or "state"
    if lab.is_tensor(a) then
      assert.is_true(lab.is_tensor(b) and a:eq(b):to("int64"):sum():item() == a:numel(), path)
    elseif type(a) == "table" then
      for key, value in pairs(a) do assert_same_bits(value, b[key], path .. "." .. tostring(key)) end
    else
      assert.equal(a, b, path)
    end
  end

  it("goes on to the same bits after SIGKILL, in the middle of an epoch and between two", function()
    program.write(dir .. "/training.lua", TRAINING)
    program.write(dir .. "/run.lua", [[
      package.path = "./?.lua;" .. package.path
      local lab, training, uv = require "optlab", require "training", require "luv"
      local deadly = tonumber(arg[1])
      local steps = 0
      local state = training {
        checkpoint = {path = "new/run.safetensors", every_steps = 4, resume = true},
        on_step = function(info)
          steps = steps + 1
          if info.step == deadly then uv.kill(uv.os_getpid(), "sigkill") end
        end,
      }
      state.done = steps
      lab.save("final.safetensors", state)
    ]])
    for _, step in ipairs {"3", "9", "13", "20"} do
      assert.equal(128 + 9, (program.run(dir, "run.lua", step)), "killed at " .. step)
    end
    local status, _, err = program.run(dir, "run.lua")
    assert.equal(0, status, err)
    local final = lab.load(dir .. "/final.safetensors")
    assert.equal(24 - 18, final.done) -- the checkpoint before step 20 is that of the epoch's end
    assert_same_bits(training {}, final)
  end)

  it("saves every so many epochs and at the end; a finished training is not repeated but may be prolonged", function()
    local path, steps = dir .. "/run.safetensors", 0
    local function on_step(info)
      steps = info.step
      if steps == 18 then assert.equal(12, lab.load(path).extra.place.steps) end
    end
    local whole = training {checkpoint = {path = path, every = 2}, on_step = on_step}
    assert.equal(24, steps)
    steps = 0
    local again = training {checkpoint = {path = path, resume = true}, on_step = on_step}
    assert.equal(0, steps)
    assert_same_bits(whole, again)
    training {epochs = 5, checkpoint = {path = path, resume = true}, on_step = on_step}
    assert.equal(30, steps)
  end)

  it("begins at the beginning without resume, or without a file", function()
    local path, steps = dir .. "/run.safetensors", 0
    local function on_step() steps = steps + 1 end
    training {checkpoint = {path = path, resume = true}, on_step = on_step}
    training {checkpoint = {path = path}, on_step = on_step}
    assert.equal(48, steps)
  end)

  it("keeps an attached schedule and one that needs feedback", function()
    local function run(epochs, kind, path)
      lab.manual_seed(1)
      local net = nn.Linear(2, 1)
      local opt = lab.optim.SGD(net:parameters(), {lr = 0.1})
      local s = kind == "plateau" and lab.sched.ReduceLROnPlateau(opt, {patience = 0, threshold = 10})
        or lab.sched.attach(opt, lab.sched.ExponentialLR {base_lr = 0.1, gamma = 0.5})
      local rates = {}
      train.fit {
        model = net, loss = nn.MSELoss(), optimizer = opt, scheduler = s, epochs = epochs,
        data = lab.data.loader({X = lab.ones(4, 2), y = lab.zeros(4, 1)}, {batch_size = 2}),
        checkpoint = path and {path = path, resume = true}, on_epoch = function(info) rates[info.epoch] = opt.lr end,
      }
      return rates
    end
    for _, kind in ipairs {"plateau", "attached"} do
      local path = ("%s/%s.safetensors"):format(dir, kind)
      local whole = run(4, kind)
      run(2, kind, path)
      local rates = run(4, kind, path)
      assert.same({whole[3], whole[4]}, {rates[3], rates[4]})
      assert.is_true(whole[4] < whole[1])
    end
  end)

  it("says what it cannot save or continue", function()
    local path = dir .. "/run.safetensors"
    assert_error(function() fit {checkpoint = {path = path}} end, "train_spec.lua:", "the model must have state_dict()",
      "got a function")
    assert_error(function() classify {checkpoint = {paht = path}} end, "paht", "path")
    assert_error(function() classify {checkpoint = {}} end, "checkpoint: path must be a string")
    assert_error(function() classify {checkpoint = {path = path, every = 0}} end, "every must be at least 1")
    program.write(dir .. "/file", "")
    assert_error(function() classify {checkpoint = {path = dir .. "/file/a.safetensors"}} end, "cannot make the folder")
    classify {checkpoint = {path = path}}
    local resume = {path = path, resume = true}
    local smaller = lab.data.loader(heaps(120), {batch_size = 20, seed = 1, shuffle = true})
    assert_error(function() classify {checkpoint = resume, data = smaller} end,
      "was made with 3 batches an epoch, now there are 6")
    classify {checkpoint = {path = path}, metric = "none", eval_data = "none"}
    assert_error(function() classify {checkpoint = resume} end, "was it made without metric or eval_data?")
    lab.save_checkpoint(path, {model = nn.Linear(1, 1)})
    assert_error(function() classify {checkpoint = resume} end, "run.safetensors has no '")
  end)
end)

describe("train.airfoil", function()
  -- Data of the same shape, so that no file is needed.
  local function made_up()
    lab.manual_seed(5)
    local X = lab.randn(1500, 5)
    return {X = X, y = X:mm(lab.full({5, 1}, 0.5)):reshape(-1) + 0.1 * lab.randn(1500)}
  end

  it("reaches the optimum from scratch and with the library, and notes the loss every 200 examples", function()
    for _, how in ipairs {gd(0.05), {"SGD", lr = 0.05}} do
      local history = train.airfoil(how, {data = made_up()})
      local epochs = type(how) == "function" and 2 or 4
      assert.equal(epochs * 1500 // 200, #history.loss)
      assert.equal(20, history.steps[1])
      assert.is_true(history.loss[#history.loss] < 0.006)
      assert.is_true(history.loss[1] > history.loss[#history.loss])
    end
  end)

  it("gives the same curve with a rule as with the built-in optimizer on the same model", function()
    local data = made_up()
    for rule, built_in in pairs {
      [momentum(0.02, 0.5)] = {"SGD", lr = 0.02, momentum = 0.5}, [adam(0.01, 1e-8)] = {"Adam", lr = 0.01},
    } do
      lab.manual_seed(1)
      local a = train.airfoil(rule, {data = data, concise = false, epochs = 2})
      lab.manual_seed(1)
      local b = train.airfoil(built_in, {data = data, concise = false, epochs = 2})
      -- float32: rounding differs by an ulp here and there
      assert.is_true(train.distance(a.loss, b.loss) < 1e-5, built_in[1])
    end
  end)

  it("is summed up in the book's words", function()
    local line = train.summary(train.airfoil(gd(0.05), {data = made_up()}))
    assert.is_truthy(line:match("^loss: 0%.00%d, %d+%.%d%d%d sec/epoch$"), line)
  end)

  it("rejects unknown options", function()
    assert_error(function() train.airfoil(gd(0.1), {bach_size = 1}) end, "bach_size", "batch_size")
  end)
end)

describe("train.fit with compiled updates", function()
  local function regression(compile, more)
    lab.manual_seed(21)
    local X = lab.randn(53, 4)
    local y = X:sum(2, true) + lab.randn(53, 1)
    local net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.1), nn.Linear(8, 1))
    local opt = lab.optim.SGD(net:parameters(), { lr = 0.05, momentum = 0.9 })
    local o = {
      model = net, loss = nn.MSELoss(), optimizer = opt, epochs = 4, compile = compile, progress = false,
      data = lab.data.loader({ X = X, y = y }, { batch_size = 5, shuffle = true }),
    }
    for name, value in pairs(more or {}) do o[name] = value end
    return o
  end

  local function outcome(o)
    local history = train.fit(o)
    local parameters = {}
    for i, p in ipairs(o.model:parameters()) do parameters[i] = p:tolist() end
    return { history.loss, history.steps, history.epochs, history.train_loss, history.best, parameters }
  end

  local function same(more)
    assert.same(outcome(regression(false, more)), outcome(regression(nil, more)))
    assert.same(outcome(regression(false, more)), outcome(regression(true, more)))
  end

  it("gives the same bits as plain ones", function()
    same()
    same { eval_every = 10, evaluate = function(model) return model:parameters()[1]:sum():item() end }
    same { eval_data = { X = lab.ones(7, 4), y = lab.ones(7, 1) } }
    same { scheduler = lab.sched.Cosine { base_lr = 0.1, max_update = 4 } }
    same { scheduler = function(t) return 0.1 / (1 + t) end, scheduler_unit = "step" }
  end)

  it("tells on_step of each update", function()
    local function steps(compile)
      local seen = {}
      train.fit(regression(compile, { on_step = function(info) seen[#seen + 1] = { info.step, info.loss } end }))
      return seen
    end
    assert.equal(44, #steps(true))
    assert.same(steps(false), steps(true))
  end)

  it("leaves the parameters alone when a loss is no number, and says where as plain ones do", function()
    local function failure(compile)
      local o = regression(compile, { epochs = 50 })
      o.optimizer.lr = 30
      local _, message = pcall(train.fit, o)
      local first = {}
      for i, p in ipairs(o.model:parameters()) do first[i] = tostring(p) end
      return message:gsub("^.-train%.fit", ""), first
    end
    local message, parameters = failure(false)
    local compiled_message, compiled_parameters = failure(true)
    assert.matches("step %d+", message)
    assert.equal(message, compiled_message)
    assert.same(parameters, compiled_parameters)
  end)

  it("happen by themselves only where all parts are built-in", function()
    local wanted = require("optlab.train.compiled").is_wanted
    local o = regression()
    assert.is_true(wanted(o))
    assert.is_false(wanted(regression(false)))
    o.loss = function(prediction, y) return (prediction - y):square():mean() end
    assert.is_false(wanted(o))
    o = regression()
    o.model = nn.Sequential(nn.Linear(4, 1), function(x) return x end)
    assert.is_false(wanted(o))
    o = regression()
    local Mine = lab.optim.define { name = "Mine", defaults = { lr = 1 }, step = function() end }
    o.optimizer = Mine(o.model:parameters())
    assert.is_false(wanted(o))
    o = regression(nil, { metric = "accuracy" })
    assert.is_false(wanted(o))
  end)

  it("are refused where they cannot be made", function()
    local o = regression(true)
    local loss = o.loss
    o.loss = function(prediction, y)
      local l = loss(prediction, y)
      if l:item() > 100 then return l * 2 end
      return l
    end
    assert.matches("item%(%) reads a value", select(2, pcall(train.fit, o)))
    assert.matches("leave out compile=true or metric",
      select(2, pcall(train.fit, regression(true, { metric = "accuracy" }))))
    assert.matches("compile must be true or false", select(2, pcall(train.fit, regression("yes"))))
  end)
end)
