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
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local files = require "optlab.base.files"
local runner = require "optlab.plot.gnuplot.runner"
local script = require "optlab.plot.gnuplot.script"
local text = require "optlab.plot.gnuplot.text"
local trace = require "optlab.plot.trace"
require "optlab.plot.fields"

local M = {}

-- --- where and as what -------------------------------------------------------------------------------------------

local function is_format(name)
  for _, known in ipairs(config.FORMATS) do
    if known == name then return true end
  end
  return false
end

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

-- --- saving ------------------------------------------------------------------------------------------------------

-- "a" and the formats to draw from "a", "a.png" or "a.gp"; a dot followed by digits ("eta-0.1") is part of the name.
local function split_name(name, where)
  if type(name) ~= "string" then errors.raise("%s: a name is needed, got %s", where, errors.shown(name)) end
  if not name:match("^[%w_][%w._+%-]*$") or #name > 200 then
    errors.raise("%s: %q is no name for a figure: letters, digits, '.', '_', '+' and '-' only; "
      .. "the folder is set by --out or lab.set_out", where, name)
  end
  local base, suffix = name:match("^(.+)%.(%a%w*)$")
  if not suffix then return name, type(config.format) == "table" and config.format or { config.format or "svg" } end
  if suffix == "gp" then return base, { "none" } end
  if is_format(suffix) then return base, { suffix } end
  errors.raise("%s: unknown format '.%s' of %q; there are %s%s", where, suffix, name,
    table.concat(config.FORMATS, ", "), errors.hint(suffix, config.FORMATS))
end

local function save(name, where, write_script)
  local base, formats = split_name(name, where)
  local dir = config.out:gsub("(.)/+$", "%1")
  local path = dir .. "/" .. base .. ".gp"
  local source = write_script(base, formats[1] == "none" and "svg" or formats[1])
  local ok, message = files.make_folder(dir)
  if ok then
    runner.wait_for(path)
    ok, message = files.write(path, source)
  end
  if not ok then errors.raise("%s: %s", where, message) end
  local line, first = errors.where(), nil
  for _, format in ipairs(formats) do
    if format ~= "none" then
      runner.submit { dir = dir, name = base, format = format, where = line }
      first = first or dir .. "/" .. base .. "." .. format
    end
  end
  return first or path
end

--- Writes the figure's script and starts drawing its picture; `plot.wait` (at the end of a script) waits for it.
-- @string name of the files; a suffix (".png") chooses the format
-- @treturn string the picture's path
function figure.Figure:save(name)
  if #self.elements == 0 then
    errors.raise("fig:save: the figure %s is empty: draw something first", errors.shown(name))
  end
  return save(name, "fig:save", function(base, format) return script.figure(self, base, format) end)
end

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

M.trace = trace.trace
M.trace2d = trace.trace2d
M.images = require "optlab.plot.images"

local Grid = {}
Grid.__index = Grid

--- Writes the grid's script and starts drawing it.
-- @string name as of a figure
-- @treturn string the picture's path
function Grid:save(name)
  return save(name, "grid:save", function(base, format) return script.grid(self, base, format) end)
end

local function count(v, what)
  if v == nil then return nil end
  local n = math.tointeger(arrays.number(v, "plot.grid: " .. what))
  if not n or n < 1 or n > 50 then errors.raise("plot.grid: %s must be 1 to 50, got %s", what, tostring(v)) end
  return n
end

-- Rows and columns that hold n figures.
local function shape(options, n)
  local rows, cols = count(options.rows, "rows"), count(options.cols, "cols")
  if not rows and not cols then cols = math.min(n, 3) end
  cols = cols or math.ceil(n / rows)
  rows = rows or math.ceil(n / cols)
  if rows * cols < n then
    errors.raise("plot.grid: %d figures do not fit into %d rows x %d columns", n, rows, cols)
  end
  return rows, cols
end

--- Several figures in one picture: `plot.grid{rows=1, cols=3, fig1, fig2, fig3}`.
-- @tparam table options the figures, rows, cols, title, size ({320 cols, 250 rows}), enhanced
-- @treturn table with a method save
function M.grid(options)
  if type(options) ~= "table" then errors.raise("plot.grid: figures are needed, got %s", errors.shown(options)) end
  local figures, named = {}, {}
  for i, fig in ipairs(options) do
    if not figure.is_figure(fig) then errors.raise("plot.grid: entry %d is no figure but %s", i, errors.shown(fig)) end
    if #fig.elements == 0 then errors.raise("plot.grid: figure %d is empty: draw something first", i) end
    figures[i] = fig
  end
  for key, value in pairs(options) do
    if not figures[key] then named[key] = value end
  end
  errors.check_options(named, { "rows", "cols", "title", "size", "enhanced" }, "plot.grid")
  if #figures == 0 then errors.raise("plot.grid: there is no figure in it") end
  local rows, cols = shape(named, #figures)
  local opts = { rows = rows, cols = cols, enhanced = named.enhanced }
  opts.title = named.title ~= nil and text.check(named.title, "plot.grid: title") or nil
  opts.size = figure.check_size(named.size, { 320 * cols, 250 * rows + (opts.title and 30 or 0) }, "plot.grid")
  return setmetatable({ figures = figures, opts = opts }, Grid)
end

return errors.strict(M, "lab.plot")
