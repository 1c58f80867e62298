--- Small files of other programs' formats, as bytes: tar archives, MATLAB's arrays.
local M = {}

local function padded(text, multiple) return text .. ("\0"):rep(-#text % multiple) end

local function tar_header(name, size, kind)
  local fields = { name .. ("\0"):rep(100 - #name), "0000644\0", "0000000\0", "0000000\0",
    ("%011o\0"):format(size), ("%011o\0"):format(0), (" "):rep(8), kind, ("\0"):rep(100), "ustar\0", "00",
    ("\0"):rep(247) }
  local header, sum = table.concat(fields), 0
  for i = 1, #header do sum = sum + header:byte(i) end
  return header:sub(1, 148) .. ("%06o\0 "):format(sum) .. header:sub(157)
end

--- A tar archive of {name, bytes} pairs, in order; a name that ends in "/" is a folder.
function M.tar(members)
  local parts = {}
  for _, member in ipairs(members) do
    local name, bytes = table.unpack(member)
    local folder = name:sub(-1) == "/"
    parts[#parts + 1] = tar_header(name, folder and 0 or #bytes, folder and "5" or "0")
    if not folder then parts[#parts + 1] = padded(bytes, 512) end
  end
  return table.concat(parts) .. ("\0"):rep(1024)
end

local function element(order, kind, bytes)
  if #bytes <= 4 then
    local word = order == ">" and (#bytes << 16 | kind) or (kind | #bytes << 16)
    return string.pack(order .. "I4", word) .. padded(bytes, 4) .. (bytes == "" and ("\0"):rep(4) or "")
  end
  return string.pack(order .. "I4I4", kind, #bytes) .. padded(bytes, 8)
end

--- An array of a .mat file: its class (6 double, 9 uint8, ...), the type of its stored numbers (2 uint8, 9 double,
-- ...), and their bytes, the first dimension innermost. `order`: "<" or ">".
function M.mat_array(name, class, shape, stored, bytes, order, flags)
  order = order or "<"
  local sizes = {}
  for i, n in ipairs(shape) do sizes[i] = string.pack(order .. "i4", n) end
  local inner = element(order, 6, string.pack(order .. "I4I4", class | (flags or 0) << 8, 0))
    .. element(order, 5, table.concat(sizes)) .. element(order, 1, name) .. element(order, stored, bytes)
  return string.pack(order .. "I4I4", 14, #inner) .. inner
end

--- A .mat file of these elements.
function M.mat(elements, order)
  local head = ("MATLAB 5.0 MAT-file"):gsub("$", (" "):rep(105))
  return head:sub(1, 124) .. string.pack((order or "<") .. "I2", 0x0100) .. (order == ">" and "MI" or "IM")
    .. table.concat(elements)
end

return M
