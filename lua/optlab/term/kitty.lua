--- Pictures by kitty's graphics protocol: a PNG file in base64, in pieces of 4096 characters between ESC _ G and ESC \.
-- @module optlab.term.kitty
local M = {}

local PIECE = 4096
local DIGITS = {}
for i = 0, 63 do
  DIGITS[i] = ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):sub(i + 1, i + 1)
end

--- Bytes in base64.
-- @tparam string bytes
-- @treturn string
function M.base64(bytes)
  local out = {}
  for i = 1, #bytes - 2, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    out[#out + 1] = DIGITS[a >> 2] .. DIGITS[(a & 3) << 4 | b >> 4] .. DIGITS[(b & 15) << 2 | c >> 6] .. DIGITS[c & 63]
  end
  local rest = #bytes % 3
  local a, b = bytes:byte(#bytes - rest + 1, #bytes)
  if rest == 1 then out[#out + 1] = DIGITS[a >> 2] .. DIGITS[(a & 3) << 4] .. "==" end
  if rest == 2 then
    out[#out + 1] = DIGITS[a >> 2] .. DIGITS[(a & 3) << 4 | b >> 4] .. DIGITS[(b & 15) << 2] .. "="
  end
  return table.concat(out)
end

--- Draws a picture at the cursor, which does not move. A picture of the same number is replaced.
-- @tparam string png the file's bytes
-- @tparam integer id its number
-- @tparam integer columns of cells that it covers
-- @tparam integer rows
-- @treturn string the bytes for the terminal
function M.draw(png, id, columns, rows)
  local text = M.base64(png)
  local parts = {}
  local keys = ("a=T,f=100,i=%d,p=1,q=2,C=1,c=%d,r=%d,"):format(id, columns, rows)
  for i = 1, #text, PIECE do
    local more = i + PIECE <= #text and 1 or 0
    parts[#parts + 1] = ("\27_G%sm=%d;%s\27\\"):format(keys, more, text:sub(i, i + PIECE - 1))
    keys = ""
  end
  return table.concat(parts)
end

--- Removes a picture.
-- @tparam integer id
-- @treturn string
function M.remove(id) return ("\27_Ga=d,d=I,i=%d,q=2\27\\"):format(id) end

--- Asks whether the terminal knows the protocol; it answers `M.YES`.
M.QUESTION = "\27_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\27\\"
M.YES = "\27_Gi=31;OK\27\\"

return M
