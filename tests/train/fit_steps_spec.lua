-- train.fit beyond loss(model(X), y): own steps, clipping, accumulation, metrics, several evaluation sets, early
-- stopping, callbacks that stop (lua/optlab/train/fit).
local lab = require "optlab"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local nn, optim, train = lab.nn, lab.optim, lab.train

local mse = nn.MSELoss()
local function loss_of(prediction, y) return mse(prediction, y:reshape(-1, 1)) end

local function data(n, seed)
  lab.manual_seed(seed or 1)
  local X = lab.randn(n, 3)
  return { X = X, y = X:mm(lab.tensor { { 1 }, { -2 }, { 0.5 } }):reshape(-1) + lab.randn(n) * 0.1 }
end

-- A net and the options of its training, the same each time.
local function setup(more)
  local set = data(26)
  lab.manual_seed(3)
  local net = nn.Linear(3, 1)
  local o = {
    model = net, loss = loss_of, optimizer = optim.SGD(net:parameters(), { lr = 0.05, momentum = 0.9 }), epochs = 3,
    data = lab.data.loader(set, { batch_size = 4, shuffle = true }), progress = false,
  }
  for key, value in pairs(more or {}) do o[key] = value end
  return o, set
end

local function weights(net)
  local list = {}
  for i, p in ipairs(net:parameters()) do list[i] = p:tolist() end
  return list
end

-- Three epochs of a plain loop: update(opt, net, X, y) for each batch.
local function loop(o, update)
  for _ = 1, o.epochs do
    for X, y in o.data:batches() do update(o.optimizer, o.model, X, y) end
  end
  return weights(o.model)
end

describe("train.fit with a step of the script's own", function()
  it("trains as the plain loop does, and records what it returns", function()
    local o = setup()
    local expected = loop(o, function(opt, net, X, y)
      opt:zero_grad()
      loss_of(net(X), y):backward()
      opt:step()
    end)
    local seen = {}
    o = setup {
      loss = false,
      step = function(net, batch, opt)
        opt:zero_grad()
        local loss = loss_of(net(batch.X), batch[2])
        loss:backward()
        opt:step()
        seen[#seen + 1] = loss:item()
        return loss, { twice = loss:item() * 2 }
      end,
    }
    o.loss = nil
    local history = train.fit(o)
    assert.same(expected, weights(o.model))
    assert.equal(21, #seen)
    assert.equal(21, history.steps[3])
    for epoch = 1, 3 do assert.near(2 * history.train_loss[epoch], history.train_twice[epoch], 1e-12) end
  end)

  it("takes the mean of a number over the updates that returned it, nan where none of an epoch did", function()
    local updates = 0
    local o = setup { step = function()
      updates = updates + 1
      local numbers = updates % 7 == 3 and updates < 14 and { rare = updates } or nil
      if updates == 8 then numbers = { late = 5 } end
      return 1, numbers
    end }
    local rare
    o.on_step = function(info) rare = rare or info.train_rare end
    local history = train.fit(o)
    assert.same({ 3, 10 }, { history.train_rare[1], history.train_rare[2] })
    assert.equal(3, rare)
    assert.same({ 3, 3 }, { #history.train_rare, #history.train_late })
    assert.is_true(history.train_rare[3] ~= history.train_rare[3] and history.train_late[1] ~= history.train_late[1])
    assert.equal(5, history.train_late[2])
  end)

  it("takes several models and optimizers by name or as a list", function()
    lab.manual_seed(1)
    local nets = { a = nn.Linear(3, 2), b = nn.Linear(2, 1) }
    local opts = {
      a = optim.SGD(nets.a:parameters(), { lr = 0.05 }), b = optim.Adam(nets.b:parameters(), { lr = 0.05 }),
    }
    local history = train.fit {
      model = nets, optimizer = opts, epochs = 2, progress = false,
      data = lab.data.loader(data(20), { batch_size = 5 }),
      step = function(models, batch, optimizers)
        for _, name in ipairs { "a", "b" } do optimizers[name]:zero_grad() end
        local loss = loss_of(models.b(models.a(batch.X)), batch.y)
        loss:backward()
        for _, name in ipairs { "a", "b" } do optimizers[name]:step() end
        return loss
      end,
    }
    assert.is_true(history.loss[2] < history.loss[1])
    assert.is_nil(history.lr)
    assert.is_true(history.grad_norm[1] > 0)
    local parameters = require("optlab.train.fit.parameters").of({ opts.b, opts.a }, nets)
    assert.same({ nets.b.weight, nets.a.weight }, { parameters[1], parameters[3] })
  end)

  it("refuses what does not go together, and says what to do", function()
    local function step() return 1 end
    for words, more in pairs {
      ["call optim.clip_grad_norm_ in it"] = { step = step, clip_grad_norm = 1 },
      ["accumulate cannot be used"] = { step = step, accumulate = 2 },
      ["step must return the loss"] = { step = function() end },
      ["step must return a number or a tensor with one element, got"] = {
        step = function() return "x" end,
      },
      ["does not show its predictions"] = { step = step, metric = "accuracy" },
      ["which a call makes: optim.Adam(model:parameters(), {lr = 0.01}), got a function"] = { optimizer = optim.Adam },
      ["which a call makes: optim.Adam(model:parameters(), {lr = 0.01}), got 'Adam'"] = { optimizer = "Adam" },
      ["{lr = 0.01}), got a table"] = { optimizer = { "Adam", lr = 0.1 } },
      ["optimizer must be an optimizer, which a call makes"] = { optimizer = {} },
      ["unknown option 'shuffle'; write data = data.loader(set, {batch_size = 32, "] = { shuffle = true },
      ["unknown option 'verbose'; write log = print"] = { verbose = true },
      ["log must be a function such as print, got true"] = { log = true },
      ["early_stopping must be a table such as {patience = 3}, got true"] = { early_stopping = true },
      ["metrics must hold 'accuracy'"] = { metrics = { "top" } },
      ["must be a list without gaps, got 'top5' at position 3 of 1"] = { metrics = { "accuracy", [3] = "top5" } },
      ["metrics.mae must return a number"] = { metrics = { mae = function() return "x" end } },
      ["needs a name of letters"] = { metrics = { loss = function() end } },
      ["eval_data.valid must be a data set"] = { eval_data = { valid = 3 } },
      ["train is the training data"] = { eval_data = { train = data(4) } },
      ["the history has no list 'test_los' to monitor; did you mean 'test_loss'"] = {
        eval_data = data(4), early_stopping = { patience = 1, monitor = "test_los" },
      },
      ["on_epoch may return \"stop\" to end the training, or nothing, got 'Stop'"] = {
        on_epoch = function() return "Stop" end,
      },
    } do
      assert.matches(words, errors.message(train.fit, (setup(more))), 1, true)
    end
  end)
end)

describe("train.fit with clip_grad_norm", function()
  local function clipped(more)
    more.clip_grad_norm = 0.5
    local o = setup(more)
    return train.fit(o), weights(o.model)
  end

  it("is the plain loop with optim.clip_grad_norm_", function()
    local norms, o = {}, setup()
    local expected = loop(o, function(opt, net, X, y)
      opt:zero_grad()
      loss_of(net(X), y):backward()
      norms[#norms + 1] = optim.clip_grad_norm_(net:parameters(), 0.5)
      opt:step()
    end)
    local history, got = clipped { compile = false }
    assert.same(expected, got)
    assert.same({ norms[7], norms[14], norms[21] }, history.grad_norm)
    assert.is_true(norms[7] > 0.5)
  end)

  it("has the same bits compiled", function()
    local a, weights_a = clipped { compile = false }
    local b, weights_b = clipped { compile = true }
    assert.same(weights_a, weights_b)
    assert.same({ a.loss, a.grad_norm, a.lr }, { b.loss, b.grad_norm, b.lr })
  end)
end)

describe("train.fit with accumulate", function()
  it("is the plain loop that divides the losses, bit by bit, in full groups", function()
    local function with(n) -- 24 rows: six batches of 4, three updates an epoch
      local o = setup()
      local set = data(24)
      o.data = lab.data.loader(set, { batch_size = 4, shuffle = true })
      o.accumulate = n
      return o
    end
    local o, i = with(nil), 0
    local expected = loop(o, function(opt, net, X, y)
      if i % 2 == 0 then opt:zero_grad() end
      (loss_of(net(X), y) / 2):backward()
      i = i + 1
      if i % 2 == 0 then opt:step() end
    end)
    o = with(2)
    local history = train.fit(o)
    assert.same(expected, weights(o.model))
    assert.same({ 3, 6, 9 }, history.steps)
    assert.same({ 1, 2, 3 }, history.epochs)
  end)

  it("is the mean over the rows where a group is smaller", function()
    local function run(batch_size, accumulate)
      local o = setup { accumulate = accumulate, clip_grad_norm = 1 }
      o.data = lab.data.loader(data(26), { batch_size = batch_size, shuffle = true })
      return train.fit(o), weights(o.model)
    end
    local whole, expected = run(8, 1) -- 8, 8, 8, 2 rows
    local parts, got = run(4, 2)
    assert.same(whole.steps, parts.steps)
    for i, list in ipairs(expected) do
      local a, b = lab.tensor(list), lab.tensor(got[i])
      assert.near(0, (a - b):abs():max():item(), 1e-6)
    end
    for epoch = 1, 3 do
      assert.near(whole.train_loss[epoch], parts.train_loss[epoch], 1e-6)
      assert.near(whole.grad_norm[epoch], parts.grad_norm[epoch], 1e-5)
    end
  end)

  it("gives an optimizer that looks at the loss the mean over the whole update", function()
    local function run(name, batch_size, accumulate)
      local o = setup { accumulate = accumulate }
      o.optimizer = optim[name](o.model:parameters(), { lr = 0.3 })
      o.data = lab.data.loader(data(26), { batch_size = batch_size, shuffle = true })
      train.fit(o)
      return weights(o.model)
    end
    for _, name in ipairs { "Polyak", "MoMo", "SPS" } do
      local whole, parts = run(name, 8, 1), run(name, 4, 2)
      for i, list in ipairs(whole) do
        assert.near(0, (lab.tensor(list) - lab.tensor(parts[i])):abs():max():item(), 1e-5)
      end
    end
  end)

  it("moves a schedule of steps by updates", function()
    local o = setup { accumulate = 3, scheduler_unit = "step", scheduler = function(t) return 1 / (1 + t) end }
    local history = train.fit(o) -- seven batches: three updates an epoch
    assert.same({ 1 / 4, 1 / 7, 1 / 10 }, history.lr)
  end)
end)

describe("train.fit with metrics and several evaluation sets", function()
  local function classes(n, seed)
    lab.manual_seed(seed)
    local X = lab.randn(n, 4)
    return { X = X, y = X:argmax(2):to("float32") }
  end

  it("records each metric on each set", function()
    local valid, test = classes(30, 5), classes(31, 6)
    lab.manual_seed(2)
    local net = nn.Linear(4, 4)
    local function margin(prediction) return prediction:amax(2):mean() end
    local history = train.fit {
      model = net, loss = nn.CrossEntropyLoss(), optimizer = optim.SGD(net:parameters(), { lr = 0.3 }), epochs = 2,
      data = lab.data.loader(classes(40, 4), { batch_size = 7 }), progress = false,
      metrics = { "accuracy", "top2", margin = margin }, eval_data = { test = test, valid = valid },
    }
    assert.same(history.valid_loss, history.loss)
    assert.equal(train.accuracy(net, valid), history.valid_acc[2])
    assert.equal(train.accuracy(net, test), history.test_acc[2])
    assert.near(margin(net(test.X)):item(), history.test_margin[2], 1e-6)
    local scores, right = net(test.X):tolist(), 0
    for i, row in ipairs(scores) do
      local before = 0
      for _, score in ipairs(row) do before = before + (score > row[test.y[i]:item()] and 1 or 0) end
      right = right + (before < 2 and 1 or 0)
    end
    assert.near(right / 31, history.test_top2[2], 1e-12)
    assert.is_true(history.train_top2[2] >= history.train_acc[2])
    assert.equal(2, #history.train_margin)
    assert.equal(math.max(table.unpack(history.valid_acc)), history.best)
  end)
end)

describe("train.fit that stops early", function()
  local LOSSES = { 5, 4, 4.2, 3.95, 4.1, 4.3, 1, 1 }

  local function stopping(early, more)
    local epoch = 0
    local o = setup(more)
    o.epochs, o.early_stopping = 8, early
    o.evaluate = function()
      epoch = epoch + 1
      return LOSSES[epoch]
    end
    local seen = {}
    local inner = o.on_epoch
    o.on_epoch = function(info)
      seen[info.epoch] = weights(o.model)
      return inner and inner(info)
    end
    return train.fit(o), seen, weights(o.model)
  end

  it("waits for an improvement, and goes back to the best weights", function()
    local history, seen, last = stopping { patience = 2 }
    assert.equal(6, #history.loss)
    assert.same({ reason = "early_stopping", epoch = 6, step = 42 }, history.stopped)
    assert.same({ 4, 3.95 }, { history.best_epoch, history.best })
    assert.same(seen[4], last)
  end)
  it("counts only differences beyond min_delta", function()
    local history, seen, last = stopping { patience = 2, min_delta = 0.1, restore_best = false }
    assert.equal(4, #history.loss)
    assert.same(seen[4], last)
    assert.equal(2, history.best_epoch)
  end)
  it("looks for the largest value in mode max", function()
    local history = stopping { patience = 1, mode = "max" }
    assert.same({ 2, 1 }, { #history.loss, history.best_epoch })
  end)
  it("runs to its end without reason to stop, and still has the best weights", function()
    local history, seen, last = stopping { patience = 7 }
    assert.is_nil(history.stopped)
    assert.same(seen[7], last)
  end)
  it("goes on from a checkpoint to the same bits", function()
    local dir = files.folder()
    local path = dir .. "/early.safetensors"
    local function once(epochs, resume)
      local o = setup { eval_data = data(9, 8), early_stopping = { patience = 3 }, accumulate = 2 }
      o.epochs, o.checkpoint = epochs, { path = path, resume = resume }
      o.metrics = { mae = function(p, y) return (p:reshape(-1) - y):abs():mean() end }
      local history = train.fit(o)
      history.seconds, history.sec_per_epoch, history.examples_per_sec = nil, nil, nil
      return { history, weights(o.model) }
    end
    local whole = once(9, false)
    os.remove(path)
    local part = once(2, false)
    assert.equal(2, #part[1].loss)
    assert.same(whole, once(9, true))
  end)
  it("ends where a callback returns stop", function()
    local history = train.fit((setup { on_epoch = function(info) return info.epoch == 2 and "stop" or nil end }))
    assert.same({ reason = "on_epoch", epoch = 2, step = 14 }, history.stopped)
    for _, compile in ipairs { true, false } do
      history = train.fit((setup {
        compile = compile, on_step = function(info) return info.step == 9 and "stop" or nil end,
      }))
      assert.same({ reason = "on_step", epoch = 2, step = 9 }, history.stopped)
      assert.same({ 7, 9 }, history.steps)
    end
  end)
end)

describe("train.fit with an optimizer that is a plain table", function()
  it("calls its step and zero_grad", function()
    local o = setup()
    local params = o.model:parameters()
    o.optimizer = {
      params = params,
      zero_grad = function() for _, p in ipairs(params) do p.grad = nil end end,
      step = function()
        lab.no_grad(function() for _, p in ipairs(params) do p:sub_(p.grad * 0.1) end end)
      end,
    }
    local history = train.fit(o)
    assert.is_true(history.loss[3] < history.loss[1])
    assert.equal(3, #history.grad_norm)
  end)
end)
