--- What gnuplot says although it has drawn a figure.
-- @module optlab.plot.draw.warnings
local M = {}

-- Patterns of messages that are not passed on, and why.
local HARMLESS = {
  -- gnuplot 6 in a locale without UTF-8; the scripts set the encoding themselves.
  "iconv failed to convert degree sign",
  -- A curve without a value to draw: optlab says so itself when the figure is saved (optlab.plot.gnuplot.visibility).
  "Skipping data file with no valid points",
  -- An old or unusual configuration of the machine's fonts; a font that lacks a character is found by fc-list.
  "^Fontconfig warning",
}

-- Patterns of messages with what they mean for a figure. Those about markup come for texts without it, too, because
-- gnuplot measures all of them as if they had it.
local MARKUP = "gnuplot's markup in a text is not complete: its braces must match; or drop enhanced = true"
local MEANINGS = {
  { "canvas area too small", "the texts leave no room for the frame: take a larger size or a smaller font" },
  { "fitting plot titles into key", "the legend does not fit: take shorter labels or a larger size" },
  { "making room for xtic labels", "the texts below the frame leave it no room: take shorter ones or a larger size" },
  { "enhanced text mode parser", MARKUP, markup = true },
  { "bad syntax in enhanced text", MARKUP, markup = true },
  { "extreme aspect ratio", 'with aspect = "equal" one axis is far shorter than the other: drop it, or set limits' },
  -- The second line of a warning.
  { "^%s*Check plot boundary and font sizes", "" },
}

local MOST = 3 -- messages of a figure that are shown

local function is_harmless(message)
  for _, pattern in ipairs(HARMLESS) do
    if message:find(pattern) then return true end
  end
  return false
end

-- The messages among gnuplot's lines: those that name a line of the script, or all of them if none does.
local function messages(stderr)
  local positioned, all = {}, {}
  for line in stderr:gmatch("[^\n]+") do
    local number, words = line:match('^"[^"]*" line (%d+): (.*)$')
    if number then
      positioned[#positioned + 1] = ("line %s: %s"):format(number, (words:gsub("^[Ww]arning: ", "")))
    elseif line:find("%S") then
      all[#all + 1] = line
    end
  end
  return #positioned > 0 and positioned or all
end

-- What a message means for a figure: "" for nothing, nil where nobody knows.
local function meaning(message, markup)
  if is_harmless(message) then return "" end
  for _, entry in ipairs(MEANINGS) do
    if message:find(entry[1]) then return (not entry.markup or markup) and entry[2] or "" end
  end
end

--- The warnings in gnuplot's standard error that a user should see.
-- @tparam string stderr
-- @bool markup whether texts of the figure hold gnuplot's markup
-- @treturn ?string one line, or nil where there is none
function M.shown(stderr, markup)
  local known, list, seen, more = {}, {}, { [""] = true }, 0
  for _, message in ipairs(messages(stderr)) do
    local words = meaning(message, markup)
    if not seen[words or message] then
      seen[words or message] = true
      if words then
        known[#known + 1] = words
      elseif #list < MOST then
        list[#list + 1] = message
      else
        more = more + 1
      end
    end
  end
  if more > 0 then list[#list + 1] = ("and %d more"):format(more) end
  if #list > 0 then known[#known + 1] = "gnuplot warns: " .. table.concat(list, "; ") end
  return #known > 0 and (table.concat(known, "; "):gsub("%c", " ")) or nil
end

return M
