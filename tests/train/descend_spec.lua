--- train.descend and train.distance.
local lab = require "optlab"
local errors = require "tests.support.errors"
local rules = require "tests.support.rules"
local train = lab.train
local gd, momentum = rules.gd, rules.momentum
local shown = train.summary

local function square(x) return x ^ 2 end
local function valley(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

describe("train.descend", function()
  it("follows a rule in one dimension with exact derivatives", function()
    local path = train.descend(square, 10, gd(0.2), 10)
    assert.equal(11, #path)
    assert.equal(10, path[1])
    assert.equal("epoch 10, x: 0.060466", train.summary(path))
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
      {rules.adam(0.4, 1e-6), {"Adam", lr = 0.4, eps = 1e-6}},
      {rules.adadelta(0.9, 1e-5), {"Adadelta", lr = 1, rho = 0.9, eps = 1e-5}},
      {rules.adagrad(0.4, 1e-10), {"Adagrad", lr = 0.4}},
      {rules.rmsprop(0.4, 0.9, 1e-8), {"RMSprop", lr = 0.4, alpha = 0.9}},
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
    assert.equal("epoch 20, x1: -2.382563, x2: -0.158591", train.summary(book))
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

  it("returns the mean of an optimizer that keeps one", function()
    local path = train.descend(square, 10, {"ScheduleFreeSGD", lr = 0.1}, 5)
    local x = lab.tensor({10}, {dtype = "float64", requires_grad = true})
    local opt = lab.optim.ScheduleFreeSGD({x}, {lr = 0.1})
    for t = 1, 5 do
      opt:zero_grad()
      square(x):sum():backward()
      opt:step()
      opt:eval()
      assert.equal(x:item(), path[t + 1])
      opt:train()
    end
  end)

  it("says what is wrong with its arguments", function()
    errors.says(function() train.descend(square, "10", gd(0.1), 3) end,
      "descend_spec.lua:", "x0 must be a number, a tensor or a list of numbers, got '10'")
    errors.says(function() train.descend(square, 10, gd(0.1), -1) end, "steps must be an integer of at least 0, got -1")
    errors.says(function() train.descend(square, 10, gd(0.1), 3, {gard = 1}) end, "gard", "grad")
    errors.says(function() train.descend(square, 10, function() end, 3) end, "update rule", "nothing", "step 1")
    errors.says(function() train.descend(function() return 1 end, 10, gd(0.1), 3) end, "f returned a number")
    errors.says(function() train.descend(square, 10, {"SDG", lr = 1}, 3) end, "SDG", "SGD")
    errors.says(function() train.descend(square, 10, {lr = 1}, 3) end, "name or its constructor")
    errors.says(function() train.descend(square, 10, gd(0.1), 3, {scheduler = gd}) end, "scheduler", "an update rule")
    errors.says(function() train.descend(square, 10, "Adam", 3) end, 'a name stands in a table, {"Adam"}, got')
    for _, constructor in ipairs {lab.optim.Adam, lab.optim.Muon, lab.optim.Lookahead} do
      errors.says(function() train.descend(square, 10, constructor, 3) end,
        "a constructor stands in a table, {optim.Adam, lr = 0.1}, got a function")
    end
    errors.says(function() train.airfoil(lab.optim.Adam) end, "train.airfoil: how must be", "{optim.Adam, lr = 0.1}")
    errors.says(function() train.descend(square, {10, 2}, gd(0.1), 3) end,
      "f takes 1 of the 2 numbers in x0", "lab.tensor{10, 2}")
    assert.equal(2, #train.descend(function(...) return (...) ^ 2 end, {10, 2}, gd(0.1), 1))
  end)
end)

describe("train.distance", function()
  it("is the largest difference of a coordinate", function()
    assert.equal(0.5, train.distance({{1, 2}, {3, 4}}, {{1, 2.25}, {2.5, 4}}))
    assert.equal(2, train.distance({1, 2}, {1, 4}))
  end)

  it("does not compare paths of different lengths", function()
    errors.says(function() train.distance({1}, {1, 2}) end, "1 and 2 points")
  end)
end)
