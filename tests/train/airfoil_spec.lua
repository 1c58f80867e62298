--- train.airfoil.
local lab = require "optlab"
local errors = require "tests.support.errors"
local rules = require "tests.support.rules"
local train = lab.train
local gd, momentum, adam = rules.gd, rules.momentum, rules.adam

describe("train.airfoil", function()
  -- Data of the same shape, so that no file is needed.
  local function made_up()
    lab.manual_seed(5)
    local X = lab.randn(1500, 5)
    return {X = X, y = X:mm(lab.full({5, 1}, 0.5)):reshape(-1) + 0.1 * lab.randn(1500)}
  end

  it("reaches the optimum from scratch and with the library, and notes the loss every 200 examples", function()
    for _, how in ipairs {gd(0.05), {"SGD", lr = 0.05}} do
      local history = train.airfoil(how, {data = made_up()})
      local epochs = type(how) == "function" and 2 or 4
      assert.equal(epochs * 1500 // 200, #history.loss)
      assert.equal(20, history.steps[1])
      assert.is_true(history.loss[#history.loss] < 0.006)
      assert.is_true(history.loss[1] > history.loss[#history.loss])
    end
  end)

  it("gives the same curve with a rule as with the built-in optimizer on the same model", function()
    local data = made_up()
    for rule, built_in in pairs {
      [momentum(0.02, 0.5)] = {"SGD", lr = 0.02, momentum = 0.5}, [adam(0.01, 1e-8)] = {"Adam", lr = 0.01},
    } do
      lab.manual_seed(1)
      local a = train.airfoil(rule, {data = data, concise = false, epochs = 2})
      lab.manual_seed(1)
      local b = train.airfoil(built_in, {data = data, concise = false, epochs = 2})
      -- float32: rounding differs by an ulp here and there
      assert.is_true(train.distance(a.loss, b.loss) < 1e-5, built_in[1])
    end
  end)

  it("is summed up in the book's words", function()
    local line = train.summary(train.airfoil(gd(0.05), {data = made_up()}))
    assert.is_truthy(line:match("^loss: [%d.e-]+, %d[%d.e-]* sec/epoch$"), line)
  end)

  it("gives the seconds with three digits that say something", function()
    local history = {loss = {0.2434}, train_loss = {0.2434}, epochs = {1}}
    for seconds, words in pairs {[0.0011249] = "0.00112", [0.1] = "0.100", [1.336] = "1.34", [99.6] = "99.6",
      [250.2] = "250", [3.1e-6] = "0.00000310", [0] = "0.000"} do
      history.sec_per_epoch = seconds
      assert.equal(("loss: 0.243, %s sec/epoch"):format(words), train.summary(history))
    end
  end)

  it("rejects unknown options", function()
    errors.says(function() train.airfoil(gd(0.1), {bach_size = 1}) end, "bach_size", "batch_size")
  end)
end)
