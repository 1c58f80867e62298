--- Bars of given heights, side by side or stacked, upright or lying.
-- @module optlab.plot.kinds.bar
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local options = require "optlab.plot.options"
local style = require "optlab.plot.gnuplot.style"

local Figure = figure.Figure

local function rows(doc, x, y)
  return {
    doc = doc, positions = 2,
    { x, "vector|list", of = { "text" }, what = "a list of numbers or of names", required = true,
      doc = "Positions of the bars: numbers, or names, which label the axis." },
    { y, "vector|matrix", what = "a list of numbers, or several lists of them", required = true,
      doc = ("The %s of each bar; or a list of them for each group, whose bars are side by side."):format(y) },
    { "label", "text|list", of = { "text" }, what = "a string, or a list of strings",
      doc = "Name in the legend; for several groups a list of names." },
    { "color", "color|list", of = { "color" }, what = "a colour, or a list of colours",
      doc = "Colour of the bars; for several groups a list. By default the next of the theme." },
    { "width", "scalar", above = 0, max = 1e6, default = 0.8, doc = "Width of a bar, or of all bars at one position." },
    { "bottom", "vector|scalar", default = 0, doc = "Where the bars start: a number, or one for each." },
    { "stacked", "flag", default = false, doc = "Whether groups are stacked instead of side by side." },
    { "err", "vector|scalar", doc = "Length of an error bar on both sides of each end; only for one group." },
    { "alpha", "scalar", min = 0, max = 1, default = 0.85, doc = "How opaque the bars are." },
    { "edgecolor", "color", doc = "Colour of the edges of the bars; by default that of the background." },
    options.ENHANCED,
  }
end
local BAR = args.declare("Figure:bar", rows("Draws upright bars.", "x", "height"))
local BARH = args.declare("Figure:barh", rows("Draws horizontal bars.", "y", "length"))

-- The places of the bars: numbers, or 1, 2, ... with the names as marks of the axis.
local function places(fig, list, axis)
  if #list == 0 or type(list[1]) == "number" then return list end
  local out, marks = {}, {}
  for i, name in ipairs(list) do out[i], marks[i] = i, { i, name } end
  fig.opts[axis .. "ticks"] = fig.opts[axis .. "ticks"] or marks
  return out
end

-- What stands for the i-th group of an option that may be a list.
local function pick(v, i)
  if type(v) == "table" then return v[i] end
  return v
end

local function full(v, n)
  if type(v) == "table" then return v end
  local out = {}
  for i = 1, n do out[i] = v end
  return out
end

local function add_group(fig, o, at, heights, base, look, lying, where)
  local n = #at
  local tops, shown = {}, lying and "x" or "y"
  for i = 1, n do tops[i] = base[i] + heights[i] end
  figure.check_log(fig, shown, tops, where .. ": the ends of the bars")
  local half, low, high = look.width / 2, {}, {}
  for i = 1, n do low[i], high[i] = at[i] - half, at[i] + half end
  local along, across = lying and "y" or "x", shown
  local el = {
    kind = "blocks", lying = lying, low = low, high = high, base = base, top = tops, alpha = o.alpha,
    edge = { [along] = {}, [across] = {} }, span = { [along] = { low, high }, [across] = { tops } },
    columns = { at, tops },
  }
  for i = 1, n do
    if not fig.opts["log" .. across] then el.edge[across][i] = base[i] end
  end
  el.hides = {}
  for i = 1, n do
    for _, v in ipairs { low[i], at[i], high[i] } do
      local beside, ends = { v, v }, { base[i], tops[i] }
      table.insert(el.hides, { x = lying and ends or beside, y = lying and beside or ends, joined = true, weight = 1 })
    end
  end
  if look.color then el.color, el.cycle = style.colorspec(look.color) else figure.next_color(fig, el) end
  if o.edgecolor then
    el.border = {}
    el.border.color, el.border.cycle = style.colorspec(o.edgecolor)
  end
  el.label, el.enhanced = look.label, o.enhanced
  figure.add(fig, el, false, where)
end

local function check_groups(o, groups, where)
  for _, name in ipairs { "label", "color" } do
    local list = o[name]
    if type(list) == "table" and #list ~= #groups then
      errors.raise("%s: %s has %d entries for %d groups of bars", where, name, #list, #groups)
    end
    if name == "label" and list and type(list) ~= "table" and #groups > 1 then
      errors.raise("%s: label must be a list of a name for each of the %d groups", where, #groups)
    end
  end
end

local function bars(fig, o, x_name, y_name, lying, where)
  figure.check_kind(fig, false, where)
  local at = arrays.filled(places(fig, o[x_name], lying and "y" or "x"), where, x_name)
  local groups = type(o[y_name][1]) == "table" and o[y_name] or { o[y_name] }
  for k, heights in ipairs(groups) do
    arrays.same_length(at, heights, where, x_name, #groups > 1 and ("%s[%d]"):format(y_name, k) or y_name)
  end
  check_groups(o, groups, where)
  local base, n = full(o.bottom, #at), #groups
  arrays.same_length(at, base, where, x_name, "bottom")
  local width = o.stacked and o.width or o.width / n
  for k, heights in ipairs(groups) do
    local shifted = {}
    for i, v in ipairs(at) do shifted[i] = o.stacked and v or v - o.width / 2 + (k - 0.5) * width end
    local look = { width = width, label = pick(o.label, k), color = pick(o.color, k) }
    add_group(fig, o, shifted, heights, base, look, lying, where)
    if o.stacked then
      local next_base = {}
      for i in ipairs(base) do next_base[i] = base[i] + heights[i] end
      base = next_base
    end
  end
  if o.err then
    if n > 1 then errors.raise("%s: err is for one group of bars; draw others with fig:errorbar", where) end
    local ends = fig.elements[#fig.elements].top
    local err = full(o.err, #at)
    fig:errorbar(lying and ends or at, lying and at or ends, {
      xerr = lying and err or nil, yerr = not lying and err or nil, color = "k", style = "", width = 1.2,
    })
  end
  return fig
end

--- Upright bars: `fig:bar({ "SGD", "Adam" }, { 0.9, 0.95 })`, or for groups side by side
-- `fig:bar(names, { first, second }, { label = { "train", "test" } })`.
-- @param x numbers or names
-- @param height numbers, or a list of them for each group
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:bar(...)
  return bars(self, BAR:read(...), "x", "height", false, BAR.callee)
end

--- Lying bars.
-- @param y numbers or names
-- @param length numbers, or a list of them for each group
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:barh(...)
  return bars(self, BARH:read(...), "y", "length", true, BARH.callee)
end

return Figure
