--- Text that comes from the user, made safe for a gnuplot script, and the room that it takes.
-- A script only ever holds user text inside single quotes, where gnuplot expands neither back-quotes nor `@macros`.
-- A quote is doubled, with one exception that gnuplot's scanner forces: it takes a doubled quote at the very start of a
-- string, or next to another one, for the end of the string, so such runs stand in double quotes of their own, which
-- hold nothing but quotes. Lines are joined by "\n"; other control characters and invalid UTF-8 never reach gnuplot.
-- @module optlab.plot.gnuplot.text
--
-- Texts may hold mathematics (`optlab.plot.math`). How they are written depends on what draws them: with gnuplot's
-- markup, for LaTeX (every text then, so that no sign of it is a command), or as plain text for pictures made of
-- characters.
local mathematics = require "optlab.plot.math"

local M = {}

local REPLACEMENT = "\u{FFFD}"

-- Keeps valid UTF-8, puts U+FFFD for every byte that is not.
local function valid_utf8(s)
  local parts, from = {}, 1
  while true do
    local _, bad = utf8.len(s, from)
    if not bad then break end
    parts[#parts + 1] = s:sub(from, bad - 1) .. REPLACEMENT
    from = bad + 1
  end
  parts[#parts + 1] = s:sub(from)
  return table.concat(parts)
end

-- Characters that are not seen: of no width, or for the direction of writing.
local UNSEEN = { 0x200B, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069,
  0xFEFF }

--- Removes what no text in a figure may hold: control characters (a tab becomes a blank), those that are not seen, and
-- invalid UTF-8.
-- @tparam string s
-- @treturn string the same text; newlines stay
function M.clean(s)
  s = valid_utf8(s):gsub("\r\n?", "\n"):gsub("\t", " ")
  s = s:gsub("[\0-\9\11-\31\127]", "")
  for _, code in ipairs(s:find "[\xE2\xEF]" and UNSEEN or {}) do s = s:gsub(utf8.char(code), "") end
  return (s:gsub("\u{FFFE}", REPLACEMENT):gsub("\u{FFFF}", REPLACEMENT))
end

-- One line without newlines as a gnuplot string expression.
local function quote_line(line)
  if not line:find("'", 1, true) then return "'" .. line .. "'" end
  local parts = {}
  local lead, rest = line:match("^('*)(.*)$")
  if lead ~= "" then parts[1] = '"' .. lead .. '"' end
  while rest ~= "" do
    local plain, run, after = rest:match("^(.-[^'])(''+)(.*)$")
    plain = plain or rest
    parts[#parts + 1] = "'" .. plain:gsub("'", "''") .. "'"
    if run then parts[#parts + 1] = '"' .. run .. '"' end
    rest = after or ""
  end
  return table.concat(parts, ".")
end

-- --- what draws them -------------------------------------------------------------------------------------------------

local mode = "shown" -- or "latex" or "plain"

--- Calls a function whose texts are written for something else than gnuplot's own fonts.
-- @string how "shown", "latex" or "plain"
-- @tparam function fn
-- @return its results
function M.as(how, fn)
  local before = mode
  mode = how
  local results = table.pack(pcall(fn))
  mode = before
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

-- Lines as they are written, and whether gnuplot must read them as markup, as it must where some are mathematics.
local function written(lines, markup, escaped)
  local any, out = escaped, {}
  for _, line in ipairs(lines) do any = any or mathematics.is_in(line) end
  if mode == "shown" and not any then return lines, markup end
  for i, line in ipairs(lines) do
    if mode == "latex" then
      out[i] = mathematics.latex(line, markup)
    elseif mode == "plain" then
      out[i] = mathematics.plain(line)
    else -- svg drops blanks beside markup
      out[i] = mathematics.shown(line, markup):gsub(" ", "\u{A0}"):gsub("{/:(%a+)\u{A0}", "{/:%1 ")
    end
  end
  return out, mode == "shown" or (mode == "plain" and markup)
end

--- The text as one line: newlines become blanks.
-- @tparam string s
-- @treturn string a gnuplot string expression
function M.quote(s)
  return quote_line(written({ (M.clean(s):gsub("\n", " ")) }, false)[1])
end

local function lines_of(s)
  local lines = {}
  for line in (M.clean(s) .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

--- The text with its lines kept, and how gnuplot reads it.
-- @tparam string s
-- @bool markup whether it holds gnuplot's markup
-- @treturn string a gnuplot string expression and "enhanced" or "noenhanced"
function M.marked(s, markup)
  local lines, enhanced = written(lines_of(s), markup)
  local out = {}
  for i, line in ipairs(lines) do out[i] = quote_line(line) end
  return table.concat(out, '."\\n".') .. (enhanced and " enhanced" or " noenhanced")
end

--- Texts of an axis, where gnuplot takes % for a format. It reads those of a colour bar as markup whatever it is told,
-- and measures all of them so: signs of markup are escaped.
-- @tparam {string,...} texts
-- @bool markup as of @{marked}
-- @treturn {string,...} gnuplot string expressions
-- @treturn string "enhanced" or "noenhanced", for all of them
function M.marks(texts, markup)
  local lines, escaped = {}, false
  for i, s in ipairs(texts) do
    lines[i] = M.clean(s):gsub("\n", " ")
    escaped = escaped or (not markup and lines[i]:find "[\\_^{}@&~]" ~= nil)
  end
  local enhanced
  lines, enhanced = written(lines, markup, escaped)
  local out = {}
  for i, line in ipairs(lines) do out[i] = quote_line((line:gsub("%%", "%%%%"))) end
  return out, enhanced and "enhanced" or "noenhanced"
end

--- How many characters wider than gnuplot thinks a text of the legend is: LaTeX's mathematics.
-- @string s
-- @treturn int
function M.extra(s)
  return mode == "latex" and mathematics.is_in(s) and 5 or 0
end

--- A format of numbers, such as %.2f.
-- @string format
-- @treturn string a gnuplot string
function M.format(format)
  if mode == "latex" then return "'$" .. format .. "$'" end
  return "'" .. (mode == "plain" and format:gsub("^10%^{%%L}$", "1e%%L") or format) .. "'"
end

-- Hundredths of the font size that characters of DejaVu Sans take; the rest of ASCII takes 63.
local WIDTHS = {
  [28] = "'ijlIJ", [33] = " ,./:;\\|", [37] = "f-()[]t!", [41] = "r", [50] = '"*_`szc', [57] = "?LFkvxyPTYaoe",
  [68] = "KAVBRXZC", [75] = "UHNDG&", [81] = "OQw#+<=>^~", [87] = "M", [97] = "%mW@",
}
local width_of = {}
for width, characters in pairs(WIDTHS) do
  for c in characters:gmatch(".") do width_of[c:byte()] = width / 100 end
end

-- The width of a character in units of the font size; those of CJK and most symbols are wide.
local function advance(code)
  if code >= 0x0300 and code <= 0x036F then return 0 end -- marks on the letter before
  if code >= 0x2070 and code <= 0x209F then return 0.45 end -- superscripts
  if code >= 0x2E80 or (code >= 0x1100 and code <= 0x115F) then return 1 end
  if code >= 0x2190 or code == 0xD7 then return 0.84 end
  return width_of[code] or 0.63
end

-- The width of one line in units of the font size.
local function extent_of_line(line)
  local width = 0
  if line:find("$", 1, true) then line = M.seen(mathematics.parted(line), false) end
  for _, code in utf8.codes(line) do width = width + advance(code) end
  return width
end

--- The text without gnuplot's markup: about what is seen of it.
-- @tparam string s
-- @treturn string
function M.without_markup(s)
  return (s:gsub("{/[^ }]* ?", ""):gsub("[%^_{}@&~]", ""))
end

--- What is seen of a text.
-- @tparam string s
-- @bool markup as of @{marked}
-- @treturn string
function M.seen(s, markup)
  if not mathematics.is_in(s) then return markup and M.without_markup(s) or s end
  return (mathematics.plain(s):gsub("[%^_{}]", ""))
end

--- Cuts a line that is too wide, with dots.
-- @tparam string s one line
-- @number width in pixels
-- @number size of the font
-- @treturn string the line as it is, or shorter
function M.cut(s, width, size)
  if mathematics.is_in(s) then
    if extent_of_line(s) * size <= width then return s end
    s = M.seen(s, false)
  end
  local taken, fits = 0, 0
  for at, code in utf8.codes(s) do
    if (taken + 1) * size <= width then fits = at - 1 end -- a dots' width is kept free
    taken = taken + advance(code)
    if taken * size > width then return s:sub(1, fits):gsub("%s+$", "") .. "…" end
  end
  return s
end

-- The words of a line; one that is too wide comes in parts.
local function words_of(line, width, size)
  local out = {}
  for word in mathematics.joined(line):gmatch("%S+") do
    local part = word:find("$", 1, true) and word or ""
    for _, code in utf8.codes(part == "" and word or "") do
      local longer = part .. utf8.char(code)
      if part ~= "" and extent_of_line(longer) * size > width then
        out[#out + 1], part = part, utf8.char(code)
      else
        part = longer
      end
    end
    out[#out + 1] = part
  end
  return out
end

--- Breaks lines that are too wide, at blanks if possible.
-- @tparam string s
-- @number width in pixels
-- @number size of the font
-- @treturn string
function M.wrap(s, width, size)
  local out = {}
  for line in (M.clean(s) .. "\n"):gmatch("(.-)\n") do
    local current
    for _, word in ipairs(words_of(line, width, size)) do
      local longer = current and current .. " " .. word or word
      if current and extent_of_line(longer) * size > width then
        out[#out + 1], current = current, word
      else
        current = longer
      end
    end
    out[#out + 1] = current or ""
  end
  return mathematics.parted(table.concat(out, "\n"))
end

--- The text as it is, or with its lines broken where one is too wide. Markup is left alone: its braces go over lines.
-- @tparam string s
-- @bool markup as of @{marked}
-- @number width in pixels
-- @number size of the font
-- @number height in pixels that the text may have; further lines are cut
-- @treturn string
-- @treturn boolean whether lines are cut
function M.fitted(s, markup, width, size, height)
  if markup then return s, false end
  if M.extent(s, size) > width then s = M.wrap(s, width, size) end
  local most, lines = math.max(4, height // (1.5 * size)), lines_of(s)
  if #lines <= most then return s, false end
  return table.concat(lines, "\n", 1, math.floor(most)) .. "…", true
end

--- How wide and high a text is, in pixels, estimated for a sans-serif font.
-- @tparam string s one or several lines
-- @number size font size in pixels
-- @treturn number width
-- @treturn number height
-- @treturn int number of lines
function M.extent(s, size)
  local widest, count = 0, 0
  for line in (M.clean(s) .. "\n"):gmatch("(.-)\n") do
    widest, count = math.max(widest, extent_of_line(line)), count + 1
  end
  return widest * size, count * size * 1.5, count
end

return M
