--- TensorBoard's event files: TFRecord frames around messages of protocol buffers.
--
-- A frame is the length (8 bytes, little-endian), its masked CRC-32C, the message, its masked CRC-32C. Messages are
-- Event {wall_time = 1 double, step = 2 int64, file_version = 3 string, summary = 5 Summary}, Summary {value = 1
-- Value},
-- Value {tag = 1 string, simple_value = 2 float} of TensorFlow's event.proto and summary.proto; there is no library for
-- these few bytes in Debian.
-- @module optlab.compare.export.events
local crc32c = require "optlab.compare.export.crc32c"

local M = {}

-- --- protocol buffers -----------------------------------------------------------------------------------------------

local VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

-- Seven bits a byte, the lowest first; a negative number has ten bytes.
local function varint(n)
  local bytes = {}
  repeat
    local low = n & 0x7F
    n = n >> 7
    bytes[#bytes + 1] = string.char(n ~= 0 and low | 0x80 or low)
  until n == 0
  return table.concat(bytes)
end

local function key(field, kind) return varint(field << 3 | kind) end

local function integer(field, n) return key(field, VARINT) .. varint(n) end

local function double(field, x) return key(field, FIXED64) .. ("<d"):pack(x) end

local function float(field, x) return key(field, FIXED32) .. ("<f"):pack(x) end

local function bytes(field, text) return key(field, BYTES) .. varint(#text) .. text end

-- --- events ---------------------------------------------------------------------------------------------------------

--- The message that a file begins with.
-- @tparam number time seconds since 1970
-- @treturn string
function M.version(time) return double(1, time) .. bytes(3, "brain.Event:2") end

--- The message of one value.
-- @tparam number time seconds since 1970
-- @tparam integer step
-- @tparam string tag
-- @tparam number value kept as a float of 32 bits
-- @treturn string
function M.scalar(time, step, tag, value)
  local summary = bytes(1, bytes(1, tag) .. float(2, value))
  return double(1, time) .. integer(2, step) .. bytes(5, summary)
end

--- A message in its frame.
-- @tparam string message
-- @treturn string
function M.frame(message)
  local length = ("<I8"):pack(#message)
  return length .. ("<I4"):pack(crc32c.masked(length)) .. message .. ("<I4"):pack(crc32c.masked(message))
end

return M
