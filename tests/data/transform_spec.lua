--- The transform of a loader: bytes to numbers.
local lab = require "optlab"
local message = require("tests.support.errors").message
local contains = require("tests.support.text").contains
local data = lab.data

describe("the loader's transform", function()
  local bytes = lab.arange(256):to("uint8")
  local function batch(X, transform, options)
    options = options or { batch_size = #X }
    options.transform = transform
    return (data.loader({ X = X }, options):batches()())
  end

  it("gives exactly byte / 255", function()
    local got, want = batch(bytes, { scale = 1 / 255 }):tolist(), (lab.arange(256) / 255):tolist()
    assert.same(want, got)
    local f64 = batch(bytes, { scale = 1 / 255, dtype = "float64" })
    assert.equal("float64", f64.dtype)
    for i, v in ipairs(f64:tolist()) do assert.equal((i - 1) * (1 / 255), v) end
  end)

  it("subtracts the mean and divides by the standard deviation", function()
    for i, v in ipairs(batch(bytes, { scale = 1 / 255, mean = 0.286, std = 0.353 }):tolist()) do
      assert.near(((i - 1) / 255 - 0.286) / 0.353, v, 1.5e-7)
    end
  end)

  it("converts the rows of shuffled batches of any size, and only X", function()
    local X = lab.randint(0, 256, { 53, 1, 3, 7 }):to("uint8")
    local y = lab.arange(53):to("uint8")
    local whole, seen = X:to("float32") * 0.5, 0
    local options = { batch_size = 17, shuffle = true, seed = 3, transform = { scale = 0.5 } }
    for images, rows in data.loader({ X = X, y = y }, options):batches() do
      assert.equal("uint8", rows.dtype)
      local want = whole:index_select(1, rows:to("int64") + 1)
      assert.equal(0, images:ne(want):to("int64"):sum():item())
      seen = seen + #rows
    end
    assert.equal(53, seen)
  end)

  it("is the data set's unless the options say otherwise", function()
    local ds = { X = bytes, transform = { scale = 2 } }
    local function first(options) return (data.loader(ds, options):batches()()) end
    assert.equal("float32", first().dtype)
    assert.same({ 0, 2 }, first({ batch_size = 2 }):tolist())
    assert.same({ 0, 3 }, first({ batch_size = 2, transform = { scale = 3 } }):tolist())
    assert.equal("uint8", first({ transform = false }).dtype)
  end)

  it("checks its numbers", function()
    contains(message(batch, lab.zeros(3), { scale = 1 }), "data.loader: transform is for uint8 data, X is float32")
    contains(message(batch, bytes, { scal = 1 }), "did you mean 'scale'?")
    contains(message(batch, bytes, { std = 0 }), "transform: std must be a number above 0, got 0")
    contains(message(batch, bytes, { scale = 0 / 0 }), "transform: scale must be")
    contains(message(batch, bytes, { dtype = "int64" }), "transform: dtype must be float32 or float64, got int64")
    contains(message(batch, bytes, 3),
      "data.loader: transform must be a table {scale=, mean=, std=, dtype=} or false, got 3")
  end)
end)
