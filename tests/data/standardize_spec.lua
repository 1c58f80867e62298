--- data.standardize.
local lab = require "optlab"
local message = require("tests.support.errors").message
local contains = require("tests.support.text").contains
local data = lab.data

describe("data", function()
  describe("standardize", function()
    it("divides by the population's deviation, like NumPy", function()
      local z, mean, std = data.standardize(lab.tensor({ { 1, 10 }, { 2, 30 }, { 3, 20 } }, { dtype = "float64" }))
      assert.same({ 2, 20 }, mean:tolist())
      assert.near(0.816496580927726, std[1]:item(), 1e-15)
      assert.near(-1.224744871391589, z[{ 1, 1 }]:item(), 1e-15)
      assert.near(1.224744871391589, z[{ 2, 2 }]:item(), 1e-15)
    end)

    it("works on a transposed view", function()
      local x = lab.tensor { { 1, 2, 4 }, { 5, 3, 9 } }
      assert.same(data.standardize(x:t():contiguous()):tolist(), data.standardize(x:t()):tolist())
    end)

    it("refuses a constant column, integers and vectors", function()
      contains(message(data.standardize, lab.tensor { { 1, 5 }, { 2, 5 } }), "column 2 is constant (5)")
      contains(message(data.standardize, lab.tensor { 1, 2 }), "(rows, columns), got float32 of shape (2)")
      contains(message(data.standardize, lab.zeros(2, 2, { dtype = "int64" })), "got int64")
      contains(message(data.standardize, 3), "data.standardize: x must be a tensor, got 3")
    end)
  end)
end)
