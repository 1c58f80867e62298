local lab = require "optlab"
local train = require "optlab.train"

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
    assert.same({0, 1, 2}, asked)
    for i = 1, 3 do assert.is_true(math.abs(used[i] - 0.1 / i) < 1e-12) end
    asked = {}
    fit {model = model, optimizer = optimizer, scheduler = schedule, scheduler_unit = "step", epochs = 2}
    assert.same({0, 1, 2, 3, 4, 5, 6, 7}, asked)
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
    assert_error(function() fit {scheduler = function() return "0.1" end} end, "scheduler returned a string", "t = 0")
  end)

  it("cannot schedule the learning rate inside an update rule", function()
    local model, params = toy_model()
    assert_error(function()
      fit {model = model, optimizer = train.optimizer(params, gd(0.1)), scheduler = function() return 0.1 end}
    end, "update rule has no 'lr'")
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
