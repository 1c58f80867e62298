--- Text on one line of a terminal: the columns that it takes, and as much of it as there is room for.
--
-- A character takes one column; those of Chinese, Japanese and Korean and pictures (emoji) two; marks that are drawn
-- over the character before them none.
-- @module optlab.base.text.line
local errors = require "optlab.base.errors"

local M = {}

-- {first, last, columns}, in order.
local RANGES = {
  { 0x300, 0x36F, 0 }, { 0x483, 0x489, 0 }, { 0x591, 0x5BD, 0 }, { 0x610, 0x61A, 0 }, { 0x64B, 0x65F, 0 },
  { 0x93C, 0x93C, 0 }, { 0x94D, 0x94D, 0 }, { 0xE31, 0xE31, 0 }, { 0xE34, 0xE3A, 0 }, { 0xE47, 0xE4E, 0 },
  { 0x1100, 0x115F, 2 }, { 0x1AB0, 0x1AFF, 0 }, { 0x1DC0, 0x1DFF, 0 }, { 0x200B, 0x200F, 0 }, { 0x202A, 0x202E, 0 },
  { 0x2060, 0x2064, 0 }, { 0x20D0, 0x20F0, 0 }, { 0x231A, 0x231B, 2 }, { 0x23E9, 0x23EC, 2 }, { 0x25FD, 0x25FE, 2 },
  { 0x2614, 0x2615, 2 }, { 0x2648, 0x2653, 2 }, { 0x26A1, 0x26A1, 2 }, { 0x26BD, 0x26BE, 2 }, { 0x2705, 0x2705, 2 },
  { 0x270A, 0x270B, 2 }, { 0x2728, 0x2728, 2 }, { 0x274C, 0x274C, 2 }, { 0x2753, 0x2755, 2 }, { 0x2795, 0x2797, 2 },
  { 0x2B50, 0x2B50, 2 }, { 0x2E80, 0x303E, 2 }, { 0x3041, 0x3098, 2 }, { 0x3099, 0x309A, 0 }, { 0x309B, 0xA4CF, 2 },
  { 0xA960, 0xA97F, 2 }, { 0xAC00, 0xD7A3, 2 }, { 0xF900, 0xFAFF, 2 }, { 0xFE00, 0xFE0F, 0 }, { 0xFE20, 0xFE2F, 0 },
  { 0xFE30, 0xFE6F, 2 }, { 0xFEFF, 0xFEFF, 0 }, { 0xFF00, 0xFF60, 2 }, { 0xFFE0, 0xFFE6, 2 }, { 0x1F300, 0x1F64F, 2 },
  { 0x1F680, 0x1F6FF, 2 }, { 0x1F900, 0x1FAFF, 2 }, { 0x20000, 0x3FFFD, 2 }, { 0xE0100, 0xE01EF, 0 },
}

local function columns_of(code)
  if code < RANGES[1][1] then return 1 end
  local lo, hi = 1, #RANGES
  while lo < hi do
    local middle = (lo + hi) // 2
    if code > RANGES[middle][2] then lo = middle + 1 else hi = middle end
  end
  return code >= RANGES[lo][1] and code <= RANGES[lo][2] and RANGES[lo][3] or 1
end

--- Any text as part of a line: line breaks and tabs are blanks, other control characters and bytes that are no UTF-8
-- are spelled out.
-- @tparam string text
-- @treturn string
function M.plain(text) return (errors.visible(text):gsub("[\n\t]", " ")) end

--- The columns that a text without control characters takes.
-- @tparam string text
-- @treturn integer
function M.columns(text)
  if not text:find "[\x80-\xff]" or not utf8.len(text) then return #text end
  local n = 0
  for _, code in utf8.codes(text) do n = n + columns_of(code) end
  return n
end

--- The beginning of a text, if it takes more columns than there are; else all of it.
-- @tparam string text without control characters
-- @tparam integer columns
-- @tparam[opt=""] string mark ends a text that was cut; it takes a column
-- @treturn string
function M.cut(text, columns, mark)
  if M.columns(text) <= columns then return text end
  if columns < 1 then return "" end
  local room, at = mark and columns - 1 or columns, 1
  if not utf8.len(text) then return text:sub(1, room) .. (mark or "") end
  for place, code in utf8.codes(text) do
    room = room - columns_of(code)
    if room < 0 then break end
    at = place + #utf8.char(code)
  end
  return text:sub(1, at - 1) .. (mark or "")
end

return M
