--- PNG and GIF files of a few pixels, written and read in Lua.
local M = {}

local function adler32(s)
  local a, b = 1, 0
  for i = 1, #s do
    a = (a + s:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return b << 16 | a
end

local function chunk(kind, data) return (">I4"):pack(#data) .. kind .. data .. "crc?" end

--- A PNG without compression.
-- @tparam {{int,...},...} rows of colours 0xRRGGBB
function M.png(rows)
  local lines = {}
  for y, row in ipairs(rows) do
    local line = { "\0" }
    for x, rgb in ipairs(row) do line[x + 1] = (">I3"):pack(rgb) end
    lines[y] = table.concat(line)
  end
  local bytes, blocks = table.concat(lines), { "\x78\x01" }
  for from = 1, #bytes, 65535 do
    local part = bytes:sub(from, from + 65534)
    blocks[#blocks + 1] = ("<BI2I2"):pack(from + 65535 > #bytes and 1 or 0, #part, #part ~ 0xffff) .. part
  end
  blocks[#blocks + 1] = (">I4"):pack(adler32(bytes))
  return "\x89PNG\r\n\x1a\n" .. chunk("IHDR", (">I4I4BBBBB"):pack(#rows[1], #rows, 8, 2, 0, 0, 0))
    .. chunk("IDAT", table.concat(blocks)) .. "\0\0\0\0IEND\xAE\x42\x60\x82"
end

-- The pixels of one compressed picture.
local function unpack_lzw(data)
  local table_, next_code, width, bits, n_bits, out, before = {}, 258, 9, 0, 0, {}, nil
  local function clear()
    table_, next_code, width, before = {}, 258, 9, nil
    for i = 0, 255 do table_[i] = string.char(i) end
  end
  for i = 1, #data do
    bits, n_bits = bits | data:byte(i) << n_bits, n_bits + 8
    while n_bits >= width do
      local code = bits & ((1 << width) - 1)
      bits, n_bits = bits >> width, n_bits - width
      if code == 256 then
        clear()
      elseif code == 257 then
        return table.concat(out)
      else
        local run = table_[code] or before .. before:sub(1, 1)
        if before and next_code < 4096 then
          table_[next_code], next_code = before .. run:sub(1, 1), next_code + 1
        end
        if next_code == 1 << width and width < 12 then width = width + 1 end
        out[#out + 1], before = run, run
      end
    end
  end
  error "the picture has no end"
end

local function blocks(gif, at)
  local parts = {}
  while gif:byte(at) > 0 do
    parts[#parts + 1] = gif:sub(at + 1, at + gif:byte(at))
    at = at + gif:byte(at) + 1
  end
  return table.concat(parts), at + 1
end

--- The frames of a GIF that has one table of 256 colours: rows of colours, as they are seen.
-- @string gif
-- @treturn {table,...} each frame's rows, and `delay`
-- @treturn {string,...} the other extensions
function M.gif(gif)
  local width, height = ("<I2I2"):unpack(gif, 7)
  local at, frames, extensions, screen, delay = 14 + 768, {}, {}, {}, nil
  while gif:sub(at, at) ~= ";" do
    local sign = gif:sub(at, at)
    if sign == "!" then
      local kind, data = gif:byte(at + 1), nil
      data, at = blocks(gif, at + 2)
      if kind == 0xf9 then delay = ("<I2"):unpack(data, 2) else extensions[#extensions + 1] = data end
    else
      assert(sign == ",")
      local left, top, wide, high = ("<I2I2I2I2"):unpack(gif, at + 1)
      local data
      data, at = blocks(gif, at + 11)
      local pixels = unpack_lzw(data)
      assert(#pixels == wide * high)
      for i = 1, #pixels do
        local c = pixels:byte(i)
        if c ~= 255 then screen[(top + (i - 1) // wide) * width + left + (i - 1) % wide] = c end
      end
      local frame = { delay = delay }
      for y = 0, height - 1 do
        frame[y + 1] = {}
        for x = 0, width - 1 do
          frame[y + 1][x + 1] = (">I3"):unpack(gif, 14 + 3 * screen[y * width + x])
        end
      end
      frames[#frames + 1] = frame
    end
  end
  return frames, extensions
end

return M
