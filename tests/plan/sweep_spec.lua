--- train.sweep: many trainings at once, each as it would be by itself.
local lab = require "optlab"
local said = require "tests.support.said"
local errors = require "tests.support.errors"
local nn, optim, train, sched = lab.nn, lab.optim, lab.train, lab.sched

local function data(n)
  lab.manual_seed(11)
  return { X = lab.randn(n, 3), y = lab.randn(n, 2) }
end

local mse = nn.MSELoss()

local function net_of()
  return nn.Sequential(nn.Linear(3, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Dropout(0.2), nn.Linear(6, 2))
end

-- One run by itself, as a script would write it.
local function alone(o, run)
  lab.manual_seed(run.seed)
  local net = o.model(run)
  local opt = o.optimizer(net:parameters(), run)
  local history = train.fit {
    model = net, loss = o.loss, optimizer = opt, epochs = o.epochs, progress = false,
    data = lab.data.loader(o.data, { batch_size = o.batch_size, shuffle = true, replacement = o.replacement }),
    scheduler = o.scheduler and o.scheduler(run), scheduler_unit = "step",
  }
  return { train_loss = history.train_loss, loss = train.mean_loss(net, o.loss, o.data), model = net }
end

local function description(more)
  local o = {
    model = net_of, loss = mse, data = data(53), batch_size = 8, epochs = 3,
    optimizer = function(params, run) return optim.Adam(params, { lr = run.lr }) end,
    grid = { lr = { 0.01, 0.03 }, seed = { 1, 2, 3 } },
  }
  for key, value in pairs(more or {}) do o[key] = value end
  return o
end

local function message_of(o) return errors.text(train.sweep, o) end

describe("train.sweep", function()
  it("draws rows with replacement where it is told to", function()
    local o = description { replacement = true }
    local drawn, shuffled = train.sweep(o)[1], train.sweep(description())[1]
    assert.same(alone(o, drawn.run).train_loss, drawn.train_loss)
    assert.not_same(shuffled.train_loss, drawn.train_loss)
  end)

  it("releases the graphs that the first gradients have on one thread", function() -- scripts/tsan
    local threads, losses = lab.get_num_threads(), {}
    for n = 1, 8 do
      lab.set_num_threads(n)
      local results = train.sweep(description {
        model = function() return nn.Linear(3, 2) end, data = data(35), batch_size = 7,
        grid = { seed = lab.arange(1, 17):tolist() },
        optimizer = function(params) return optim.AdaHessian(params) end,
      })
      losses[n] = {}
      for i, r in ipairs(results) do losses[n][i] = r.loss end
    end
    lab.set_num_threads(threads)
    for n = 2, 8 do assert.same(losses[1], losses[n]) end
  end)

  it("gives each run the numbers of the same training by itself, whatever the number of threads", function()
    local o, threads = description(), lab.get_num_threads()
    for _, n in ipairs { 1, 2, 3 } do
      lab.set_num_threads(n)
      local results = train.sweep(o)
      assert.equal(6, #results)
      for i, r in ipairs(results) do
        assert.equal(i <= 3 and 0.01 or 0.03, r.run.lr)
        assert.equal((i - 1) % 3 + 1, r.run.seed)
        local one = alone(o, r.run)
        assert.same(one.train_loss, r.train_loss)
        assert.equal(one.loss, r.loss)
        assert.same(one.model[1].weight:tolist(), r.model[1].weight:tolist())
      end
    end
    lab.set_num_threads(threads)
  end)

  it("moves the learning rates by schedules of their own", function()
    local o = description {
      scheduler = function(run) return sched.Cosine { base_lr = run.lr, max_update = 10, final_lr = 0.001 } end,
      optimizer = function(params, run) return optim.SGD(params, { lr = run.lr, momentum = 0.9 }) end,
    }
    for _, r in ipairs(train.sweep(o)) do assert.same(alone(o, r.run).train_loss, r.train_loss) end
  end)

  it("takes compositions of schedules into its threads", function()
    local o = description {
      scheduler = function(run)
        return sched.warmup(sched.chain { sched.ExponentialLR { base_lr = run.lr, gamma = 0.9 },
          sched.ConstantLR { base_lr = 1, factor = 0.5 } }, { steps = 3 })
      end,
      epochs = 2,
    }
    for _, r in ipairs(train.sweep(o)) do assert.same(alone(o, r.run).train_loss, r.train_loss) end
  end)

  it("trains more runs than exist at a time, and models that share memory or cannot be recorded", function()
    local o = description { runs = {}, epochs = 1 }
    o.grid = nil
    for i = 1, 70 do o.runs[i] = { seed = i, lr = 0.01 } end
    local results = train.sweep(o)
    assert.equal(70, #results)
    assert.same(alone(o, o.runs[70]).train_loss, results[70].train_loss)
    local shared = nn.Linear(3, 2)
    o = description { model = function() return shared end, epochs = 1 }
    assert.equal(6, #train.sweep(o))
    local seen = 0
    o = description { epochs = 1, loss = function(p, y)
      local l = mse(p, y)
      seen = seen + l:item()
      return l
    end }
    for _, r in ipairs(train.sweep(o)) do assert.same(alone(o, r.run).train_loss, r.train_loss) end
    assert.is_true(seen > 0)
  end)

  it("trains convolutions side by side, as many as there are threads, and the rest on all threads", function()
    local threads = lab.get_num_threads()
    lab.manual_seed(2)
    local o = description {
      model = function()
        return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(3, { stride = 2 }),
          nn.Conv2d(4, 6, 3, { padding = 1, groups = 2 }), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(24, 3))
      end,
      data = { X = lab.randn(70, 1, 12, 12), y = lab.randint(1, 4, { 70 }) }, loss = nn.CrossEntropyLoss(), epochs = 3,
      batch_size = 32, grid = { lr = { 0.01, 0.03 }, seed = { 1, 2, 3, 4 } },
    }
    o.grid.lr[3], o.grid.seed[4] = 0.02, nil -- nine runs
    for n = 1, 3 do
      lab.set_num_threads(n)
      local results = train.sweep(o)
      assert.equal(9, #results)
      for _, r in ipairs(results) do
        local one = alone(o, r.run)
        assert.same(one.train_loss, r.train_loss)
        assert.equal(one.loss, r.loss)
        assert.same(one.model[5].weight:tolist(), r.model[5].weight:tolist())
      end
    end
    lab.set_num_threads(threads)
  end)

  it("trains classifiers side by side, with gathers and reshapes in their models", function()
    local Picker = nn.Module.extend { name = "Picker" } -- columns by an index tensor that all runs share
    local columns, threads = lab.tensor({ 3, 1, 1 }, { dtype = "int64" }), lab.get_num_threads()
    function Picker.forward(_, x) return lab.cat({ x:index_select(2, columns), x:t():reshape(-1, 3) }, 2) end
    local o = description {
      model = function() return nn.Sequential(Picker(), nn.Linear(6, 7), nn.Tanh(), nn.Linear(7, 4)) end,
      data = { X = lab.randn(120, 3), y = lab.randint(1, 5, { 120 }) }, loss = nn.CrossEntropyLoss(), epochs = 6,
    }
    for n = 1, 3 do
      lab.set_num_threads(n)
      for _, r in ipairs(train.sweep(o)) do assert.same(alone(o, r.run).train_loss, r.train_loss) end
    end
    lab.set_num_threads(threads)
  end)

  it("lets a run diverge without the others", function()
    local _, results = said(train.sweep, description {
      model = function() return nn.Linear(3, 2) end, epochs = 40,
      optimizer = function(params, run) return optim.SGD(params, { lr = run.lr }) end,
      grid = { lr = { 0.1, 50 }, seed = { 1 } },
    })
    assert.is_true(results[1].loss < 2)
    assert.is_true(results[2].loss ~= results[2].loss)
    assert.equal(40, #results[2].train_loss)
  end)

  it("leaves the random numbers where they were", function()
    local o = description { epochs = 1 }
    lab.manual_seed(4)
    lab.rand(3)
    local before = lab.get_rng_state()
    train.sweep(o)
    assert.same(before, lab.get_rng_state())
  end)

  it("keeps what a failing step draws and switches to its run", function()
    local failing = description { step = function()
      return function()
        lab.rand(100)
        lab.set_grad_enabled(false)
        lab.set_default_dtype("float64")
        error("no further")
      end
    end }
    local before = lab.get_rng_state()
    local ok, message = pcall(train.sweep, failing)
    assert.is_false(ok)
    assert.is_truthy(tostring(message):find("no further", 1, true))
    assert.is_true(lab.is_grad_enabled())
    assert.equal("float32", lab.get_default_dtype())
    assert.same(before, lab.get_rng_state())
  end)

  it("evaluates each run under its own seed", function()
    local o = description { epochs = 1, evaluate = function() return lab.initial_seed() end }
    for _, r in ipairs(train.sweep(o)) do assert.equal(r.run.seed, r.loss) end
  end)

  it("evaluates at the mean of an optimizer that keeps one, and trains on from its own point", function()
    local o = description {
      optimizer = function(params, run) return optim.ScheduleFreeAdamW(params, { lr = run.lr }) end,
      eval_data = data(20),
    }
    for _, r in ipairs(train.sweep(o)) do
      lab.manual_seed(r.run.seed)
      local net = o.model(r.run)
      local history = train.fit {
        model = net, loss = mse, optimizer = o.optimizer(net:parameters(), r.run), epochs = 3, progress = false,
        data = lab.data.loader(o.data, { batch_size = 8, shuffle = true }), eval_data = o.eval_data,
      }
      assert.same(history.train_loss, r.train_loss)
      assert.same(history.test_loss, r.test_loss)
      assert.same(net[1].weight:tolist(), r.model[1].weight:tolist())
    end
  end)

  it("takes a step and an evaluation of one's own", function()
    local results = train.sweep(description {
      step = function(net, opt)
        return function(X, y)
          opt:zero_grad()
          local l = nn.functional.l1_loss(net(X), y)
          l:backward()
          optim.clip_grad_norm_(net:parameters(), 1)
          opt:step()
          return l
        end
      end,
      evaluate = function(net, run) return net[1].weight:numel() * run.seed end,
    })
    assert.equal(18 * 3, results[3].loss)
  end)

  it("names the run in which the step fails", function()
    local bad = { X = lab.randn(30, 3), y = lab.randint(1, 3, { 30 }) }
    bad.y[29] = 7
    local o = description { data = bad, loss = nn.CrossEntropyLoss(), drop_last = false, shuffle = false }
    assert.is_truthy(message_of(o):find("class labels are whole numbers from 1 to 2", 1, true))
  end)

  it("says what is wrong with its description", function()
    assert.equal("train.sweep: model is missing; it must be a function", message_of {})
    assert.equal("train.sweep: unknown option 'epoch'; did you mean 'epochs'?", message_of { epoch = 1 })
    assert.equal("train.sweep: give either 'runs', a list, or 'grid', lists by name",
      message_of(description { runs = {} }))
    assert.equal("train.sweep: give either 'step', which can attach a schedule and move it by itself, or 'scheduler'",
      message_of(description { step = function() end, scheduler = function() end }))
    assert.equal("train.sweep: grid.lr must be a list of values, got 0.1",
      message_of(description { grid = { lr = 0.1 } }))
    local o = description { runs = { { seed = "a" } } }
    o.grid = nil
    assert.equal("train.sweep: runs[1].seed must be an integer, got 'a'", message_of(o))
  end)
end)

describe("train.sweep with data to evaluate on", function()
  local test = data(17)

  it("gives the curves of train.fit, and changes nothing else", function()
    local function mae(prediction, y) return (prediction - y):abs():mean() end
    local o = description { eval_data = test, metrics = { mae = mae } }
    local results, plain = train.sweep(o), train.sweep(description())
    for i, r in ipairs(results) do
      assert.same(plain[i].train_loss, r.train_loss)
      lab.manual_seed(r.run.seed)
      local net = o.model(r.run)
      local history = train.fit {
        model = net, loss = o.loss, optimizer = o.optimizer(net:parameters(), r.run), epochs = 3, progress = false,
        data = lab.data.loader(o.data, { batch_size = 8, shuffle = true }), eval_data = test, metrics = { mae = mae },
      }
      assert.same({ history.test_loss, history.test_mae }, { r.test_loss, r.test_mae })
      assert.equal(r.test_loss[3], r.loss)
    end
  end)

  it("refuses metrics without such data", function()
    assert.matches("metrics are measured on eval_data", message_of(description { metrics = { "accuracy" } }), 1, true)
  end)
end)

describe("the results of train.sweep", function()
  local results = train.sweep(description { grid = { lr = { 0.01, 0.03 }, decay = { 0, 1 }, seed = { 1, 2, 3 } } })

  it("are grouped by parameters", function()
    local groups = results:group "lr"
    assert.equal(2, #groups)
    assert.same({ { 6, 0.01 }, { 6, 0.03 } },
      { { #groups[1], groups[1].run.lr }, { #groups[2], groups[2].run.lr } })
    assert.is_nil(groups[1].run.decay)
    groups = results:group { "lr", "decay" }
    assert.equal(4, #groups)
    local sum, squares, losses = 0, 0, {}
    for i, r in ipairs(groups[1]) do
      assert.same({ lr = 0.01, decay = 0, seed = i }, r.run)
      sum, losses[i] = sum + r.loss, r.loss
    end
    for _, loss in ipairs(losses) do squares = squares + (loss - sum / 3) ^ 2 end
    table.sort(losses)
    assert.near(sum / 3, groups[1]:mean(), 1e-12)
    assert.near(math.sqrt(squares / 2), groups[1]:std "loss", 1e-12)
    assert.equal(losses[2], groups[1]:median())
    assert.near(groups[1][2].train_loss[3], train.sweep(description()):group("seed")[2]:median "train_loss", 1)
  end)

  it("are a table", function()
    local lines = {}
    for line in results:table { by = "lr" }:gmatch("[^\n]+") do lines[#lines + 1] = line end
    assert.equal("  lr  runs  diverged  median loss   mean    std", lines[1])
    assert.matches("^0%.01     6         0 +%d%.%d%d%d  %d%.%d%d%d  %d%.%d%d%d$", lines[2])
    assert.equal(3, #lines)
  end)

  it("say where a run diverged", function()
    local some = said(train.sweep, description { grid = { lr = { 1e30 }, seed = { 1 } } })
    assert.matches("1 of 1 runs diverged", some, 1, true)
    local o = description { runs = { { lr = 0.01, seed = 1 }, { lr = 1e30, seed = 2 } } }
    o.grid = nil
    local _, list = said(train.sweep, o)
    assert.is_true(list:mean() ~= list:mean())
    assert.is_true(list:median() >= list[1].loss)
    assert.matches("no parameter 'rl'", errors.text(list.group, list, "rl"), 1, true)
    assert.matches("have no number 'los'; did you mean 'loss'", errors.text(list.mean, list, "los"), 1, true)
  end)
end)
