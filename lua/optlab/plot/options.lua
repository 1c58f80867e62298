--- Options that several functions of the plot room share, and those of a figure.
--
-- The kinds of arguments (`optlab.base.kinds`) that it adds: text (a number counts as text), color and style
-- (`optlab.plot.gnuplot.style`), palette, and tick, {number, text}.
-- @module optlab.plot.options
require "optlab.plot.arrays" -- adds the kinds scalar, vector, pair
local kinds = require "optlab.base.kinds"
local number = require "optlab.base.number"
local style = require "optlab.plot.gnuplot.style"
local theme = require "optlab.plot.gnuplot.theme"

local M = {}

-- --- kinds ----------------------------------------------------------------------------------------------------------

kinds.text = {
  what = "a string",
  accept = function(v)
    if type(v) == "number" then return number.shown(v) end
    return type(v) == "string" and v or nil
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
  doc = "Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default what the figure's option says." }
M.MARKUP = { "enhanced", "flag", default = false,
  doc = "Whether _ ^ { } @ & in all texts are gnuplot's markup, such as x^2 for a superscript." }
M.PALETTE = { "palette", "palette", default = "viridis",
  doc = "The colour scale." }
M.COLORBAR = { "colorbar", "flag", default = false, doc = "Whether a bar explains the colours." }

--- The width of a line with a default of its own.
function M.width(default)
  return { "width", "scalar", above = 0, max = 1000, default = default, doc = "Width of the line." }
end

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

--- A size in whole pixels.
function M.whole(size)
  return { math.floor(size[1]), math.floor(size[2]) }
end

local function size(default)
  return {
    "size", "pair", default = default, doc = "{width, height} in pixels.",
    what = "{width, height} in pixels, from {80, 60} to {10000, 10000}",
    test = function(s) return s[1] >= 80 and s[2] >= 60 and s[1] <= 10000 and s[2] <= 10000 end,
  }
end

--- The size of a picture whose default depends on what is in it.
M.SIZE = size(nil)

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
    doc = "Positions of the axis marks: numbers, or {number, text}.",
  }
end

local function integer(name)
  return { name, "flag",
    doc = "Whether all marks of the axis are whole numbers, as of epochs; by default if all data along it are." }
end

local function log(name) return { name, "flag", default = false, doc = "Whether the axis is logarithmic." } end

M.TITLE = text("title", "Title above the figure.")
M.XLABEL, M.YLABEL = text("xlabel", "Label of the x axis."), text("ylabel", "Label of the y axis.")
M.XLIM, M.YLIM = limits("xlim"), limits("ylim")
M.LEGEND = {
  "legend", "flag|choice", choices = LEGEND_NAMES, default = true,
  doc = "Where the legend stands: true chooses the place with the fewest points, false shows none.",
}

M.FIGURE = {
  M.TITLE, M.XLABEL, M.YLABEL, text("zlabel", "Label of the z axis of a surface."), M.XLIM, M.YLIM, limits("zlim"),
  log("logx"), log("logy"), size { 640, 400 }, M.LEGEND, M.MARKUP,
  { "aspect", "choice", choices = { "equal" }, doc = "\"equal\": a unit has the same length on both axes." },
  { "view", "pair", finite = true, doc = "The two angles from which a surface is seen; by default {60, 30}." },
  ticks("xticks"), ticks("yticks"), ticks("zticks"), integer("xinteger"), integer("yinteger"),
}

return M
