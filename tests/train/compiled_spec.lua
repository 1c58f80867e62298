--- train.fit with compiled updates.
local lab = require "optlab"
local train = lab.train
local nn = lab.nn

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

  describe("of a classifier", function()
    local function labels(change)
      lab.manual_seed(22)
      local y = lab.randn(53, 4):argmax(2)
      return change and change(y) or y
    end

    local function classifier(compile, more, change)
      local o = regression(compile, more)
      local y = labels(change)
      o.model[4] = nn.Linear(8, 4)
      o.optimizer = lab.optim.SGD(o.model:parameters(), { lr = 0.05, momentum = 0.9 })
      o.loss = more and more.loss or nn.CrossEntropyLoss()
      o.data = lab.data.loader({ X = lab.randn(53, 4), y = y }, { batch_size = 5, shuffle = true })
      return o
    end

    local function numbers(compile, more, change)
      local h = train.fit(classifier(compile, more, change))
      return { h.train_loss, h.train_acc, rawget(h, "train_top2"), rawget(h, "train_mine"), h.best }
    end

    local function agree(more, change)
      local want = numbers(false, more, change)
      assert.same(want, numbers(nil, more, change))
      assert.same(want, numbers(true, more, change))
      return want
    end

    it("count right answers", function()
      local want = agree { metric = "accuracy" }
      assert.equal(4, #want[2])
      agree { metrics = { "accuracy", "top2" } }
      agree { metric = "accuracy", loss = nn.CrossEntropyLoss { weight = lab.tensor { 1, 2, 3, 4 } } }
      agree { metrics = { mine = function(prediction, y) return prediction:argmax(2):eq(y):to("float32"):mean() end } }
      agree({ metric = "accuracy" }, function(y) return y:to("float64") end)
    end)

    it("tell on_step of them", function()
      local function steps(compile)
        local seen = {}
        local function on_step(info) seen[#seen + 1] = info.train_acc end
        train.fit(classifier(compile, { metric = "accuracy", on_step = on_step }))
        return seen
      end
      assert.equal(44, #steps(nil))
      assert.same(steps(false), steps(nil))
    end)

    it("count signs", function()
      local function sign(compile)
        local o = regression(compile, { metric = "binary_accuracy", loss = nn.BCEWithLogitsLoss() })
        lab.manual_seed(23)
        o.data = lab.data.loader({ X = lab.randn(53, 4), y = lab.randn(53, 1):gt(0):to("float32") }, { batch_size = 5 })
        local h = train.fit(o)
        return { h.train_acc, h.train_loss }
      end
      assert.same(sign(false), sign(nil))
    end)
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
      o.on_divergence = "error"
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
    local compiled, options = require "optlab.train.compiled", require "optlab.train.fit.options"
    local function wanted(o) return compiled.is_wanted(options.read(o)) end
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
    assert.is_true(wanted(regression(nil, { metrics = { "accuracy", "top5" } })))
    assert.is_false(wanted(regression(nil, { metrics = { "accuracy", mine = function() end } })))
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
    assert.matches("metrics%.mine must return a tensor with one element where the step is compiled, got 1",
      select(2, pcall(train.fit, regression(true, { metrics = { mine = function() return 1 end } }))))
    assert.matches("compile must be true or false", select(2, pcall(train.fit, regression("yes"))))
  end)
end)
