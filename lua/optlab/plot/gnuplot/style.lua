--- Line styles in matplotlib's shorthand and colours by name.
-- A style is a colour letter, a marker and a line in any order, each at most once: "-o", "r--", "x", ":", "k-.".
--
--    lines    -  solid    --  dashed    -.  dash-dot    :  dotted
--    markers  .  point    o  disc    s  square    ^ v  triangles    D d  diamonds    p  pentagon    * + x
--    colours  b g r c m y k w
--
-- A colour option is one of those letters, a name ("orange", "tab:blue"), "#rgb", "#rrggbb", or "C1".."C10", the
-- theme's own cycle counted from 1.
-- @module optlab.plot.gnuplot.style
local M = {}

-- gnuplot's dash pattern of each line; lengths grow with the line's width.
local LINES = {
  { "--", "(7,6)" },
  { "-.", "(8,5,1,5)" },
  { "-", "solid" },
  { ":", "(1,4)" },
}

-- gnuplot's point type and the size at which all look alike.
local MARKERS = {
  ["."] = { 7, 0.35 }, o = { 7, 0.75 }, s = { 5, 0.7 }, ["^"] = { 9, 0.9 }, v = { 11, 0.9 }, D = { 13, 0.9 },
  d = { 13, 0.65 }, p = { 15, 0.85 }, ["*"] = { 3, 0.85 }, ["+"] = { 1, 0.85 }, x = { 2, 0.85 },
}

local LETTERS = {
  b = "#1f77b4", g = "#2ca02c", r = "#d62728", c = "#17becf",
  m = "#bf00bf", y = "#bcbd22", k = "#000000", w = "#ffffff",
}

local NAMES = {
  blue = "#1f77b4", orange = "#ff7f0e", green = "#2ca02c", red = "#d62728", purple = "#9467bd", brown = "#8c564b",
  pink = "#e377c2", gray = "#7f7f7f", grey = "#7f7f7f", olive = "#bcbd22", cyan = "#17becf", black = "#000000",
  white = "#ffffff", magenta = "#bf00bf", yellow = "#e0c000", navy = "#1f3a6b", teal = "#008080", gold = "#d4a017",
  silver = "#c0c0c0", lightgray = "#d3d3d3", lightgrey = "#d3d3d3",
}

local function take_line(rest)
  for _, line in ipairs(LINES) do
    if rest:sub(1, #line[1]) == line[1] then return line, rest:sub(#line[1] + 1) end
  end
end

--- Reads a style string.
-- @tparam string style
-- @treturn ?table {dash=, point=, size=, color=}: gnuplot's dash pattern, point type and size, "#rrggbb", each nil if
-- it is absent; nil for a string that is no style
function M.parse(style)
  local out, rest = {}, style
  while rest ~= "" do
    local line, after = take_line(rest)
    local c = rest:sub(1, 1)
    if line and not out.dash then
      out.dash, rest = line[2], after
    elseif not line and MARKERS[c] and not out.point then
      out.point, out.size, rest = MARKERS[c][1], MARKERS[c][2], rest:sub(2)
    elseif LETTERS[c] and not out.color then
      out.color, rest = LETTERS[c], rest:sub(2)
    else
      return nil
    end
  end
  if not out.dash and not out.point then out.dash = "solid" end
  return out
end

--- Reads a colour.
-- @tparam string color
-- @treturn ?string "#rrggbb", or "C" and a number for a colour of the theme's cycle; nil for a string that is no colour
function M.color(color)
  local name = color:gsub("^tab:", "")
  local known = NAMES[name] or LETTERS[color]
  if known then return known end
  if color:match("^#%x%x%x%x%x%x$") then return color:lower() end
  local r, g, b = color:match("^#(%x)(%x)(%x)$")
  if r then return ("#" .. r .. r .. g .. g .. b .. b):lower() end
  local n = tonumber(color:match("^C(%d+)$"))
  return n and n >= 1 and n <= 10 and color or nil
end

--- Splits a colour into the two ways in which gnuplot takes one.
-- @tparam string color what @{color} returned
-- @treturn ?string "rgb '#rrggbb'", or nil for a colour of the theme's cycle
-- @treturn ?int the number of that colour in the cycle
function M.colorspec(color)
  local n = color:match("^C(%d+)$")
  if n then return nil, tonumber(n) end
  return "rgb '" .. color .. "'"
end

return M
