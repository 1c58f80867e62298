--- The pixels of a PNG file.
local core = require "optlab.core".data

local M = {}

local function paeth(a, b, c)
  local p = a + b - c
  local pa, pb, pc = math.abs(p - a), math.abs(p - b), math.abs(p - c)
  if pa <= pb and pa <= pc then return a end
  return pb <= pc and b or c
end

-- Undoes the filter of a row of bytes.
local function unfilter(filter, row, up, channels)
  for i = 1, #row do
    local a, b, c = row[i - channels] or 0, up[i] or 0, up[i - channels] or 0
    local add = filter == 1 and a or filter == 2 and b or filter == 3 and (a + b) // 2 or filter == 4 and paeth(a, b, c)
    row[i] = (row[i] + (add or 0)) & 255
  end
  return row
end

--- Reads a PNG of 8 bits a channel in red, green and blue, as cairo writes it.
-- @string bytes
-- @treturn {{int,...},...} rows of colours 0xRRGGBB
function M.rows(bytes)
  local width, height, depth, kind = (">I4I4BB"):unpack(bytes, 17)
  assert(depth == 8 and (kind == 2 or kind == 6), "another kind of PNG")
  local channels, packed, at = kind == 2 and 3 or 4, {}, 9
  while at < #bytes do
    local n, name = (">I4c4"):unpack(bytes, at)
    if name == "IDAT" then packed[#packed + 1] = bytes:sub(at + 8, at + 7 + n) end
    at = at + 12 + n
  end
  local stride = width * channels
  local text = assert(core.inflate(table.concat(packed), (stride + 1) * height))
  local rows, up = {}, {}
  for y = 1, height do
    local from = (y - 1) * (stride + 1) + 1
    local row = {}
    for first = from + 1, from + stride, 4096 do
      table.move({ text:byte(first, math.min(first + 4095, from + stride)) }, 1, 4096, #row + 1, row)
    end
    up = unfilter(text:byte(from), row, up, channels)
    rows[y] = {}
    for x = 1, width do
      local k = (x - 1) * channels
      rows[y][x] = up[k + 1] << 16 | up[k + 2] << 8 | up[k + 3]
    end
  end
  return rows
end

return M
