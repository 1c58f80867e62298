--- Taking the date out of PDFs as two versions of cairo write them.
local found = require "tests.support.text"
local timeless_pdf = require "optlab.plot.timeless_pdf"

-- A file as cairo 1.18 writes it, made small: compressed objects that hold the date, and the table of places.
local HEAD = "%PDF-1.7\n1 0 obj\n<< /Length 3 >>\nstream\nabc\nendstream\nendobj\n"
local OBJECTS = "2 0 obj\n<< /Type /ObjStm\n   /Length 3 0 R\n   /N 2\n   /First 9\n   /Filter /FlateDecode\n>>\n"
  .. "stream\n%s\nendstream\nendobj\n3 0 obj\n   %d\nendobj\n"
local TABLE = "4 0 obj\n<< /Type /XRef\n   /Length %d\n   /Filter /FlateDecode\n   /Size 7\n   /W [1 2 2]\n"
  .. "   /Root 6 0 R\n   /Info 5 0 R\n>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"

local function packed(objects, places)
  local body = OBJECTS:format(objects, #objects)
  return HEAD .. body .. TABLE:format(#places, places, #HEAD + #body)
end

local START = "x\x9c3U0P0S0\xb5\xe4\xb2\xb1Q\xd0\x0f(\xcaO)MN-R\xd0HN\xcc,\xcaW0\xd43\xb4\xd03\xd1\xe4RPP\xd0w.JM,"
  .. "\xc9\xcc\xcfsI,IU\xd0p\xb12"
local ENTRIES = "x\x9cc``\xf8\xff\x9f\x91\x81\x93\x81\x81\x91\xc1\x16H0\n"
local EARLY = packed(
  START .. "2023040\x04!C\xa3(M.;;\xb0\x19!\x95\x05\xa9@\xd5\x89%\x899\xf9\xe9 A\x00\xd4Z\x19\x22",
  ENTRIES .. "\x80\x08U\x06\x06& \x04\x13\x8c\x00I\x0c\x02\x89")
local LATE = packed(
  START .. "20\xb2442\x06\x22SKS\xcb(M.;;\xb0\x19!\x95\x05\xa9@\xd5\x89%\x899\xf9\xe9 A\x00\xd8\xa3\x19E",
  ENTRIES .. "\x82\x085\x06\x06& \x04\x13\x8c\x00I+\x02\x8b")

describe("plot", function()
  describe("a PDF's date", function()
    it("that stands in the file is one day for all", function()
      local date = "/Producer (cairo 1.16.0)\n/CreationDate (D:%s+00'00)\n"
      assert.equal(timeless_pdf(date:format("20260101101112")), timeless_pdf(date:format("20291231235959")))
    end)

    it("that is packed too, and the places of objects are right", function()
      local pdf = timeless_pdf(EARLY)
      assert.not_equal(EARLY, LATE)
      assert.equal(pdf, timeless_pdf(LATE))
      found.contains(pdf, "/CreationDate (D:20000101000000Z)")
      local at = tonumber(pdf:match("startxref\n(%d+)\n%%%%EOF\n$"))
      local entries = pdf:match("^4 0 obj\n<< /Type /XRef\n   /Length 49\n.-/W %[1 4 2%].-stream\n(.*)", at + 1)
      for object = 1, 4 do
        local kind, place = (">I1I4I2"):unpack(entries, 7 * object + 1)
        assert.equal(1, kind)
        found.contains(pdf:sub(place + 1, place + 7), object .. " 0 obj")
      end
      found.contains(pdf, ("3 0 obj\n   %d\nendobj\n"):format(#pdf:match("ObjStm.-stream\n(.-)\nendstream")))
    end)

    it("in a file of another kind stays, and so does the file", function()
      for _, pdf in ipairs { "", "%PDF-1.7\n", EARLY:gsub("startxref", "startxxxx"), EARLY:sub(1, 300) } do
        assert.equal(pdf, timeless_pdf(pdf))
      end
    end)
  end)
end)
