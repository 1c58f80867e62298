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

--- The warnings in gnuplot's standard error that a user should see.
-- @tparam string stderr
-- @treturn ?string one line, or nil where there is none
function M.shown(stderr)
  local list, seen, more = {}, {}, 0
  for _, message in ipairs(messages(stderr)) do
    if not is_harmless(message) and not seen[message] then
      seen[message] = true
      if #list < MOST then list[#list + 1] = message else more = more + 1 end
    end
  end
  if #list == 0 then return nil end
  if more > 0 then list[#list + 1] = ("and %d more"):format(more) end
  return (table.concat(list, "; "):gsub("%c", " "))
end

return M
