--- CRC-32C (Castagnoli), the checksum of TFRecord files (RFC 3720, B.4).
-- @module optlab.compare.export.crc32c
local M = {}

local POLYNOMIAL = 0x82F63B78 -- reflected

local TABLE = {}
for byte = 0, 255 do
  local crc = byte
  for _ = 1, 8 do crc = crc >> 1 ~ (crc & 1) * POLYNOMIAL end
  TABLE[byte] = crc
end

--- The checksum of some bytes.
-- @tparam string bytes
-- @treturn integer of 32 bits
function M.sum(bytes)
  local crc = 0xFFFFFFFF
  for i = 1, #bytes do crc = crc >> 8 ~ TABLE[(crc ~ bytes:byte(i)) & 0xFF] end
  return crc ~ 0xFFFFFFFF
end

--- The checksum as TFRecord stores it: turned and shifted, so that the sum of bytes that hold sums is a good one.
-- @tparam string bytes
-- @treturn integer of 32 bits
function M.masked(bytes)
  local crc = M.sum(bytes)
  return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
end

return M
