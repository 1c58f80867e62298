--- Loaders: orders, states, sizes, mistakes.
local lab = require "optlab"
local message = require("tests.support.errors").message
local contains = require("tests.support.text").contains
local data = lab.data

describe("data", function()
  describe("loader", function()
    local X, y
    before_each(function()
      X = lab.arange(0, 50, { dtype = "float32" }):reshape(10, 5)
      y = lab.arange(0, 10, { dtype = "int64" })
    end)

    -- The labels in the order in which they come; checks that each row stays with its label.
    local function order(loader)
      local list = {}
      for bx, by in loader:batches() do
        for i = 1, #by do
          assert.equal(by[i]:item() * 5 + 3, bx[{ i, 4 }]:item())
          list[#list + 1] = by[i]:item()
        end
      end
      return list
    end

    it("gives each row once an epoch, in a new order each time", function()
      local loader = data.loader({ X = X, y = y }, { batch_size = 3, shuffle = true, seed = 1 })
      local first, second = order(loader), order(loader)
      assert.not_same(first, second)
      for _, list in ipairs { first, second } do
        table.sort(list)
        assert.same(y:tolist(), list)
      end
    end)

    it("takes options beside the tensors in one table", function()
      assert.equal(5, #data.loader { X = X, y = y, batch_size = 2 })
      assert.equal(3, #data.loader { X, y, batch_size = 3, drop_last = true })
      assert.same({ 10, 5 }, data.loader({ X = X, name = "mine", batch_size = 10 }):batches()().shape)
    end)

    it("drops nothing that stands in the data", function()
      local function fails(expected, ...) contains(message(data.loader, ...), expected) end
      fails("data.loader: batch_size stands in the data set and must stand in the table of options",
        { X = X, y = y, batch_size = 2 }, { shuffle = true })
      fails("data.loader: unknown option 'batch_siz'; did you mean 'batch_size'?", { X, y, batch_siz = 2 })
      fails("data.loader: the data set has a tensor 'weight', which no batch would hold", { X = X, y = y, weight = y })
      fails("data.loader: the data set has a tensor '1', which no batch would hold", { X = X, y })
      contains(message(lab.train.mean_loss, lab.nn.Identity(), lab.nn.MSELoss(), { X = X, y = X, batch_size = 2 }),
        "train.mean_loss: data.batch_size must be an option, not a field of the data set, got 2")
    end)

    it("makes an epoch's order a function of seed and epoch", function()
      local options = { batch_size = 4, shuffle = true, seed = 5 }
      local a, b = data.loader({ X, y }, options), data.loader({ X, y }, options)
      local first, second = order(a), order(a)
      b.epoch = 1
      assert.same(second, order(b))
      b.epoch = 0
      assert.same(first, order(b))
      assert.equal(1, b.epoch)
    end)

    it("follows lab.manual_seed when it has no seed of its own", function()
      local loader = data.loader({ X = X, y = y }, { shuffle = true })
      lab.manual_seed(9)
      local a = order(loader)
      lab.manual_seed(9)
      assert.same(a, order(loader))
      assert.not_same(a, order(loader))
      lab.manual_seed(0)
    end)

    it("continues in the middle of an epoch from its state", function()
      for i, seed in ipairs { 7, false, 7, false } do
        local options = { batch_size = 2, shuffle = true, seed = seed or nil, replacement = i > 2 }
        local whole, part = {}, data.loader({ X = X, y = y }, options)
        local state
        for _, by in part:batches() do
          whole[#whole + 1] = by:tolist()
          if #whole == 2 then state = part:state_dict() end
        end
        local resumed = data.loader({ X = X, y = y }, options)
        resumed:load_state_dict(state)
        local at = 2
        for _, by in resumed:batches() do
          at = at + 1
          assert.same(whole[at], by:tolist())
        end
        assert.equal(5, at)
      end
    end)

    describe("with replacement", function()
      -- How often each of n rows comes in some epochs, by row.
      local function counts(loader, n, epochs)
        local list = {}
        for i = 1, n do list[i] = 0 end
        for _ = 1, epochs do
          local drawn = 0
          for rows in loader:batches() do
            for _, row in ipairs(rows:tolist()) do
              list[row] = list[row] + 1
              drawn = drawn + 1
            end
          end
          assert.equal(n, drawn)
        end
        return list
      end

      local function rows(n) return { X = lab.arange(1, n + 1, { dtype = "int64" }) } end

      it("draws every row independently, as many as there are", function()
        local n, epochs = 1000, 20
        local loader = data.loader(rows(n), { batch_size = 30, replacement = true, seed = 3 })
        local seen = 0
        for _, count in ipairs(counts(loader, n, 1)) do seen = seen + (count > 0 and 1 or 0) end
        assert.is_true(math.abs(seen / n - (1 - math.exp(-1))) < 0.05, seen) -- sd 0.01
        local chi2 = 0
        for _, count in ipairs(counts(loader, n, epochs)) do chi2 = chi2 + (count - epochs) ^ 2 / epochs end
        assert.is_true(math.abs(chi2 - (n - 1)) < 5 * math.sqrt(2 * n), chi2)
      end)

      it("keeps rows and labels together, in another order in each epoch", function()
        local loader = data.loader({ X = X, y = y }, { batch_size = 3, replacement = true, seed = 1 })
        local first, second = order(loader), order(loader)
        assert.equal(10, #first)
        assert.not_same(first, second)
        loader.epoch = 0
        assert.same(first, order(loader))
      end)

      it("needs no shuffle, and its seed or lab.manual_seed decides", function()
        for _, seed in ipairs { 4, false } do
          local lists = {}
          for i, shuffle in ipairs { true, false } do
            lab.manual_seed(11)
            local options = { batch_size = 4, replacement = true, shuffle = shuffle, seed = seed or nil }
            lists[i] = order(data.loader({ X = X, y = y }, options))
          end
          assert.same(lists[1], lists[2])
        end
        lab.manual_seed(0)
      end)

      it("says so", function()
        local text = tostring(data.loader({ X = X }, { replacement = true }))
        assert.equal("Loader(10 rows, batch_size=1, 10 batches, shuffle=true, replacement=true, drop_last=false)", text)
      end)
    end)

    it("gives copies of the rows in order when it does not shuffle", function()
      local sizes = {}
      local loader = data.loader({ X = X, y = y }, { batch_size = 4 })
      assert.same(y:tolist(), order(loader))
      for bx, by in loader:batches() do
        sizes[#sizes + 1] = #by
        if #sizes == 2 then bx:fill_(-1) end
      end
      assert.same({ 4, 4, 2 }, sizes)
      assert.equal(20, X[{ 5, 1 }]:item())
    end)

    it("counts batches with and without the last one", function()
      assert.equal(10, #data.loader({ X = X }))
      assert.equal(4, #data.loader({ X = X }, { batch_size = 3 }))
      assert.equal(3, #data.loader({ X = X }, { batch_size = 3, drop_last = true }))
      assert.equal(1, #data.loader({ X = X }, { batch_size = 99 }))
      assert.equal(9, #order(data.loader({ X, y }, { batch_size = 3, drop_last = true, shuffle = true })))
      assert.equal(10, #order(data.loader({ X, y }, { batch_size = 99, shuffle = true })))
    end)

    it("carries any dtype and shape, transposed tensors too", function()
      local images = lab.arange(0, 160, { dtype = "float64" }):reshape(10, 4, 4):to("uint8")
      local columns = lab.arange(0, 30, { dtype = "float64" }):reshape(3, 10):t()
      local loader = data.loader({ images, columns }, { batch_size = 4, shuffle = true, seed = 2 })
      for a, b in loader:batches() do
        assert.equal("uint8", a.dtype)
        for i = 1, #a do assert.equal(a[{ i, 1, 1 }]:item() / 16, b[{ i, 1 }]:item()) end
      end
    end)

    it("starts a new epoch after a loop that was left early", function()
      local loader, seen = data.loader({ X = X, y = y }, { batch_size = 2, shuffle = true }), 0
      for _ in loader:batches() do
        seen = seen + 1
        if seen == 2 then break end
      end
      assert.equal(2, loader:state_dict().position)
      assert.equal(10, #order(loader))
      assert.equal(2, loader.epoch)
    end)

    it("reports when memory runs out, and goes on afterwards", function()
      local loader = data.loader({ X = X, y = y }, { batch_size = 2, shuffle = true })
      for n = 1, 4 do
        lab.fail_allocation(n)
        contains(message(function() for _ in loader:batches() do end end), "out of memory")
      end
      lab.fail_allocation(0)
      assert.equal(10, #order(loader))
    end)

    it("writes each batch over the one before where it may", function()
      local function batches(options)
        local loader, list, tensors = data.loader({ X = X, y = y }, { batch_size = 4, shuffle = true }), {}, {}
        lab.manual_seed(5)
        for _ = 1, 2 do
          for a, b in loader:batches(options) do
            list[#list + 1] = { a:tolist(), b:tolist() }
            tensors[#tensors + 1] = a
          end
        end
        return list, tensors
      end
      local want = batches()
      local list, tensors = batches { reuse = true }
      assert.same(want, list)
      assert.is_true(rawequal(tensors[1], tensors[2]))
      assert.is_false(rawequal(tensors[2], tensors[3])) -- of two rows
      assert.is_false(rawequal(tensors[3], tensors[4])) -- of the next pass
    end)

    it("makes a new batch beside one that wants a gradient, and tells a graph of the old one", function()
      local loader, last = data.loader({ X }, { batch_size = 5 }), nil
      for a in loader:batches { reuse = true } do
        assert.is_false(rawequal(a, last))
        last = a:requires_grad_()
      end
      local w, loss = lab.ones({ 5 }, { requires_grad = true }), nil
      for a in loader:batches { reuse = true } do loss = loss or (a * w):sum() end
      contains(message(loss.backward, loss), "was changed in place after it was used")
    end)

    it("refuses what cannot be a data set", function()
      contains(message(data.loader),
        "data.loader: data is missing; it must be a data set {X=tensor, y=tensor} or a list of tensors")
      contains(message(data.loader, {}), "neither a tensor X nor a list of tensors")
      contains(message(data.loader, { X = 1 }), "data.loader: field 1 of the data set must be a tensor, got 1")
      contains(message(data.loader, { X, y:narrow(1, 1, 4) }), "differ in their number of rows: (10, 5) and (4)")
      contains(message(data.loader, { X }, { batch_size = 0 }),
        "data.loader: batch_size must be an integer of at least 1, got 0")
      contains(message(data.loader, { X }, { batchsize = 1 }), "did you mean 'batch_size'?")
      contains(message(data.loader, { X }, { batch_size = 11, drop_last = true }), "drop_last leaves no batch")
      local loader = data.loader { X }
      contains(message(loader.batches), "call it as loader:method()")
      contains(message(loader.batches, loader, { reused = true }), "did you mean 'reuse'?")
      contains(message(loader.batches, loader, { reuse = 1 }), "Loader:batches: reuse must be true or false, got 1")
      contains(message(function() loader.epoch = -1 end), "no such place")
      contains(message(function() loader.size = 3 end), "'size' cannot be set")
    end)
  end)
end)
