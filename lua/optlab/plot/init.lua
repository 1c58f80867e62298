--- Figures drawn by gnuplot.
-- A figure is collected in Lua, checked at once, and saved as a gnuplot script `<name>.gp` that holds its data, beside
-- the picture that gnuplot makes of it. The script can be edited and drawn again with plain gnuplot. Text given by a
-- user is never a command (see optlab.plot.gnuplot.text).
--
-- The options of `plot.figure` are declared in optlab.plot.options.
--
-- The methods of a figure are in optlab.plot.figure and in optlab.plot.kinds. Arrays may be Lua tables or tensors;
-- values that are not finite are gaps.
-- @module optlab.plot
-- @usage
-- local fig = plot.figure{title="momentum", xlabel="epoch", ylabel="loss"}
-- fig:line(epochs, losses, {label="beta 0.9", style="-o"})
-- fig:annotate("best", {7, 0.24}, {5, 0.4})
-- fig:save("loss")
local args = require "optlab.base.args"
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local hints = require "optlab.plot.kinds.hints"
local options = require "optlab.plot.options"
local runner = require "optlab.plot.draw.runner"
local themes = require "optlab.plot.look.themes"
local trace = require "optlab.plot.trace"
local KINDS = {
  "bar", "boxplot", "contour", "errorbar", "fill", "heatmap", "hist", "image", "notes", "quiver", "raw",
  "scatter", "surface", "table", "twin",
}
for _, kind in ipairs(KINDS) do
  require("optlab.plot.kinds." .. kind)
end

local M = {}

local SET_FORMAT = args.declare("plot.set_format", {
  doc = "Chooses the formats of pictures that are saved from now on.",
  positions = 1,
  { "formats", "string|list", of = { "string" }, required = true,
    doc = "One or several of svg, png, pdf, eps, tex, gif, webp, html, txt and none." },
})
local SET_OUT = args.declare("plot.set_out", {
  doc = "Chooses the folder that figures are written to.",
  positions = 1,
  { "folder", "path", test = function(dir) return dir ~= "" end, what = "the name of a folder", required = true,
    doc = "The folder; it is created when the first figure is saved." },
})
local SET_THEME = args.declare("plot.set_theme", {
  doc = "Chooses the look of figures that are made from now on; options that are not given are those of the theme.",
  positions = 1,
  { "theme", "choice", choices = themes.NAMES, required = true,
    doc = "\"default\", \"paper\" (8.5 x 6 cm, 8 points, 300 dpi), \"slides\" (960 x 540 pixels, large) or \"dark\"." },
  options.FONT, options.FONT_SIZE, options.DPI, options.COLORS,
})
local OUT = args.declare("plot.out", { doc = "The folder that figures are written to." })
local WAIT = args.declare("plot.wait", {
  doc = "Waits until all pictures are drawn; returns true, or false and a message.",
})
local WRITTEN = args.declare("plot.written", { doc = "The pictures drawn so far, a list of paths." })

-- --- where and as what -------------------------------------------------------------------------------------------

--- Sets the formats of all figures that do not name one by their suffix.
-- @tparam string|{string,...} formats "svg" (the default), "png", "pdf", "eps", "tex" (for LaTeX), "gif", "webp",
-- "html" (SVG that follows the mouse), "txt"
-- (printed on the terminal), "none" (only the script); several separated by commas
function M.set_format(...)
  local list, formats = {}, SET_FORMAT:read(...).formats
  if type(formats) == "table" then formats = table.concat(formats, ",") end
  for name in formats:gmatch("[^,%s]+") do
    list[#list + 1] = args.check(SET_FORMAT.callee, "the format", name, "choice", { choices = config.FORMATS })
  end
  if #list == 0 then errors.raise("plot.set_format: there is no format in %s", errors.shown(formats)) end
  config.format = list
end

--- Sets the folder that figures are written to; it is made when the first figure is saved.
-- @string folder
function M.set_out(...)
  config.set_out(SET_OUT:read(...).folder)
end

--- Sets the look of figures that are made from now on.
-- @string theme
-- @tparam[opt] table options see the declaration above
-- @usage plot.set_theme("paper", { font = "serif" })
function M.set_theme(...)
  themes.set(SET_THEME:read(...))
end

--- The folder that figures are written to.
-- @treturn string
function M.out(...)
  OUT:read(...)
  return config.out
end

-- --- pictures ----------------------------------------------------------------------------------------------------

--- Waits until all figures are drawn.
-- @treturn ?boolean true, or nil and a message with a line for every figure that failed
function M.wait(...)
  WAIT:read(...)
  return runner.wait()
end

--- The pictures written so far.
-- @treturn {string,...}
function M.written(...)
  WRITTEN:read(...)
  return runner.written()
end

-- --- figures -----------------------------------------------------------------------------------------------------

M.figure = figure.new
M.animate = require "optlab.plot.animate"
M.grid = require "optlab.plot.grid"
M.images = require "optlab.plot.images"
M.trace = trace.trace
M.trace2d = trace.trace2d

return setmetatable(M, {
  __index = function(_, key)
    if type(key) ~= "string" then return nil end
    hints.check(key)
    return errors.no_field("lab.plot", key, M)
  end,
})
