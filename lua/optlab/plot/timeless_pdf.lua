--- A PDF without the time of day, so that the same figure is the same file.
-- Up to cairo 1.16 the date stands in the file as it is. Cairo 1.18 packs it: the file ends with a compressed stream of
-- all small objects, the date among them, an object with that stream's length, and a compressed table of the places of
-- all objects in the file. Both streams are written again, plain. A file that is built otherwise stays as it is.
-- @module optlab.plot.timeless_pdf
local inflate = require("optlab.core").system.inflate

local function without_date(text)
  return text:gsub("(/CreationDate %(D:)%d%d%d%d%d%d%d%d%d%d%d%d%d%d", "%120000101000000")
end

-- The object with a compressed stream that begins at `from`: its number, its dictionary, what the stream holds, and
-- where the next object begins.
local function read_stream(pdf, from)
  local number, dictionary, start = pdf:match("^(%d+) 0 obj\n<<(.-)>>\nstream\n()", from)
  if not number or not dictionary:find("/Filter /FlateDecode", 1, true) then return nil end
  local text = inflate(pdf:sub(start))
  local _, last = pdf:find("\nendstream\nendobj\n", start, true)
  if not text or not last then return nil end
  return { number = number, dictionary = dictionary, text = text, from = from, after = last + 1 }
end

local function write_stream(object)
  local dictionary = object.dictionary:gsub("\n%s*/Filter /FlateDecode", "")
  return ("%s 0 obj\n<<%s>>\nstream\n%s\nendstream\nendobj\n"):format(object.number, dictionary, object.text)
end

-- The last stream of objects, if it holds the date: there without it.
local function read_objects(pdf)
  local from
  for at in pdf:gmatch("()%d+ 0 obj\n<< /Type /ObjStm") do from = at end
  local objects = from and read_stream(pdf, from)
  if not objects then return nil end
  local count
  objects.text, count = without_date(objects.text)
  return count > 0 and objects or nil
end

-- Writes the table of places anew, with some places moved: an entry is a type, a place and an index.
local function move_places(places, moves)
  local a, b, c = places.dictionary:match("/W %[(%d) (%d) (%d)%]")
  if not a or #places.text % (a + b + c) ~= 0 then return false end
  local entry, out = (">I%sI%sI%s"):format(a, b, c), {}
  for at = 1, #places.text, a + b + c do
    local kind, place, index = entry:unpack(places.text, at)
    out[#out + 1] = (">I1I4I2"):pack(kind, kind == 1 and moves[place] or place, index)
  end
  places.text = table.concat(out)
  places.dictionary = places.dictionary:gsub("/W %[.-%]", "/W [1 4 2]"):gsub("/Length %d+", "/Length " .. #places.text)
  return true
end

local function unpacked(pdf)
  local objects, at = read_objects(pdf), pdf:match("startxref\n(%d+)\n%%%%EOF\n$")
  local places = at and read_stream(pdf, tonumber(at) + 1)
  local length_number = objects and objects.dictionary:match("/Length (%d+) 0 R")
  if not places or not length_number then return nil end
  local between = pdf:sub(objects.after, places.from - 1)
  if not between:find(("^%s 0 obj\n%%s*%%d+\nendobj\n$"):format(length_number)) then return nil end
  local stream = write_stream(objects)
  local length = ("%s 0 obj\n   %d\nendobj\n"):format(length_number, #objects.text)
  local length_place = objects.from - 1 + #stream
  local table_place = length_place + #length
  local moves = { [objects.after - 1] = length_place, [places.from - 1] = table_place }
  if not move_places(places, moves) then return nil end
  return pdf:sub(1, objects.from - 1) .. stream .. length .. write_stream(places)
    .. ("startxref\n%d\n%%%%EOF\n"):format(table_place)
end

--- Takes the date out of a PDF that cairo wrote.
-- @tparam string pdf
-- @treturn string
local function timeless(pdf)
  local plain, count = without_date(pdf)
  if count > 0 then return plain end
  return unpacked(pdf) or pdf
end

return timeless
