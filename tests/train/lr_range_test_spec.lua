--- The learning-rate range test, and schedules of any hyperparameter and unit in train.fit.
local lab = require "optlab"
local errors = require "tests.support.errors"
local figures = require "tests.support.figures"
local nn, optim, sched, train = lab.nn, lab.optim, lab.sched, lab.train

local function parts(options)
  lab.manual_seed(4)
  local X = lab.randn(40, 3)
  local y = X:matmul(lab.tensor { { 1 }, { -2 }, { 0.5 } })
  local net = nn.Linear(3, 1)
  local o = {
    model = net, loss = nn.MSELoss(), optimizer = optim.Adam(net:parameters(), { lr = 0.02 }),
    data = lab.data.loader({ X = X, y = y }, { batch_size = 10, shuffle = true, seed = 1 }),
  }
  for name, value in pairs(options or {}) do o[name] = value end
  return o
end

describe("train.lr_range_test", function()
  it("finds where the loss falls and where it diverges, and leaves all as it was", function()
    local o = parts { steps = 60, min_lr = 1e-5, max_lr = 100 }
    local net = o.model
    local opt = optim.SGD(net:parameters(), { lr = 0.02, momentum = 0.5 })
    o.optimizer = opt
    train.fit { model = net, loss = o.loss, optimizer = opt, data = o.data, epochs = 1, progress = false }
    local function all()
      local momentum = opt:state_dict().state[1].momentum_buffer
      return { net.weight:tolist(), net.bias:tolist(), opt.lr, momentum:tolist(), o.data.epoch, lab.get_rng_state() }
    end
    local before = all()
    local r = train.lr_range_test(o)
    assert.same(before, all())
    assert.is_nil(net.weight.grad)
    assert.is_true(r.diverged)
    assert.is_true(#r.lr < 60 and #r.lr == #r.loss and #r.lr == #r.smoothed)
    assert.near(1e-5, r.lr[1], 1e-18)
    assert.near(1e7 ^ (1 / 59), r.lr[2] / r.lr[1], 1e-9)
    assert.is_true(r.steepest > 1e-3 and r.steepest <= r.minimum and r.minimum < 10)
    assert.same(r.loss, train.lr_range_test(o).loss) -- the same state, the same numbers
  end)

  it("does not end a pass of the loader that is under way", function()
    local o, batches = parts { steps = 6, max_lr = 1e-3 }, 0
    for _ = 1, 2 do
      for _ in o.data:batches() do
        batches = batches + 1
        if batches == 2 then train.lr_range_test(o) end
      end
    end
    assert.equal(8, batches)
  end)

  it("goes through all rates where nothing diverges", function()
    local r = train.lr_range_test(parts { steps = 12, max_lr = 1e-3, smoothing = 0, stop = 1e9 })
    assert.is_false(r.diverged)
    assert.equal(12, #r.lr)
    assert.near(1e-3, r.lr[12], 1e-15)
    assert.same(r.loss, r.smoothed)
  end)

  it("says what is wrong", function()
    errors.says(function() train.lr_range_test(parts { min_lr = 1, max_lr = 1 }) end,
      "train.lr_range_test: max_lr must be above min_lr, got 1 and 1")
    errors.says(function() train.lr_range_test(parts { loss = nn.MSELoss { reduction = "none" } }) end,
      "train.lr_range_test: loss must return one number for a batch")
  end)
end)

describe("train.fit follows schedules", function()
  local function rates(options)
    local seen = {}
    local o = parts(options)
    o.epochs, o.progress = 5, false
    o.on_step = function() seen[#seen + 1] = { o.optimizer.lr, o.optimizer.betas[1], o.optimizer.weight_decay } end
    train.fit(o)
    return seen, o
  end

  it("of any hyperparameter", function()
    local seen = rates {
      scheduler = {
        lr = sched.StepLR { base_lr = 0.1, step_size = 2 }, betas = { function(t) return 0.5 + t / 100 end },
      },
    }
    assert.same({ 0.1, 0.5, 0 }, seen[1])
    assert.same({ 0.1, 0.51, 0 }, seen[5])
    assert.near(0.001, seen[20][1], 1e-15)
    assert.equal(0.54, seen[20][2])
  end)

  it("in percent of the training", function()
    local line = sched.PolynomialDecay { base_lr = 1, decay_steps = 100 }
    for _, compile in ipairs { true, false } do
      local o = parts { scheduler = { lr = line, weight_decay = sched.Piecewise {
        base_lr = 0.1, boundaries = { 50 }, scales = { 0.5 } } }, scheduler_unit = "percent", compile = compile }
      o.epochs, o.progress = 5, false
      local h = train.fit(o)
      assert.near(0, o.optimizer.lr, 1e-12)
      assert.equal(0.05, o.optimizer.weight_decay)
      assert.equal(5, #h.loss)
    end
    local seen = rates { scheduler = line, scheduler_unit = "percent" }
    assert.equal(20, #seen)
    assert.near(1 - 11 / 20, seen[11][1], 1e-12) -- moved on within the update
  end)

  it("which are attached already, but not in percent", function()
    local o = parts()
    errors.says(function()
      rates { scheduler = sched.attach(o.optimizer, function() return 0.1 end), scheduler_unit = "percent" }
    end, "train.fit: scheduler_unit = \"percent\" needs a schedule")
  end)
end)

describe("sched.plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  it("draws one schedule or several with their names", function()
    local one = sched.plot(sched.REX { base_lr = 1, total_steps = 9 }, 10)
    assert.matches("Figure", tostring(one))
    local s = sched.ExponentialLR { base_lr = 1, gamma = 0.9 }
    local fig = sched.plot({ s, other = function(t) return t + 1 end }, 10,
      { ylabel = "momentum", logy = true })
    local script = figures.script(fig)
    for _, word in ipairs { "momentum", "other", "ExponentialLR", "logscale y" } do
      assert.is_truthy(script:find(word, 1, true), word)
    end
  end)

  it("says what is wrong", function()
    errors.says(function() sched.plot({}, 3) end, "sched.plot: schedules is empty")
    errors.says(function() sched.plot({ 0.1 }, 3) end, "sched.plot: schedules[1] must be a schedule, got 0.1")
  end)
end)
