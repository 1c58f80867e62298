--- Themes: the sizes, fonts and colours of a figure, and what a script changes of them for all its figures.
-- A figure's look is decided when it is made: its own options, then those of `plot.set_theme`, then --theme of the
-- command line.
-- @module optlab.plot.look.themes
local config = require "optlab.base.config"
local cycles = require "optlab.plot.look.cycles"

local M = {}

--- Pixels of a centimetre and of a point: sizes are counted in pixels of 1/96 inch.
M.CENTIMETRE, M.POINT = 96 / 2.54, 96 / 72

-- `size` in pixels, `font_size` in points, `dpi` of formats made of pixels. `weight` is the width of lines beside that
-- of the text. Colours: `paper` the background, `ink` titles and notes, `soft` the marks' texts, `axis_color`,
-- `grid_color` (nil: no grid), `frame` the legend's edge.
local THEMES = {
  default = {
    size = { 640, 400 }, font_size = 9, dpi = 96, weight = 1, colors = "default", paper = "#ffffff", ink = "#222222",
    soft = "#333333", axis_color = "#555555", grid_color = "#e4e4e4", frame = "#d9d9d9",
  },
  paper = {
    size = { 8.5 * M.CENTIMETRE, 6 * M.CENTIMETRE }, font_size = 8, dpi = 300, weight = 0.8, colors = "default",
    paper = "#ffffff", ink = "#000000", soft = "#000000", axis_color = "#000000", frame = "#b0b0b0",
  },
  slides = {
    size = { 960, 540 }, font_size = 15, dpi = 96, weight = 1.2, colors = "default", paper = "#ffffff",
    ink = "#111111", soft = "#222222", axis_color = "#444444", grid_color = "#e4e4e4", frame = "#d0d0d0",
  },
  dark = {
    size = { 640, 400 }, font_size = 9, dpi = 96, weight = 1, colors = "dark", paper = "#181a1f", ink = "#e8e8e8",
    soft = "#d0d2d6", axis_color = "#9a9ea6", grid_color = "#33373f", frame = "#4a4f58",
  },
}

--- The names of the themes, in order.
M.NAMES = config.THEMES

--- The colours that a script names, in order.
M.COLORS = { "paper", "ink", "soft", "axis_color", "grid_color", "frame" }

local FIELDS = { "font", "font_size", "dpi", "colors" }

local session = {} -- what plot.set_theme said

-- The theme of figures that name none: the script's, or that of the command line.
local function usual() return session.theme or config.theme or "default" end

--- Changes the look of figures that are made from now on.
-- @tparam table o `theme`, `font`, `font_size`, `dpi`, `colors`; what is nil is the theme's
function M.set(o)
  session = { theme = o.theme }
  for _, name in ipairs(FIELDS) do session[name] = o[name] end
end

-- What an option is worth for a theme: what plot.set_theme said counts for its own theme only.
local function choose(o, name, theme)
  if o[name] ~= nil then return o[name] end
  if (o.theme or usual()) == session.theme and session[name] ~= nil then return session[name] end
  return theme[name]
end

--- The look of a figure.
-- @tparam table o `theme`, `font`, `font_size`, `dpi`, `colors` (a list of "#rrggbb", or a name), each or nil
-- @treturn table the theme's fields, `name`, `font` (or nil), `cycle`, a list of colours, and `scale`: how large
-- everything is beside a figure with texts of 12 pixels
function M.look(o)
  local name = o.theme or usual()
  local theme = THEMES[name]
  local look = { name = name, size = theme.size, weight = theme.weight }
  for _, color in ipairs(M.COLORS) do look[color] = theme[color] end
  for _, field in ipairs(FIELDS) do look[field] = choose(o, field, theme) end
  look.cycle = type(look.colors) == "table" and look.colors or cycles.get(look.colors)
  look.scale = look.font_size * M.POINT / 12
  return look
end

return M
