--- Runs of train.sweep that go through one plan together: each has the bits of the same training by itself.
local lab = require "optlab"
local said = require "tests.support.said"
local nn, optim, train, sched = lab.nn, lab.optim, lab.train, lab.sched
local F = nn.functional

local mse, cross_entropy = nn.MSELoss(), nn.CrossEntropyLoss()

local function data_of(n, classes)
  lab.manual_seed(3)
  return { X = lab.randn(n, 3), y = classes and lab.randint(1, classes + 1, { n }) or lab.randn(n, 2) }
end

local REGRESSION, CLASSES = data_of(61), data_of(61, 2)

local function sgd(params, run) return optim.SGD(params, { lr = run.lr }) end

local function mlp()
  return nn.Sequential(nn.Linear(3, 7), nn.Tanh(), nn.Linear(7, 5), nn.ReLU(), nn.Linear(5, 2))
end

local function description(more)
  local o = {
    model = mlp, loss = mse, data = REGRESSION, batch_size = 6, epochs = 3, optimizer = sgd, runs = {},
  }
  for i = 1, 9 do o.runs[i] = { lr = 0.01 * i, seed = i } end
  for key, value in pairs(more or {}) do o[key] = value end
  return o
end

-- What a run gives by itself.
local function alone(o, run)
  lab.manual_seed(run.seed)
  local net = o.model(run)
  local opt = o.optimizer(net:parameters(), run)
  local history = train.fit {
    model = net, loss = o.loss, optimizer = opt, epochs = o.epochs, progress = false,
    data = lab.data.loader(o.data, { batch_size = o.batch_size, shuffle = o.shuffle ~= false }),
    scheduler = o.scheduler and o.scheduler(run), scheduler_unit = "step",
  }
  return history.train_loss, net
end

-- The same bits; nan is nan.
local function same(a, b)
  local equal = a:eq(b) + a:isnan() * b:isnan()
  return equal:min():item() == 1
end

-- Every run, and that so many of them went together.
local function check(o, shared)
  local results = train.sweep(o)
  if shared ~= "any" then assert.equal(shared or #o.runs, results.shared) end
  for i, r in ipairs(results) do
    local losses, net = alone(o, o.runs[i])
    assert.same(losses, r.train_loss)
    local mine, theirs = net:parameters(), r.model:parameters()
    for k, p in ipairs(mine) do
      assert.is_true(same(p, theirs[k]), ("run %d, parameter %d"):format(i, k))
      assert.is_true(same(p.grad, theirs[k].grad), ("run %d, gradient %d"):format(i, k))
    end
  end
  return results
end

describe("runs in lanes", function()
  it("are those of the runs by themselves, for any number of runs and threads", function()
    local threads = lab.get_num_threads()
    for _, n in ipairs { 4, 5, 16, 17, 33 } do
      lab.set_num_threads(n % 3 + 1)
      local o = description { epochs = 2 }
      for i = 1, n do o.runs[i] = { lr = 0.003 * i, seed = i } end
      for i = #o.runs, n + 1, -1 do o.runs[i] = nil end
      local results = train.sweep(o)
      assert.is_true(results.shared >= n - 3)
      for i, r in ipairs(results) do assert.same(alone(o, o.runs[i]), r.train_loss) end
    end
    lab.set_num_threads(threads)
  end)

  it("know the optimizers", function()
    for name, options in pairs {
      SGD = { momentum = 0.9, nesterov = true, weight_decay = 0.01 }, Adam = { amsgrad = true }, AdamW = {},
      RMSprop = { momentum = 0.5, centered = true }, RAdam = {}, NAdam = {}, Adagrad = {}, Lion = {}, Adadelta = {},
      Adamax = {}, Rprop = {}, LAMB = {},
    } do
      check(description { optimizer = function(params, run)
        local o = { lr = run.lr }
        for key, value in pairs(options) do o[key] = value end
        return optim[name](params, o)
      end })
    end
  end)

  it("know runs that differ in their seeds alone, and some that do not", function()
    local o = description { optimizer = function(params, run) return optim.Adam(params, { lr = run.lr }) end }
    for i, run in ipairs(o.runs) do run.lr = i < 6 and 0.01 or 0.005 * (i // 2) end
    check(o)
    o.optimizer = function(params, run)
      return optim.RAdam(params, { lr = run.lr, weight_decay = 0.01 * (run.seed // 4) })
    end
    check(o)
    o.scheduler = function(run)
      return sched.Cosine { base_lr = run.lr, max_update = 25, final_lr = 0.001 * run.seed }
    end
    check(o)
  end)

  it("know groups of parameters, whose rates differ from run to run", function()
    check(description { optimizer = function(params, run)
      return optim.Adam({ { params = { params[1], params[2] }, lr = run.lr },
        { params = { params[3], params[4], params[5], params[6] }, lr = 0.02 / run.seed, weight_decay = 0.1 } })
    end })
    check(description { optimizer = function(params, run) -- some runs have a momentum, others none
      return optim.SGD(params, { lr = 0.01, momentum = run.seed % 2 == 0 and 0.9 or 0 })
    end })
  end)

  it("multiply as BLAS does, where products are left to it", function()
    for _, width in ipairs { 9, 16, 33 } do
      for _, dtype in ipairs { "float32", "float64" } do
        check(description {
          model = function()
            return nn.Sequential(nn.Linear(3, width), nn.Tanh(), nn.Linear(width, width), nn.ReLU(),
              nn.Linear(width, 2)):to(dtype)
          end,
          data = { X = REGRESSION.X:to(dtype), y = REGRESSION.y:to(dtype) }, batch_size = 11, epochs = 2,
        }, "any") -- which of them are sums in the order of k depends on BLAS
      end
    end
  end)

  it("move rates along schedules", function()
    check(description {
      scheduler = function(run) return sched.Cosine { base_lr = run.lr, max_update = 25, final_lr = 0.001 } end,
    })
  end)

  it("do by themselves what has no lanes", function()
    local function net() return nn.Sequential(nn.Linear(3, 7), nn.Dropout(0.2), nn.GELU(), nn.Linear(7, 2)) end
    check(description { loss = cross_entropy, data = CLASSES })
    check(description { model = net, loss = cross_entropy, data = CLASSES }, "any")
    check(description {
      model = function() return nn.Sequential(nn.Linear(3, 6), nn.BatchNorm1d(6), nn.Sigmoid(), nn.Linear(6, 2)) end,
      batch_size = 7,
    }, "any")
    check(description { loss = function(p, y) return F.smooth_l1_loss(p, y) + p:exp():sum() * 1e-3 end }, "any")
  end)

  it("move what a full group does by itself there and back", function()
    for _, dtype in ipairs { "float32", "float64" } do
      local o = description {
        model = function() return nn.Sequential(nn.Linear(3, 7), nn.Dropout(0.2), nn.Linear(7, 2)):to(dtype) end,
        data = { X = REGRESSION.X:to(dtype), y = REGRESSION.y:to(dtype) }, epochs = 1,
      }
      for i = 10, 16 do o.runs[i] = { lr = 0.01, seed = i } end
      check(o, "any")
    end
  end)

  it("know class labels", function()
    local function net() return nn.Sequential(nn.Linear(3, 6), nn.GELU(), nn.Linear(6, 4)) end
    local data = data_of(61, 4)
    for _, loss in ipairs {
      cross_entropy, nn.CrossEntropyLoss { label_smoothing = 0.1 }, nn.CrossEntropyLoss { reduction = "sum" },
      function(p, y) return nn.CrossEntropyLoss { reduction = "none" }(p, y):mean() end,
      nn.CrossEntropyLoss { ignore_index = 4 }, nn.CrossEntropyLoss { weight = lab.tensor { 1, 2, 3, 0.5 } },
      function(p, y) return nn.NLLLoss()(F.log_softmax(p, 2), y) end,
      function(p, y) return (F.softmax(p, 2) - y:unsqueeze(2)):square():mean() end,
    } do
      check(description { model = net, loss = loss, data = data, batch_size = 7, epochs = 2 }, "any")
    end
    check(description { model = net, loss = cross_entropy, data = data })
    check(description { model = function() return net():to("float64") end, loss = cross_entropy,
      data = { X = data.X:to("float64"), y = data.y } })
    local function many() return nn.Sequential(nn.Linear(3, 40)) end -- so many are computed row by row
    check(description { model = many, loss = cross_entropy, data = data, batch_size = 3 }, "any")
  end)

  it("take losses of the script's own", function()
    for _, loss in ipairs {
      function(p, y) return ((p - y) ^ 2):mean() end,
      function(p, y) return (p - y):abs():sum() / #p end,
      function(p, y) return ((p - y) ^ 3):abs():mean(1):sum() end,
      function(p, y) return (p:sigmoid() - y):square():sum(2):mean() end,
      function(p, y) return lab.where(p:gt(y), p - y, (y - p) * 3):mean() end,
      function(p, y) return ((p - p:mean(1)) - (y - y:mean(2):unsqueeze(2))):clamp(-1, 2):square():sum() end,
      function(p, y) return (p * lab.tensor { 1, 3 } - y / (1 + p:square():sum(2):unsqueeze(2))):abs():mean() end,
      function(p, y) return (p - y):amax(1):square():sum() + lab.addcmul(p, y, y, { value = 0.5 }):square():mean() end,
    } do
      check(description { loss = loss })
    end
  end)

  it("take double precision, rows in order, rates that differ and a last batch of one size", function()
    for _, name in ipairs { "SGD", "Adam", "RAdam" } do
      check(description { model = function() return mlp():to("float64") end,
        optimizer = function(params, run) return optim[name](params, { lr = run.lr, weight_decay = 0.01 }) end,
        data = { X = REGRESSION.X:to("float64"), y = REGRESSION.y:to("float64") } })
    end
    check(description { shuffle = false })
    check(description { batch_size = 61 }, 0) -- a single batch
    local o = description { drop_last = true, epochs = 2 }
    local results = train.sweep(o)
    assert.equal(9, results.shared)
  end)

  it("take rows of any width, in any order, in batches of any size", function()
    for width = 1, 11 do
      local data = { X = lab.randn(41, width), y = lab.randn(41, width % 3 + 1) }
      data.X[1] = -0.0
      for _, dtype in ipairs { "float32", width % 4 == 1 and "float64" or nil } do
        check(description {
          data = { X = data.X:to(dtype), y = data.y:to(dtype) }, batch_size = 1 + width % 5, epochs = 2,
          shuffle = width % 2 == 0, model = function() return nn.Linear(width, width % 3 + 1):to(dtype) end,
        })
      end
    end
  end)

  it("go apart where the runs do not do the same", function()
    local o = description { model = function(run)
      return nn.Sequential(nn.Linear(3, 2 + run.seed % 2), nn.Tanh(), nn.Linear(2 + run.seed % 2, 2))
    end }
    check(o)
    check(description { model = function(run)
      return nn.Sequential(nn.Linear(3, 2 + run.seed), nn.Linear(2 + run.seed, 2))
    end }, 0)
    o = description { loss = function(p, y) return mse(p, y) end, step = function(net, opt, run)
      return function(X, y)
        opt:zero_grad()
        local l = mse(net(X), y) * (1 + run.seed % 3) -- a number that not all have in common
        l:backward()
        opt:step()
        return l
      end
    end }
    local results = train.sweep(o)
    local single = train.sweep(description { step = o.step, runs = { o.runs[5] } })
    assert.same(single[1].train_loss, results[5].train_loss)
  end)

  it("keep the others' numbers where one diverges", function()
    local o = description()
    for i, run in ipairs(o.runs) do run.lr = i == 4 and 1e4 or 0.01 end
    local _, results = said(train.sweep, o)
    assert.is_true(results[4].diverged)
    for _, i in ipairs { 1, 3, 5, 9 } do assert.same(alone(o, o.runs[i]), results[i].train_loss) end
  end)

  it("name the run whose labels are wrong", function()
    local bad = { X = CLASSES.X, y = CLASSES.y:clone() }
    bad.y[50] = 9
    local ok, message = pcall(train.sweep, description { data = bad, loss = cross_entropy })
    assert.is_false(ok)
    assert.matches("labels are whole numbers from 1 to 2", tostring(message), 1, true)
  end)

  it("evaluate and measure after each epoch as before", function()
    local function adam(params, run) return optim.Adam(params, { lr = run.lr }) end
    local o = description { eval_data = data_of(20), optimizer = adam }
    local results, plain = train.sweep(o), check(description { optimizer = adam })
    for i, r in ipairs(results) do
      assert.same(plain[i].train_loss, r.train_loss)
      assert.equal(3, #r.test_loss)
    end
  end)
end)
