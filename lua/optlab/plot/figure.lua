--- A figure: collects what is to be drawn, checks it at once, and writes it down when it is saved.
-- Every method checks its arguments before it changes the figure, and returns the figure.
-- @module optlab.plot.figure
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local number = require "optlab.plot.gnuplot.number"
local save_figure = require "optlab.plot.save_figure"
local script = require "optlab.plot.gnuplot.script"
local style = require "optlab.plot.gnuplot.style"
local text = require "optlab.plot.gnuplot.text"

local Figure = {}
Figure.__index = Figure
Figure.__name = "optlab.Figure"

local FIGURE_OPTIONS = {
  "title", "xlabel", "ylabel", "zlabel", "xlim", "ylim", "zlim", "logx", "logy", "size", "legend", "enhanced", "aspect",
  "view", "xticks", "yticks",
}

local LEGENDS = {
  ["top right"] = "inside right top", ["top left"] = "inside left top", ["bottom right"] = "inside right bottom",
  ["bottom left"] = "inside left bottom", ["right"] = "inside right center", ["left"] = "inside left center",
  ["top"] = "inside center top", ["bottom"] = "inside center bottom", ["outside"] = "outside right top",
  ["below"] = "below", ["auto"] = "auto", ["none"] = "none",
}

local M = {}

-- --- the figure's own options ------------------------------------------------------------------------------------

local function check_legend(choice, where)
  if choice == nil or choice == true then return "auto" end
  if choice == false then return "none" end
  local known = LEGENDS[choice]
  if known then return known end
  local names = {}
  for name in pairs(LEGENDS) do names[#names + 1] = '"' .. name .. '"' end
  table.sort(names)
  errors.raise("%s: legend must be true, false or one of %s, got %s", where, table.concat(names, ", "),
    errors.shown(choice))
end

local function check_limits(pair, log, where)
  if pair == nil then return nil end
  local a, b = arrays.pair(pair, where)
  if not (number.finite(a) and number.finite(b) and a ~= b) then
    errors.raise("%s must be two different finite numbers, got {%g, %g}", where, a, b)
  end
  if log and (a <= 0 or b <= 0) then
    errors.raise("%s is {%g, %g}, but the axis is logarithmic: both ends must be positive", where, a, b)
  end
  return { a, b }
end

--- Checks a size in pixels.
-- @param size {width, height} or nil
-- @tparam {int,int} default
-- @string where
-- @treturn {int,int}
function M.check_size(size, default, where)
  if size == nil then return default end
  local w, h = arrays.pair(size, where .. ": size")
  if not (w >= 80 and h >= 60 and w <= 10000 and h <= 10000) then
    errors.raise("%s: size is {width, height} in pixels, 80x60 to 10000x10000, got {%g, %g}", where, w, h)
  end
  return { math.floor(w), math.floor(h) }
end

local function check_ticks(ticks, where)
  if ticks == nil then return nil end
  if type(ticks) ~= "table" then return arrays.vector(ticks, where) end
  local out = {}
  for i, tic in ipairs(ticks) do
    local what = string.format("%s[%d]", where, i)
    if type(tic) == "table" then
      out[i] = { arrays.number(tic[1], what .. "[1]"), text.check(tic[2], what .. "[2]") }
    else
      out[i] = arrays.number(tic, what)
    end
  end
  return out
end

--- Makes a figure.
-- @tparam[opt] table options see `optlab.plot.figure`
-- @treturn Figure
function M.new(options)
  local where = "plot.figure"
  local given = errors.check_options(options, FIGURE_OPTIONS, where)
  local opts = { size = M.check_size(given.size, { 640, 400 }, where), legend = check_legend(given.legend, where) }
  for _, key in ipairs { "title", "xlabel", "ylabel", "zlabel" } do
    if given[key] ~= nil then opts[key] = text.check(given[key], where .. ": " .. key) end
  end
  for _, key in ipairs { "logx", "logy", "enhanced" } do opts[key] = given[key] and true or nil end
  for _, axis in ipairs { "x", "y", "z" } do
    opts[axis .. "lim"] = check_limits(given[axis .. "lim"], opts["log" .. axis], where .. ": " .. axis .. "lim")
    opts[axis .. "ticks"] = check_ticks(given[axis .. "ticks"], where .. ": " .. axis .. "ticks")
  end
  if given.aspect ~= nil and given.aspect ~= "equal" then
    errors.raise('%s: aspect must be "equal", got %s', where, errors.shown(given.aspect))
  end
  opts.aspect = given.aspect
  if given.view then opts.view = { arrays.pair(given.view, where .. ": view") } end
  return setmetatable({ opts = opts, elements = {}, notes = {}, cycle = 0 }, Figure)
end

--- Whether a value is a figure.
-- @param v
-- @treturn boolean
function M.is_figure(v)
  return getmetatable(v) == Figure
end

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
  fig.solid = solid
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

local function check_positive(v, what)
  if v == nil then return nil end
  local x = arrays.number(v, what)
  if not (x > 0 and x <= 1000) then errors.raise("%s must be a positive number, got %g", what, x) end
  return x
end

local function check_share(v, default, what)
  if v == nil then return default end
  local x = arrays.number(v, what)
  if not (x >= 0 and x <= 1) then errors.raise("%s must be between 0 and 1, got %g", what, x) end
  return x
end

local function check_label(el, opts, where)
  if opts.label ~= nil then el.label = text.check(opts.label, where .. ": label") end
  el.enhanced = opts.enhanced and true or nil
  return el
end

-- The label, style, colour, width and size of a line; a line without a colour of its own takes the next of the cycle.
local function dress(fig, el, opts, default_style, where)
  local parsed = style.parse(opts.style or default_style, where)
  el.dash, el.point = parsed.dash, parsed.point
  el.width = check_positive(opts.width, where .. ": width")
  el.point_size = check_positive(opts.size, where .. ": size") or parsed.size
  local color = opts.color ~= nil and style.color(opts.color, where) or parsed.color
  check_label(el, opts, where)
  if color then
    el.color, el.cycle = style.colorspec(color)
  else
    el.cycle = fig.cycle % 10 + 1
    fig.cycle = fig.cycle + 1
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

-- x and y from (x, y), (x, f), (f) or (y).
local function columns(fig, x, y, opts, where)
  if type(x) == "function" then
    local xs = sample_points(fig, opts, where)
    return xs, arrays.map(x, xs, where)
  end
  if type(y) == "function" then
    local xs = x == nil and sample_points(fig, opts, where) or arrays.vector(x, where .. ": x")
    return xs, arrays.map(y, xs, where)
  end
  if y == nil then
    local ys, xs = arrays.vector(x, where .. ": y"), {}
    for i = 1, #ys do xs[i] = i end
    return xs, ys
  end
  local xs, ys = arrays.vector(x, where .. ": x"), arrays.vector(y, where .. ": y")
  arrays.same_length(xs, ys, where, "x", "y")
  return xs, ys
end

-- Sorts out (x, y, z, opts) of which all but x may be missing.
local function arguments(y, z, opts)
  local function is_points(v) return arrays.is_array(v) or type(v) == "function" end
  if opts == nil and z ~= nil and not is_points(z) then z, opts = nil, z end
  if opts == nil and z == nil and type(y) == "table" and not is_points(y) then y, opts = nil, y end
  return y, z, opts
end

local LINE_OPTIONS = { "label", "style", "color", "width", "size", "x", "enhanced" }

local function curve(fig, x, y, z, opts, default_style, where)
  y, z, opts = arguments(y, z, opts)
  opts = errors.check_options(opts, LINE_OPTIONS, where)
  local xs, ys = columns(fig, x, y, opts, where)
  local zs = z ~= nil and arrays.vector(z, where .. ": z") or nil
  if zs then arrays.same_length(xs, zs, where, "x", "z") end
  check_log(fig, "x", xs, where .. ": x")
  check_log(fig, "y", ys, where .. ": y")
  check_kind(fig, zs ~= nil, where)
  local el = { kind = "curve", x = xs, y = ys, z = zs, span = { x = { xs }, y = { ys }, z = { zs } } }
  return add(fig, dress(fig, el, opts, default_style, where), zs ~= nil, where)
end

-- --- lines and points --------------------------------------------------------------------------------------------

--- A line through points: `fig:line(x, y, opts)`, `fig:line(y)`, `fig:line(f, {x={a, b, step}})`, `fig:line(x, f)`, and
-- in space `fig:line(x, y, z, opts)`.
-- @param x array, tensor, or a function of a number
-- @param[opt] y array, tensor, or a function of a number
-- @param[opt] z array or tensor, of a line in space
-- @tparam[opt] table opts label, style ("-"), color, width, size (of the points), enhanced; of a function x={from, to,
-- step}
-- @treturn Figure
function Figure:line(x, y, z, opts)
  return curve(self, x, y, z, opts, "-", "fig:line")
end

--- Points: as @{line}, with style "o".
-- @treturn Figure
function Figure:points(x, y, z, opts)
  return curve(self, x, y, z, opts, "o", "fig:points")
end

--- The band between two curves, in the colour of the line drawn last.
-- @param x array or tensor
-- @param lo array or tensor
-- @param hi array or tensor
-- @tparam[opt] table opts label, color, alpha (0.25)
-- @treturn Figure
function Figure:band(x, lo, hi, opts)
  local where = "fig:band"
  opts = errors.check_options(opts, { "label", "color", "alpha", "enhanced" }, where)
  local xs = arrays.vector(x, where .. ": x")
  local low, high = arrays.vector(lo, where .. ": lo"), arrays.vector(hi, where .. ": hi")
  arrays.same_length(xs, low, where, "x", "lo")
  arrays.same_length(xs, high, where, "x", "hi")
  check_log(self, "x", xs, where .. ": x")
  check_log(self, "y", low, where .. ": lo")
  check_log(self, "y", high, where .. ": hi")
  local el = {
    kind = "band", x = xs, lo = low, hi = high, alpha = check_share(opts.alpha, 0.25, where .. ": alpha"),
    cycle = math.max(self.cycle - 1, 0) % 10 + 1, span = { x = { xs }, y = { low, high } },
  }
  if opts.color ~= nil then el.color, el.cycle = style.colorspec(style.color(opts.color, where)) end
  return add(self, check_label(el, opts, where), false, where)
end

local function rule(fig, along, at, opts, where)
  opts = errors.check_options(opts, { "label", "style", "color", "width", "enhanced" }, where)
  local across = along == "x" and "y" or "x"
  local v = arrays.number(at, where .. ": " .. across)
  if not number.finite(v) then errors.raise("%s: %s must be finite, got %g", where, across, v) end
  check_log(fig, across, { v }, where .. ": " .. across)
  check_kind(fig, false, where)
  local el = { kind = "rule", along = along, at = v, span = { [across] = { { v } } } }
  local filled = { label = opts.label, style = opts.style, width = opts.width or 1.2, enhanced = opts.enhanced }
  filled.color = opts.color
  if not (opts.color or style.parse(opts.style or "--", where).color) then filled.color = "gray" end
  return add(fig, dress(fig, el, filled, "--", where), false, where)
end

--- A horizontal line over the whole frame.
-- @number y
-- @tparam[opt] table opts label, style ("--"), color ("gray"), width
-- @treturn Figure
function Figure:hline(y, opts)
  return rule(self, "x", y, opts, "fig:hline")
end

--- A vertical line over the whole frame.
-- @number x
-- @tparam[opt] table opts as of @{hline}
-- @treturn Figure
function Figure:vline(x, opts)
  return rule(self, "y", x, opts, "fig:vline")
end

-- --- histograms --------------------------------------------------------------------------------------------------

local function finite_range(values, where)
  local lo, hi = math.huge, -math.huge
  for _, v in ipairs(values) do
    if number.finite(v) then lo, hi = math.min(lo, v), math.max(hi, v) end
  end
  if lo > hi then errors.raise("%s: no value is finite", where) end
  if lo == hi then return lo - 0.5, hi + 0.5 end
  return lo, hi
end

-- Counts of n equal bins over [lo, hi]; the last one contains hi.
local function count(values, lo, hi, n)
  local counts, total = {}, 0
  for i = 1, n do counts[i] = 0 end
  for _, v in ipairs(values) do
    if v >= lo and v <= hi then
      local i = math.min(math.floor((v - lo) / (hi - lo) * n) + 1, n)
      counts[i], total = counts[i] + 1, total + 1
    end
  end
  return counts, total
end

--- A histogram.
-- @param values array or tensor; what is not finite is left out
-- @tparam[opt] table opts bins (20), range={a, b}, density (false: counts), label, color, alpha (0.6)
-- @treturn Figure
function Figure:hist(values, opts)
  local where = "fig:hist"
  opts = errors.check_options(opts, { "bins", "range", "density", "label", "color", "alpha", "enhanced" }, where)
  local list = arrays.vector(values, where .. ": values")
  local n = opts.bins == nil and 20 or math.tointeger(arrays.number(opts.bins, where .. ": bins"))
  if not n or n < 1 or n > 100000 then errors.raise("%s: bins must be a positive integer", where) end
  local lo, hi = finite_range(list, where)
  if opts.range then lo, hi = arrays.pair(opts.range, where .. ": range") end
  if hi <= lo or hi ~= hi or lo ~= lo then errors.raise("%s: range {%g, %g} is empty", where, lo, hi) end
  local counts, total = count(list, lo, hi, n)
  local width, x, widths = (hi - lo) / n, {}, {}
  for i = 1, n do
    x[i], widths[i] = lo + (i - 0.5) * width, width
    if opts.density then counts[i] = counts[i] / math.max(total, 1) / width end
  end
  local el = {
    kind = "bars", x = x, height = counts, bar_width = widths, alpha = check_share(opts.alpha, 0.6, where .. ": alpha"),
    span = { y = { counts } }, edge = { x = { lo, hi }, y = { 0 } },
  }
  local look = { label = opts.label, color = opts.color, enhanced = opts.enhanced }
  return add(self, dress(self, el, look, "-", where), false, where)
end

-- --- text --------------------------------------------------------------------------------------------------------

local function note(fig, words, x, y, opts, where)
  opts = errors.check_options(opts, { "color", "size", "align", "enhanced" }, where)
  local align = opts.align or "left"
  if align ~= "left" and align ~= "center" and align ~= "right" then
    errors.raise('%s: align must be "left", "center" or "right", got %s', where, errors.shown(align))
  end
  for i = 1, #x do
    if not (number.finite(x[i]) and number.finite(y[i])) then errors.raise("%s: a position is not finite", where) end
  end
  check_log(fig, "x", x, where .. ": x")
  check_log(fig, "y", y, where .. ": y")
  fig.notes[#fig.notes + 1] = {
    text = text.check(words, where .. ": the text"), x = x, y = y, align = align, enhanced = opts.enhanced,
    size = check_positive(opts.size, where .. ": size"),
    color = opts.color ~= nil and style.color(opts.color, where) or nil,
  }
  return fig
end

--- A text with an arrow to a point. Lines are separated by "\n"; the text is moved when it would leave the frame.
-- @string words
-- @tparam {number,number} point what the arrow points at
-- @tparam {number,number} at the lower left corner of the text
-- @tparam[opt] table opts color (of text and arrow), size (of the font), align ("left"), enhanced
-- @treturn Figure
function Figure:annotate(words, point, at, opts)
  local where = "fig:annotate"
  check_kind(self, false, where)
  local px, py = arrays.pair(point, where .. ": the point")
  local tx, ty = arrays.pair(at, where .. ": the text's position")
  return note(self, words, { px, tx }, { py, ty }, opts, where)
end

--- A text.
-- @string words
-- @tparam {number,number} at its lower left corner
-- @tparam[opt] table opts as of @{annotate}
-- @treturn Figure
function Figure:text(words, at, opts)
  local where = "fig:text"
  check_kind(self, false, where)
  local x, y = arrays.pair(at, where .. ": the position")
  return note(self, words, { x }, { y }, opts, where)
end

-- --- saving ------------------------------------------------------------------------------------------------------

--- Writes the figure's script and starts drawing its picture; `plot.wait` (at the end of a script) waits for it.
-- @string name of the files; a suffix (".png") chooses the format
-- @treturn string the picture's path
function Figure:save(name)
  if #self.elements == 0 then
    errors.raise("fig:save: the figure %s is empty: draw something first", errors.shown(name))
  end
  return save_figure(name, "fig:save", function(base, format) return script.figure(self, base, format) end)
end

M.Figure = Figure
M.add, M.dress, M.check_kind, M.check_label, M.check_positive = add, dress, check_kind, check_label, check_positive
return M
