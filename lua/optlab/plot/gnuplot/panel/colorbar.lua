--- The colour scale of a panel: its palette, its range, and the bar that explains it.
-- Everything that a figure colours by value shares them.
-- @module optlab.plot.gnuplot.panel.colorbar
local axis = require "optlab.plot.gnuplot.axis"
local colors = require "optlab.plot.gnuplot.panel.colors"
local limits = require "optlab.plot.gnuplot.limits"
local number = require "optlab.plot.gnuplot.number"
local theme = require "optlab.plot.gnuplot.theme"
local ticks = require "optlab.plot.gnuplot.ticks"

local M = {}

local fmt = number.format

-- --- what the elements say -------------------------------------------------------------------------------------------

-- The names of what is coloured by value.
local function label_of(elements)
  local names, markup, seen = {}, nil, {}
  for _, el in ipairs(elements) do
    if el.bar_label and not seen[el.bar_label] then
      names[#names + 1], markup, seen[el.bar_label] = el.bar_label, el.enhanced, true
    end
  end
  return #names > 0 and table.concat(names, ", ") or nil, markup
end

local function same_levels(a, b)
  if #a ~= #b then return false end
  for i, v in ipairs(a) do
    if v ~= b[i] then return false end
  end
  return true
end

-- The bands of filled contours, if nothing else is coloured by value and all have the same levels.
local function bands_of(elements)
  local found
  for _, el in ipairs(elements) do
    if el.palette then
      if el.kind ~= "filled" or (found and not same_levels(found, el.levels)) then return nil end
      found = el.levels
    end
  end
  return found
end

--- The colour scale of some elements.
-- @tparam {table,...} elements
-- @treturn ?table {palette =, lo =, hi =, log =, bar =, label =, markup =, levels =, top =}: whether a bar is wanted
-- and its name; the levels of filled contours whose bar is made of bands; nil where nothing is coloured by value
function M.scale(elements)
  local scale, span, top = nil, nil, -math.huge
  for _, el in ipairs(elements) do
    if el.palette then
      scale = scale or { palette = el.palette, log = el.norm == "log", bar = false }
      scale.bar = scale.bar or el.colorbar
      span = span or limits.new(scale.log)
      for _, v in ipairs(el.shades) do span:stick(v) end
      top = math.max(top, el.top or top)
      scale.classes = scale.classes or el.classes
    end
  end
  if not scale then return nil end
  scale.lo, scale.hi = span:result()
  if theme.is_categorical(scale.palette) and not scale.log then
    scale.count = math.max(1, math.floor(scale.hi - scale.lo + 1.5))
    scale.lo, scale.hi = scale.lo - 0.5, scale.lo + scale.count - 0.5
  end
  scale.label, scale.markup = label_of(elements)
  scale.levels, scale.top = bands_of(elements), top
  return scale
end

--- The colour of a value.
-- @tparam table scale
-- @number v
-- @treturn string "#rrggbb"
function M.shade(scale, v)
  if theme.is_categorical(scale.palette) then
    local list = theme.stops(scale.palette)
    return list[math.floor(v - scale.lo) % #list + 1]
  end
  if scale.log then return colors.at(scale.palette, math.log(math.max(v, scale.lo) / scale.lo)
    / math.log(scale.hi / scale.lo)) end
  return colors.at(scale.palette, (v - scale.lo) / (scale.hi - scale.lo))
end

-- --- commands ---------------------------------------------------------------------------------------------------

-- Texts beside the bar, each at a value.
local function set_texts(panel, ends, values, texts, size, quiet)
  axis.set_texts(panel, "cb", values, texts, false, {
    along = math.max(40, size.height - 60), across = 0.3 * size.width, ends = ends, more = " scale 0", quiet = quiet,
  })
end

-- A palette of bands of one colour each, all equally high on the bar, and a mark at each level.
local function set_bands(panel, scale, size)
  local levels, count, parts = scale.levels, #scale.levels, {}
  if scale.top == levels[count] then count = count - 1 end -- nothing lies above the last level
  count = math.max(count, 1)
  for k = 1, count do
    local color = colors.at(scale.palette, count > 1 and (k - 1) / (count - 1) or 0.5)
    parts[k] = ("%d '%s', %d '%s'"):format(k - 1, color, k, color)
  end
  panel.steps = count
  panel:set("palette maxcolors 0")
  panel:set("palette defined (%s)", table.concat(parts, ", "))
  panel:set("cbrange [0:%d]", count)
  if not scale.bar then return end
  local values, texts = {}, ticks.texts(levels)
  for i = 1, math.min(#levels, count + 1) do values[i] = i - 1 end
  set_texts(panel, { 0, count }, values, table.move(texts, 1, #values, 1, {}), size, true)
end

-- The names of the values 1, 2, ... beside the bar.
local function set_classes(panel, scale, size)
  local values = {}
  for i in ipairs(scale.classes) do values[i] = i end
  set_texts(panel, { scale.lo, scale.hi }, values, scale.classes, size)
end

local function set_range(panel, scale, size)
  local commands = theme.palette(scale.palette, scale.count)
  table.move(commands, 1, #commands, #panel.settings + 1, panel.settings)
  panel:set("cbrange [%s:%s]", fmt(scale.lo, true), fmt(scale.hi, true))
  if scale.log then panel:set("logscale cb") end
  if not scale.bar then return end
  if scale.classes then return set_classes(panel, scale, size) end
  local room = panel.fig.solid and { most = 5, longest = 5 } or { most = math.max(2, (size.height - 60) // 34) }
  if scale.log then
    axis.set_logarithmic(panel, "cb", scale.lo, scale.hi)
  else
    axis.set_linear(panel, "cb", scale.lo, scale.hi, room)
  end
end

--- Sets the palette, the range and the marks of a panel's colours.
-- @tparam table panel its field `scale` may be given beforehand, as of a colour bar shared with other panels
-- @number width of the panel in pixels
-- @number height
function M.set(panel, width, height)
  local scale = panel.scale
  if not scale then
    if panel.fig.solid then panel:unset "colorbox" end
    return
  end
  local size = { width = width, height = height }
  if scale.levels then set_bands(panel, scale, size) else set_range(panel, scale, size) end
end

return M
