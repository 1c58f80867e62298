--- Writes what the harnesses start from: small good files of each format, one folder each, and the words that their
-- headers are made of.
--
--    build/optlab tests/fuzz/seeds.lua FOLDER
local lab = require "optlab"
local files = require "optlab.base.files"

local root = assert(arg[1], "usage: seeds.lua FOLDER")
assert(files.make_folder(root))

local function write(format, name, text)
  assert(files.make_folder(root .. "/" .. format))
  assert(files.replace(("%s/%s/%s"):format(root, format, name), text))
end

-- The bytes of a file that lab.save writes.
local function saved(suffix, value, options)
  local path = root .. "/value." .. suffix
  lab.save(path, value, options)
  local bytes = assert(files.read(path))
  os.remove(path)
  return bytes
end

local TENSORS = {
  f = lab.arange(6):reshape(2, 3), d = lab.rand({ 3 }, { dtype = "float64" }), empty = lab.zeros(0, 4),
  i = lab.tensor({ 1, -2, math.maxinteger }, { dtype = "int64" }), u = lab.tensor({ { 0, 255 } }, { dtype = "uint8" }),
  scalar = lab.tensor(5), deep = lab.ones(1, 2, 1, 2, 1, 2, 1, 2),
}

-- --- npy ------------------------------------------------------------------------------------------------------------

local function npy(header, body, version)
  local text = string.pack(version == 2 and "<s4" or "<s2", header)
  return "\x93NUMPY" .. string.char(version or 1) .. "\0" .. text .. body
end

local ZEROS = ("\0\60\1\128"):rep(16)
for name, t in pairs(TENSORS) do write("npy", name, saved("npy", t)) end
for i, descr in ipairs { "<f2", ">f4", ">f8", "|i1", "<i2", ">i4", "<u2", ">u4", "<u8", "|b1", "<c8", "<U3" } do
  local size = tonumber(descr:match("%d+"))
  write("npy", "type" .. i, npy(("{'descr': '%s', 'fortran_order': %s, 'shape': (2, 3), }"):format(descr,
    i % 2 == 0 and "True" or "False"), ZEROS:sub(1, 6 * size), i % 2 + 1))
end
write("npy", "python2", npy('{"shape": (2L, 3L), "descr": "float64", "fortran_order": False}', ZEROS:sub(1, 48)))
write("npy", "hidden", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4611686018427387904, 4), }", ""))
write("npy", "wide", npy("{'descr': '|u1', 'fortran_order': True, 'shape': (1152921504606846976, 0), }", ""))

-- --- mat, tar: behind a byte of flags ------------------------------------------------------------------------------

local archives = require "tests.support.archives"
for i, order in ipairs { "<", ">" } do
  for j, array in ipairs {
    archives.mat_array("a", 6, { 2, 2 }, 9, string.pack(order .. "dddd", 1, 2, 3, 4), order),
    archives.mat_array("a_long_name", 9, { 2, 1, 3 }, 2, "\1\2\3\4\5\6", order),
    archives.mat_array("i", 10, { 1, 2 }, 3, string.pack(order .. "i2i2", -7, 300), order),
  } do
    write("mat", "array" .. i .. j, string.char(i - 1) .. array)
    write("mat", "packed" .. i .. j, string.char(i + 1) .. array)
  end
end
for flags = 0, 7 do
  write("tar", "archive" .. flags, string.char(flags)
    .. archives.tar { { "f/", "" }, { "f/b.bin", "abc" }, { "a", ("x"):rep(600) } })
end

-- --- npz: archives as they are behind a byte 0, members for the harness to pack behind a byte 1 ---------------------

write("npz", "stored", "\0" .. saved("npz", { a = TENSORS.f, b = TENSORS.i }))
write("npz", "deflated", "\0" .. saved("npz", { a = TENSORS.d, b = lab.zeros(500) }, { compress = true }))
write("npz", "none", "\0" .. saved("npz", {}))
for name, t in pairs(TENSORS) do
  local bytes = saved("npy", t)
  for flags = 0, 1 do
    local member = string.pack("<s2", bytes)
    write("npz", name .. flags, "\1" .. string.char(flags) .. member .. "\0" .. member)
  end
end

-- --- safetensors ----------------------------------------------------------------------------------------------------

write("safetensors", "all", saved("safetensors", TENSORS))
write("safetensors", "nested", saved("safetensors", { a = { TENSORS.f, 1.5, "x" }, [true] = TENSORS.i }))
for i, name in ipairs { "F64", "F32", "F16", "BF16", "F8_E5M2", "F8_E4M3", "I64", "I32", "I16", "I8", "U64", "U32",
  "U16", "U8", "BOOL" } do
  local size = require("optlab.core").save.type_size(name)
  local header = ('{"x":{"dtype":"%s","shape":[2,2],"data_offsets":[0,%d]}}'):format(name, 4 * size)
  write("safetensors", "type" .. i, string.pack("<s8", header) .. ZEROS:sub(1, 4 * size))
end

-- --- idx: behind a byte that says whether to compress ---------------------------------------------------------------

for code, size in pairs { [8] = 1, [9] = 1, [11] = 2, [12] = 4, [13] = 4, [14] = 8 } do
  for flag = 0, 1 do
    write("idx", ("type%d-%d"):format(code, flag), string.char(flag, 0, 0, code, 2) .. string.pack(">I4I4", 2, 3)
      .. ZEROS:sub(1, 6 * size))
  end
end
write("idx", "eight", "\0\0\0\8\8" .. string.pack(">I4", 1):rep(8) .. "x")
write("idx", "large", "\0\0\0\8\3" .. ("\255"):rep(12))

-- --- csv: behind four bytes of options ------------------------------------------------------------------------------

for i, text in ipairs {
  "1,2.5,-3\n4,5,6\n", "a b c\n1 2 3\n", "# a,b\n1,2\n\n3,4 # c\n", '"a, b","say ""x""\ny"\n1,2\r\n3,"4"\n',
  "1;nan;#N/A\n<NA>;1.#IND;\n", "\xEF\xBB\xBF1\t2\n3\t4", "9223372036854775807,-9223372036854775808,1e18\n",
  "0.1 1e23 123456789012345678901 4.9e-324 -inf\n", '1,"2\n', "1,\n,2\n",
} do
  for flags = 0, 255, 51 do write("csv", ("t%d-%d"):format(i, flags), string.char(flags, i % 2, 0, 0) .. text) end
end

-- --- words ----------------------------------------------------------------------------------------------------------

local WORDS = {
  npy = { "'descr': ", "'fortran_order': ", "'shape': (", "True", "False", "'<f2'", "'>f8'", "'<u8'", "'|b1'", "L, ",
    "{", "}", "\x93NUMPY\1\0", "9223372036854775807", "4611686018427387904", "4294967296", "(0, ", ", 0)" },
  npz = { "PK\1\2", "PK\3\4", "PK\5\6", "PK\6\6", "PK\6\7", "\x93NUMPY\1\0", "'<f4'", "'shape': (", ".npy",
    "\255\255\255\255" },
  safetensors = { '"dtype":"', '"shape":[', '"data_offsets":[', "F32", "BF16", "U64", "BOOL", "9223372036854775807",
    "4611686018427387904", "[0,", ",0]", "-1" },
  mat = { "\14\0\0\0", "\0\0\0\14", "\15\0\0\0", "\6\0\0\0\8\0\0\0", "\5\0\0\0", "\1\0\1\0", "\9\0\0\0",
    "\255\255\255\255", "\255\255\255\127" },
  tar = { "ustar\0", "ustar  ", "b.bin", "77777777777", "00000000000", "\31\139\8\0", "\128\0\0\0" },
  idx = { "\0\0\8\1", "\0\0\14\8", "\255\255\255\255", "\128\0\0\0", "\0\0\0\0", "\31\139\8\0" },
  csv = { "\r\n", '"', '""', '","', "#", "nan", "#N/A", "1.#IND", "<NA>", "1e400", "-9223372036854775808", "1e18",
    "inf", "\xEF\xBB\xBF", "\t", ";" },
}
for format, words in pairs(WORDS) do
  local lines = {}
  for i, word in ipairs(words) do
    lines[i] = '"' .. word:gsub('[^%w ]', function(c) return ("\\x%02X"):format(c:byte()) end) .. '"\n'
  end
  assert(files.replace(("%s/%s.dict"):format(root, format), table.concat(lines)))
end
