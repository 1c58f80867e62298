--- Files of arrays: tar archives and MATLAB's .mat; the data sets that are read from them.
local lab = require "optlab"
local archives = require "tests.support.archives"
local config = require "optlab.base.config"
local core = require("optlab.core").data
local files = require "tests.support.files"
local locate = require "optlab.data.locate"
local message = require("tests.support.errors").message
local contains = require("tests.support.text").contains
local data = lab.data

describe("files of arrays", function()
  local dir, folder_before, check_before
  setup(function()
    dir = files.folder()
    folder_before, check_before = config.data, locate.check
    config.data = dir
    locate.check = function() end -- these files are not the published ones
  end)
  teardown(function()
    config.data, locate.check = folder_before, check_before
    files.remove(dir)
  end)

  local function write(name, bytes) return files.write(dir .. "/" .. name, bytes) end

  describe("tar", function()
    it("gives members by their names, with or without a folder", function()
      local path = write("a.tar", archives.tar {
        { "f/", "" }, { "f/one.bin", ("x"):rep(700) }, { "two.bin", "ab" }, { "f/none", "" } })
      local two, one = core.tar(path, { "two.bin", "one.bin" })
      assert.same({ 97, 98 }, two:tolist())
      assert.equal(700, #one)
      assert.equal(0, #core.tar(path, { "none" }))
    end)

    it("says what is wrong", function()
      local path = write("b.tar", archives.tar { { "one.bin", "abc" } })
      local _, text = core.tar(path, { "two.bin" })
      contains(text, "b.tar: the archive has no member two.bin")
      _, text = core.tar(write("c.tar", ("y"):rep(2000)), { "two.bin" })
      contains(text, "c.tar: no tar archive, or a damaged one")
      _, text = core.tar(write("d.tar", files.read(path):sub(1, 513)), { "one.bin" })
      contains(text, "d.tar: the file ends too early")
      local huge = archives.tar { { "one.bin", "abc" } }:gsub("00000000003", "77777777777")
      _, text = core.tar(write("e.tar", huge), { "one.bin" })
      contains(text, "e.tar: no tar archive, or a damaged one") -- the sum tells
    end)
  end)

  describe("mat", function()
    it("reads arrays of all types, in either byte order", function()
      for _, order in ipairs { "<", ">" } do
        local doubles = string.pack(order .. "dddd", 1.5, -2, 3, 1e300)
        local path = write("a.mat", archives.mat({
          archives.mat_array("d", 6, { 2, 2 }, 9, doubles, order),
          archives.mat_array("bytes_of_doubles", 6, { 1, 3 }, 2, "\1\2\255", order),
          archives.mat_array("u", 9, { 2, 1, 2 }, 2, "\1\2\3\4", order),
          archives.mat_array("i", 10, { 1, 2 }, 3, string.pack(order .. "i2i2", -7, 300), order),
          archives.mat_array("text", 4, { 1, 2 }, 4, string.pack(order .. "I2I2", 65, 66), order),
          archives.mat_array("complex", 6, { 1, 1 }, 9, doubles:sub(1, 8), order, 8),
          archives.mat_array("none", 6, { 0, 3 }, 9, "", order),
        }, order))
        local t = data.mat(path)
        assert.same({ { 1.5, 3 }, { -2, 1e300 } }, t.d:tolist())
        assert.same({ { 1, 2, 255 } }, t.bytes_of_doubles:tolist())
        assert.equal("float64", t.bytes_of_doubles.dtype)
        assert.same({ { { 1, 3 } }, { { 2, 4 } } }, t.u:tolist())
        assert.equal("uint8", t.u.dtype)
        assert.same({ { -7, 300 } }, t.i:tolist())
        assert.equal("int64", t.i.dtype)
        assert.same({ 0, 3 }, t.none.shape)
        assert.is_nil(t.text)
        assert.is_nil(t.complex)
      end
    end)

    it("reads packed arrays", function()
      local hex = "789ce3636060f000623620e680d220c00ae533013133103302312710e7e4e7a5c7e725e6a642d53141f5303231b3b0021900"
        .. "8ca70454"
      local packed = hex:gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end)
      local element = string.pack("<I4I4", 15, #packed) .. packed
      local t = data.mat(write("p.mat", archives.mat { element, archives.mat_array("u", 9, { 1, 1 }, 2, "\9") }))
      assert.same({ { 1, 3, 5 }, { 2, 4, 6 } }, t.long_name:tolist())
      assert.same({ { 9 } }, t.u:tolist())
      contains(message(data.mat, write("q.mat", archives.mat { element:sub(1, -12) })),
        "an element promises 54 bytes, the file has 43 more")
      contains(message(data.mat, write("q.mat", archives.mat { (element:gsub("\x9c\xe3", "\x9c\xff")) })),
        "damaged compressed data")
      contains(message(data.mat, write("q.mat", archives.mat { (element:gsub("\x54$", "\x55")) })),
        "damaged compressed data") -- the checksum tells
    end)

    it("says what is wrong", function()
      local good = archives.mat { archives.mat_array("u", 9, { 3, 3 }, 2, ("\1"):rep(9)) }
      contains(message(data.mat, write("r.mat", good:sub(1, 100))), "no .mat file: it has 100 bytes")
      contains(message(data.mat, write("r.mat", ("x"):rep(200))), "no .mat file of version 5")
      contains(message(data.mat, write("r.mat", "MATLAB 7.3 MAT-file" .. (" "):rep(200))),
        "save it by save(..., '-v7')")
      contains(message(data.mat, write("r.mat", good:sub(1, -9))), "r.mat: an element promises")
      local wrong = archives.mat { archives.mat_array("u", 9, { 3, 4 }, 2, ("\1"):rep(9)) }
      contains(message(data.mat, write("r.mat", wrong)), "array u of shape (3, 4) holds 9 bytes")
      local many = archives.mat { archives.mat_array("u", 9, { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 2, "\1") }
      contains(message(data.mat, write("r.mat", many)), "an element of 36 bytes where at most 32 are expected")
    end)
  end)

  -- Records as CIFAR's files hold them: labels, then a pixel value for all 3072 bytes.
  local function records(n, labels)
    local parts = {}
    for i = 0, n - 1 do parts[#parts + 1] = labels(i) .. string.char(i % 256):rep(3072) end
    return table.concat(parts)
  end

  it("data.cifar10 and cifar100 read archives and unpacked files", function()
    local function label(i) return string.char(i % 10) end
    write("cifar-10-binary.tar.gz", archives.tar { { "cifar-10-batches-bin/test_batch.bin", records(10000, label) } })
    local ds = data.cifar10 { split = "test", n = 300 }
    assert.is_false(ds.stand_in)
    assert.same({ 300, 3, 32, 32 }, ds.X.shape)
    assert.same({ 10, 1, 2 }, ds.y:narrow(1, 10, 3):tolist())
    assert.equal(257 % 256, ds.X[{ 258, 3, 32, 32 }]:item())
    assert.equal("airplane", ds.classes[1])
    os.remove(dir .. "/cifar-10-binary.tar.gz")
    local function two(i) return string.char(i % 20, i % 100) end
    write("test.bin", records(10000, two))
    assert.same({ 99, 100, 1 }, data.cifar100 { split = "test" }.y:narrow(1, 99, 3):tolist())
    assert.same({ 19, 20, 1 }, data.cifar100 { split = "test", labels = "coarse" }.y:narrow(1, 19, 3):tolist())
    write("test.bin", records(10, two))
    contains(message(data.cifar100, { split = "test" }), "test.bin holds 10 images, expected 10000")
    write("test.bin", ("x"):rep(3075))
    contains(message(data.cifar100, { split = "test" }), "test.bin has 3075 bytes, expected a multiple of 3074")
    os.remove(dir .. "/test.bin")
  end)

  it("data.svhn reads MATLAB's arrays", function()
    local n = 3
    local pixels = {}
    for i = 0, n - 1 do
      for c = 0, 2 do
        for x = 0, 31 do
          for y = 0, 31 do pixels[#pixels + 1] = string.char((i * 100 + c * 50 + x + 2 * y) % 256) end
        end
      end
    end
    write("test_32x32.mat", archives.mat {
      archives.mat_array("X", 9, { 32, 32, 3, n }, 2, table.concat(pixels)),
      archives.mat_array("y", 6, { n, 1 }, 2, "\1\10\9"),
    })
    local ds = data.svhn { split = "test", n = 3 }
    assert.same({ 2, 1, 10 }, ds.y:tolist()) -- the digits 1, 0 and 9
    assert.equal(100 + 50 + 7 + 2 * 30, ds.X[{ 2, 2, 31, 8 }]:item())
    assert.is_true(ds.X:is_contiguous())
    write("test_32x32.mat", archives.mat { archives.mat_array("y", 6, { 1, 1 }, 2, "\1") })
    contains(message(data.svhn, { split = "test" }), "does not hold uint8 images X (32, 32, 3, n) and labels y")
    os.remove(dir .. "/test_32x32.mat")
  end)

  it("data.mnist and kmnist read IDX files from folders of their names", function()
    local uv = require "luv"
    for _, name in ipairs { "mnist", "kmnist" } do
      uv.fs_mkdir(dir .. "/" .. name, 448)
      local images = string.pack(">I4I4I4I4", 0x803, 10000, 28, 28) .. ("\7"):rep(7840000)
      files.write(dir .. "/" .. name .. "/t10k-images-idx3-ubyte", images)
      files.write(dir .. "/" .. name .. "/t10k-labels-idx1-ubyte",
        string.pack(">I4I4", 0x801, 10000) .. ("\0\9"):rep(5000))
      local ds = data[name] { split = "test", n = 4, flatten = true }
      assert.same({ { 4, 784 }, { 1, 10, 1, 10 } }, { ds.X.shape, ds.y:tolist() })
      assert.is_false(ds.stand_in)
      files.write(dir .. "/" .. name .. "/t10k-labels-idx1-ubyte",
        string.pack(">I4I4", 0x801, 10000) .. ("\0\11"):rep(5000))
      contains(message(data[name], { split = "test" }), "holds labels above 9")
    end
  end)

  it("data.mnist and kmnist take nothing beside these folders but their own files", function()
    local digest = core.digest
    local path = write("train-labels-idx1-ubyte.gz", "not MNIST's")
    local source = { name = "mnist", folder = "mnist", shared = true, file = "train-labels-idx1-ubyte.gz",
      url = "file:///none", digest = "md5:00" }
    finally(function()
      core.digest = digest
      os.remove(path)
    end)
    assert.is_not.equal(path, (locate.find(source)))
    core.digest = function() return "md5:00" end
    assert.equal(path, (locate.find(source)))
  end)
end)
