--- Base64 (RFC 4648).
-- @module optlab.report.page.base64
local M = {}

local SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local sign = {}
for i = 0, 63 do sign[i] = SIGNS:sub(i + 1, i + 1) end

--- Bytes as text.
-- @tparam string bytes
-- @treturn string
function M.encode(bytes)
  local parts = {}
  for a, b, c in bytes:gmatch("(.)(.?)(.?)") do
    local n = a:byte() << 16 | (b:byte() or 0) << 8 | (c:byte() or 0)
    parts[#parts + 1] = sign[n >> 18] .. sign[n >> 12 & 63]
      .. (b == "" and "=" or sign[n >> 6 & 63]) .. (c == "" and "=" or sign[n & 63])
  end
  return table.concat(parts)
end

return M
