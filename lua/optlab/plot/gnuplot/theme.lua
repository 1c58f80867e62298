--- The look of the figures as gnuplot commands, written into every script: the sources in plots/, found beside
-- optlab's modules, with the colours of the figure's theme, and palettes.
-- @module optlab.plot.gnuplot.theme
local config = require "optlab.base.config"
local cycles = require "optlab.plot.look.cycles"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local number = require "optlab.plot.gnuplot.number"
local themes = require "optlab.plot.look.themes"

local M = {}

--- The folder of gnuplot sources: plots/ of the source tree, of <prefix>/share/optlab, or of the rock.
-- @treturn string its path, with a slash at the end
function M.folder()
  return config.root .. "plots/"
end

local texts = {}

local function source(name)
  if not texts[name] then
    local text, message = files.read(M.folder() .. name)
    if not text then errors.raise("plot: %s", message) end
    texts[name] = text
  end
  return texts[name]
end

-- The commands of a gnuplot source: no comments, no blank lines.
local function commands(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    if not line:match("^%s*#") and not line:match("^%s*$") then lines[#lines + 1] = line end
  end
  return lines
end

--- The colours of a look as strings that the rest of the script names.
-- @tparam table look as of optlab.plot.look.themes
-- @treturn {string,...}
function M.colors(look)
  local out = {}
  for _, name in ipairs(themes.COLORS) do
    out[#out + 1] = ("%s = '%s'"):format(name, look[name] or look.paper)
  end
  return out
end

-- The colours that lines take in turn.
local function linetypes(look)
  local out = {}
  for i, color in ipairs(look.cycle) do
    out[i] = ("set linetype %-2d linecolor rgb '%s' linewidth %s pointtype 7 pointsize 0.75 dashtype solid"):format(i,
      color, number.format(1.8 * look.weight))
  end
  out[#out + 1] = ("set linetype cycle %d"):format(#look.cycle)
  return out
end

--- The theme's commands.
-- @tparam table look
-- @treturn {string,...}
function M.theme(look)
  local out, types = commands(source("theme.gp")), linetypes(look)
  table.move(types, 1, #types, #out + 1, out)
  if not look.grid_color then out[#out + 1] = "unset grid" end
  return out
end

-- --- palettes --------------------------------------------------------------------------------------------------------

local listed -- {name, commands}, ... of palettes.gp, where a line "# palette NAME" opens each

local function palettes()
  if not listed then
    listed = {}
    for name, body in source("palettes.gp"):gmatch("# palette ([%w_]+)\n(.-)\n\n") do
      listed[#listed + 1] = { name, body }
      listed[name] = body
    end
  end
  return listed
end

--- The names of the palettes; "_r" after one of them turns it round.
-- @treturn {string,...}
function M.palettes()
  local names = {}
  for i, palette in ipairs(palettes()) do names[i] = palette[1] end
  for _, name in ipairs(cycles.names()) do names[#names + 1] = name ~= "default" and name ~= "dark" and name or nil end
  return names
end

-- The colours of a palette from low to high, and whether they are steps; nil if there is none of that name.
local function stops(name)
  local forward = name:match("^(.+)_r$")
  local body = palettes()[forward or name]
  local list = body and {} or cycles.get(forward or name)
  if not list then return nil end
  for color in (body or ""):gmatch("#%x%x%x%x%x%x") do list[#list + 1] = color end
  if forward then
    for i = 1, #list // 2 do list[i], list[#list + 1 - i] = list[#list + 1 - i], list[i] end
  end
  return list, not body
end

M.stops = stops

-- The command of colours between which gnuplot interpolates, or of steps: each colour from i to i + 1.
local function defined(list, steps)
  local parts, line = {}, "set palette defined ("
  for i, color in ipairs(list) do
    parts[#parts + 1] = ("%d '%s'"):format(i - 1, color)
    if steps then parts[#parts + 1] = ("%d '%s'"):format(i, color) end
  end
  local out = {}
  for i, part in ipairs(parts) do
    part = part .. (i < #parts and ", " or ")")
    if #line + #part > 118 then
      out[#out + 1], line = line:gsub(" $", "") .. " \\", "  "
    end
    line = line .. part
  end
  out[#out + 1] = line
  return out
end

--- The commands of one palette.
-- @string name one of @{palettes}
-- @int[opt] count how many colours of a palette of categories are used, by default all; further ones begin anew
-- @treturn ?{string,...} nil if there is none of that name
function M.palette(name, count)
  local list, steps = stops(name)
  if not list then return nil end
  if steps and count then
    local some = {}
    for i = 1, count do some[i] = list[(i - 1) % #list + 1] end
    list = some
  end
  return defined(list, steps)
end

--- Whether a palette is one of categories: a colour for each integer.
-- @string name
-- @treturn boolean
function M.is_categorical(name)
  return select(2, stops(name)) == true
end

return M
