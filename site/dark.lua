--- Pictures for the dark theme, made of gnuplot's SVG.
--
-- It has grey axes and text on white paper. White and black change places, and so do the greys between them; dark
-- colours of lines become lighter. In a map colours stand for values: there only the paper and the theme's greys around
-- the map change. A picture with white text or white lines, which lie on a coloured area, stays as it is: its paper is
-- white in both themes.
-- @module site.dark
local contrast = require "optlab.plot.look.contrast"
local themes = require "optlab.plot.look.themes"

local M = {}

local PAPER, INK = { 20, 23, 28 }, { 228, 231, 236 } -- of site.css

-- --- colours ---------------------------------------------------------------------------------------------------------

local NAMED = { white = 255, black = 0 }

local function grey_of(r, g, b)
  r, g, b = tonumber(r), tonumber(g), tonumber(b)
  if math.max(r, g, b) - math.min(r, g, b) > 12 then return nil end
  return (r + g + b) / 3
end

local function dark_grey(level)
  local parts = {}
  for i = 1, 3 do parts[i] = math.floor(INK[i] + (PAPER[i] - INK[i]) * level / 255 + 0.5) end
  return ("rgb(%d,%d,%d)"):format(parts[1], parts[2], parts[3])
end

local RGB, HEX = "rgb%(%s*(%d+),%s*(%d+),%s*(%d+)%)", "#(%x%x)(%x%x)(%x%x)"

local function level_of(color)
  local r, g, b = color:match("^" .. RGB .. "$")
  if r then return grey_of(r, g, b) end
  return NAMED[color] or color == "#ffffff" and 255 or nil
end

local CONTRAST = 4 -- the least of lines on the dark paper

local function lighter(rgb)
  local paper = contrast.luminance(table.unpack(PAPER))
  while contrast.ratio(contrast.luminance(table.unpack(rgb)), paper) < CONTRAST do
    for i = 1, 3 do rgb[i] = math.min(255, math.ceil(rgb[i] + (255 - rgb[i]) * 0.1)) end
  end
  return ("rgb(%d,%d,%d)"):format(rgb[1], rgb[2], rgb[3])
end

local function dark_color(r, g, b)
  local level = grey_of(r, g, b)
  return level and dark_grey(level) or lighter { tonumber(r), tonumber(g), tonumber(b) }
end

-- --- maps ------------------------------------------------------------------------------------------------------------

-- Whether areas have colours that stand for values: images, or polygons whose colours have a range in the script.
local function is_map(svg, script)
  if svg:find("<image", 1, true) then return true end
  return script:find("\nset cbrange", 1, true) and svg:find("<polygon", 1, true) ~= nil
end

local theme_greys = {} -- of the default theme, without its paper: a map may have white and black of its own
local look = themes.look { theme = "default" }
for _, name in ipairs(themes.COLORS) do
  local r, g, b = look[name]:match(HEX)
  if name ~= "paper" then theme_greys[grey_of(tonumber(r, 16), tonumber(g, 16), tonumber(b, 16))] = true end
end

local function around_map(part)
  part = part:gsub('(<rect x="0" y="0" [^>]*fill=)"#ffffff"', "%1\"" .. dark_grey(255) .. '"')
  local function recolored(before, r, g, b)
    local level = grey_of(r, g, b)
    return theme_greys[level] and before .. dark_grey(level)
  end
  part = part:gsub("(stroke=[\"'])" .. RGB, recolored)
  return (part:gsub('(fill=")' .. RGB .. '(" font)', function(before, r, g, b, rest)
    local color = recolored(before, r, g, b)
    return color and color .. rest
  end))
end

-- gnuplot draws each element in a group of its own, axes and labels outside of them.
local function dark_map(svg)
  local out, at = {}, 1
  while true do
    local from = svg:find('<g id="gnuplot_plot_', at, true)
    if not from then break end
    local depth, to = 0, from
    repeat
      local tag
      to, tag = svg:match("()<(/?g)[ >]", to)
      depth, to = depth + (tag == "g" and 1 or -1), to + 1
    until depth == 0
    out[#out + 1], out[#out + 2] = around_map(svg:sub(at, from - 1)), svg:sub(from, to - 1)
    at = to
  end
  out[#out + 1] = around_map(svg:sub(at))
  return table.concat(out)
end

-- --- pictures --------------------------------------------------------------------------------------------------------

-- White text, or a white line.
local function has_white_ink(svg)
  for from, group in svg:gmatch "()<g ([^>]*)>" do
    local body = svg:sub(from + 2, (svg:find("<g ", from + 2, true) or #svg) - 1)
    local is_text = group:find "font%-size" ~= nil
    local color = group:match(is_text and 'fill="([^"]*)"' or 'stroke="([^"]*)"')
    local level = color and level_of(color)
    if level and level >= 250 and (is_text or body:find "<path") then return true end
  end
  return false
end

--- A picture for the dark theme.
-- @tparam string svg
-- @tparam string script gnuplot's, "" if it is not known
-- @treturn ?string nil where the picture must stay as it is
function M.picture(svg, script)
  if is_map(svg, script) then return dark_map(svg) end
  if has_white_ink(svg) then return nil end
  svg = svg:gsub(RGB, dark_color)
  svg = svg:gsub('([="\'])' .. HEX .. '(["\'])', function(before, r, g, b, after)
    local level = grey_of(tonumber(r, 16), tonumber(g, 16), tonumber(b, 16))
    return level and before .. dark_grey(level) .. after
  end)
  return (svg:gsub('([="\'])(%l+)(["\'])', function(before, name, after)
    return NAMED[name] and before .. dark_grey(NAMED[name]) .. after
  end))
end

return M
