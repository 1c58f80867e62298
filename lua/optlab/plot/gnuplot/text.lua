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

-- The width of a character in units of the font size: wide CJK, narrow letters, the rest.
local function advance(code)
  if code >= 0x1100 then return 1 end
  local c = code < 128 and string.char(code) or "n"
  if c:find("[ijl.,:;'|!I()%[%] ft]") then return 0.36 end
  if c:find("[mwMW@%%]") then return 0.9 end
  return c:find("[A-Z]") and 0.7 or 0.61
end

-- The width of one line in units of the font size.
local function extent_of_line(line)
  local width = 0
  for _, code in utf8.codes(line) do width = width + advance(code) end
  return width
end

--- Breaks lines that are too wide, at blanks.
-- @tparam string s
-- @number width in pixels
-- @number size of the font
-- @treturn string
function M.wrap(s, width, size)
  local out = {}
  for line in (M.clean(s) .. "\n"):gmatch("(.-)\n") do
    local current
    for word in line:gmatch("%S+") do
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
