--- Figures drawn by gnuplot.
-- A figure is collected in Lua, checked at once, and saved as a gnuplot script `<name>.gp` that holds its data, beside
-- the picture that gnuplot makes of it. The script can be edited and drawn again with plain gnuplot. Text given by a
-- user is never a command (see optlab.plot.gnuplot.text).
--
-- Options of `plot.figure`: title, xlabel, ylabel, zlabel; xlim, ylim, zlim = {a, b} (default: what the data span, with
-- a margin of 5 %); logx, logy; size = {width, height} in pixels ({640, 400}); legend = true (placed where it hides
-- least), false, "top right", "top left", "bottom right", "bottom left", "left", "right", "top", "bottom", "outside",
-- "below"; xticks, yticks = a list of numbers or {number, text}; aspect = "equal"; view = {60, 30}, the angles of a
-- surface; enhanced = true, which gives `_ ^ { } @ &` in texts gnuplot's meaning (subscripts, Greek letters).
--
-- Methods of a figure: line points band hline vline hist annotate text (optlab.plot.figure), contour wireframe surface
-- heatmap image (optlab.plot.fields), save. Arrays may be Lua tables or tensors; values that are not finite are gaps.
-- @module optlab.plot
-- @usage
-- local fig = plot.figure{title="momentum", xlabel="epoch", ylabel="loss"}
-- fig:line(epochs, losses, {label="beta 0.9", style="-o"})
-- fig:annotate("best", {7, 0.24}, {5, 0.4})
-- fig:save("loss")
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local runner = require "optlab.plot.gnuplot.runner"
local trace = require "optlab.plot.trace"
require "optlab.plot.fields"

local M = {}

-- --- where and as what -------------------------------------------------------------------------------------------

--- Sets the formats of all figures that do not name one by their suffix.
-- @tparam string|{string,...} formats "svg" (the default), "png", "pdf", "html" (SVG that follows the mouse), "txt"
-- (printed on the terminal), "none" (only the script); several separated by commas
function M.set_format(formats)
  local list = {}
  if type(formats) == "table" then formats = table.concat(formats, ",") end
  if type(formats) ~= "string" then errors.raise("plot.set_format: a name is needed, got %s", errors.shown(formats)) end
  for name in formats:gmatch("[^,%s]+") do
    list[#list + 1] = errors.check_choice(name, config.FORMATS, "plot.set_format", "the format")
  end
  if #list == 0 then errors.raise("plot.set_format: no format in %q", formats) end
  config.format = list
end

--- Sets the folder that figures are written to; it is made when the first figure is saved.
-- @string dir
function M.set_out(dir)
  if type(dir) ~= "string" or dir == "" then
    errors.raise("plot.set_out: the folder's name is needed, got %s", errors.shown(dir))
  end
  config.out = dir
end

--- The folder that figures are written to.
-- @treturn string
function M.out()
  return config.out
end

-- --- pictures ----------------------------------------------------------------------------------------------------

--- Waits until all figures are drawn.
-- @treturn ?boolean true, or nil and a message with a line for every figure that failed
function M.wait()
  return runner.wait()
end

--- The pictures written so far.
-- @treturn {string,...}
function M.written()
  return runner.written()
end

-- --- figures -----------------------------------------------------------------------------------------------------

--- Makes a figure.
-- @tparam[opt] table options see above
-- @treturn Figure
function M.figure(options)
  return figure.new(options)
end

M.grid = require "optlab.plot.grid"
M.images = require "optlab.plot.images"
M.trace = trace.trace
M.trace2d = trace.trace2d

return errors.strict(M, "lab.plot")
