--- nn.Linear: first weights, fields, parameters that are replaced.
local lab = require "optlab"
local close = require "tests.support.close"
local nn = lab.nn

describe("Linear", function()
  it("starts as U(-k, k) with k = 1 / sqrt(in)", function()
    lab.manual_seed(0)
    local m = nn.Linear(100, 400)
    local k = 0.1
    for _, p in ipairs(m:parameters()) do
      assert.is_true(lab.max(lab.abs(p)):item() <= k)
    end
    assert.is_true(lab.max(lab.abs(m.weight)):item() > 0.999 * k)
    assert.is_true(math.abs(m.weight:mean():item()) < 0.001)
    assert.is_true(math.abs(m.weight:std():item() - k / math.sqrt(3)) < 0.001)
  end)

  it("has the shapes, dtype and fields of PyTorch's", function()
    local m = nn.Linear(3, 2, { dtype = "float64" })
    assert.same({ 2, 3 }, m.weight.shape)
    assert.same({ 2 }, m.bias.shape)
    assert.equal("float64", m.weight.dtype)
    assert.is_true(m.weight.requires_grad)
    assert.equal(3, m.in_features)
    assert.equal(2, m.out_features)
    assert.is_true(m.training)
    assert.equal(nn.Linear, m.class)
    assert.is_nil(m.no_such_field)
    assert.is_nil(nn.Linear(3, 2, { bias = false }).bias)
    assert.equal("float32", nn.Linear(1, 1).weight.dtype)
  end)

  it("depends on the seed alone", function()
    lab.manual_seed(5)
    local a = nn.Linear(3, 2)
    lab.manual_seed(5)
    lab.rand(10) -- another stream
    local b = nn.Linear(3, 2)
    assert.same(a.weight:tolist(), b.weight:tolist())
    assert.not_same(a.weight:tolist(), nn.Linear(3, 2).weight:tolist())
    lab.manual_seed(5)
    assert.same(a.weight:tolist(), b:reset_parameters().weight:tolist())
  end)

  it("takes a parameter of the same shape, and gives that one back", function()
    local m = nn.Linear(3, 2)
    local w = lab.ones(2, 3)
    m.weight = w
    assert.equal(w, m.weight)
    assert.equal(w, m:parameters()[1])
    assert.is_true(w.requires_grad)
    close.tensor((3 + m.bias):reshape(1, 2), m(lab.ones(1, 3)), 1e-6, "output")
  end)
end)
