--- data.split and Dataset:subset.
local lab = require "optlab"
local message = require("tests.support.errors").message
local contains = require("tests.support.text").contains
local data = lab.data

describe("data.split and Dataset:subset", function()
  local function set()
    return require("optlab.data.dataset").new { name = "set", X = lab.arange(12):view(6, 2), y = lab.arange(6) }
  end

  it("give consecutive rows that share memory", function()
    local ds = set()
    ds.features = { "a", "b" }
    local a, b = data.split(ds, { 4, 1 })
    assert.same({ 0, 1, 2, 3 }, a.y:tolist())
    assert.same({ { 8, 9 } }, b.X:tolist())
    assert.equal(ds.features, b.features)
    assert.equal(4, #a)
    a.X:fill_(7)
    assert.equal(7, ds.X[{ 4, 2 }]:item())
    assert.same({ 4, 5 }, ds:subset(5).y:tolist())
  end)

  it("cut every tensor with as many rows", function()
    local ds = { X = lab.arange(12):view(6, 2), y = lab.arange(6), weight = lab.arange(6), mean = lab.zeros(6) }
    local _, b = data.split(ds, { 4, 2 })
    assert.same({ 4, 5 }, b.weight:tolist())
    assert.equal(6, #b.mean)
  end)

  it("are about fields that there are, and rows of X and y", function()
    contains(message(function() return set().x end), "a data set has no 'x'; did you mean 'X'?")
    contains(message(function() for _ in ipairs(set()) do end end),
      "its rows are those of X and y: data.X[1], data.y[1]")
    assert.is_nil(set().transform)
    local loader = data.loader(set(), { batch_size = 2 })
    contains(message(function() for _ in ipairs(loader) do end end),
      "a loader has no elements; its batches: for X, y in loader:batches() do ... end")
    contains(message(function() return loader.size end), "a loader has no 'size' (it has epoch, batch_size, rows, ")
  end)

  it("check the rows", function()
    contains(message(data.split, set(), { 4, 3 }), "data.split: part 2 is to have 3 rows, but of 6 rows 2 are left")
    contains(message(data.split, set(), {}), "sizes must be a list of sizes such as {8000, 2000}, got a table")
    contains(message(data.split, set(), { 0 }), "sizes[1] must be")
    contains(message(data.split, lab.zeros(3), { 1 }),
      "data must be a data set {X = tensor, y = tensor}, got a tensor of shape (3)")
    contains(message(set().subset, set(), 3, 2), "Dataset:subset: to must be an integer from 3 to 6, got 2")
  end)
end)
