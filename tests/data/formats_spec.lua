--- data.idx and data.npy, and what they say of damaged files; digests.
local lab = require "optlab"
local message = require("tests.support.errors").message
local files = require "tests.support.files"
local real_data = require "tests.support.real_data"
local contains = require("tests.support.text").contains
local data = lab.data

local folder -- a fresh one for the whole file

local function write(name, text) return files.write(folder .. "/" .. name, text) end

describe("data", function()
  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

  describe("idx", function()
    local function error_of(text) return message(data.idx, write("x.idx", text)) end

    it("reads bytes, integers and floats", function()
      local t = data.idx(write("a.idx", "\0\0\8\2\0\0\0\2\0\0\0\2\1\2\3\255"))
      assert.equal("uint8", t.dtype)
      assert.same({ { 1, 2 }, { 3, 255 } }, t:tolist())
      assert.same({ -1, 256 }, data.idx(write("b.idx", "\0\0\x0B\1\0\0\0\2\xff\xff\1\0")):tolist())
      assert.same({ 1, -2 }, data.idx(write("c.idx", "\0\0\x0D\1\0\0\0\2\x3f\x80\0\0\xc0\0\0\0")):tolist())
    end)

    it("refuses damaged and hostile headers without asking for their memory", function()
      local before = lab.memory().peak
      contains(error_of "", "the file ends too early")
      contains(error_of "PK\3\4", "no IDX file: it starts with 50 4b")
      contains(error_of "\0\0\7\1", "unknown IDX element type 0x07")
      contains(error_of "\0\0\8\9", "9 dimensions; IDX files have 1 to 8")
      contains(error_of "\0\0\8\1\255\255\255\255abc", "more than a file of 11 bytes can hold")
      contains(error_of("\0\0\8\3" .. ("\255"):rep(12)), "the header's dimensions are too large")
      contains(error_of "\0\0\8\1\0\0\0\3abcd", "bytes follow the last element")
      contains(error_of "\0\0\8\1\0\0\0\3ab", "the file ends too early")
      assert.is_true(lab.memory().peak - before < 1e6)
    end)

    it("reads Fashion-MNIST's test files #data", function()
      if not files.exists(real_data.labels) then pending("Fashion-MNIST is missing: " .. real_data.labels) end
      assert.same({ 10000, 28, 28 }, data.idx(real_data.images).shape)
      local labels = data.idx(real_data.labels)
      assert.same({ 9, 2, 1, 1, 6 }, labels:narrow(1, 1, 5):tolist())
      assert.equal("md5:8181f5470baa50b63fa0f6fddb340f0a",
        data.digest(real_data.images, "md5", true))
    end)
  end)

  describe("npy", function()
    local function npy(header, body)
      return write("x.npy", "\x93NUMPY\1\0" .. string.pack("<s2", header) .. body)
    end
    local function header(descr, fortran, shape)
      return ("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"):format(descr, fortran, shape)
    end
    local function error_of(...) return message(data.npy, npy(...)) end

    it("reads floats and integers in both byte orders", function()
      assert.same({ { 1, -2 } }, data.npy(npy(header("<f4", "False", "(1, 2)"), string.pack("<ff", 1, -2))):tolist())
      assert.same({ 0.1 }, data.npy(npy(header(">f8", "False", "(1,)"), string.pack(">d", 0.1))):tolist())
      assert.same({ -3, 7 }, data.npy(npy(header(">i2", "False", "(2,)"), string.pack(">i2i2", -3, 7))):tolist())
      assert.same({ 65535 }, data.npy(npy(header("<u2", "False", "(1,)"), "\255\255")):tolist())
      assert.equal("uint8", data.npy(npy(header("|u1", "False", "(2,)"), "ab")).dtype)
      assert.equal(5, data.npy(npy(header("<i8", "False", "()"), string.pack("<i8", 5))):item())
    end)

    it("keeps the meaning of Fortran order", function()
      local t = data.npy(npy(header("|u1", "True", "(2, 3)"), "\1\4\2\5\3\6"))
      assert.same({ { 1, 2, 3 }, { 4, 5, 6 } }, t:tolist())
    end)

    it("refuses damaged files", function()
      contains(message(data.npy, write("x.npy", "PK\3\4 some zip file")), "no .npy file")
      contains(error_of("{}", ""), "the header has no 'descr':")
      contains(error_of(header("|O", "False", "(1,)"), "x"), "elements of type '|O'")
      contains(error_of(header("<f4", "False", "(1, x)"), "abcd"), "a damaged shape")
      contains(error_of(header("<f4", "False", "(2,)"), "abcd"),
        "promises (2) elements of 4 bytes, the file holds 4 bytes of them")
      contains(error_of(header("<f4", "False", "(99999999999, 99999999999)"), "abcd"), "dimensions are too large")
      contains(error_of(header("<f4", "False", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), "abcd"), "more than 8 dimensions")
      contains(message(data.npy, folder), "Is a directory")
    end)
  end)

  it("computes digests", function()
    local path = write("abc", "abc")
    assert.equal("md5:900150983cd24fb0d6963f7d28e17f72", data.digest(path, "md5"))
    assert.equal("sha1:a9993e364706816aba3e25717850c26c9cd0d89d", data.digest(path, "sha1"))
    assert.equal("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", data.digest(path, "sha256"))
    contains(select(2, data.digest(path, "crc32")), "unknown digest 'crc32'")
    contains(select(2, data.digest(folder .. "/none", "md5")), "No such file or directory")
  end)

end)
