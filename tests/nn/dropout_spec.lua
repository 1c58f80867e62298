--- nn.Dropout: how many elements, evaluation mode, its own random numbers.
local lab = require "optlab"
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
