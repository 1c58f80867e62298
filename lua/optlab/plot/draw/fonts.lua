--- Characters that no installed font has. gnuplot's png and pdf draw a box that covers the whole figure for each.
-- fontconfig's program fc-list is asked, once for each character in the life of the process. Where there is no fc-list,
-- all characters are taken to be there.
-- @module optlab.plot.draw.fonts
local M = {}

local known = {} -- code -> whether a font has it

-- Ranges of characters that have no shape of their own.
local SHAPELESS = {
  { 0x00AD, 0x00AD }, { 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F }, { 0xFE00, 0xFE0F },
  { 0xFEFF, 0xFEFF }, { 0xE0000, 0xE0FFF },
}

local function has_shape(code)
  for _, range in ipairs(SHAPELESS) do
    if code >= range[1] and code <= range[2] then return false end
  end
  return true
end

-- Asks fc-list which of some codes a font has: first for a font that has all of them, then for each alone. The command
-- holds nothing but hexadecimal digits of ours.
local COMMAND = [[
command -v fc-list >/dev/null 2>&1 || exit 0
if [ -n "$(fc-list -f x ':charset=%s' 2>/dev/null | head -c 1)" ]; then echo all; exit 0; fi
for code in %s; do
  [ -n "$(fc-list -f x ":charset=$code" 2>/dev/null | head -c 1)" ] || echo "$code"
done
echo end]]

local function ask(codes)
  local digits = {}
  for i, code in ipairs(codes) do digits[i] = ("%x"):format(code) end
  local list = table.concat(digits, " ")
  local pipe = io.popen(COMMAND:format(list, list))
  local answer = pipe and pipe:read("a") or ""
  if pipe then pipe:close() end
  for _, code in ipairs(codes) do known[code] = true end
  if not answer:find("end\n$") then return end
  for code in answer:gmatch("(%x+)\n") do known[tonumber(code, 16)] = false end
end

--- The characters of a text that no font has.
-- @tparam string text valid UTF-8
-- @treturn {int,...} their codes, in the order of the text
function M.missing(text)
  local codes, seen, unknown = {}, {}, {}
  for code in text:gmatch("[\xC2-\xF4][\x80-\xBF]+") do
    code = utf8.codepoint(code)
    if not seen[code] and has_shape(code) then
      seen[code] = true
      codes[#codes + 1] = code
      if known[code] == nil then unknown[#unknown + 1] = code end
    end
  end
  if #unknown > 0 then ask(unknown) end
  local out = {}
  for _, code in ipairs(codes) do
    if not known[code] then out[#out + 1] = code end
  end
  return out
end

--- A text with a sign in the place of characters.
-- @tparam string text
-- @tparam {int,...} codes of the characters
-- @treturn string
function M.without(text, codes)
  local sign = #M.missing("□") == 0 and "□" or "?"
  local signs = {}
  for _, code in ipairs(codes) do signs[utf8.char(code)] = sign end
  return (text:gsub("[\xC2-\xF4][\x80-\xBF]+", signs))
end

return M
