--- The axes of a panel: their limits, taken from the data, and the gnuplot commands of their marks.
-- Plain marks are written as a distance and a format, so that the range can be changed in the script by hand; others
-- are written one by one.
-- @module optlab.plot.gnuplot.axis
local crowded = require "optlab.plot.gnuplot.crowded"
local layout = require "optlab.plot.gnuplot.layout"
local limits = require "optlab.plot.gnuplot.limits"
local number = require "optlab.plot.gnuplot.number"
local text = require "optlab.plot.gnuplot.text"
local ticks = require "optlab.plot.gnuplot.ticks"

local M = {}

local fmt = number.format

-- --- limits ------------------------------------------------------------------------------------------------------

-- Whether an element lies along an axis; y2 is the y of what is drawn on a figure's twin.
local function lies_along(el, name)
  return name == "x" or name == "z" or name == "cb" or (el.twin or false) == (name == "y2")
end

-- Takes in the values along one axis; with the other axis limited by the user only those that are seen.
local function collect(axis, el, name, other, window)
  if not lies_along(el, name) then return end
  name = name == "y2" and "y" or name
  local columns = el.span and el.span[name] or {}
  local beside = el.span and el.span[other] and el.span[other][1]
  for _, column in ipairs(columns) do
    for i, v in ipairs(column) do
      local o = window and beside and beside[i]
      if not o or (o >= window[1] and o <= window[2]) then axis:add(v) end
    end
  end
  for _, v in ipairs(el.edge and el.edge[name] or {}) do axis:stick(v) end
end

local function sorted_pair(pair)
  return pair and { math.min(pair[1], pair[2]), math.max(pair[1], pair[2]) }
end

--- The limits of an axis: what the user gave, or what the data need.
-- @tparam table fig
-- @string name "x", "y", "z" or "y2"
-- @string other the axis whose limits decide which data are seen
-- @treturn table {lo, hi, log =}
function M.limits(fig, name, other)
  local opts = fig.opts
  local given, log = opts[name .. "lim"], opts["log" .. name]
  if given then return { given[1], given[2], log = log } end
  local axis, window = limits.new(log), sorted_pair(opts[other .. "lim"])
  for _, el in ipairs(fig.elements) do collect(axis, el, name, other, window) end
  for _, note in ipairs(fig.notes) do
    for _, v in ipairs(note[name] or {}) do axis:add(v) end
  end
  local lo, hi = axis:result()
  return { lo, hi, log = log }
end

-- --- integers ----------------------------------------------------------------------------------------------------

-- The columns of an element that tell whether fractions have a meaning along an axis: data, but no rules and no bins.
local function evidence(el, name)
  if el.kind == "rule" then return {} end
  if not lies_along(el, name) then return {} end
  name = name == "y2" and "y" or name
  if name == "cb" then return el.kind == "heatmap" and el.grid.z or { el.c } end
  if el.grid and el.grid[name] and name ~= "z" then return { el.grid[name] } end
  return el.span and el.span[name] or {}
end

--- Whether an axis has marks at integers only: what the user says, or else whether all data along it are integers, as
-- epochs, counts and the rows of a matrix are.
-- @tparam table fig
-- @string name "x", "y", "z", "y2" or "cb"
-- @treturn boolean
function M.integral(fig, name)
  local said, any = fig.opts[name .. "integer"], false
  if said ~= nil then return said end
  for _, el in ipairs(fig.elements) do
    for _, column in ipairs(evidence(el, name)) do
      for _, v in ipairs(column) do
        if number.finite(v) then
          if v % 1 ~= 0 then return false end
          any = true
        end
      end
    end
  end
  return any
end

-- --- commands ----------------------------------------------------------------------------------------------------

-- Marks one by one: 'text' value, ...
local function set_list(panel, name, values, texts, markup, more)
  local out, marks, how = {}, text.marks(texts, markup)
  for i, v in ipairs(values) do out[i] = (panel.hidden[name] and "''" or marks[i]) .. " " .. fmt(v, true) end
  panel:set("%stics (%s) %s%s", name, table.concat(out, ", "), how, more or "")
end

-- The marks that are seen, with their places in pixels and their widths.
local function seen_marks(panel, axis, values, texts, along)
  local out = {}
  local lo, hi = math.min(axis[1], axis[2]), math.max(axis[1], axis[2])
  local view = layout.frame({}, along, along, axis, axis)
  for i, v in ipairs(values) do
    if v >= lo and v <= hi then
      local seen = text.seen(texts[i], panel.fig.opts.enhanced)
      out[#out + 1] = { index = i, at = (view:pixel(v, v)), seen = seen, width = (text.extent(seen, 1)) }
    end
  end
  return out
end

local WIDER = 1.12 -- small fonts are wider than their size says
local NAMES = { y2 = "the second axis", cb = "the colour bar" }

-- Gives chosen texts what room there is: returns gnuplot's words for it.
local function make_room(panel, name, values, texts, room)
  local marks = seen_marks(panel, room.ends or panel.limits[name], values, texts, room.along)
  local plan, cut, left_out, widest = crowded.plan(marks, name ~= "x", room.along, room.across), 0, 0, 0
  for k, mark in ipairs(marks) do
    if (k - 1) % plan.every ~= 0 then
      texts[mark.index], left_out = "", left_out + 1
    elseif mark.width * plan.size > room.across and (plan.upright or name ~= "x") then
      texts[mark.index], cut, widest = text.cut(mark.seen, room.across, plan.size), cut + 1, room.across
    else
      widest = math.max(widest, mark.width * plan.size * (plan.size < 12 and WIDER or 1))
    end
  end
  local where = NAMES[name] or ("the %s axis"):format(name)
  if room.quiet then cut, left_out = 0, 0 end
  if cut > 0 then panel:remark("%d of %d texts of %s are cut; take shorter ones", cut, #marks, where) end
  if left_out > 0 then
    panel:remark("%d of %d texts of %s are left out; take a larger size", left_out, #marks, where)
  end
  panel.widest[name] = plan.upright and plan.size or widest
  if name == "x" then panel.widest.deep = plan.upright and widest or nil end
  panel.small[name] = plan.size < 12
  return (plan.upright and " rotate by 90 right" or "") .. (plan.size < 12 and " " .. panel:font(plan.size) or "")
end

--- Marks with texts of one's own, for which room is made: smaller, upright, cut.
-- @tparam table panel
-- @string name "x", "y", "y2" or "cb"
-- @tparam {number,...} values
-- @tparam {string,...} texts
-- @bool markup whether they hold gnuplot's markup
-- @tparam table room {along =, across =} in pixels; `ends` {lo, hi} if the axis is none of the panel's limits; `more`,
-- further words for gnuplot; `quiet`, whether nobody is told what is left out
function M.set_texts(panel, name, values, texts, markup, room)
  texts = table.move(texts, 1, #texts, 1, {})
  for i, s in ipairs(texts) do texts[i] = text.clean(s):gsub("\n", " ") end
  local more = make_room(panel, name, values, texts, room)
  set_list(panel, name, values, texts, markup, (room.more or "") .. more)
end

-- Marks chosen by the user: numbers or {number, text}.
local function set_chosen(panel, name, list, room)
  if #list == 0 then return panel:unset(name .. "tics") end
  local values, numbers = {}, {}
  for i, tick in ipairs(list) do
    values[i] = type(tick) == "table" and tick[1] or tick
    if type(tick) ~= "table" then numbers[#numbers + 1] = tick end
  end
  local texts, written, k = {}, ticks.texts(numbers), 0
  for i, tick in ipairs(list) do
    if type(tick) ~= "table" then k = k + 1 end
    texts[i] = type(tick) == "table" and tick[2] or written[k]
  end
  local markup = panel.fig.opts.enhanced
  if room.along then return M.set_texts(panel, name, values, texts, markup, room) end
  set_list(panel, name, values, texts, markup)
end

-- Writes marks down and remembers what they need: the width of the widest text, the part taken out of all of them.
local function set_marks(panel, name, found)
  panel.widest[name], panel.common[name] = ticks.width(found.texts), found.common
  if not found.step then return set_list(panel, name, found.values, found.texts) end
  panel:set("%stics %s", name, fmt(found.step))
  if panel.hidden[name] then return panel:set("format %s ''", name) end
  panel:set("format %s %s", name, text.format(("%%.%df"):format(found.decimals)))
end

--- The marks of a linear range, as of an axis without a choice of the user or of a colour bar.
-- @tparam table panel
-- @string name "x", "y", "z" or "cb"
-- @number lo
-- @number hi
-- @tparam table room as of ticks.linear
function M.set_linear(panel, name, lo, hi, room)
  set_marks(panel, name, ticks.linear(lo, hi, room, M.integral(panel.fig, name)))
end

-- Marks at every second, third, ... power of ten, where all of them would be too close.
local function set_powers(panel, name, lo, hi, stride)
  local values, texts = {}, {}
  for k = math.ceil(math.log(lo, 10) / stride - 1e-9) * stride, math.floor(math.log(hi, 10) + 1e-9), stride do
    values[#values + 1], texts[#texts + 1] = 10.0 ^ k, ("10^{%s}"):format(ticks.integer(k))
  end
  set_list(panel, name, values, texts, true)
  panel.widest[name] = 30
end

-- How many powers of ten find room side by side.
local function most_powers(lo, hi, room)
  if not room or not room.length then return room and room.powers or math.huge end
  local digits = math.max(#("%.0f"):format(math.log(lo, 10)), #("%.0f"):format(math.log(hi, 10)))
  return math.max(2, room.length // math.max(38, 26 + 6 * digits))
end

-- Marks of a logarithmic range: powers of ten where it is wide, else single values.
local function set_logarithmic(panel, name, lo, hi, room)
  if hi / lo < 300 then
    local found = ticks.logarithmic(lo, hi, M.integral(panel.fig, name))
    found.step = nil
    return set_marks(panel, name, found)
  end
  local stride = math.ceil((math.log(hi, 10) - math.log(lo, 10)) / most_powers(lo, hi, room))
  if stride > 1 then return set_powers(panel, name, lo, hi, stride) end
  panel:set("format %s %s", name, panel.hidden[name] and "''" or text.format "10^{%L}")
  panel.widest[name] = 30
end
M.set_logarithmic = set_logarithmic

--- What stands beside an axis: its label, and the part that was taken out of the texts of its marks.
-- @tparam ?string label
-- @tparam ?string common
-- @treturn ?string
function M.words(label, common)
  return common and (label and label .. "  " or "") .. "(" .. common .. ")" or label
end

--- Sets the range and the marks of an axis.
-- @tparam table panel
-- @string name "x", "y", "z" or "y2"
-- @tparam table room {most =, length =} as of ticks.linear; `powers`, the most powers of ten of an upright axis; of a
-- flat figure `along` and `across` as of @{set_texts}
function M.set(panel, name, room)
  local axis, chosen = panel.limits[name], panel.fig.opts[name .. "ticks"]
  local lo, hi = math.min(axis[1], axis[2]), math.max(axis[1], axis[2])
  if axis.log then panel:set("logscale %s", name) end
  panel:set("%srange [%s:%s]", name, fmt(axis[1], true), fmt(axis[2], true))
  if chosen then
    set_chosen(panel, name, chosen, room)
  elseif axis.log then
    set_logarithmic(panel, name, lo, hi, room)
  else
    M.set_linear(panel, name, lo, hi, room)
  end
end

return M
