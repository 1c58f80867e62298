--- What all losses take: labels, dtypes, weights, large scores; one_hot.
local lab = require "optlab"
local tensors = require "tests.support.tensors"
local nn, F = lab.nn, lab.nn.functional

describe("a loss", function()
  it("takes labels of any dtype that holds whole numbers", function()
    local x = lab.randn(3, 4)
    local want = nn.CrossEntropyLoss()(x, tensors.int64 { 2, 4, 1 }):item()
    for _, dtype in ipairs { "uint8", "float32", "float64" } do
      assert.equal(want, nn.CrossEntropyLoss()(x, lab.tensor({ 2, 4, 1 }, { dtype = dtype })):item())
    end
  end)

  it("promotes the dtypes of input and target", function()
    local x, y = lab.tensor { 1, 2 }, tensors.f64 { 1.5, 2.25 }
    assert.equal("float64", nn.MSELoss()(x, y).dtype)
    assert.equal((0.25 + 0.0625) / 2, nn.MSELoss()(x, y):item())
    assert.equal(0.375, nn.L1Loss()(y, tensors.int64 { 1, 2 }):item())
  end)

  it("keeps its class weights as a buffer", function()
    local loss = nn.CrossEntropyLoss { weight = lab.tensor { 1, 2, 3 } }
    assert.same({ 1, 2, 3 }, loss.weight:tolist())
    assert.equal(0, #loss:parameters())
    assert.equal(1, #loss:buffers())
    assert.equal("float64", loss:to("float64").weight.dtype)
  end)

  it("does not overflow for large scores", function()
    local x = lab.tensor { { 1000, -1000 }, { -1000, 1000 } }
    assert.equal(1000, nn.CrossEntropyLoss()(x, tensors.int64 { 1, 1 }):item())
    assert.equal(1000, nn.BCEWithLogitsLoss { reduction = "mean" }(x, 1 - lab.tensor { { 1, 0 }, { 0, 1 } }):item())
    assert.equal(50, nn.BCELoss()(lab.tensor { 0, 1 }, lab.tensor { 1, 1 }):item())
  end)
end)

describe("one_hot", function()
  it("marks labels, counted from 1", function()
    local t = F.one_hot(tensors.int64 { 1, 3, 2 })
    assert.same({ { 1, 0, 0 }, { 0, 0, 1 }, { 0, 1, 0 } }, t:tolist())
    assert.equal("int64", t.dtype)
    assert.same({ { { 0, 1, 0, 0 } } }, F.one_hot(tensors.int64 { { 2 } }, 4):tolist())
    assert.same({ { 0, 1 } }, F.one_hot(lab.tensor { 2 }, { num_classes = 2 }):tolist())
  end)
end)
