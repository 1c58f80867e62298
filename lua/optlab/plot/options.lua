--- Options that several functions of the plot room share, and those of a figure.
--
-- The kinds of arguments (`optlab.base.kinds`) that it adds: text (a number counts as text), color and style
-- (`optlab.plot.gnuplot.style`), palette, and tick, {number, text}.
-- @module optlab.plot.options
require "optlab.plot.arrays" -- adds the kinds scalar, vector, pair
local kinds = require "optlab.base.kinds"
local number = require "optlab.base.number"
local style = require "optlab.plot.gnuplot.style"
local cycles = require "optlab.plot.look.cycles"
local theme = require "optlab.plot.gnuplot.theme"
local themes = require "optlab.plot.look.themes"

local M = {}

-- --- kinds ----------------------------------------------------------------------------------------------------------

local mathematics = require "optlab.plot.math"

-- What stands between dollars must be mathematics that can be read.
kinds.text = {
  what = function(_, value)
    local problem = type(value) == "string" and mathematics.problem(value)
    return problem and "a string whose mathematics between dollars can be read (" .. problem .. ")" or "a string"
  end,
  accept = function(v)
    if type(v) == "number" then return number.shown(v) end
    return type(v) == "string" and not (mathematics.is_in(v) and mathematics.problem(v)) and v or nil
  end,
}

kinds.color = {
  what = 'a colour ("#rrggbb", "C1" to "C10", a letter of b g r c m y k w, or a name like "orange")',
  accept = function(v) return type(v) == "string" and style.color(v) or nil end,
}

kinds.style = {
  what = 'a style such as "-o" or "r--": a line (- -- -. :), a marker (. o s ^ v D d p * + x) and a colour letter '
    .. "(b g r c m y k w), each at most once",
  accept = function(v) return type(v) == "string" and style.parse(v) and v or nil end,
}

kinds.palette = {
  what = function() return "one of '" .. table.concat(theme.palettes(), "', '") .. "'" end,
  accept = function(v) return type(v) == "string" and theme.palette(v) and v or nil end,
}

local NUMBER = { kind = "scalar" }

kinds.tick = {
  takes = "list", what = "a number or a list {number, text}",
  accept = function(v)
    if type(v) ~= "table" or #v ~= 2 then return nil end
    local x, label = kinds.accept(v[1], NUMBER), kinds.text.accept(v[2])
    return x and label and { x, label } or nil
  end,
}

-- --- of what is drawn -----------------------------------------------------------------------------------------------

M.LABEL = { "label", "text", doc = "Name in the legend." }
M.STYLE = { "style", "style", doc = "A line, a marker and a colour letter, such as \"-\", \"o\" or \"r--\"." }
M.COLOR = { "color", "color",
  doc = "A letter, a name, \"#rrggbb\", or \"C1\" to \"C10\" of the theme; by default the next of these." }
M.WIDTH = { "width", "scalar", above = 0, max = 1000, doc = "Width of the line." }
M.ENHANCED = { "enhanced", "flag",
  doc = "Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says." }
M.MARKUP = { "enhanced", "flag", default = false,
  doc = "Whether _ ^ { } @ & in all text are gnuplot's markup, such as x^2 for a superscript." }
M.PALETTE = { "palette", "palette", default = "viridis",
  doc = "The colour scale; with \"_r\" after its name it is reversed." }
M.COLORBAR = { "colorbar", "flag", default = false, doc = "Whether a bar explains the colours." }

--- The width of a line with a default of its own.
function M.width(default)
  return { "width", "scalar", above = 0, max = 1000, default = default, doc = "Width of the line." }
end

--- What matplotlib calls the options of a line.
M.LINE_HINTS = {
  linestyle = 'style = "--"', ls = 'style = "--"', fmt = 'style = "o-"', marker = 'style = "o"',
  linewidth = "width = 2", lw = "width = 2", markersize = "size = 2", ms = "size = 2", c = 'color = "r"',
}

-- --- of a figure ----------------------------------------------------------------------------------------------------

local LEGENDS = {
  ["top right"] = "inside right top", ["top left"] = "inside left top", ["bottom right"] = "inside right bottom",
  ["bottom left"] = "inside left bottom", ["right"] = "inside right center", ["left"] = "inside left center",
  ["top"] = "inside center top", ["bottom"] = "inside center bottom", ["outside"] = "outside right top",
  ["below"] = "below", ["auto"] = "auto", ["none"] = "none",
}
local LEGEND_NAMES = {
  "top right", "top left", "bottom right", "bottom left", "right", "left", "top", "bottom", "outside", "below", "auto",
  "none",
}

--- What the option `legend` means.
-- @tparam boolean|string choice
-- @treturn string "auto", "none", or where gnuplot puts it
function M.legend(choice)
  if type(choice) == "boolean" then return choice and "auto" or "none" end
  return LEGENDS[choice]
end

-- Pixels of the units in which sizes are given.
local UNITS = { px = 1, cm = themes.CENTIMETRE, mm = themes.CENTIMETRE / 10, ["in"] = 96, pt = themes.POINT }

-- {width, height} in whole pixels, or {width, height, unit}, as {width, height} in pixels.
kinds.extent = {
  takes = "list",
  what = '{width, height} in pixels, from {80, 60} to {10000, 10000}, or {8.5, 6, "cm"} (px, cm, mm, in, pt)',
  accept = function(v)
    if type(v) ~= "table" or #v < 2 or #v > 3 then return nil end
    local width, height, unit = kinds.accept(v[1], NUMBER), kinds.accept(v[2], NUMBER), UNITS[v[3] or "px"]
    if not width or not height or not unit then return nil end
    if unit == 1 then width, height = math.floor(width), math.floor(height) end
    width, height = width * unit, height * unit
    return width >= 80 and height >= 60 and width <= 10000 and height <= 10000 and { width, height } or nil
  end,
}

--- The size of a picture.
M.SIZE = {
  "size", "extent",
  doc = '{width, height} in pixels of 1/96 inch, or with a unit: {8.5, 6, "cm"}; by default the theme\'s.',
}

-- --- of its look ----------------------------------------------------------------------------------------------------

-- A name of letters, digits, blanks and hyphens, as those of fonts are.
kinds.font = {
  what = 'the name of a font, such as "serif" or "DejaVu Sans"',
  accept = function(v) return type(v) == "string" and #v < 80 and v:find "^%a[%w %-]*$" and v or nil end,
}

kinds.cycle = {
  takes = "list",
  what = function() return "a list of colours or one of '" .. table.concat(cycles.names(), "', '") .. "'" end,
  accept = function(v)
    if type(v) == "string" then return cycles.get(v) and v or nil end
    if type(v) ~= "table" or #v == 0 or #v > 100 then return nil end
    local out = {}
    for i, color in ipairs(v) do
      out[i] = type(color) == "string" and style.color(color) or nil
      if not out[i] or out[i]:sub(1, 1) ~= "#" then return nil, "[" .. i .. "]", { kind = "color" }, color end
    end
    return out
  end,
}

M.THEME = { "theme", "choice", choices = themes.NAMES,
  doc = "Sizes and colours; by default the theme of plot.set_theme, or \"default\"." }
M.FONT = { "font", "font", doc = "The font of all text, such as \"serif\"; tex takes the document's." }
M.FONT_SIZE = { "font_size", "scalar", min = 2, max = 100,
  doc = "Size of the text in points; lines and markers scale with it. By default the theme's." }
M.DPI = { "dpi", "scalar", min = 10, max = 2400,
  doc = "Pixels per inch of png, gif and webp; by default the theme's, 96 or 300." }
M.COLORS = { "colors", "cycle",
  doc = "The colours that lines take in turn: a list, or \"okabe_ito\", \"bright\", \"muted\"." }

local function text(name, doc) return { name, "text", doc = doc } end

local function limits(name)
  return {
    name, "pair", finite = true, what = "a list of 2 different finite numbers",
    test = function(ends) return ends[1] ~= ends[2] end,
    doc = "{from, to}; by default the range of the data with a margin of 5 %.",
  }
end

local function ticks(name)
  return {
    name, "vector|list", of = { "scalar|tick", what = kinds.tick.what }, what = "a list of numbers or {number, text}",
    doc = "Positions of the ticks: numbers, or {number, text}.",
  }
end

local function integer(name)
  return { name, "flag",
    doc = "Whether all ticks are whole numbers, as for epochs; by default if all data along the axis are." }
end

local function log(name) return { name, "flag", default = false, doc = "Whether the axis is logarithmic." } end

M.TITLE = text("title", "Title above the figure.")
M.XLABEL, M.YLABEL = text("xlabel", "Label of the x axis."), text("ylabel", "Label of the y axis.")
M.XLIM, M.YLIM = limits("xlim"), limits("ylim")
M.LEGEND = {
  "legend", "flag|choice", choices = LEGEND_NAMES, default = true,
  doc = "Position of the legend: true chooses the position with the fewest points, false shows none.",
}

-- Whether the marks of an axis have texts.
local function texts(name)
  return { name, "flag", default = true, doc = "Whether the ticks have labels; xticks = {} shows no ticks." }
end

local SUFFIX = 'fig:save("name.pdf"): the suffix says the format'

--- What matplotlib gives savefig.
M.SAVE_HINTS = { format = SUFFIX, fname = "fig:save(name)", dpi = "plot.figure{dpi =}" }

--- What matplotlib calls the options of a figure.
M.FIGURE_HINTS = {
  format = SUFFIX,
  xscale = "logx = true", yscale = "logy = true", figsize = "size = {640, 400}", fontsize = "font_size = 12",
  suptitle = "title =", grid = "xticks =, yticks =: the grid is at the marks",
}

M.FIGURE = {
  M.TITLE, M.XLABEL, M.YLABEL, text("zlabel", "Label of the z axis of a surface."), M.XLIM, M.YLIM, limits("zlim"),
  log("logx"), log("logy"), M.SIZE, M.LEGEND,
  text("legendtitle", "Title above the legend's entries."),
  { "legendcols", "integer", min = 1, max = 20, doc = "Number of the legend's columns." }, M.MARKUP,
  { "aspect", "choice", choices = { "equal" }, doc = "\"equal\": a unit has the same length on both axes." },
  { "view", "pair", finite = true, doc = "The two angles from which a surface is seen; by default {60, 30}." },
  ticks("xticks"), ticks("yticks"), ticks("zticks"), integer("xinteger"), integer("yinteger"),
  texts("xticklabels"), texts("yticklabels"),
  M.THEME, M.FONT, M.FONT_SIZE, M.DPI, M.COLORS,
}

return M
