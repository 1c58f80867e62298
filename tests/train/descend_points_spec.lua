--- train.descend{points = true}: many descents at once.
local lab = require "optlab"
local errors = require "tests.support.errors"
local train = lab.train

local function valley(x, y) return 0.1 * x ^ 2 + 2 * y ^ 2 end
local function rosenbrock(x, y) return (1 - x) ^ 2 + 100 * (y - x ^ 2) ^ 2 end
local function double_well(x, y) return (x ^ 2 - 1) ^ 2 + y ^ 2 end

local function starts(n, seed)
  lab.manual_seed(seed or 1)
  return lab.randn({ n, 2 }, { dtype = "float64" })
end

local function row(t, i) return t:select(1, i):tolist() end

-- The paths of some points, each by itself.
local function alone(f, x0, how, steps, i)
  return train.descend(f, row(x0, i), how, steps)
end

describe("train.descend with points", function()
  for _, how in ipairs {
    { "SGD", lr = 0.0003 }, { "SGD", lr = 0.0001, momentum = 0.9, nesterov = true }, { "Adam", lr = 0.05 },
    { "RMSprop", lr = 0.01 }, { "Rprop", lr = 0.01 }, { "Lion", lr = 0.01 }, { "Adadelta" },
    { "AdamW", lr = 0.05, weight_decay = 0.1, amsgrad = true },
  } do
    it("takes the paths that " .. how[1] .. " takes from each point alone, to the bit", function()
      local x0 = starts(7)
      local map = train.descend(rosenbrock, x0, how, 30, { points = true, every = 10 })
      assert.same({ 7, 2 }, map.points.shape)
      assert.same({ 4, 7, 2 }, map.path.shape)
      for i = 1, 7 do
        local path = alone(rosenbrock, x0, how, 30, i)
        assert.same(path[#path], row(map.points, i))
        for k = 0, 3 do assert.same(path[1 + 10 * k], row(map.path[1 + k], i)) end
        assert.equal(rosenbrock(table.unpack(path[#path])), map.value[i]:item())
      end
    end)
  end

  it("gives each point a rate of its own", function()
    for _, how in ipairs {
      { "SGD", momentum = 0.5 }, { "Adam" }, { "RMSprop", momentum = 0.3 }, { "NAdam" }, { "Yogi" },
    } do
      local x0, lr = starts(5), lab.tensor({ 0.001, 0.003, 0.01, 0.02, 0.1 }, { dtype = "float64" })
      local many = { lr = lr }
      for key, value in pairs(how) do many[key] = value end
      local map = train.descend(valley, x0, many, 25, { points = true })
      for i = 1, 5 do
        many.lr = lr[i]:item()
        local path = alone(valley, x0, many, 25, i)
        assert.same(path[#path], row(map.points, i), how[1])
      end
    end
  end)

  it("takes one point after the other with optimizers that look at whole parameters, to the bit", function()
    local x0 = starts(4)
    for _, how in ipairs {
      { "LARS", lr = 1 }, { "LAMB", lr = 0.02 }, { "Prodigy" }, { "SOAP", lr = 0.01 }, { "SophiaH", lr = 0.01 },
      { "Polyak" }, { "LBFGS", max_iter = 2, line_search_fn = "strong_wolfe" }, { "ScheduleFreeSGD", lr = 1e-5 },
      { lab.optim.Ranger, lr = 1e-4 },
    } do
      local map = train.descend(rosenbrock, x0, how, 12, { points = true, every = 3, target = 1 })
      for i = 1, 4 do
        local path, arrived = alone(rosenbrock, x0, how, 12, i), 0 / 0
        for t = 12, 0, -1 do
          if rosenbrock(table.unpack(path[t + 1])) <= 1 then arrived = t end
        end
        assert.same(path[13], row(map.points, i), tostring(how[1]))
        assert.same(path[7], row(map.path[3], i))
        assert.equal(rosenbrock(table.unpack(path[13])), map.value[i]:item())
        assert.equal(("%g"):format(arrived), ("%g"):format(map.steps[i]:item()))
      end
    end
  end)

  it("gives each point a momentum of its own", function()
    local x0, momentum = starts(4), lab.tensor({ 0, 0.5, 0.9, 0.99 }, { dtype = "float64" })
    local lr = lab.tensor({ 0.01, 0.1, 0.02, 0.05 }, { dtype = "float64" })
    for _, how in ipairs { { "SGD" }, { "SGD", nesterov = true }, { "Signum" }, { "RMSprop" } } do
      how.lr, how.momentum = lr, momentum
      local map = train.descend(valley, x0, how, 30, { points = true })
      for i = how.nesterov and 2 or 1, 4 do
        how.lr, how.momentum = lr[i]:item(), momentum[i]:item()
        local path = alone(valley, x0, how, 30, i)
        assert.same(path[31], row(map.points, i))
      end
    end
  end)

  it("gives each point a rate of its own with any of them", function()
    local x0, lr = starts(3), lab.tensor({ 0.01, 0.1, 0.5 }, { dtype = "float64" })
    for _, name in ipairs { "LAMB", "Shampoo", "ASGD", lab.optim.SGD } do
      local map = train.descend(valley, x0, { name, lr = lr, weight_decay = 0 }, 9, { points = true })
      for i = 1, 3 do
        local path = alone(valley, x0, { name, lr = lr[i]:item(), weight_decay = 0 }, 9, i)
        assert.same(path[10], row(map.points, i))
      end
    end
  end)

  it("broadcasts rates over a grid", function()
    local x0 = lab.stack(lab.meshgrid({ lab.linspace(-2, 2, 4), lab.linspace(-1, 1, 3) }, { indexing = "xy" }), -1)
    local lr = lab.tensor { { 0.1 }, { 0.2 }, { 0.3 } }
    local map = train.descend(valley, x0, { "SGD", lr = lr }, 5, { points = true })
    assert.same({ 3, 4, 2 }, map.points.shape)
    assert.same({ 3, 4 }, map.value.shape)
    local path = train.descend(valley, x0[2][3]:tolist(), { "SGD", lr = lr[2]:item() }, 5)
    assert.same(path[6], map.points[2][3]:tolist())
  end)

  it("draws the same random numbers on any number of threads", function()
    local x0, threads = starts(70000), lab.get_num_threads()
    local function noisy(x, y) return 2 * x + lab.randn(x.shape, { dtype = "float64" }), 2 * y end
    for _, how in ipairs { { "SGLD", lr = 0.1 }, { "SGD", lr = 0.1, grad = noisy } } do
      local points = {}
      for n = 1, 2 do
        lab.set_num_threads(n)
        lab.manual_seed(1)
        points[n] = train.descend(valley, x0, { how[1], lr = how.lr }, 3, { points = true, grad = how.grad }).points
      end
      assert.equal(140000, points[1]:eq(points[2]):sum():item())
    end
    lab.set_num_threads(threads)
  end)

  it("goes over parts of the points as over few, on any number of threads", function()
    local x0, threads = starts(70000), lab.get_num_threads()
    local many = train.descend(rosenbrock, x0, { "Adam", lr = 0.05 }, 12, { points = true, target = 0.5 })
    for _, n in ipairs { 1, 3 } do
      lab.set_num_threads(n)
      local again = train.descend(rosenbrock, x0, { "Adam", lr = 0.05 }, 12, { points = true, target = 0.5 })
      assert.equal(140000, many.points:eq(again.points):sum():item())
    end
    lab.set_num_threads(threads)
    for _, from in ipairs { 1, 16380, 65530, 69991 } do
      local few = train.descend(rosenbrock, x0:narrow(1, from, 10), { "Adam", lr = 0.05 }, 12,
        { points = true, target = 0.5 })
      assert.same(few.points:tolist(), many.points:narrow(1, from, 10):tolist())
      assert.equal(tostring(few.steps), tostring(many.steps:narrow(1, from, 10)))
    end
  end)

  it("counts the steps to a target, and finds the nearest minimum", function()
    local x0 = lab.tensor { { 2, 1 }, { -0.5, 2 }, { 1, 0 }, { 0, 3 } }
    local how, minima = { "SGD", lr = 0.05 }, { { -1, 0 }, { 1, 0 } }
    local map = train.descend(double_well, x0, how, 60, { points = true, target = 0.01, minima = minima })
    for i = 1, 3 do
      local wanted
      for t, p in ipairs(alone(double_well, x0, how, 60, i)) do
        if double_well(table.unpack(p)) <= 0.01 then
          wanted = t - 1
          break
        end
      end
      assert.equal(wanted, map.steps[i]:item())
    end
    assert.is_true(map.steps[4]:item() ~= map.steps[4]:item()) -- it ends on the saddle
    assert.same({ 2, 1, 2 }, map.nearest:narrow(1, 1, 3):tolist())
  end)

  it("says which points diverged", function()
    local x0, lr = starts(3), lab.tensor { 0.1, 3, 0.2 }
    local options = { points = true, minima = { { 0, 0 } } }
    local map = train.descend(valley, x0, { "SGD", lr = lr }, 400, options)
    assert.same({ 0, 1, 0 }, map.diverged:tolist())
    assert.same({ 1, 0, 1 }, map.nearest:tolist())
    options.on_divergence = "error"
    errors.says(function() train.descend(valley, x0, { "SGD", lr = lr }, 400, options) end, "1 of 3 points diverged")
  end)

  it("takes a rule, and a gradient by hand", function()
    local x0 = starts(6)
    local by_hand = { points = true, grad = function(x, y) return 0.2 * x, 4 * y end }
    local function momentum(x, grad, state)
      state.v = 0.9 * (state.v or 0) + grad
      return x - 0.01 * state.v
    end
    for _, how in ipairs { momentum, { "SGD", lr = 0.01, momentum = 0.9 }, { "LARS", lr = 1 } } do
      local a = train.descend(valley, x0, how, 20, { points = true })
      local b = train.descend(valley, x0, how, 20, by_hand)
      assert.is_true((a.points - b.points):abs():max():item() < 1e-14)
      local path = alone(valley, x0, how, 20, 2)
      assert.is_true(train.distance({ path[21] }, { row(a.points, 2) }) < 1e-14)
    end
  end)

  it("says what is wrong with its arguments", function()
    local x0 = starts(3)
    local function descend(f, start, how, options)
      return function()
        options = options or {}
        options.points = true
        train.descend(f, start, how, 2, options)
      end
    end
    local sgd = { "SGD", lr = 0.1 }
    errors.says(descend(valley, { 1, 2 }, sgd), "x0 must be a tensor of shape (..., d)")
    errors.says(descend(valley, lab.ones(2), sgd), "x0 must be a tensor of shape (..., d)")
    errors.says(descend(function(x) return x:sum() end, x0, sgd), "a value for each point")
    errors.says(descend(valley, x0, lab.optim.LARS({ lab.ones(2, { requires_grad = true }) })), "as a table")
    errors.says(descend(function(x) return lab.stack({ x, x }) end, x0, { "LARS" }), "a value for each point")
    errors.says(descend(valley, x0, { "SGD", lr = lab.ones(4) }), "lr must be a number or have a value for each point")
    errors.says(descend(valley, x0, { "SGD", lr = 0.1, nesterov = lab.ones(3) }), "nesterov")
    errors.says(descend(valley, x0, { "SGD", momentom = 0.1, lr = lab.ones(3) }), "momentom", "momentum")
    errors.says(descend(valley, x0, sgd, { minima = { { 1, 2, 3 } } }), "minima must be a list of points of 2 numbers")
    errors.says(function() train.descend(valley, { 1, 2 }, sgd, 2, { target = 1 }) end, "target needs points = true")
  end)
end)
