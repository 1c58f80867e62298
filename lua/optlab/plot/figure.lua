--- A figure: collects what is to be drawn, checks it at once, and writes it down when it is saved.
-- Every method checks its arguments before it changes the figure, and returns the figure.
-- @module optlab.plot.figure
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local kinds = require "optlab.base.kinds"
local options = require "optlab.plot.options"
local save_figure = require "optlab.plot.save_figure"
local script = require "optlab.plot.gnuplot.script"
local style = require "optlab.plot.gnuplot.style"
local themes = require "optlab.plot.look.themes"

local Figure = {}
Figure.__index = Figure
Figure.__name = "optlab.Figure"

local M = {}

-- --- the figure's own options ------------------------------------------------------------------------------------

local FIGURE = args.declare("plot.figure", table.move(options.FIGURE, 1, #options.FIGURE, 1, {
  doc = "Makes an empty figure.", hints = options.FIGURE_HINTS,
}))

-- Both ends of a logarithmic axis must be positive.
local function check_limits(pair, log, name, where)
  if pair and log and (pair[1] <= 0 or pair[2] <= 0) then
    errors.raise("%s: %s is {%g, %g}, but the axis is logarithmic: both ends must be positive",
      where or "plot.figure", name, table.unpack(pair))
  end
end

--- Makes a figure.
-- @tparam[opt] table options see `optlab.plot.options`
-- @treturn Figure
function M.new(...)
  local opts = FIGURE:read(...)
  for _, axis in ipairs { "x", "y" } do check_limits(opts[axis .. "lim"], opts["log" .. axis], axis .. "lim") end
  local look = themes.look(opts)
  opts.size, opts.legend = opts.size or look.size, options.legend(opts.legend)
  return setmetatable({ opts = opts, look = look, elements = {}, notes = {}, cycle = 0 }, Figure)
end

function Figure:__tostring()
  local title = self.opts.title and (" %q"):format(self.opts.title):gsub("\\\n", " ") or ""
  local n = #self.elements + #self.notes
  return ("Figure%s (%d %s; fig:save(name) draws it)"):format(title, n, n == 1 and "element" or "elements")
end

--- Whether a value is a figure.
-- @param v
-- @treturn boolean
function M.is_figure(v)
  return getmetatable(v) == Figure
end

-- What is drawn on a second axis belongs to its figure.
kinds.figure = { what = "a figure", accept = function(v) return M.is_figure(v) and (v.root or v) or nil end }

-- --- what the methods share --------------------------------------------------------------------------------------

-- A figure is flat or solid; the first thing drawn decides.
local function check_kind(fig, solid, where)
  if fig.solid == nil or fig.solid == solid then return end
  errors.raise("%s is %s, but this figure already holds something %s: use two figures", where,
    solid and "three-dimensional" or "flat", fig.solid and "three-dimensional" or "flat")
end

local function add(fig, el, solid, where)
  check_kind(fig, solid, where)
  if solid and #fig.notes > 0 then errors.raise("%s: notes are for flat figures; use two figures", where) end
  if fig.root and (el.grid or el.palette or el.pixels) then
    errors.raise("%s: on a second axis there are lines, points and areas of one colour; draw it on the figure", where)
  end
  fig.solid, el.twin = solid, fig.root ~= nil or nil
  fig.elements[#fig.elements + 1] = el
  return fig
end

-- Only positive values can stand on a logarithmic axis.
local function check_log(fig, axis, column, what)
  if not fig.opts["log" .. axis] then return end
  for i, v in ipairs(column) do
    if v <= 0 then
      errors.raise("%s[%d] is %g, but the %s axis is logarithmic: only positive values can be drawn; drop log%s=true",
        what, i, v, axis, axis)
    end
  end
end

-- The x and y of points, of which there are some, as many as the other, and which the axes can show.
local function points_of(fig, o, where)
  local x, y = arrays.filled(o.xs, where, "xs"), o.ys
  arrays.same_length(x, y, where, "xs", "ys")
  check_log(fig, "x", x, where .. ": xs")
  check_log(fig, "y", y, where .. ": ys")
  check_kind(fig, false, where)
  return x, y
end

local function set_label(el, opts)
  el.label, el.enhanced = opts.label, opts.enhanced
  return el
end

-- The label, style, colour, width and size of a line; a line without a colour of its own takes the next of the cycle.
local function dress(fig, el, opts, default_style)
  local parsed = style.parse(opts.style or default_style)
  el.dash, el.point = parsed.dash, parsed.point
  el.width, el.point_size = opts.width, opts.size or parsed.size
  local color = opts.color or parsed.color
  set_label(el, opts)
  if color then
    el.color, el.cycle = style.colorspec(color)
  else
    M.next_color(fig, el)
  end
  return el
end

-- The values of x for a function: opts.x, or 201 over the figure's xlim.
local function sample_points(fig, opts, where)
  if opts.x then return arrays.span(opts.x, 201, where .. ": x") end
  local xlim = fig.opts.xlim
  if not xlim then errors.raise("%s: a function needs its range: {x={from, to, step}} or the figure's xlim", where) end
  local a, b = math.min(xlim[1], xlim[2]), math.max(xlim[1], xlim[2])
  if not fig.opts.logx then return arrays.span({ a, b }, 201, where .. ": x") end
  local xs = {}
  for i = 0, 200 do xs[i + 1] = a * (b / a) ^ (i / 200) end
  return xs
end

local WHAT = "a list of numbers, a tensor or a function"

-- Whether a column holds points {x, y} instead of numbers.
local function holds_points(x) return type(x) == "table" and type(x[1]) == "table" end

-- x and y from (x, y), (x, f), (f), (y) or (points).
local function columns(fig, o, where)
  local x, y = o.xs, o.ys
  if type(x) == "function" then
    local xs = sample_points(fig, o, where)
    return xs, arrays.map(x, xs, where)
  end
  if holds_points(x) then
    if y ~= nil then errors.raise("%s: xs holds points {x, y}, so drop ys", where) end
    return arrays.columns(x)
  end
  if x then arrays.filled(x, where, y and "xs" or "ys") end
  if type(y) == "function" then
    local xs = x or sample_points(fig, o, where)
    return xs, arrays.map(y, xs, where)
  end
  if not x then errors.bad_value(where, "xs", WHAT, nil) end
  if y == nil then
    local xs = {}
    for i = 1, #x do xs[i] = i end
    return xs, x
  end
  arrays.same_length(x, y, where, "xs", "ys")
  return x, y
end

local function curve(fig, o, default_style, where)
  local xs, ys = columns(fig, o, where)
  local zs = o.zs
  if zs then arrays.same_length(xs, zs, where, "xs", "zs") end
  check_log(fig, "x", xs, where .. ": xs")
  check_log(fig, "y", ys, where .. ": ys")
  check_kind(fig, zs ~= nil, where)
  local el = {
    kind = "curve", x = xs, y = ys, z = zs, columns = { xs, ys, zs },
    span = { x = { xs }, y = { ys }, z = { zs } },
  }
  return add(fig, dress(fig, el, o, default_style), zs ~= nil, where)
end

-- --- lines and points --------------------------------------------------------------------------------------------

-- A style by position, as in Python, is told where it belongs.
local function or_style(what)
  return function(_, value)
    if type(value) ~= "string" or not style.parse(value) then return what end
    return ('%s (a style is an option: {style = "%s"})'):format(what, value)
  end
end

local function curve_rows(doc)
  return {
    doc = doc, positions = 3, hints = options.LINE_HINTS,
    { "xs", "vector|points|function", what = WHAT,
      doc = "The x of the points, or a function of a number; the only argument may be the y of the points, or a list "
        .. "of points {x, y}, such as a path." },
    { "ys", "vector|function", what = or_style(WHAT), doc = "The y of the points, or a function of a number." },
    { "zs", "vector", what = or_style "a list of numbers or a tensor",
      doc = "The z of the points, for a line in space." },
    options.LABEL, options.STYLE, options.COLOR, options.WIDTH,
    { "size", "scalar", above = 0, max = 1000, doc = "Size of the markers." },
    { "x", "span", doc = "{from, to, step}: where a function is evaluated; by default the figure's xlim." },
    options.ENHANCED,
  }
end
local LINE = args.declare("Figure:line", curve_rows "Draws a line through points, or the graph of a function.")
local POINTS = args.declare("Figure:points", curve_rows 'Draws points: Figure:line with the style "o".')

-- ys that was given and is nil, as history.test_acc without a metric, would make xs the ys.
local function read_curve(fig, declaration, default_style, ...)
  local o, ys = declaration:read(...), select(2, ...)
  if select("#", ...) > 1 and ys == nil and type(o.xs) ~= "function" and not holds_points(o.xs) then
    errors.bad_value(declaration.callee, "ys", WHAT, nil)
  end
  return curve(fig, o, default_style, declaration.callee)
end

--- A line through points: `fig:line(x, y, opts)`, `fig:line(y)`, `fig:line(path)` with a path {{x, y}, ...},
-- `fig:line(f, {x={a, b, step}})`, `fig:line(x, f)`, and in space `fig:line(x, y, z, opts)`.
-- @param xs array, tensor, or a function of a number; alone also a list of points {x, y} or an n x 2 tensor
-- @param[opt] ys array, tensor, or a function of a number
-- @param[opt] zs array or tensor, of a line in space
-- @tparam[opt] table opts see the declaration above; the style is "-"
-- @treturn Figure
function Figure:line(...)
  return read_curve(self, LINE, "-", ...)
end

--- Points: as @{line}, with style "o".
-- @treturn Figure
function Figure:points(...)
  return read_curve(self, POINTS, "o", ...)
end

local function rule_rows(name, doc)
  return {
    doc = doc, positions = 1, { name, "scalar", finite = true, required = true, doc = "Position of the line." },
    options.LABEL, options.STYLE, options.COLOR, options.width(1.2), options.ENHANCED,
  }
end
local ACROSS, UPRIGHT = "Draws a horizontal line across the figure.", "Draws a vertical line across the figure."
local HLINE, AXHLINE = args.declare("Figure:hline", rule_rows("y", ACROSS)),
  args.declare("Figure:axhline", rule_rows("y", ACROSS))
local VLINE, AXVLINE = args.declare("Figure:vline", rule_rows("x", UPRIGHT)),
  args.declare("Figure:axvline", rule_rows("x", UPRIGHT))

local function rule(fig, along, across, o, where)
  local v = o[across]
  check_log(fig, across, { v }, where .. ": " .. across)
  check_kind(fig, false, where)
  local el = { kind = "rule", along = along, at = v, span = { [across] = { { v } } } }
  if not (o.color or style.parse(o.style or "--").color) then o.color = style.color("gray") end
  return add(fig, dress(fig, el, o, "--"), false, where)
end

--- A horizontal line over the whole frame.
-- @number y
-- @tparam[opt] table opts label, style ("--"), color ("gray"), width
-- @treturn Figure
function Figure:hline(...)
  return rule(self, "x", "y", HLINE:read(...), HLINE.callee)
end

--- A vertical line over the whole frame.
-- @number x
-- @tparam[opt] table opts as of @{hline}
-- @treturn Figure
function Figure:vline(...)
  return rule(self, "y", "x", VLINE:read(...), VLINE.callee)
end

--- The same as @{hline}, by matplotlib's name.
-- @treturn Figure
function Figure:axhline(...)
  return rule(self, "x", "y", AXHLINE:read(...), AXHLINE.callee)
end

--- The same as @{vline}, by matplotlib's name.
-- @treturn Figure
function Figure:axvline(...)
  return rule(self, "y", "x", AXVLINE:read(...), AXVLINE.callee)
end

-- --- saving ------------------------------------------------------------------------------------------------------

local SAVE = args.declare("Figure:save", {
  hints = options.SAVE_HINTS,
  doc = "Writes the figure's data and gnuplot commands and starts drawing the picture.",
  positions = 1,
  { "name", "path", required = true, doc = "Name of the files; a suffix such as .png chooses the format." },
})

--- Writes the figure's script and starts drawing its picture; `plot.wait` (at the end of a script) waits for it.
-- @string name of the files; a suffix (".png") chooses the format
-- @treturn string the picture's path
function Figure:save(...)
  local name = SAVE:read(...).name
  if #self.elements == 0 then
    errors.raise("Figure:save: the figure %s is empty: draw something first", errors.shown(name))
  end
  local whole = self.root or self
  return save_figure(name, SAVE.callee, function(...) return script.picture(whole, ...) end, whole)
end

M.Figure = Figure
--- The number of the colour of the line drawn last.
function M.last_cycle(fig)
  fig = fig.root or fig
  return math.max(fig.cycle - 1, 0) % #fig.look.cycle + 1
end

--- Gives an element the next colour of the cycle.
function M.next_color(fig, el)
  fig = fig.root or fig -- a second axis takes the colours of its figure
  el.cycle = fig.cycle % #fig.look.cycle + 1
  fig.cycle = fig.cycle + 1
end

--- Leaves out colours of the cycle, for what is drawn in colours of its own.
-- @tparam Figure fig
-- @int n how many
function M.skip_colors(fig, n)
  fig.cycle = fig.cycle + n
end

M.check_limits = check_limits
M.add, M.dress, M.check_kind, M.check_log, M.set_label = add, dress, check_kind, check_log, set_label
M.points_of = points_of
return M
