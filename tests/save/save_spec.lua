--- Files of tensors: round trips, replacement as a whole, what damaged files say.
local lab = require "optlab"
local close = require "tests.support.close"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local program = require "tests.support.program"
local uv = require "luv"
local contains = require("tests.support.text").contains
local nn = lab.nn

local dir

local function path(name) return dir .. "/" .. name end

local function names()
  local list = require("optlab.base.files").list(dir)
  return table.concat(list, " ")
end

describe("lab.save and lab.load", function()
  before_each(function()
    dir = files.folder()
    lab.manual_seed(3)
  end)
  after_each(function() files.remove(dir) end)
  teardown(function() collectgarbage() end) -- a large heap of ours would blur what other specs measure

  -- --- round trips ---------------------------------------------------------------------------------------------------

  local samples = {
    float32 = function() return lab.randn(3, 4) end,
    float64 = function() return lab.randn({ 2, 1, 3 }, { dtype = "float64" }) end,
    int64 = function() return lab.tensor({ math.mininteger, -1, math.maxinteger }, { dtype = "int64" }) end,
    uint8 = function() return lab.tensor({ 0, 7, 255 }, { dtype = "uint8" }) end,
    scalar = function() return lab.tensor(2.5) end,
    empty = function() return lab.zeros(0, 3) end,
    transposed = function() return lab.randn(3, 4):t() end,
    sliced = function() return lab.arange(20):view(4, 5)[{ { 2, 3 }, { 1, 5, 2 } }] end,
    eight = function() return lab.randn(1, 2, 1, 2, 1, 2, 1, 2) end,
  }

  for name, make in pairs(samples) do
    it("keeps one tensor: " .. name, function()
      local t = make()
      for _, file in ipairs { "t.safetensors", "t.npy" } do
        lab.save(path(file), t)
        close.same(t, (lab.load(path(file))))
      end
      for _, compress in ipairs { false, true } do
        lab.save(path("t.npz"), { t = t }, { compress = compress })
        close.same(t, lab.load(path("t.npz")).t)
      end
    end)
  end

  it("keeps nested tables, with integers, floats, strings and booleans as they are", function()
    local value = {
      lr = 0.1, n = 3, three = 3.0, on = true, off = false, text = "h\u{e9} \"\\\n\0", bytes = "\xff\0", [""] = "none",
      list = { 1, 2.0, 1e300, 5e-324, math.maxinteger, math.mininteger, math.huge, -math.huge }, empty = {},
      [7] = "seven", [1.5] = { [true] = "yes" }, deep = { { { x = lab.ones(2) } } },
    }
    lab.save(path("v.safetensors"), value)
    local back = lab.load(path("v.safetensors"))
    close.same(value.deep[1][1].x, back.deep[1][1].x)
    value.deep, back.deep = nil, nil
    assert.are.same(value, back)
    assert.are.equal("integer", math.type(back.n))
    assert.are.equal("float", math.type(back.three))
    lab.save(path("v.safetensors"), { -0.0, 0 / 0 })
    back = lab.load(path("v.safetensors"))
    assert.are.equal(-math.huge, 1 / back[1])
    assert.are_not.equal(back[2], back[2])
  end)

  it("tells tensors of one path apart", function()
    local value = { ["a.b"] = lab.ones(1), a = { b = lab.zeros(1) }, __metadata__ = lab.full({ 1 }, 2) }
    lab.save(path("v.safetensors"), value)
    local back = lab.load(path("v.safetensors"))
    assert.are.same({ 1, 0, 2 }, { back["a.b"]:item(), back.a.b:item(), back.__metadata__:item() })
  end)

  it("keeps a model's state dict, and a tensor that requires a gradient as plain numbers", function()
    local net, other = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1)), nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    for _, file in ipairs { "net.safetensors", "net.npz" } do
      lab.save(path(file), net:state_dict())
      other:load_state_dict((lab.load(path(file))))
      close.same(net[1].weight, other[1].weight)
    end
    lab.save(path("w.npy"), net[1].weight)
    assert.is_false(lab.load(path("w.npy")).requires_grad)
  end)

  it("keeps metadata, and writes the same bytes for the same value", function()
    local value = { b = lab.ones(2), a = lab.ones(3, { dtype = "uint8" }), c = { 1, 2 } }
    lab.save(path("1.safetensors"), value, { metadata = { by = "me", date = "today" } })
    lab.save(path("2.safetensors"), value, { metadata = { date = "today", by = "me" } })
    local _, metadata = lab.load(path("1.safetensors"))
    assert.are.same({ by = "me", date = "today" }, metadata)
    assert.are.equal(files.read(path("1.safetensors")), files.read(path("2.safetensors")))
  end)

  -- --- the formats, byte by byte -------------------------------------------------------------------------------------

  it("writes safetensors as specified: aligned data, larger elements first", function()
    local value = { a = lab.tensor({ 9 }, { dtype = "uint8" }), b = lab.tensor { 1.5 } }
    lab.save(path("x.safetensors"), value)
    local header = '{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
      .. '"a":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}'
    header = header .. (" "):rep(-#header % 8)
    local bytes = string.pack("<s8fB", header, 1.5, 9)
    assert.are.equal(bytes, files.read(path("x.safetensors")))
  end)

  -- A safetensors file of this header and these data.
  local function craft(header, bytes)
    return files.write(path("x.safetensors"), string.pack("<s8", header) .. (bytes or ""))
  end

  local function entry(type_name, shape, first, last)
    return ('{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}'):format(type_name, shape, first, last)
  end

  it("reads the other types of safetensors", function()
    local cases = {
      { "F16", "float32", { 1, -2, 65504, 2 ^ -24, 2 ^ -14, math.huge, -0.0 },
        string.pack("<I2I2I2I2I2I2I2", 0x3c00, 0xc000, 0x7bff, 1, 0x400, 0x7c00, 0x8000) },
      { "BF16", "float32", { 1, -2, 0.15625 }, string.pack("<I2I2I2", 0x3f80, 0xc000, 0x3e20) },
      { "I32", "int64", { -1, 2147483647 }, string.pack("<i4i4", -1, 2147483647) },
      { "I16", "int64", { -32768, 5 }, string.pack("<i2i2", -32768, 5) },
      { "I8", "int64", { -128, 127 }, string.pack("bb", -128, 127) },
      { "U32", "int64", { 4294967295 }, string.pack("<I4", 4294967295) },
      { "U16", "int64", { 65535 }, string.pack("<I2", 65535) },
      { "BOOL", "uint8", { 0, 1, 1 }, "\0\1\2" },
      { "U64", "int64", { 0, math.maxinteger }, string.pack("<I8I8", 0, math.maxinteger) },
      { "F8_E4M3", "float32", { 1, -1.125, 448, 2 ^ -9, 2 ^ -6, -0.0 }, "\x38\xb9\x7e\x01\x08\x80" },
      { "F8_E5M2", "float32", { 1, -1.25, 57344, 2 ^ -16, math.huge }, "\x3c\xbd\x7b\x01\x7c" },
    }
    for _, case in ipairs(cases) do
      local type_name, dtype, values, bytes = table.unpack(case)
      craft(('{"x":%s}'):format(entry(type_name, "[" .. #values .. "]", 0, #bytes)), bytes)
      local t = lab.load(path("x.safetensors")).x
      assert.are.equal(dtype, t.dtype)
      assert.are.same(values, t:tolist())
    end
  end)

  it("refuses what no dtype holds, by its name", function()
    craft(('{"x":%s}'):format(entry("U64", "[2]", 0, 16)), string.pack("<I8I8", 1, -1))
    errors.fails("x.safetensors: element 2 is 18446744073709551615; the largest integer that can be read is "
      .. "9223372036854775807", function() lab.load(path("x.safetensors")) end)
    craft(('{"x":%s}'):format(entry("C64", "[1]", 0, 8)), ("\0"):rep(8))
    errors.fails("'x' has the type C64, which cannot be read", function() lab.load(path("x.safetensors")) end)
    craft(('{"x":%s}'):format(entry("F32", "[0,4611686018427387904,4]", 0, 0)), "")
    assert.is_false((pcall(lab.load, path("x.safetensors"))))
  end)

  -- Keys that a format could confuse: what comes back is what was saved, tensor by tensor.
  for what, value in pairs {
    ["the empty one"] = function(t) return { [""] = t(1) } end,
    ["the empty one beside others"] = function(t)
      return { [""] = t(1), tensor = t(2), a = { [""] = t(3), b = t(4) } }
    end,
    ["empty ones inside each other"] = function(t)
      return { [""] = { [""] = { [""] = t(1) } }, ["."] = t(2), x = 1 }
    end,
    ["dots and slashes"] = function(t)
      return { ["a.b"] = t(1), a = { b = t(2), ["c/d"] = t(3) }, ["/"] = t(4), ["../x"] = t(5) }
    end,
    ["numbers and their digits"] = function(t) return { [1] = t(1), ["1"] = t(2), [1.5] = t(3), ["1.5"] = t(4) } end,
    ["booleans and their names"] = function(t) return { [true] = t(1), ["true"] = t(2), [false] = t(3) } end,
    ["bytes that are no UTF-8"] = function(t) return { ["\255\254"] = t(1), ["\xC0\x80"] = t(2), ["é"] = t(3) } end,
    ["control characters"] = function(t)
      return { ["a\0b"] = t(1), a = t(2), ["\n\27[31m\127"] = t(3), ["\\"] = t(4) }
    end,
    ["very long ones"] = function(t) return { [("k"):rep(100000)] = t(1), [("k"):rep(100001)] = t(2) } end,
    ["reserved names"] = function(t)
      return { __metadata__ = t(1), optlab = t(2), ["tensor#2"] = t(3), tensor = t(4) }
    end,
  } do
    it("keeps keys: " .. what, function()
      local function tensor(n) return lab.tensor { n } end
      local saved = value(tensor)
      lab.save(path("k.safetensors"), saved)
      local function plain(v)
        if type(v) ~= "table" then return type(v) == "userdata" and v:item() or v end
        local copy = {}
        for key, below in pairs(v) do copy[key] = plain(below) end
        return copy
      end
      assert.same(plain(saved), plain((lab.load(path "k.safetensors"))))
    end)
  end

  it("keeps the empty name in npz files, and refuses one with a byte 0", function()
    lab.save(path("e.npz"), { [""] = lab.ones(1), a = lab.zeros(2) })
    local t = lab.load(path("e.npz"))
    assert.same({ 1, 0 }, { t[""]:item(), t.a[1]:item() })
    errors.fails("['a\\x00b'] is a tensor", function() lab.save(path("e.npz"), { ["a\0b"] = lab.ones(1) }) end)
  end)

  it("leaves out what no tensor can hold in an npz file, with a word", function()
    local function npy(descr, body)
      local header = ("{'descr': '%s', 'fortran_order': False, 'shape': (1,), }\n"):format(descr)
      return "\x93NUMPY\1\0" .. string.pack("<s2", header) .. body
    end
    for name, bytes in pairs {
      ["w.npy"] = npy("<f2", "\0\60"), ["names.npy"] = npy("<U1", "a\0\0\0"), ["readme.txt"] = "hi",
      ["empty"] = "", ["big.npy"] = npy("<u8", ("\255"):rep(8)),
    } do files.write(path(name), bytes) end
    local status = program.shell(dir, "mkdir d && cp w.npy d && zip -qr all.npz w.npy names.npy readme.txt empty "
      .. "big.npy d && zip -q none.npz readme.txt")
    if status ~= 0 then pending("zip is missing") end
    local code = 'local lab = require "optlab"\nfor i = 1, 2 do t = lab.load("all.npz") end\n'
      .. 'print(t.w:item(), t["d/w"]:item(), t.names, t.readme)\nprint(select("#", lab.load("all.npz")))\n'
      .. 'print(pcall(lab.load, "none.npz"))'
    files.write(path("x.lua"), code)
    local _, out, err = program.run(dir, "x.lua")
    contains(out, "1.0\t1.0\tnil\tnil\n1\n", "false", "none.npz: 'readme.txt': no .npy file")
    assert.equal("optlab: lab.load: all.npz: left out: 'names.npy': elements of type '<U1' (text) cannot be read "
      .. "(and 3 more)\n", err)
  end)

  it("reads names with escapes", function()
    craft(('{"\\u00e9\\ud83d\\ude00\\/\\n" : %s }  '):format(entry("U8", "[1]", 0, 1)), "\5")
    assert.are.equal(5, lab.load(path("x.safetensors"))["\u{e9}\u{1f600}/\n"]:item())
  end)

  -- --- damaged files -------------------------------------------------------------------------------------------------

  local function nested(depth) return ("["):rep(depth) .. ("]"):rep(depth) end

  local damaged = {
    { "a type that there is not", '{"a":' .. entry("F8", "[1]", 0, 1) .. "}", "\0", "'a' has the type F8" },
    { "too long a tensor", '{"a":' .. entry("F32", "[2]", 0, 8) .. "}", "1234", "ends at byte 8 of the data" },
    { "sizes that do not fit", '{"a":' .. entry("F32", "[3]", 0, 8) .. "}", "12345678", "does not fill its 8 bytes" },
    { "a size beyond all bounds", '{"a":' .. entry("F32", "[4294967296,4294967296,4]", 0, 8) .. "}", "12345678",
      "does not fill its 8 bytes" },
    { "a negative size", '{"a":' .. entry("U8", "[-1]", 0, 1) .. "}", "1", "damaged shape" },
    { "nine dimensions", '{"a":' .. entry("U8", "[1,1,1,1,1,1,1,1,1]", 0, 1) .. "}", "1", "9 dimensions" },
    { "backward offsets", '{"a":' .. entry("U8", "[1]", 1, 0) .. "}", "1", "damaged data_offsets" },
    { "an overlap", ('{"a":%s,"b":%s}'):format(entry("U8", "[2]", 0, 2), entry("U8", "[2]", 1, 3)), "123",
      "'b' begins at byte 1 of the data, inside another" },
    { "a gap", ('{"a":%s,"b":%s}'):format(entry("U8", "[1]", 0, 1), entry("U8", "[1]", 2, 3)), "123", "from 1 on" },
    { "bytes left over", '{"a":' .. entry("U8", "[1]", 0, 1) .. "}", "123", "2 bytes of the data belong to no" },
    { "a name twice", ('{"a":%s,"a":%s}'):format(entry("U8", "[1]", 0, 1), entry("U8", "[1]", 1, 2)), "12",
      "'a' twice" },
    { "metadata that are no strings", '{"__metadata__":{"n":1}}', "", "'n' is no string" },
    { "deep nesting", '{"a":' .. nested(100000) .. "}", "", "nesting beyond" },
    { "a million empty arrays", '{"a":[' .. ("[],"):rep(1 << 20) .. "[]]}", "", "more than 1048576 arrays" },
    { "a header that is no object", "[]", "", "no object" },
    { "broken JSON", '{"a":', "", "the header is damaged: the end" },
    { "a number with a leading zero", '{"a":01}', "", "damaged number" },
    { "half of a surrogate pair", '{"\\ud800":1}', "", "half of a surrogate pair" },
    { "text that is not UTF-8", '{"\xff":1}', "", "not UTF-8" },
    { "a tensor that is named only", '{"__metadata__":{"optlab":"[\\"tensor\\",\\"x\\"]"}}', "", "no tensor 'x'" },
    { "an unknown kind of value", '{"__metadata__":{"optlab":"[\\"x\\"]"}}', "", "unknown kind of value" },
  }
  for _, case in ipairs(damaged) do
    local what, header, bytes, message = table.unpack(case)
    it("refuses a safetensors file with " .. what, function()
      craft(header, bytes)
      contains(errors.message(lab.load, path("x.safetensors")), "lab.load: " .. path("x.safetensors"), message)
    end)
  end

  it("refuses headers longer than the file, and memory for them", function()
    files.write(path("x.safetensors"), string.pack("<I8", -1) .. "{}")
    contains(errors.message(lab.load, path("x.safetensors")), "18446744073709551615 bytes is promised", "only 2 more")
    files.write(path("x.safetensors"), "{}")
    contains(errors.message(lab.load, path("x.safetensors")), "the file ends too early")
  end)

  it("refuses every shortened file", function()
    lab.save(path("x.safetensors"), { a = lab.randn(3), b = { 1 } })
    lab.save(path("x.npy"), lab.randn(3))
    lab.save(path("x.npz"), { a = lab.randn(3) }, { compress = true })
    for _, name in ipairs { "x.safetensors", "x.npy", "x.npz" } do
      local whole = files.read(path(name))
      for n = 0, #whole - 1 do
        files.write(path(name), whole:sub(1, n))
        contains(errors.message(lab.load, path(name)), path(name))
      end
    end
  end)

  it("refuses an npz file with one byte changed, or says what it read before", function()
    lab.save(path("x.npz"), { a = lab.zeros(50) }, { compress = true })
    local whole = files.read(path("x.npz"))
    local refused = 0
    for n = 1, #whole do
      files.write(path("x.npz"), whole:sub(1, n - 1) .. string.char(whole:byte(n) ~ 0x55) .. whole:sub(n + 1))
      local ok, value = pcall(lab.load, path("x.npz"))
      if ok then
        for _, t in pairs(value) do assert.are.equal(0, t:abs():sum():item()) end
      else
        refused = refused + 1
        contains(value, path("x.npz"))
      end
    end
    assert.is_true(refused > #whole / 3)
  end)

  it("refuses an npz member that promises more than it can hold", function()
    lab.save(path("x.npz"), { a = lab.zeros(50) }, { compress = true })
    local whole = files.read(path("x.npz"))
    local at = whole:find("PK\1\2", 1, true)
    files.write(path("x.npz"), whole:sub(1, at + 23) .. string.pack("<I4", 0x7fffffff) .. whole:sub(at + 28))
    local before = lab.memory().peak
    contains(errors.message(lab.load, path("x.npz")), "promises 2147483647 bytes")
    assert.are.equal(before, lab.memory().peak)
  end)

  it("reads an npz archive with 64-bit sizes", function()
    lab.save(path("x.npz"), { a = lab.arange(3) })
    local whole = files.read(path("x.npz"))
    local at = assert(whole:find("PK\5\6", 1, true))
    local members, size, start = ("<I2I4I4"):unpack(whole, at + 10)
    local record = ("<c4I8I2I2I4I4I8I8I8I8"):pack("PK\6\6", 44, 45, 45, 0, 0, members, members, size, start)
    local locator = ("<c4I4I8I4"):pack("PK\6\7", 0, at - 1, 1)
    local last = ("<c4I2I2I2I2I4I4I2"):pack("PK\5\6", 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0)
    files.write(path("x.npz"), whole:sub(1, at - 1) .. record .. locator .. last)
    assert.are.same({ 0, 1, 2 }, lab.load(path("x.npz")).a:tolist())
  end)

  it("writes the same npz bytes for the same tensors, at any hour of any time zone", function()
    files.write(path("save.lua"), [[require("optlab").save(arg[1], { a = require("optlab").arange(40) })]])
    local zones = { "UTC", "Pacific/Kiritimati", "America/New_York" }
    for i, zone in ipairs(zones) do
      local status = program.shell(dir, ("TZ=%s '%s' save.lua %d.npz"):format(zone, program.path, i))
      assert.are.equal(0, status)
      assert.are.equal(files.read(path("1.npz")), files.read(path(i .. ".npz")))
    end
  end)

  it("keeps an npz file without arrays, and names in any language", function()
    lab.save(path("x.npz"), {})
    assert.are.same({}, lab.load(path("x.npz")))
    lab.save(path("x.npz"), { ["Gewicht \u{e4}"] = lab.ones(1), ["\u{6743}"] = lab.zeros(1) })
    local back = lab.load(path("x.npz"))
    assert.are.same({ 1, 0 }, { back["Gewicht \u{e4}"]:item(), back["\u{6743}"]:item() })
    contains(errors.message(lab.save, path("x.npz"), { ["\xff"] = lab.ones(1) }), "is no name for an array")
  end)

  -- --- wrong use -----------------------------------------------------------------------------------------------------

  it("says what cannot be saved, and where it is", function()
    local file = path("x.safetensors")
    contains(errors.message(function() lab.save(file, { a = { b = print } }) end), "save_spec.lua",
      "lab.save: 'a.b' is a function")
    contains(errors.message(lab.save, file, { net = nn.Linear(1, 1) }), "'net' is", "save its state_dict()")
    local loop = {}
    loop.x = loop
    contains(errors.message(lab.save, file, loop), "does a table contain itself?")
    contains(errors.message(lab.save, file), "lab.save: value is missing")
    contains(errors.message(lab.save, path("x.npy"), { 1 }), "a .npy file holds one tensor")
    contains(errors.message(lab.save, path("x.npz"), lab.ones(1)), "a table of tensors by name")
    contains(errors.message(lab.save, path("x.npz"), { a = 1 }), "['a'] is 1")
    contains(errors.message(lab.save, path("x.pt"), 1), "must end in .safetensors, .npy or .npz")
    contains(errors.message(lab.load, path("x")), "must end in")
    contains(errors.message(lab.load, path("x.npy")), "cannot open", "No such file")
    contains(errors.message(lab.load, 3), "path must be a string")
    contains(errors.message(lab.save, file, 1, { compres = true }), "did you mean 'compress'?")
    contains(errors.message(lab.save, file, 1, { compress = true }), "is for .npz files")
    contains(errors.message(lab.save, file, 1, { metadata = { a = 1 } }), "metadata holds strings")
    assert.are.equal("", names())
  end)

  -- --- replacement ---------------------------------------------------------------------------------------------------

  it("leaves the old file and nothing else when it cannot write", function()
    lab.save(path("x.npy"), lab.ones(3))
    files.write(path("big.lua"), [[
      local lab = require "optlab"
      for _, name in ipairs {"x.npy", "y.safetensors", "z.npz"} do
        local t = lab.zeros(10000)
        print(pcall(lab.save, name, name == "x.npy" and t or {t = t}))
      end]])
    -- A file may not grow beyond 512 or 1024 bytes, as on a full disk.
    local _, out = program.shell(dir, "trap '' XFSZ; ulimit -f 1; '" .. program.path .. "' big.lua")
    contains(out, "cannot write x.npy: ", "cannot write y.safetensors: ", "cannot write z.npz: ")
    assert.are.equal(3, select(2, out:gsub("false", "")))
    assert.are.equal("big.lua x.npy", (names():gsub("%.%w+ ", "", 2)))
    close.same(lab.ones(3), (lab.load(path("x.npy"))))
  end)

  it("says where it cannot write", function()
    contains(errors.message(lab.save, path("no/x.npy"), lab.ones(1)), "cannot write " .. path("no/x.npy"),
      "No such file")
    uv.fs_mkdir(path("d.npy"), 448)
    contains(errors.message(lab.save, path("d.npy"), lab.ones(1)), "not a regular file")
    contains(errors.message(lab.load, path("d.npy")), "Is a directory")
  end)

  it("replaces what a link leads to, and keeps the file's rights", function()
    lab.save(path("x.npy"), lab.ones(1))
    uv.fs_chmod(path("x.npy"), tonumber("640", 8))
    uv.fs_symlink("x.npy", path("link.npy"))
    lab.save(path("link.npy"), lab.zeros(1))
    assert.are.equal("link", uv.fs_lstat(path("link.npy")).type)
    assert.are.equal(0, lab.load(path("x.npy")):item())
    assert.are.equal(tonumber("640", 8), uv.fs_stat(path("x.npy")).mode & tonumber("777", 8))
    assert.are.equal("link.npy x.npy", names())
  end)
end)
