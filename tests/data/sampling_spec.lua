--- Loaders that draw rows by weight, take part of the rows, move and mirror images.
local lab = require "optlab"
local message = require("tests.support.errors").message
local contains = require("tests.support.text").contains
local data = lab.data

describe("data.loader", function()
  local function values(loader)
    local list = {}
    for X in loader:batches() do
      for _, v in ipairs(X:tolist()) do list[#list + 1] = v end
    end
    return list
  end

  it("draws rows in proportion to their weights", function()
    local loader = data.loader({ lab.arange(5) },
      { weights = lab.tensor { 0, 1, 0, 3, 0 }, samples = 40000, batch_size = 1000, seed = 2 })
    assert.equal(40, #loader)
    local count = { 0, 0, 0, 0, 0 }
    for _, v in ipairs(values(loader)) do count[v // 1 + 1] = count[v // 1 + 1] + 1 end
    assert.same({ 0, 0, 0 }, { count[1], count[3], count[5] })
    assert.near(0.75, count[4] / 40000, 0.01) -- 4.6 standard deviations
  end)

  it("takes as many rows of an epoch as it is told", function()
    local X = lab.arange(10)
    local loader = data.loader({ X }, { samples = 4, shuffle = true, seed = 1, batch_size = 3 })
    local seen = {}
    for _, v in ipairs(values(loader)) do assert.is_nil(seen[v]); seen[v] = true end
    assert.equal(4, #values(loader))
    assert.equal(25, #values(data.loader({ X }, { samples = 25, replacement = true, batch_size = 10 })))
    contains(message(data.loader, { X }, { samples = 3 }), "samples needs shuffle, replacement or weights")
    contains(message(data.loader, { X }, { samples = 11, shuffle = true }), "samples is 11, but there are 10 rows")
  end)

  it("checks weights", function()
    local X = lab.arange(3)
    local function fails(weights, text) contains(message(data.loader, { X }, { weights = weights }), text) end
    fails(lab.tensor { 1, 2 }, "weights must be a tensor of 3 numbers, one for each row, got one of shape (2)")
    fails(lab.tensor { 1, -1, 2 }, "weights must be numbers of at least 0, got -1 for row 2")
    fails(lab.tensor { 0, 0, 0 }, "the weights have the sum 0")
    fails(lab.tensor { 0, 0 / 0, 0 }, "weights must be numbers")
  end)

  describe("augment", function()
    local images = lab.arange(0, 2 * 3 * 4 * 5):to("uint8"):reshape(2, 3, 4, 5)

    -- Where image i of a batch came from: the only place, mirrored or not, at which it fits the padded original.
    local function place_of(got, original, padding)
      local c, h, w = table.unpack(original.shape)
      local padded = lab.zeros({ c, h + 2 * padding, w + 2 * padding }, { dtype = "float32" })
      padded[{ {}, { padding + 1, padding + h }, { padding + 1, padding + w } }] = original
      local mirrored = lab.tensor((function()
        local list = {}
        for x = w, 1, -1 do list[#list + 1] = x end
        return list
      end)(), { dtype = "int64" })
      for top = 1, 2 * padding + 1 do
        for left = 1, 2 * padding + 1 do
          local part = padded[{ {}, { top, top + h - 1 }, { left, left + w - 1 } }]
          for flip = 0, 1 do
            local as = flip == 1 and part:index_select(3, mirrored) or part
            if as:ne(got):to("int64"):sum():item() == 0 then return top, left, flip end
          end
        end
      end
    end

    for name, transform in pairs { bytes = false, numbers = { scale = 1 } } do
      it("cuts " .. name .. " out of the padded image at every place", function()
        local loader = data.loader({ images },
          { batch_size = 2, seed = 3, augment = { padding = 1, flip = true }, transform = transform })
        local seen, count = {}, 0
        for _ = 1, 150 do
          for X in loader:batches() do
            for i = 1, 2 do
              local top, left, flip = place_of(X[i]:to("float32"), images[i]:to("float32"), 1)
              assert.is_not_nil(top)
              local key = ("%d %d %d"):format(top, left, flip)
              count = count + (seen[key] and 0 or 1)
              seen[key] = true
            end
          end
        end
        assert.equal(18, count)
      end)
    end

    it("is a function of seed, epoch and place, on any number of threads", function()
      local X = lab.randint(0, 256, { 300, 3, 32, 32 }):to("uint8")
      local options = { batch_size = 128, shuffle = true, seed = 9, augment = { padding = 4, flip = true },
        transform = { scale = 1 / 255, mean = { 0.4, 0.5, 0.6 }, std = { 0.2, 0.3, 0.4 } } }
      local threads, sums = lab.get_num_threads(), {}
      for n = 1, 3 do
        lab.set_num_threads(n)
        local list = {}
        for batch in data.loader({ X }, options):batches() do list[#list + 1] = batch:clone() end
        sums[n] = lab.cat(list)
      end
      lab.set_num_threads(threads)
      for n = 2, 3 do assert.equal(0, sums[1]:ne(sums[n]):to("int64"):sum():item()) end
      local again = data.loader({ X }, options)
      assert.equal(128, #again:batches()())
      local state = again:state_dict()
      local resumed = data.loader({ X }, options)
      resumed:load_state_dict(state)
      local batch = resumed:batches()()
      assert.equal(0, batch:ne(sums[1]:narrow(1, 129, 128)):to("int64"):sum():item())
    end)

    it("wants images", function()
      contains(message(data.loader, { X = lab.zeros(3, 4) }, { augment = { flip = true } }),
        "augment is for images (N, C, H, W), X is (3, 4)")
      contains(message(data.loader, { X = images }, { augment = { pading = 1 } }), "did you mean 'padding'?")
    end)
  end)

  it("takes a mean and a deviation for each channel", function()
    local X = lab.randint(0, 256, { 3, 2, 4, 5 }):to("uint8")
    local transform = { scale = 1 / 255, mean = { 0.25, 0.5 }, std = { 0.5, 2 } }
    for _, shuffle in ipairs { false, true } do
      for batch, y in data.loader({ X = X, y = lab.arange(3) },
        { batch_size = 3, transform = transform, shuffle = shuffle }):batches() do
        for i = 1, 3 do
          local from = X[y[i]:item() // 1 + 1]:to("float64") / 255
          for c = 1, 2 do
            local want = (from[c] - transform.mean[c]) / transform.std[c]
            assert.is_true((batch[{ i, c }]:to("float64") - want):abs():amax():item() < 1e-6)
          end
        end
      end
    end
    contains(message(data.loader, { X = X }, { transform = { mean = { 1, 2, 3 } } }),
      "3 means and deviations are for images of 3 channels, X is (3, 2, 4, 5)")
    contains(message(data.loader, { X = X }, { transform = { mean = { 1, 2 }, std = { 1, 2, 3 } } }),
      "mean has 2 numbers, std has 3")
    contains(message(data.loader, { X = X }, { transform = { std = "a" } }), "std must be a number or a list")
  end)
end)

describe("data.transforms", function()
  local T = data.transforms
  local x = lab.arange(0, 24):reshape(2, 1, 3, 4)

  it("crops at random places, the same for a seed", function()
    lab.manual_seed(5)
    local a = T.random_crop(x, { 2, 2 })
    assert.same({ 2, 1, 2, 2 }, a.shape)
    lab.manual_seed(5)
    assert.same(a:tolist(), T.random_crop(x, 2):tolist())
    local seen = {}
    for _ = 1, 60 do seen[T.random_crop(x[1], 2)[{ 1, 1, 1 }]:item()] = true end
    for _, v in ipairs { 0, 1, 2, 4, 5, 6 } do assert.is_true(seen[v]) end
    assert.same({ 1, 5, 6 }, T.random_crop(x[1], { 5, 6 }, { padding = 1 }).shape)
    contains(message(T.random_crop, x, 4), "size must be at most that of the images with their padding, got {4, 4}")
    contains(message(T.random_crop, lab.zeros(3, 3), 2), "x must be images (N, C, H, W) or one image (C, H, W)")
  end)

  it("cuts out the middle", function()
    assert.same({ { { 1, 2 }, { 5, 6 } } }, T.center_crop(x[1], 2):tolist())
    assert.same({ 1, 5, 5 }, T.center_crop(x[1], 5).shape)
    assert.equal(x:sum():item(), T.center_crop(x, 6):sum():item())
    local line = lab.arange(0, 8, { dtype = "float32" }):reshape(1, 1, 8)
    for size, first in pairs { [1] = 4, [3] = 2, [5] = 2, [7] = 0, [2] = 3 } do -- torchvision's
      assert.equal(first, T.center_crop(line, { 1, size })[{ 1, 1, 1 }]:item())
    end
  end)

  it("mirrors", function()
    assert.same({ { { 3, 2, 1, 0 }, { 7, 6, 5, 4 }, { 11, 10, 9, 8 } } }, T.random_horizontal_flip(x[1], 1):tolist())
    assert.same(x:tolist(), T.random_horizontal_flip(x, 0):tolist())
    for _, dtype in ipairs { "uint8", "float64", "int64" } do
      local line = lab.arange(0, 4):to(dtype):reshape(1, 1, 4)
      assert.same({ { { 3, 2, 1, 0 } } }, T.random_horizontal_flip(line, 1):tolist())
    end
  end)

  it("normalizes by channel", function()
    local bytes = lab.full({ 2, 2, 1, 1 }, 255, { dtype = "uint8" })
    assert.same({ { { 0.5 } }, { { 2 } } }, T.normalize(bytes, { 0.5, 0 }, { 1, 0.5 }, { scale = 1 / 255 })[1]:tolist())
    contains(message(T.normalize, bytes, { 1 }, { 1, 2 }), "mean has 1 numbers, but x is of shape (2, 2, 1, 1)")
    contains(message(T.normalize, bytes, { 1, 2 }, { 1, 0 }), "std[2] must be a finite number above 0, got 0")
  end)
end)
