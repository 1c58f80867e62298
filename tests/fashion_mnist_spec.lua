local lab = require "optlab"
local core = require "optlab.core"
local uv = require "luv"
local program = require "tests.support.program"
local data, nn = lab.data, lab.nn

local ROOT = uv.cwd()
local REAL = os.getenv "OPTLAB_DATA" or ROOT .. "/../shared/data"
local IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
local REAL_IMAGES = REAL .. "/fashion-mnist/" .. IMAGES .. ".gz"

uv.os_setenv("no_proxy", "*")

local folder -- a fresh one for the whole file

local function exists(path) return uv.fs_stat(path) ~= nil end

local function need_real()
  if not exists(REAL_IMAGES) then pending("the real images are missing: " .. REAL_IMAGES) end
  return exists(REAL_IMAGES)
end

local function contains(text, part)
  assert.truthy(text:find(part, 1, true), ("%q is not in %q"):format(part, text))
end

local function message(fn, ...)
  local ok, err = pcall(fn, ...)
  assert.is_false(ok)
  return tostring(err)
end

-- Runs a piece of Lua in a fresh process without data of its own; gives what it wrote, and its status.
local function run(env, code, ...)
  program.write(folder .. "/script.lua", 'local lab = require "optlab"\n' .. code)
  local set = { "env -u OPTLAB_DATA -u OPTLAB_MIRROR -u OPTLAB_OFFLINE no_proxy='*'",
    ("XDG_CACHE_HOME='%s/cache'"):format(folder) }
  for name, value in pairs(env) do set[#set + 1] = ("%s='%s'"):format(name, value) end
  local words = table.concat({ ... }, " ")
  local command = ("%s '%s' script.lua %s"):format(table.concat(set, " "), program.path, words)
  local status, out, err = program.shell(folder, command)
  return out .. err, status
end

-- A data folder with the given files; name -> contents.
local function data_folder(name, files)
  local dir = folder .. "/" .. name
  uv.fs_mkdir(dir, 448)
  for file, text in pairs(files) do program.write(dir .. "/" .. file, text) end
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
  setup(function() folder = program.folder() end)
  teardown(function() program.remove(folder) end)

  describe("real images #data", function()
    it("come as bytes with labels from 1, in the files' order", function()
      if not need_real() then return end
      local text = run({ OPTLAB_DATA = REAL, OPTLAB_OFFLINE = 1 }, [[
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
        local from = REAL .. "/fashion-mnist/" .. name .. ".gz"
        assert(uv.fs_copyfile(from, packed .. "/" .. name .. ".gz"))
        assert.equal(0, (program.shell(folder, ("gzip -dc '%s' >'%s/%s'"):format(from, plain, name))))
      end
      contains(run({ OPTLAB_DATA = packed, OPTLAB_OFFLINE = 1 }, SHOW), packed .. "/" .. IMAGES .. ".gz\t")
      contains(run({ OPTLAB_DATA = plain, OPTLAB_OFFLINE = 1 }, SHOW), plain .. "/" .. IMAGES .. "\t")
    end)

    it("that are cut off are an error", function()
      if not need_real() then return end
      local whole = program.read(REAL_IMAGES)
      local dir = data_folder("cut", { [IMAGES .. ".gz"] = whole:sub(1, #whole // 2), [LABELS] = labels_file(10000) })
      local text, status = run({ OPTLAB_DATA = dir }, SHOW)
      assert.equal(1, status)
      contains(text, "script.lua:2: data.idx: " .. dir .. "/" .. IMAGES .. ".gz: ")
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
      local text = run({ OPTLAB_DATA = REAL, OPTLAB_OFFLINE = 1 },
        "local ds = lab.data.fashion_mnist{n=10, flatten=true, dtype='uint8'} print(ds, ds.transform, ds.split)")
      contains(text, "no train-images-idx3-ubyte.gz in " .. REAL)
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
      contains(message(core.data.garments, 1, 0), "a number of images")
      contains(message(data.fashion_mnist, { split = "tset" }), "did you mean 'test'?")
      contains(message(data.fashion_mnist, { n = 60001 }), "n must be in 1..60000, got 60001")
      contains(message(data.fashion_mnist, { dtype = "int64" }), "dtype must be one of float32, float64, uint8")
      contains(message(data.fashion_mnist, { flaten = true }), "did you mean 'flatten'?")
    end)
  end)

  describe("download #data", function()
    local pipe, port

    setup(function()
      if not exists(REAL_IMAGES) then return end
      pipe = io.popen(("'%s' tests/support/http_server.lua '%s'"):format(program.path, REAL_IMAGES))
      port = pipe:read("n")
    end)
    teardown(function()
      if not port then return end
      data.download(("http://127.0.0.1:%d/quit"):format(port), folder .. "/quit")
      pipe:close()
    end)

    local function url(path) return ("http://127.0.0.1:%d/%s"):format(port, path) end

    it("goes into a folder of its own in the cache, and is checked there", function()
      if not need_real() then return end
      local code = ([[
        local source = require "optlab.data.locate"
        local file = { name = "fashion_mnist", folder = "fashion-mnist", file = "x.gz", url = "%s", digest = "%s" }
        print(source.find(file))]]):format(url "good/x.gz", data.digest(REAL_IMAGES, "md5"))
      local cached = folder .. "/cache/optlab/fashion-mnist/x.gz"
      contains(run({}, code), cached .. "\tdownload\n")
      assert.equal(data.digest(REAL_IMAGES, "sha1"), data.digest(cached, "sha1"))
      contains(run({ OPTLAB_OFFLINE = 1 }, code), cached .. "\tcache\n")
      program.write(cached, "x")
      contains(run({ OPTLAB_MIRROR = url "good" }, code), "is damaged\n")
      assert.equal(data.digest(REAL_IMAGES, "sha1"), data.digest(cached, "sha1"))
    end)

    it("of a file with another digest ends in the stand-in, and nothing is kept", function()
      if not need_real() then return end
      local text = run({ OPTLAB_MIRROR = url "good" }, SHOW)
      contains(text, "not the expected file: md5:")
      contains(text, "true\tstand-in data")
      assert.is_false(exists(folder .. "/cache/optlab/fashion-mnist/" .. IMAGES .. ".gz"))
    end)
  end)
end)

describe("data.fashion_mnist_pair", function()
  local PAIR = [[
    local a, b = lab.data.fashion_mnist_pair{n = 30, n_test = 20}
    print(#a, #b, a.stand_in, b.stand_in, a.note, a.split, b.split)]]

  setup(function() folder = program.folder() end)
  teardown(function() program.remove(folder) end)

  it("shares the test images where there are no others, and says so", function()
    if not need_real() then return end
    local text = run({ OPTLAB_DATA = REAL, OPTLAB_OFFLINE = "1" }, PAIR)
    contains(text, "30\t20\tfalse\tfalse\tparts of the test images\ttest\ttest\n")
    contains(text, "no train-images-idx3-ubyte.gz; training on the first 8000 of the test images, "
      .. "testing on the last 2000")
    text = run({ OPTLAB_DATA = REAL, OPTLAB_OFFLINE = "1" }, [[
      local a, b = lab.data.fashion_mnist_pair()
      local whole = lab.data.fashion_mnist{split="test"}
      print(#a, #b, whole.X[8001]:eq(b.X[1]):to("int64"):sum():item(), whole.y[8000]:item() == a.y[8000]:item())]])
    contains(text, "8000\t2000\t784\ttrue")
    text = run({ OPTLAB_DATA = REAL, OPTLAB_OFFLINE = "1" }, "lab.data.fashion_mnist_pair{n = 9000}")
    contains(text, "without the training files: n must be in 1..8000, got 9000")
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

  it("check the rows", function()
    contains(message(data.split, set(), { 4, 3 }), "data.split: part 2 is to have 3 rows, but of 6 rows 2 are left")
    contains(message(data.split, set(), {}), "a list of sizes is needed")
    contains(message(data.split, set(), { 0 }), "sizes[1] must be")
    contains(message(data.split, lab.zeros(3), { 1 }), "a data set {X=tensor, y=tensor} is needed")
    contains(message(set().subset, set(), 3, 2), "Dataset:subset: to must be in 3..6, got 2")
  end)
end)

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
    contains(message(batch, bytes, 3), "transform must be a table {scale=, mean=, std=, dtype=} or false, got number")
  end)
end)
