--- data.fashion_mnist and the pair of its parts: the real files, files that are not the real ones, the stand-in.
local lab = require "optlab"
local core = require "optlab.core"
local message = require("tests.support.errors").message
local files = require "tests.support.files"
local program = require "tests.support.program"
local real_data = require "tests.support.real_data"
local server = require "tests.support.server"
local uv = require "luv"
local contains = require("tests.support.text").contains
local data, nn = lab.data, lab.nn

local IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"

local folder -- a fresh one for the whole file

local function need_real()
  if not files.exists(real_data.images) then pending("the real images are missing: " .. real_data.images) end
  return files.exists(real_data.images)
end

-- Runs a piece of Lua in a fresh process; returns everything it wrote and its status.
local function run(env, code, ...) return program.without_data(folder, env, code, ...) end

-- A data folder with the given files; name -> contents.
local function data_folder(name, contents)
  local dir = folder .. "/" .. name
  uv.fs_mkdir(dir, 448)
  for file, text in pairs(contents) do files.write(dir .. "/" .. file, text) end
  return dir
end

local function images_file(n, high)
  high = high or 28
  return "\0\0\8\3" .. string.pack(">I4I4I4", n, high, 28) .. ("\7"):rep(n * high * 28)
end

local function labels_file(n, first)
  local ten = "\0\1\2\3\4\5\6\7\8\9"
  return "\0\0\8\1" .. string.pack(">I4", n) .. (first or "") .. ten:rep(n // 10):sub(#(first or "") + 1)
end

local SHOW = "local ds = lab.data.fashion_mnist{split='test', n=20} print(ds.stand_in, ds.note, ds.path, ds)"

describe("fashion_mnist", function()
  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

  describe("real images #data", function()
    it("come as bytes with labels from 1, in the files' order", function()
      if not need_real() then return end
      local text = run({ OPTLAB_DATA = real_data.folder, OPTLAB_OFFLINE = 1 }, [[
        local ds = lab.data.fashion_mnist{split="test"}
        print(ds, #ds, ds.stand_in, ds.note, ds.name, ds.split, ds.y.dtype)
        print(table.concat(ds.y[{{1, 10}}]:tolist(), " "), ds.classes[ds.y[1]:item()])
        print(("%.9f"):format(ds.X:to("float64"):mean():item()), ds.X[{1, 1, 20, {1, 6}}])
        local n, sum = 0, 0
        for X, y in lab.data.loader(ds, {batch_size = 300}):batches() do
          n, sum = n + #y, sum + X:to("float64"):sum():item()
          assert(X.dtype == "float32" and X:min():item() >= 0 and X:max():item() <= 1)
        end
        print(n, ("%.6f"):format(sum / n / 784 * 255))]])
      contains(text, "Dataset fashion_mnist: X (10000, 1, 28, 28), y (10000), uint8\t10000\tfalse\tnil\tfashion_mnist"
        .. "\ttest\tint64\n")
      contains(text, "10 3 2 2 7 2 5 7 6 8\tankle boot\n")
      contains(text, "73.146566582\t")
      contains(text, "10000\t73.1465")
    end)

    it("may lie in the folder itself, packed or not", function()
      if not need_real() then return end
      local packed = data_folder("packed", {})
      local plain = data_folder("plain", {})
      for _, name in ipairs { IMAGES, LABELS } do
        local from = real_data.folder .. "/fashion-mnist/" .. name .. ".gz"
        assert(uv.fs_copyfile(from, packed .. "/" .. name .. ".gz"))
        assert.equal(0, (program.shell(folder, ("gzip -dc '%s' >'%s/%s'"):format(from, plain, name))))
      end
      contains(run({ OPTLAB_DATA = packed, OPTLAB_OFFLINE = 1 }, SHOW), packed .. "/" .. IMAGES .. ".gz\t")
      contains(run({ OPTLAB_DATA = plain, OPTLAB_OFFLINE = 1 }, SHOW), plain .. "/" .. IMAGES .. "\t")
    end)

    it("that are cut off are an error", function()
      if not need_real() then return end
      local whole = files.read(real_data.images)
      local dir = data_folder("cut", { [IMAGES .. ".gz"] = whole:sub(1, #whole // 2), [LABELS] = labels_file(10000) })
      local text, status = run({ OPTLAB_DATA = dir }, SHOW)
      assert.equal(1, status)
      contains(text, "script.lua:2: data.idx: cannot read " .. dir .. "/" .. IMAGES .. ".gz: ")
    end)
  end)

  describe("files that are not the real ones", function()
    local function error_of(name, images, labels)
      local dir = data_folder(name, { [IMAGES] = images, [LABELS] = labels })
      local text, status = run({ OPTLAB_DATA = dir }, SHOW)
      assert.equal(1, status)
      contains(text, "script.lua:2: ")
      return text
    end

    it("are told by their digest", function()
      local text = error_of("digest", images_file(10000), labels_file(10000))
      contains(text, IMAGES .. " is not the expected file: md5:")
      contains(text, "unpacked, expected md5:8181f5470baa50b63fa0f6fddb340f0a (data.idx reads a file of your own)")
    end)

    it("are told by their numbers of images and labels", function()
      local text = error_of("count", images_file(20), labels_file(10))
      contains(text, IMAGES .. " holds 20 images, but ")
      contains(text, LABELS .. " holds 10 labels")
      contains(error_of("few", images_file(20), labels_file(20)), "holds 20 images, expected 10000")
    end)

    it("are told by their shape", function()
      contains(error_of("shape", images_file(20, 29), labels_file(20)),
        "holds uint8 numbers of shape (20, 29, 28), expected uint8 images (n, 28, 28)")
      contains(error_of("swapped", images_file(10000), images_file(10000)),
        "holds uint8 numbers of shape (10000, 28, 28), expected uint8 labels (n)")
    end)

    it("are told by labels of unequal numbers", function()
      contains(error_of("labels", images_file(10000), labels_file(10000, "\3")),
        "is not the expected file: label 0 occurs 999 times, expected 1000")
    end)

    it("are told by their bytes", function()
      contains(error_of("text", "hello", labels_file(20)), "no IDX file")
      contains(error_of("damaged", "\31\139\8\0\0\0\0\0\0\3 no deflate", labels_file(20)), IMAGES .. ":")
    end)
  end)

  describe("stand-in", function()
    it("announces itself, once, and is an error on --require-real-data", function()
      local text = run({ OPTLAB_OFFLINE = 1 }, SHOW .. "\n" .. SHOW)
      contains(text, "optlab: fashion_mnist: no real data (OPTLAB_OFFLINE forbids a download); using a stand-in")
      assert.equal(1, select(2, text:gsub("using a stand%-in", "")))
      contains(text, "true\tstand-in data\tnil\tDataset fashion_mnist: X (20, 1, 28, 28), y (20), uint8, stand-in")
      local err, status = run({ OPTLAB_OFFLINE = 1 }, SHOW, "--require-real-data")
      assert.equal(1, status)
      contains(err, "script.lua:2: data.fashion_mnist: real data are required, but there is no " .. IMAGES .. ".gz")
    end)

    it("takes the place of training images when only the test images are there #data", function()
      if not need_real() then return end
      local text = run({ OPTLAB_DATA = real_data.folder, OPTLAB_OFFLINE = 1 },
        "local ds = lab.data.fashion_mnist{n=10, flatten=true, dtype='uint8'} print(ds, ds.transform, ds.split)")
      contains(text, "no train-images-idx3-ubyte.gz in " .. real_data.folder)
      contains(text, "X (10, 784), y (10), uint8, stand-in data\tnil\ttrain\n")
    end)

    it("gives training and test images that differ", function()
      local text = run({ OPTLAB_OFFLINE = 1 }, [[
        local a, b = lab.data.fashion_mnist{n=50}, lab.data.fashion_mnist{split="test", n=50}
        print(a.X:eq(b.X):to("int64"):sum():item() < 30000, #lab.data.fashion_mnist{split="test"})]])
      contains(text, "true\t10000\n")
    end)

    it("has the same bits for any number of threads and from any image on", function()
      local before = lab.get_num_threads()
      lab.set_num_threads(1)
      local X, y = core.data.garments(5, 0, 300)
      lab.set_num_threads(3)
      local X3, y3 = core.data.garments(5, 0, 300)
      lab.set_num_threads(before)
      assert.equal(0, X:ne(X3):to("int64"):sum():item())
      assert.same(y:tolist(), y3:tolist())
      local part, labels = core.data.garments(5, 123, 77)
      assert.equal(0, part:ne(X:narrow(1, 124, 77)):to("int64"):sum():item())
      assert.same(y:narrow(1, 124, 77):tolist(), labels:tolist())
      assert.is_true(core.data.garments(6, 0, 300):ne(X):to("int64"):sum():item() > 10000)
    end)

    it("has each class once in ten images, in changing order", function()
      local _, y = core.data.garments(5, 0, 200)
      local list, orders = y:tolist(), {}
      for i = 0, 19 do
        local ten = table.move(list, 10 * i + 1, 10 * i + 10, 1, {})
        orders[table.concat(ten)] = true
        table.sort(ten)
        assert.same({ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, ten)
      end
      local count = 0
      for _ in pairs(orders) do count = count + 1 end
      assert.is_true(count > 15)
    end)

    it("holds a picture in every image, on a dark ground", function()
      local X = core.data.garments(2828, 0, 1000)
      local means = X:to("float64"):mean({ 2, 3 })
      assert.is_true(means:min():item() > 3 and means:max():item() < 140)
      assert.near(48, means:mean():item(), 5)
    end)

    it("is work for a linear classifier", function()
      lab.manual_seed(1)
      local X, y = core.data.garments(2828, 0, 4000)
      local train, test = data.split({ X = X, y = y:to("int64") + 1, transform = { scale = 1 / 255 } }, { 3000, 1000 })
      local net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
      local opt, loss = lab.optim.SGD(net:parameters(), { lr = 0.05, momentum = 0.9 }), nn.CrossEntropyLoss()
      local loader = data.loader(train, { batch_size = 100, shuffle = true, seed = 1 })
      for _ = 1, 10 do
        for images, labels in loader:batches() do
          opt:zero_grad()
          loss(net(images), labels):backward()
          opt:step()
        end
      end
      local images, labels = data.loader(test, { batch_size = 1000 }):batches()()
      local right = net(images):argmax(2):eq(labels):to("int64"):sum():item()
      assert.is_true(right > 680 and right < 860, "right: " .. right)
    end)

    it("checks the request", function()
      contains(message(core.data.garments, 1, -1, 5), "there are none")
      contains(message(core.data.garments, 1, 0, 0), "there are none")
      contains(message(core.data.garments, 1, 0), "data.garments: n is missing; it must be an integer")
      contains(message(data.fashion_mnist, { split = "tset" }), "split must be one of 'train', 'test', got 'tset'")
      contains(message(data.fashion_mnist, { n = 60001 }), "n must be an integer from 1 to 60000, got 60001")
      contains(message(data.fashion_mnist, { dtype = "int64" }), "dtype must be one of 'float32', 'float64', 'uint8'")
      contains(message(data.fashion_mnist, { flaten = true }), "did you mean 'flatten'?")
    end)
  end)

  describe("download #data", function()
    local url, stop

    setup(function()
      if files.exists(real_data.images) then url, stop = server.start(real_data.images) end
    end)
    teardown(function()
      if stop then stop(folder .. "/quit") end
    end)

    it("goes into a folder of its own in the cache, and is checked there", function()
      if not need_real() then return end
      local code = ([[
        local source = require "optlab.data.locate"
        local file = { name = "fashion_mnist", folder = "fashion-mnist", file = "x.gz", url = "%s", digest = "%s" }
        print(source.find(file))]]):format(url "good/x.gz", data.digest(real_data.images, "md5"))
      local cached = folder .. "/cache/optlab/fashion-mnist/x.gz"
      contains(run({}, code), cached .. "\tdownload\n")
      assert.equal(data.digest(real_data.images, "sha1"), data.digest(cached, "sha1"))
      contains(run({ OPTLAB_OFFLINE = 1 }, code), cached .. "\tcache\n")
      files.write(cached, "x")
      contains(run({ OPTLAB_MIRROR = url "good" }, code), "is damaged\n")
      assert.equal(data.digest(real_data.images, "sha1"), data.digest(cached, "sha1"))
    end)

    it("of a file with another digest ends in the stand-in, and nothing is kept", function()
      if not need_real() then return end
      local text = run({ OPTLAB_MIRROR = url "good" }, SHOW)
      contains(text, "not the expected file: md5:")
      contains(text, "true\tstand-in data")
      assert.is_false(files.exists(folder .. "/cache/optlab/fashion-mnist/" .. IMAGES .. ".gz"))
    end)
  end)
end)

describe("data.fashion_mnist_pair", function()
  local PAIR = [[
    local a, b = lab.data.fashion_mnist_pair{n = 30, n_test = 20}
    print(#a, #b, a.stand_in, b.stand_in, a.note, a.split, b.split)]]

  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

  it("shares the test images where there are no others, and says so", function()
    if not need_real() then return end
    local text = run({ OPTLAB_DATA = real_data.folder, OPTLAB_OFFLINE = "1" }, PAIR)
    contains(text, "30\t20\tfalse\tfalse\tparts of the test images\ttest\ttest\n")
    contains(text, "no train-images-idx3-ubyte.gz; training on the first 8000 of the test images, "
      .. "testing on the last 2000")
    text = run({ OPTLAB_DATA = real_data.folder, OPTLAB_OFFLINE = "1" }, [[
      local a, b = lab.data.fashion_mnist_pair()
      local whole = lab.data.fashion_mnist{split="test"}
      print(#a, #b, whole.X[8001]:eq(b.X[1]):to("int64"):sum():item(), whole.y[8000]:item() == a.y[8000]:item())]])
    contains(text, "8000\t2000\t784\ttrue")
    text = run({ OPTLAB_DATA = real_data.folder, OPTLAB_OFFLINE = "1" }, "lab.data.fashion_mnist_pair{n = 9000}")
    contains(text, "without the training files: n must be an integer from 1 to 8000, got 9000")
  end)

  it("makes both up where there are none", function()
    local text = run({ OPTLAB_OFFLINE = "1" }, PAIR)
    contains(text, "30\t20\ttrue\ttrue\tstand-in data\ttrain\ttest\n")
  end)

  it("does not test on made-up images what was trained on real ones", function()
    local dir = data_folder("training-only", {
      ["train-images-idx3-ubyte"] = images_file(60000), ["train-labels-idx1-ubyte"] = labels_file(60000),
    })
    contains(run({ OPTLAB_DATA = dir, OPTLAB_OFFLINE = "1" }, PAIR), "but no t10k-images-idx3-ubyte.gz to test on")
  end)
end)
