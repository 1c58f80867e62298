--- Fields that results do not have: reading one is an error with a guess, unless another result may have it.
local lab = require "optlab"
local files = require "tests.support.files"
local program = require "tests.support.program"
local message = require("tests.support.errors").message
local contains = require("tests.support.text").contains
local nn, optim, train = lab.nn, lab.optim, lab.train

local function f(x1, x2) return x1 ^ 2 + 2 * x2 ^ 2 end
local SGD = { "SGD", lr = 0.1 }

-- What reading a field raises.
local function of(t, name) return message(function() return t[name] end) end

local function options(more)
  lab.manual_seed(0)
  local net = nn.Linear(2, 2)
  local o = {
    model = net, loss = nn.CrossEntropyLoss(), optimizer = optim.SGD(net:parameters(), { lr = 0.1 }), epochs = 2,
    data = lab.data.loader(lab.data.moons { n = 20, seed = 1 }, { batch_size = 10 }),
  }
  for name, value in pairs(more or {}) do o[name] = value end
  return o
end

local function sweep(more)
  local o = {
    model = function() return nn.Linear(2, 2) end, loss = nn.CrossEntropyLoss(), epochs = 1, batch_size = 10,
    optimizer = function(params, run) return optim.SGD(params, { lr = run.lr }) end,
    data = lab.data.moons { n = 20, seed = 1 }, grid = { lr = { 0.1, 0.2 }, seed = { 1, 2 } },
  }
  for name, value in pairs(more or {}) do o[name] = value end
  return train.sweep(o)
end

describe("a history", function()
  it("raises about names that no history has", function()
    local history = train.fit(options())
    contains(of(history, "los"), "the history has no 'los'; did you mean 'loss'?")
    contains(of(history, "accuracy"), "the history has no 'accuracy' (it has best, best_epoch, epochs, ")
    contains(of(history, "test_los"), "the history has no 'test_los' (it has best, ") -- nor has it test_loss
    contains(of(train.fit(options { eval_data = lab.data.moons { n = 8, seed = 2 } }), "test_los"),
      "did you mean 'test_loss'?")
  end)

  it("is nil where it lacks what others have, and is a table as any other", function()
    local history, names = train.fit(options()), {}
    for _, name in ipairs { "test_acc", "valid_loss", "train_top3", "sharpness", "diverged", "stopped" } do
      assert.is_nil(history[name])
    end
    for name in pairs(history) do names[name] = true end
    assert.is_true(names.loss and names.train_loss)
    assert.is_nil(history[1])
    contains(of(history.train_loss, -1), "a list has no entry -1: the first is list[1], the last list[#list]")
    assert.same({}, { history.train_loss[0], history.train_loss[3] })
    assert.same({ 2 }, lab.tensor(history.train_loss).shape)
    lab.plot.figure {}:line(history.epochs, history.train_loss)
    local copy = lab.deepcopy(history)
    assert.same(history.loss, copy.loss)
    assert.not_equal(history.loss, copy.loss)
    contains(of(copy, "los"), "did you mean 'loss'?")
  end)

  it("of a step of one's own may have numbers of any name", function()
    local o = options { step = function() return 1, { kl = 1 } end }
    o.loss = nil
    local history = train.fit(o)
    assert.same({ 1, 1 }, history.train_kl)
    assert.is_nil(history.train_other)
  end)

  it("is as strict where callbacks are told of it", function()
    local seen = {}
    train.fit(options {
      on_step = function(info) seen.step = of(info, "los") return true end,
      on_epoch = function(info) seen.epoch = of(info, "acc") end,
    })
    contains(seen.step, "what on_step is told has no 'los'; did you mean 'loss'?")
    contains(seen.epoch, "what on_epoch is told has no 'acc'")
  end)
end)

describe("a path", function()
  it("has no names but diverged", function()
    local path = train.descend(f, { -5, -2 }, SGD, 3)
    contains(of(path, "loss"), "a path, the list of its points, has no 'loss'")
    contains(message(function() path:values() end), "has no 'values'")
    assert.is_nil(path.diverged)
    assert.is_nil(path[5])
    contains(of(path, -1), "a list has no entry -1: the first is list[1]")
    assert.equal(4, #path)
  end)

  it("from many points is a result with names", function()
    local all = train.descend(f, lab.randn(3, 2), SGD, 3, { points = true })
    contains(of(all, "values"), "the result of train.descend has no 'values'; did you mean 'value'?")
    assert.is_nil(all.path)
  end)
end)

describe("the results of a sweep", function()
  it("raise about names that they do not have", function()
    local results = sweep()
    contains(of(results, "loss"), "the list of results has no 'loss' (it has group, mean, median, std, table)")
    contains(of(results[1], "lr"), "a result of train.sweep has no 'lr'")
    contains(message(results.median, results, "lss"), "the results have no number 'lss'; did you mean 'loss'?")
    assert.is_nil(results.run)
    assert.is_nil(results[1].test_acc)
    contains(of(results[1].train_loss, -1), "the last list[#list]")
    contains(of(results, -1), "a list has no entry -1")
    assert.equal(0.1, results:group("lr")[1].run.lr)
  end)

  it("come from models that are made for each run", function()
    contains(message(sweep, { model = nn.Linear(2, 2) }),
      "model must be a function that returns a new model for each run, function(run) return nn.Linear(2, 1) end, got a")
    contains(message(function() sweep():group "learning_rate" end),
      "the runs have no parameter 'learning_rate' (they have lr, seed)")
  end)

  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  it("are said to be the same where nothing reads a parameter", function()
    local function said(name)
      files.write(dir .. "/a.lua", ([[
        local lab = require "optlab"
        lab.train.sweep {
          model = function() return lab.nn.Linear(2, 2) end, loss = lab.nn.CrossEntropyLoss(), epochs = 1,
          optimizer = function(params, run) return lab.optim.SGD(params, {lr = run.%s}) end, batch_size = 10,
          data = lab.data.moons {n = 20, seed = 1}, grid = {lr = {0.1, 0.2}, seed = {1, 2}},
        }]]):format(name))
      local status, _, err = program.run(dir, "--no-keep", "a.lua")
      assert.equal(0, status)
      return err
    end
    assert.equal("", said "lr")
    assert.equal("optlab: train.sweep: all values of 'lr' gave the same numbers; does a function read run.lr?\n",
      said "learning_rate")
  end)
end)
