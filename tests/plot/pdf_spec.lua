--- PDFs without the time at which they were made, from the files that cairo writes before version 1.18 and since.
local pdf = require "optlab.plot.draw.pdf"

-- Bytes as zlib packs them, though in blocks that are only stored, of `length` bytes each: no text can be read through
-- their borders, and the length of the whole depends on it.
local function packed(bytes, length)
  local parts, a, b = { "\x78\x01" }, 1, 0
  for at = 1, #bytes, length do
    local block = bytes:sub(at, at + length - 1)
    parts[#parts + 1] = ("<I1I2I2"):pack(at + length > #bytes and 1 or 0, #block, #block ~ 0xffff) .. block
  end
  for i = 1, #bytes do
    a = (a + bytes:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return table.concat(parts) .. (">I4"):pack(b << 16 | a)
end

-- A file like cairo's: an object, the last object stream with the time, its length, the table of places.
local function cairo_file(time, block)
  local page = "%PDF-1.5\n1 0 obj\n<< /Type /Page >>\nendobj\n"
  local inner = "2 0\n<< /Producer (cairo 1.18.4)\n   /CreationDate (D:" .. time .. "Z)\n>>\n"
  local stream = packed(inner, block)
  local objects = ("3 0 obj\n<< /Type /ObjStm\n   /Length 4 0 R\n   /N 1\n   /First 4\n   /Filter /FlateDecode\n>>\n" ..
    "stream\n%s\nendstream\nendobj\n"):format(stream)
  local length = ("4 0 obj\n   %d\nendobj\n"):format(#stream)
  local places = { { 0, 0, 65535 }, { 1, 9, 0 }, { 2, 3, 0 }, { 1, #page, 0 }, { 1, #page + #objects, 0 },
    { 1, #page + #objects + #length, 0 } }
  for i, place in ipairs(places) do places[i] = (">I1I2I2"):pack(table.unpack(place)) end
  local xref = packed(table.concat(places), 20)
  local dictionary = "/Length %d\n   /Filter /FlateDecode\n   /Size 6\n   /W [1 2 2]\n   /Root 1 0 R\n   /Info 2 0 R"
  return table.concat { page, objects, length, "5 0 obj\n<< /Type /XRef\n   ", dictionary:format(#xref),
    "\n>>\nstream\n", xref, "\nendstream\nendobj\n",
    ("startxref\n%d\n%%%%EOF\n"):format(#page + #objects + #length) }
end

describe("A PDF", function()
  it("of an older cairo gets a fixed time", function()
    assert.equal("a /CreationDate (D:20000101000000+01'00) b",
      pdf.timeless("a /CreationDate (D:20261126185242+01'00) b"))
  end)

  it("of cairo 1.18 is the same whatever its time, and every object lies where the table says", function()
    local file = pdf.timeless(cairo_file("20261126185242", 9))
    assert.equal(file, pdf.timeless(cairo_file("19990101010101", 7)))
    assert.truthy(file:find("/CreationDate (D:20000101000000Z)", 1, true))
    assert.is_nil(file:find("FlateDecode", 1, true))
    local rows = file:match("/W %[1 4 2%].-\nstream\n(.*)\nendstream")
    assert.equal(6 * 7, #rows)
    for number = 0, 5 do
      local kind, at = (">I1I4I2"):unpack(rows, number * 7 + 1)
      if kind == 1 then assert.equal(number .. " 0 obj", file:sub(at + 1, at + 7)) end
    end
    local length = tonumber(file:match("4 0 obj\n   (%d+)\n"))
    assert.equal(length, #file:match("\nstream\n(.-)\nendstream"))
    assert.equal("5 0 obj", file:sub(file:match("startxref\n(%d+)") + 1):sub(1, 7))
  end)

  it("that cairo did not write stays as it is", function()
    local other = cairo_file("20261126185242", 9):gsub("FlateDecode", "LZWDecode")
    for _, text in ipairs { "", "%PDF-1.4\n%%EOF\n", other } do assert.equal(text, pdf.timeless(text)) end
  end)
end)
