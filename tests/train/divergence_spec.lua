--- Trainings and descents that diverge: what they say, what they leave, and what goes on.
local lab = require "optlab"
local errors = require "tests.support.errors"
local program = require "tests.support.program"
local files = require "tests.support.files"
local rules = require "tests.support.rules"
local said = require "tests.support.said"
local train = lab.train
local nn = lab.nn
local gd = rules.gd

local NAN = 0 / 0

-- A linear regression on 30 rows whose learning rate is too large.
local function regression(changes)
  lab.manual_seed(2)
  local net = nn.Sequential(nn.Linear(2, 1))
  local data = {X = lab.randn(30, 2), y = lab.randn(30, 1)}
  local o = {
    model = net, loss = nn.MSELoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = 1e4}), epochs = 4,
    data = lab.data.loader(data, {batch_size = 10, shuffle = true, seed = 3}), eval_every = 10,
  }
  for name, value in pairs(changes or {}) do o[name] = value end
  return o
end

describe("train.fit that diverges", function()
  -- What is comparable of a run.
  local function outcome(o)
    local text, history = said(train.fit, o)
    local parameters = {}
    for i, p in ipairs(o.model:parameters()) do parameters[i] = tostring(p) end
    history.seconds, history.sec_per_epoch, history.examples_per_sec = nil, 1, nil
    local d, norms = history.diverged, history.grad_norm
    if d and d.loss then
      assert.is_true(norms[#history.loss] ~= norms[#history.loss]) -- not known; nan equals nothing
      norms[#history.loss] = "nan"
    end
    return history, parameters, text:gsub("^.-train%.fit", "")
  end

  it("keeps what was reached, says where, and goes on", function()
    local o = regression()
    local history, parameters, text = outcome(o)
    local d = history.diverged
    assert.same({"nan", "number", "number"}, {tostring(d.loss):match("nan") or "nan", type(d.step), type(d.epoch)})
    assert.equal(d.step, #history.loss)
    assert.equal(d.epoch, #history.train_loss)
    for i = 1, d.step - 1 do assert.is_true(history.loss[i] - history.loss[i] == 0) end
    assert.equal(tostring(d.loss), tostring(history.loss[d.step]))
    assert.same({1, d.step, d.step / 3}, {history.steps[1], history.steps[d.step], history.epochs[d.step]})
    assert.equal(history.loss[1], history.best)
    assert.matches(("at step %d (epoch %d): "):format(d.step, d.epoch), text, 1, true)
    assert.matches("a smaller learning rate than 10000", text, 1, true)
    assert.equal(1, select(2, text:gsub("\n", "")))
    assert.matches((", diverged at step %d (epoch %d)"):format(d.step, d.epoch), train.summary(history), 1, true)
    assert.equal(2, #parameters)
  end)

  it("ends the same way compiled and as plain Lua", function()
    assert.same({outcome(regression {compile = false})}, {outcome(regression {compile = true})})
    local a, b = regression {compile = false, eval_every = 30}, regression {compile = true, eval_every = 30}
    assert.same({outcome(a)}, {outcome(b)})
    local next_a, next_b = {}, {}
    for X in a.data:batches() do next_a[#next_a + 1] = X:tolist() end
    for X in b.data:batches() do next_b[#next_b + 1] = X:tolist() end
    assert.same(next_a, next_b)
  end)

  it("may have no finite point", function()
    local function loss() return lab.log(lab.tensor(0)) end
    local history = outcome(regression {eval_every = 30, epochs = 1, loss = loss})
    assert.same({{-math.huge}, {-math.huge}, {1}}, {history.loss, history.train_loss, history.steps})
    assert.is_nil(history.best)
    assert.is_nil(history.best_epoch)
    assert.equal("loss: -inf, 1.00 sec/epoch, diverged at step 1 (epoch 1)", train.summary(history))
    lab.plot.figure():line(history.epochs, history.loss)
  end)

  it("keeps lists that are drawn together equally long", function()
    local net = nn.Linear(2, 3)
    local data = {X = lab.randn(20, 2), y = lab.ones(20):to("int64")}
    local function loss(prediction, y) return nn.functional.cross_entropy(prediction, y) / 0 end
    local text, history = said(train.fit, {
      model = net, loss = loss, optimizer = lab.optim.SGD(net:parameters()), epochs = 3, metric = "accuracy",
      data = lab.data.loader(data, {batch_size = 10}), eval_data = data,
    })
    assert.matches("the loss is inf at step 1 (epoch 1)", text, 1, true)
    for _, name in ipairs {"steps", "epochs", "loss", "seconds", "train_loss", "train_acc", "test_loss", "test_acc"} do
      assert.equal(1, #history[name], name)
    end
    assert.equal("train loss inf, train acc nan, test acc nan, diverged at step 1 (epoch 1)", train.summary(history))
  end)

  it("is noticed after the last update too", function()
    local o = regression {epochs = 1, eval_every = 30}
    o.optimizer.lr = 1e39
    o.data = lab.data.loader({X = lab.ones(10, 2), y = lab.zeros(10, 1)}, {batch_size = 10})
    local history, _, text = outcome(o)
    assert.same({step = 1, epoch = 1, reason = history.diverged.reason}, history.diverged)
    assert.matches(": after the last update, step 1 (epoch 1), parameter '0.weight' is not finite", text, 1, true)
    assert.equal(1, #history.train_loss)
  end)

  it("is an error on demand", function()
    errors.says(function() train.fit(regression {on_divergence = "error"}) end, "divergence_spec.lua:",
      "train.fit: the loss is")
    errors.says(function() train.fit(regression {on_divergence = "go"}) end,
      "on_divergence must be one of 'stop', 'ignore', 'error', got 'go'")
  end)

  it("is none where evaluate gives nan", function()
    local o = regression {evaluate = function() return NAN end}
    o.optimizer.lr = 1e-3
    local history, _, text = outcome(o)
    assert.equal("", text)
    assert.is_nil(history.diverged)
  end)
end)

describe("train.descend that diverges", function()
  local function square(x) return x ^ 2 end
  local function bowl(x1, x2) return x1 ^ 2 + 2 * x2 ^ 2 end

  it("ends before the first point that is not finite", function()
    local text, path = said(train.descend, square, 10, gd(1e100), 20)
    assert.equal(4, #path)
    assert.same({step = 4, point = -math.huge}, {step = path.diverged.step, point = -math.abs(path.diverged.point)})
    assert.matches("%.lua:%d+: train.descend: x is %-?inf at step 4; a smaller", text)
    assert.matches("^epoch 3, x: %-?8e%+301, diverged at step 4$", train.summary(path))
  end)

  it("is a path that can be drawn and recorded", function()
    local _, path = said(train.descend, bowl, {-5, -2}, gd(1e9), 40)
    assert.is_truthy(path.diverged)
    assert.is_nil(rawget(path, "diverged"))
    lab.plot.trace2d(bowl, path)
    _, path = said(train.descend, square, 10, gd(1e9), 40)
    lab.plot.trace(square, path)
    lab.plot.figure():line(path)
  end)

  it("does so with optimizers, lists and gradients that are given", function()
    for _, how in ipairs {gd(1e200), {"SGD", lr = 1e200}} do
      local text, path = said(train.descend, bowl, {-5, -2}, how, 20)
      assert.is_true(#path < 20 and path.diverged.step == #path)
      assert.matches("x is {", text, 1, true)
    end
    local _, path = said(train.descend, bowl, {-5, -2}, gd(0.1), 20, {grad = function() return NAN, 1 end})
    assert.same({{-5, -2}}, {table.unpack(path)})
    assert.equal(1, path.diverged.step)
  end)

  it("is an error on demand", function()
    errors.says(function() train.descend(square, 10, gd(1e200), 20, {on_divergence = "error"}) end,
      "divergence_spec.lua:", "train.descend: x is ")
  end)

  it("can be compared with another path", function()
    local _, short = said(train.descend, square, 10, gd(1e100), 20)
    local _, same = said(train.descend, square, 10, gd(1e100), 20)
    assert.equal(0, train.distance(short, same))
    assert.equal(math.huge, train.distance(short, train.descend(square, 10, gd(0.1), 20)))
    errors.says(function() train.distance({1, 2}, {1}) end, "the paths have 2 and 1 points")
    assert.equal(0, train.distance({1, NAN, math.huge}, {1, NAN, math.huge}))
    local d = train.distance({1, NAN, 9}, {1, 2, 3})
    assert.is_true(d ~= d)
  end)
end)

describe("train.sweep with runs that diverge", function()
  local function sweep(lrs, on_divergence)
    lab.manual_seed(0)
    return train.sweep {
      model = function() return nn.Linear(2, 1) end, loss = nn.MSELoss(), epochs = 10,
      optimizer = function(params, run) return lab.optim.SGD(params, {lr = run.lr}) end,
      data = {X = lab.randn(20, 2), y = lab.randn(20, 1)}, batch_size = 5, grid = {lr = lrs},
      on_divergence = on_divergence,
    }
  end

  it("says which", function()
    local text, results = said(sweep, {0.01, 1e6, 0.1, 1e9})
    assert.matches("train.sweep: 2 of 4 runs diverged: 2, 4\n", text, 1, true)
    local diverged = {}
    for i, r in ipairs(results) do diverged[i] = r.diverged end
    assert.same({false, true, false, true}, diverged)
    assert.is_true(results[2].loss ~= results[2].loss)
    assert.equal("", (said(sweep, {0.01})))
  end)

  it("names stretches of them by their ends", function()
    local text = said(sweep, {1e6, 0.01, 0.1, 1e6, 1e7, 1e8, 0.01, 1e8, 1e9})
    assert.matches("6 of 9 runs diverged: 1, 4 to 6, 8, 9\n", text, 1, true)
  end)

  it("keeps silent about them if it is to, or raises", function()
    local text, results = said(sweep, {0.01, 1e6}, "ignore")
    assert.equal("", text)
    assert.is_true(results[2].diverged)
    errors.says(function() sweep({0.01, 1e6}, "error") end, "train.sweep: 1 of 2 runs diverged: 2")
  end)
end)

describe("a script with a training that diverges", function()
  it("goes on and ends well", function()
    local dir = files.folder()
    files.write(dir .. "/a.lua", [[
      local lab = require "optlab"
      local path = lab.train.descend(function(x) return x ^ 2 end, 1, {"SGD", lr = 1e300}, 9)
      lab.train.report("r", path)
      print "on"]])
    local status, out, err = program.run(dir, "a.lua")
    assert.equal(0, status)
    assert.matches("diverged at step %d\non\n$", out)
    assert.matches("^optlab: a.lua:2: train.descend: x is [^\n]+\n$", err)
    files.remove(dir)
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
        on_divergence = "error",
      }
    end
  end

  it("names the parameter, the step, the epoch and the learning rate", function()
    errors.says(diverge {lr = 1e39}, "divergence_spec.lua:", "train.fit: the loss is ", "at step 2 (epoch 1)",
      "parameter '0.weight' is not finite after the update before", "a smaller learning rate than 1e+39")
    errors.says(diverge {lr = 0.01, scheduler = function(t) return t < 2 and 0.01 or 1e30 end}, "at step 8 (epoch 3)")
  end)

  it("tells bad first values from bad data", function()
    local net = nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1))
    lab.no_grad(function() net[2].bias:fill_(1 / 0) end)
    errors.says(diverge {net = net}, "at step 1 ", "parameter '1.bias' is not finite before the first update")
    local X = lab.ones(6, 2)
    X[{4, 1}] = 0 / 0
    errors.says(diverge({}, {X = X, y = lab.zeros(6, 1)}), "the loss is", "at step 2", "the batch itself")
  end)

  it("names the first layer whose output is not finite", function()
    local net = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 2), lab.exp), nn.Linear(2, 1))
    nn.init.constant_(net[2][1].weight, 1e30)
    nn.init.ones_(net[1].weight)
    local loader = lab.data.loader({X = lab.ones(4, 2), y = lab.ones(4, 1)}, {batch_size = 4})
    errors.says(function()
      train.fit {model = net, loss = nn.MSELoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = 0.1}),
        data = loader, epochs = 1, on_divergence = "error", progress = false}
    end, "at step 1 (epoch 1)", "the output of layer '1.1' (", "is not; a smaller learning rate")
    assert.equal(4, net(lab.ones(4, 2)).shape[1]) -- no hook is left
  end)

  it("looks at gradients when the parameters are finite", function()
    local function loss(prediction) return lab.log(prediction - prediction):mean() end
    errors.says(diverge {loss = loss}, "the loss is -inf at step 1 ", "the gradient of '0.weight' is not")
  end)

  it("has the optimizer's places for parameters without names", function()
    local w = lab.full({2, 1}, 1e38, {requires_grad = true})
    local function net(X) return X:mm(w) end
    errors.says(diverge {net = net, optimizer = train.optimizer({w}, gd(1e30))}, "the loss is inf at step 1 (epoch 1)",
      "the gradient of 1 is not", "a smaller learning rate, ")
  end)
end)
