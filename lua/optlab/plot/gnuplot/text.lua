--- Text that comes from the user, made safe for a gnuplot script, and the room that it takes.
-- A script only ever holds user text inside single quotes, where gnuplot expands neither back-quotes nor `@macros`.
-- A quote is doubled, with one exception that gnuplot's scanner forces: it takes a doubled quote at the very start of a
-- string, or next to another one, for the end of the string, so such runs stand in double quotes of their own, which
-- hold nothing but quotes. Lines are joined by "\n"; other control characters and invalid UTF-8 never reach gnuplot.
-- @module optlab.plot.gnuplot.text
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

--- Removes what no text in a figure may hold: control characters (a tab becomes a blank) and invalid UTF-8.
-- @tparam string s
-- @treturn string the same text; newlines stay
function M.clean(s)
  s = valid_utf8(s):gsub("\r\n?", "\n"):gsub("\t", " ")
  s = s:gsub("[\0-\9\11-\31\127]", "")
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

--- The text as one line: newlines become blanks.
-- @tparam string s
-- @treturn string a gnuplot string expression
function M.quote(s)
  return quote_line((M.clean(s):gsub("\n", " ")))
end

--- The text with its lines kept.
-- @tparam string s
-- @treturn string a gnuplot string expression
function M.quote_lines(s)
  local lines = {}
  for line in (M.clean(s) .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = quote_line(line) end
  return table.concat(lines, '."\\n".')
end

--- The text with its lines kept, and how gnuplot reads it.
-- @tparam string s
-- @bool markup whether it holds gnuplot's markup
-- @treturn string a gnuplot string expression and "enhanced" or "noenhanced"
function M.marked(s, markup)
  return M.quote_lines(s) .. (markup and " enhanced" or " noenhanced")
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
  return markup and M.without_markup(s) or s
end

--- Cuts a line that is too wide, with dots.
-- @tparam string s one line
-- @number width in pixels
-- @number size of the font
-- @treturn string the line as it is, or shorter
function M.cut(s, width, size)
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
  for word in line:gmatch("%S+") do
    local part = ""
    for _, code in utf8.codes(word) do
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
  return table.concat(out, "\n")
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
