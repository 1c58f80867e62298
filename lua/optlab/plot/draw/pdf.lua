--- A PDF without the time of day, so that the same figure is the same file.
-- cairo writes the time at which a file was made. Before version 1.18 it is there as text. Since then it is in the last
-- of the packed "object streams", whose packed length depends on it, and a packed table at the end says where each
-- object lies. Both are written again, without packing.
-- @module optlab.plot.draw.pdf
local core = require "optlab.core".data

local M = {}

local MOST = 16 * 1024 * 1024 -- bytes of a stream, unpacked
local TIME, NO_TIME = "(/CreationDate %(D:)%d%d%d%d%d%d%d%d%d%d%d%d%d%d", "%120000101000000"

-- The last stream of a type: the place of its object and the one behind it, its dictionary, what it holds.
local function last_stream(pdf, kind)
  local from
  for at in pdf:gmatch("()%d+ 0 obj\n<< /Type /" .. kind .. "\n") do from = at end
  if not from then return end
  local dictionary, body = pdf:match("^(.-\n>>\nstream\n)()", from)
  local _, last = pdf:find("\nendstream\nendobj\n", body or from, true)
  if not last or not dictionary:find("/Filter /FlateDecode\n", 1, true) then return end
  local text = core.inflate(pdf:sub(body, last - #"\nendstream\nendobj\n"), MOST)
  return text and { from = from, past = last + 1, dictionary = dictionary, text = text }
end

-- A stream's object with another dictionary and text.
local function unpacked(dictionary, text)
  return dictionary:gsub(" */Filter /FlateDecode\n", "") .. text .. "\nendstream\nendobj\n"
end

-- The table of places, with those that `place` gives for objects' numbers; others stay.
local function moved(xref, place)
  local widths = { xref.dictionary:match("/W %[(%d) (%d) (%d)%]\n") }
  local entry = (">I%sI%sI%s"):format(table.unpack(widths))
  local rows, at, number = {}, 1, 0
  while at <= #xref.text do
    local kind, where, index
    kind, where, index, at = entry:unpack(xref.text, at)
    if kind == 1 then where = place(number) or where end
    rows[#rows + 1], number = (">I1I4I2"):pack(kind, where, index), number + 1
  end
  return table.concat(rows)
end

-- The file from the stream with the time on, written again; `objects` and `xref` are the two streams.
local function rewrite(pdf, objects, xref, text)
  local stream = unpacked(objects.dictionary, text)
  local number = objects.dictionary:match("/Length (%d+) 0 R\n") -- of the object that holds the length
  local between = pdf:sub(objects.past, xref.from - 1):gsub("^(" .. number .. " 0 obj\n *)%d+", "%1" .. #text)
  local table_at = objects.from - 1 + #stream + #between
  local own = tonumber(xref.dictionary:match "^%d+")
  local places = moved(xref, function(n)
    if n == own then return table_at end
    local at = ("\n" .. between):find(("\n%d 0 obj\n"):format(n), 1, true)
    return at and objects.from - 1 + #stream + at - 1
  end)
  local dictionary = xref.dictionary:gsub("/W %[.-%]", "/W [1 4 2]"):gsub("/Length %d+", "/Length " .. #places)
  return pdf:sub(1, objects.from - 1) .. stream .. between .. unpacked(dictionary, places)
    .. ("startxref\n%d\n%%%%EOF\n"):format(table_at)
end

--- The file with a fixed time in place of its own. A file that is made in another way stays as it is.
-- @tparam string pdf
-- @treturn string
function M.timeless(pdf)
  local plain, found = pdf:gsub(TIME, NO_TIME)
  if found > 0 then return plain end
  local objects, xref = last_stream(pdf, "ObjStm"), last_stream(pdf, "XRef")
  if not objects or not xref or xref.dictionary:find "/Index" or xref.dictionary:find "/DecodeParms" then return pdf end
  local text
  text, found = objects.text:gsub(TIME, NO_TIME)
  return found > 0 and rewrite(pdf, objects, xref, text) or pdf
end

--- The same for an EPS.
-- @tparam string eps
-- @treturn string
function M.timeless_eps(eps)
  return (eps:gsub("\n%%%%CreationDate: [^\n]*", "\n%%%%CreationDate: 2000-01-01", 1))
end

return M
