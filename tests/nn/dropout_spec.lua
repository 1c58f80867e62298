--- nn.Dropout: how many elements, evaluation mode, its own random numbers.
local lab = require "optlab"
local fails = require("tests.support.errors").fails
local nn, F = lab.nn, lab.nn.functional

describe("Dropout", function()
  it("zeroes about p of the elements and scales the others in training", function()
    lab.manual_seed(1)
    local out = nn.Dropout(0.25)(lab.ones(10000)):tolist()
    local zeros = 0
    for _, v in ipairs(out) do
      if v == 0 then
        zeros = zeros + 1
      else
        assert.is_true(math.abs(v - 4 / 3) < 1e-6)
      end
    end
    assert.is_true(math.abs(zeros - 2500) < 150, zeros .. " zeros")
  end)

  it("is the identity in eval mode, for p = 0, and as a function with training = false", function()
    local x = lab.randn(50)
    local m = nn.Dropout()
    assert.same(x:tolist(), m:eval()(x):tolist())
    assert.not_same(x:tolist(), m:train()(x):tolist())
    assert.same(x:tolist(), nn.Dropout(0)(x):tolist())
    assert.same(x:tolist(), F.dropout(x, 0.5, false):tolist())
    assert.same(x:tolist(), F.dropout(x, { training = false }):tolist())
    assert.equal(0, lab.abs(F.dropout(x, 1)):sum():item())
  end)

  it("draws from a stream of its own", function()
    lab.manual_seed(2)
    local a = F.dropout(lab.ones(20)):tolist()
    lab.manual_seed(2)
    nn.Linear(4, 4)
    lab.randn(7)
    assert.same(a, F.dropout(lab.ones(20)):tolist())
  end)
end)

describe("dropout of channels", function()
  it("zeroes whole channels and scales the others, in training", function()
    lab.manual_seed(1)
    for _, case in ipairs { { nn.Dropout1d(0.25), { 100, 30, 5 } }, { nn.Dropout2d(0.25), { 100, 30, 2, 3 } },
      { nn.Dropout1d(0.25), { 3000, 4 } } } do
      local m, shape = table.unpack(case)
      local rows = m(lab.ones(shape)):reshape { 3000, -1 }
      assert.is_true(lab.logical_or(rows:eq(0), (rows - 4 / 3):abs():lt(1e-6)):all():item() == 1)
      assert.equal(0, (rows - rows:narrow(2, 1, 1)):abs():max():item())
      assert.is_true(math.abs(rows:narrow(2, 1, 1):eq(0):sum():item() - 750) < 100)
    end
  end)

  it("is the identity in eval mode, and in any mode for p = 0", function()
    local x = lab.randn(4, 3, 2)
    assert.same(x:tolist(), nn.Dropout1d():eval()(x):tolist())
    assert.same(x:tolist(), F.dropout1d(x, 0.5, false):tolist())
    assert.same(x:tolist(), F.dropout1d(x, 0):tolist())
    assert.same({ { { { 0 } } } }, F.dropout2d(lab.ones(1, 1, 1, 1), 1):tolist())
  end)

  it("passes the gradient of the channels that stay", function()
    local x = lab.ones({ 8, 4, 3, 3 }, { requires_grad = true })
    local y = F.dropout2d(x)
    y:sum():backward()
    assert.same(y:tolist(), x.grad:tolist())
  end)

  it("refuses other shapes", function()
    fails("nn.Dropout2d: input is (2, 3, 4), must be (N, C, H, W)", nn.Dropout2d(), lab.ones(2, 3, 4))
    fails("nn.functional.dropout1d: input is (2), must be (N, C, L) or (C, L)", F.dropout1d, lab.ones(2))
  end)
end)
