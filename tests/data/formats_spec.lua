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
      contains(error_of("\0\0\8\3" .. ("\255"):rep(12)), "more than a file of 16 bytes can hold")
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

    it("reads half precision, 64-bit unsigned integers and truth values", function()
      local t = data.npy(npy(header("<f2", "False", "(4,)"), string.pack("<I2I2I2I2", 0x3c00, 0xc000, 1, 0x7c00)))
      assert.equal("float32", t.dtype)
      assert.same({ 1, -2, 2 ^ -24, math.huge }, t:tolist())
      assert.same({ 1.5 }, data.npy(npy(header(">f2", "False", "(1,)"), "\x3e\0")):tolist())
      assert.same({ 1, math.maxinteger },
        data.npy(npy(header("<u8", "False", "(2,)"), string.pack("<I8I8", 1, math.maxinteger))):tolist())
      contains(error_of(header("<u8", "False", "(1,)"), ("\255"):rep(8)), "element 1 is 18446744073709551615")
      local mask = data.npy(npy(header("|b1", "False", "(3,)"), "\0\1\2"))
      assert.same({ "uint8", { 0, 1, 1 } }, { mask.dtype, mask:tolist() })
      assert.same({ -128 }, data.npy(npy(header("|i1", "False", "(1,)"), "\128")):tolist())
      assert.same({ 4294967295 }, data.npy(npy(header(">u4", "False", "(1,)"), ("\255"):rep(4))):tolist())
    end)

    it("reads headers as Python may write them", function()
      local body = string.pack("<dddddd", 0, 1, 2, 3, 4, 5)
      for _, text in ipairs {
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 3L), }", -- Python 2
        '{"descr": "<f8", "fortran_order": False, "shape": (2, 3)}',
        "{'descr' : '<f8' , 'fortran_order' :False,'shape':( 2 ,3 ,) }   \n",
        "{'descr': '<f8',\n 'fortran_order': False,\n 'shape': (2,\n 3), }\n",
        "{'shape': (2, 3), 'fortran_order': False, 'descr': 'float64'}",
        "\t{'descr': '=f8', 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': 'd', 'fortran_order': False, 'shape': (2, 3)}",
      } do
        assert.same({ { 0, 1, 2 }, { 3, 4, 5 } }, data.npy(npy(text, body)):tolist(), text)
      end
      for version = 2, 3 do
        local text = header("<f8", "True", "(3, 2)")
        write("x.npy", "\x93NUMPY" .. string.char(version) .. "\0" .. string.pack("<s4", text) .. body)
        assert.same({ { 0, 3 }, { 1, 4 }, { 2, 5 } }, data.npy(folder .. "/x.npy"):tolist())
      end
    end)

    it("names the type of elements that no tensor holds, and what is wrong with a header", function()
      for descr, what in pairs { ["<c8"] = "complex numbers", ["<U3"] = "text", ["|S2"] = "text",
        ["|O"] = "Python objects", ["<M8[s]"] = "dates or durations", ["|V4"] = "raw bytes",
        ["<f16"] = "extended precision" } do
        contains(error_of(header(descr, "False", "(1,)"), "x"),
          ("elements of type '%s' (%s) cannot be read"):format(descr, what))
      end
      contains(error_of("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "abcd"),
        "records of several fields")
      contains(error_of("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "abcd"), "a damaged fortran_order")
      contains(error_of("{'descr': '<f4', 'fortran_order': False}", "abcd"), "the header has no 'shape'")
      contains(error_of("{'descr': '<f4', 'x': 1}", "abcd"), "the header has an unknown key 'x'")
      for _, text in ipairs { "", "{", "{'descr': '<f4'", "{'descr': '<f4", "x", "{'descr': '<f4'} x", "{'a' 'b'}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", "{'shape': (-1,)}", "{'shape': (1 2)}",
        "{'shape': 3}", "{" .. ("'"):rep(200) } do
        contains(error_of(text, "abcd"), "a damaged ")
      end
    end)

    it("refuses sizes whose product a zero hides", function()
      contains(error_of(header("<f8", "False", "(0, 4611686018427387904, 4)"), ""),
        "the header promises (0, 4611686018427387904, 4) elements of 8 bytes, the file holds 0 bytes of them")
      contains(error_of(header("<f8", "True", "(4611686018427387904, 4, 0)"), ""), "elements of 8 bytes")
      contains(error_of(header("|u1", "False", "(9223372036854775807, 0)"), ""), "elements of 1 byte")
      assert.same({ 0, 1000 }, data.npy(npy(header("<f8", "False", "(0, 1000)"), "")).shape)
    end)

    it("keeps the meaning of Fortran order", function()
      local t = data.npy(npy(header("|u1", "True", "(2, 3)"), "\1\4\2\5\3\6"))
      assert.same({ { 1, 2, 3 }, { 4, 5, 6 } }, t:tolist())
    end)

    it("refuses damaged files", function()
      contains(message(data.npy, write("x.npy", "PK\3\4 some zip file")), "no .npy file")
      contains(error_of("{}", ""), "the header has no 'descr'")
      contains(error_of(header("|O", "False", "(1,)"), "x"), "elements of type '|O'")
      contains(error_of(header("<f4", "False", "(1, x)"), "abcd"), "a damaged shape")
      contains(error_of(header("<f4", "False", "(2,)"), "abcd"),
        "promises (2) elements of 4 bytes, the file holds 4 bytes of them")
      contains(error_of(header("<f4", "False", "(99999999999, 99999999999)"), "abcd"), "the file holds 4 bytes of them")
      contains(error_of(header("<f4", "False", "(99999999999999999999,)"), "abcd"), "dimensions are too large")
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
