--- Gauges: their values where they are known, and that a training which is watched keeps its bits.
local lab = require "optlab"
local errors = require "tests.support.errors"
local nn, optim, train = lab.nn, lab.optim, lab.train

local FLOAT64 = { dtype = "float64" }
local ALL = { "param_norm", "update_ratio", "effective_lr", "cos(g, m)", "sharpness", "trace", "noise_scale" }

-- A least-squares problem whose Hessian is diagonal: 2 / n sum x x'.
local function quadratic(make)
  local X = lab.diag(lab.tensor({ 3, 1, 2 }, FLOAT64))
  local net = nn.Linear(3, 1, { bias = false, dtype = "float64" })
  nn.init.ones_(net.weight)
  return {
    model = net, loss = nn.MSELoss(), optimizer = make(net:parameters()),
    data = lab.data.loader({ X = X, y = lab.zeros({ 3, 1 }, FLOAT64) }, { batch_size = 3 }),
  }
end

local function measure(o, ...)
  o.watch = { ... }
  local values = train.gauges(o)
  o.watch = nil
  return values
end

describe("train.gauges", function()
  it("gives a quadratic function's curvature and the lengths of an update", function()
    local o = quadratic(function(params) return optim.SGD(params, { lr = 0.1 }) end)
    local v = measure(o, "sharpness", "trace", "param_norm", "update_ratio", "effective_lr", "cos(g, m)", "noise_scale")
    -- loss = (9 a^2 + b^2 + 4 c^2) / 3, its Hessian has 6, 2/3, 8/3
    assert.near(6, v.sharpness, 6e-3)
    assert.near(6 + 2 / 3 + 8 / 3, v.trace, 1e-9) -- signs are exact for a diagonal matrix
    assert.near(math.sqrt(3), v.param_norm, 1e-12)
    assert.near(0.1, v.effective_lr, 1e-12)
    local g = math.sqrt(6 ^ 2 + (2 / 3) ^ 2 + (8 / 3) ^ 2)
    assert.near(0.1 * g / math.sqrt(3), v.update_ratio, 1e-12)
    assert.is_nil(v.cos_gm)      -- plain SGD has no momentum
    assert.is_nil(v.noise_scale) -- a single batch
    assert.same({ { 1.0, 1.0, 1.0 } }, o.model.weight:tolist())
  end)

  it("tells the angle between gradient and momentum", function()
    local o = quadratic(function(params) return optim.SGD(params, { lr = 0.01, momentum = 0.5 }) end)
    train.fit { model = o.model, loss = o.loss, optimizer = o.optimizer, data = o.data, epochs = 1, progress = false }
    -- the buffer is the first gradient (6, 2/3, 8/3); the next one is that of the weights after a step
    local w = o.model.weight:tolist()[1]
    local g, m = { 6 * w[1], 2 / 3 * w[2], 8 / 3 * w[3] }, { 6, 2 / 3, 8 / 3 }
    local dot, gg, mm = 0, 0, 0
    for i = 1, 3 do dot, gg, mm = dot + g[i] * m[i], gg + g[i] ^ 2, mm + m[i] ^ 2 end
    assert.near(dot / math.sqrt(gg * mm), measure(o, "cos(g, m)").cos_gm, 1e-12)
  end)

  it("finds the noise of rows whose gradients are known", function()
    -- loss = mean (w - y)^2 / 2: a row's gradient is w - y, with the variance of y
    lab.manual_seed(2)
    local n = 8 * 64
    local y = lab.randn({ n, 1 }, FLOAT64) * 3 + 5
    local net = nn.Linear(1, 1, { bias = false, dtype = "float64" })
    nn.init.zeros_(net.weight)
    local v = train.gauges {
      model = net, loss = function(p, t) return ((p - t) ^ 2):mean() / 2 end,
      optimizer = optim.SGD(net:parameters(), { lr = 0.1 }), watch = { "noise_scale" },
      data = lab.data.loader({ X = lab.ones({ n, 1 }, FLOAT64), y = y }, { batch_size = 64 }),
    }
    assert.near(9 / 25, v.noise_scale, 0.2)
  end)

  it("leaves everything as it was", function()
    lab.manual_seed(3)
    local net = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.3), nn.Linear(6, 1))
    local opt = optim.Adam(net:parameters(), { lr = 0.01 })
    local data = lab.data.loader({ X = lab.randn(40, 4), y = lab.randn(40, 1) }, { batch_size = 4, shuffle = true })
    local o = { model = net, loss = nn.MSELoss(), optimizer = opt, data = data }
    train.fit { model = net, loss = o.loss, optimizer = opt, data = data, epochs = 1, progress = false }
    local function state()
      local list = { lab.get_rng_state(), data:state_dict() }
      for name, t in pairs(net:state_dict()) do list[name] = t:tolist() end
      for i, s in ipairs(opt:state_dict().state) do list["state" .. i] = { s.step, s.exp_avg:tolist() } end
      for i, p in ipairs(net:parameters()) do list["grad" .. i] = p.grad and p.grad:tolist() end
      return list
    end
    local before = state()
    local v = measure(o, table.unpack(ALL))
    assert.same(before, state())
    for _, name in ipairs(ALL) do assert.equal("number", type(v[name == "cos(g, m)" and "cos_gm" or name]), name) end
    assert.same(v, measure(o, table.unpack(ALL))) -- nothing is left to chance
  end)
end)

describe("train.fit{watch = ...}", function()
  it("records gauges beside the loss and keeps the training's bits, compiled and not", function()
    for _, compile in ipairs { true, false } do
      local function fit(watch)
        lab.manual_seed(1)
        local net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
        local data = lab.data.loader({ X = lab.randn(60, 4), y = lab.randn(60, 1) },
          { batch_size = 6, shuffle = true, seed = 2 })
        return train.fit {
          model = net, loss = nn.MSELoss(), optimizer = optim.Adam(net:parameters()), data = data, epochs = 4,
          watch = watch, compile = compile, progress = false,
        }
      end
      local plain, watched = fit(nil), fit { "grad_norm", "sharpness", "update_ratio", "cos(g, m)", "noise_scale" }
      assert.same(plain.loss, watched.loss)
      assert.same(plain.grad_norm, watched.grad_norm)
      for _, name in ipairs { "sharpness", "update_ratio", "cos_gm", "noise_scale" } do
        assert.equal(4, #watched[name])
        for _, x in ipairs(watched[name]) do assert.is_true(x - x == 0, name) end
      end
      assert.is_nil(plain.sharpness)
    end
  end)

  it("says what is wrong", function()
    local o = quadratic(function(params) return optim.SGD(params, { lr = 0.1 }) end)
    o.epochs, o.progress, o.watch = 1, false, { "sharpness", "speed" }
    errors.says(function() train.fit(o) end, "train.fit: watch[2] must be one of cos_gm, effective_lr, noise_scale")
    o.watch, o.loss, o.step = { "trace" }, nil, function() return 1 end
    errors.says(function() train.fit(o) end, "train.fit: watch needs a loss(model(X), y) and one optimizer")
  end)

  it("leaves a training as it is that is measured within epochs, too", function()
    local function weights(every, compile, watch)
      lab.manual_seed(1)
      local net = nn.Linear(3, 2)
      local history = train.fit {
        model = net, loss = nn.MSELoss(), optimizer = optim.SGD(net:parameters(), { lr = 0.05 }), epochs = 3,
        data = lab.data.loader({ X = lab.randn(40, 3), y = lab.randn(40, 2) }, { batch_size = 8, shuffle = true }),
        eval_every = every, compile = compile, watch = watch, progress = false,
      }
      return net.weight:tolist(), history.steps
    end
    for _, every in ipairs { 8, 16, 24 } do
      for _, compile in ipairs { true, false } do
        local plain, steps = weights(every, compile)
        local watched, points = weights(every, compile, ALL)
        assert.same(plain, watched)
        assert.same(steps, points)
      end
    end
  end)

  it("leaves a compiled training as it is whose optimizer is written in Lua, or around another one", function()
    local function averaged(params) return optim.EMA(optim.Adam(params)) end
    for _, make in ipairs { optim.AdaHessian, optim.Muon, averaged } do
      local function weights(watch)
        lab.manual_seed(1)
        local net = nn.Linear(3, 2)
        local opt = make(net:parameters())
        train.fit {
          model = net, loss = nn.MSELoss(), optimizer = opt, epochs = 4, compile = true,
          data = lab.data.loader({ X = lab.randn(64, 3), y = lab.randn(64, 2) }, { batch_size = 8, shuffle = true }),
          watch = watch, progress = false,
        }
        if opt.name:find "^EMA" then opt:swap() end
        return net.weight:tolist()
      end
      assert.same(weights(), weights(ALL))
    end
  end)
end)
