--- How a quantity depends on two numbers: a map of medians on a grid, the best one marked.
-- @module optlab.sweep.figure.heat
local scale = require "optlab.sweep.figure.scale"
local statistics = require "optlab.compare.statistics"

local M = {}

local MOST_NUMBERS = 64 -- cells up to which the values are written into them

local function values_of(groups, name)
  local list = {}
  for i, group in ipairs(groups) do list[i] = group.values[name] end
  return scale.distinct(list)
end

local function positions(values)
  local at = {}
  for i, v in ipairs(values) do at[v] = i end
  return at
end

--- Whether groups fill a grid, at least the larger part of it.
-- @tparam {table,...} groups
-- @tparam string a name of a parameter
-- @tparam string b another
-- @treturn boolean
function M.is_grid(groups, a, b)
  local xs, ys = values_of(groups, a), values_of(groups, b)
  return #xs > 1 and #ys > 1 and #groups > 0.6 * #xs * #ys
end

--- The range of the colours of all panels, and whether they stand for logarithms.
-- @tparam {table,...} groups
-- @tparam number sign
-- @treturn ?table {low, high, log =}, nil where no value is finite
function M.frame(groups, sign)
  local list = {}
  for _, group in ipairs(groups) do
    if group.median and statistics.finite(group.median) then list[#list + 1] = group.median end
  end
  if #list == 0 then return nil end
  local low, high = scale.most(list, sign)
  local log = scale.is_wide { low, high }
  if log then low, high = math.log(low, 10), math.log(high, 10) end
  if low == high then low, high = low - 0.5, high + 0.5 end
  return { low, high, log = log }
end

local function best_of(groups, sign)
  local best
  for _, group in ipairs(groups) do
    local good = group.median and statistics.finite(group.median)
    if good and (not best or sign * group.median < sign * best.median) then best = group end
  end
  return best
end

local function write_values(fig, o, at_x, at_y)
  for _, group in ipairs(o.groups) do
    local x, y = at_x[group.values[o.x.name]], at_y[group.values[o.y.name]]
    local finite = group.median and statistics.finite(group.median)
    local text = finite and ("%.3g"):format(group.median) or group.median and "diverged" or ""
    local shade = finite and o.frame.log and math.log(group.median, 10) or group.median or 0
    local dark = finite and (shade - o.frame[1]) / (o.frame[2] - o.frame[1]) < 0.55
    if text ~= "" then fig:text(text, { x, y }, { align = "center", size = 9, color = dark and "white" or "black" }) end
  end
end

--- Draws one panel.
-- @tparam table o `groups`, `x` and `y` entries of the parameters, `metric`, `title`, `frame`, `sign`
-- @treturn Figure
function M.panel(o)
  local plot = require "optlab.plot"
  local xs, ys = values_of(o.groups, o.x.name), values_of(o.groups, o.y.name)
  local at_x, at_y, rows = positions(xs), positions(ys), {}
  for j = 1, #ys do
    rows[j] = {}
    for i = 1, #xs do rows[j][i] = 0 / 0 end
  end
  for _, group in ipairs(o.groups) do
    local v = group.median
    if v and statistics.finite(v) then
      rows[at_y[group.values[o.y.name]]][at_x[group.values[o.x.name]]] = o.frame.log and math.log(v, 10) or v
    end
  end
  local fig = plot.figure {
    title = o.title, xlabel = o.x.name, ylabel = o.y.name, xticks = scale.marks(xs, 8), yticks = scale.marks(ys),
    legend = false,
  }
  fig:heatmap(rows, {
    x = { 1, #xs }, y = { 1, #ys }, range = { o.frame[1], o.frame[2] },
    label = o.frame.log and "log10 of " .. o.metric or o.metric,
  })
  if #xs * #ys <= MOST_NUMBERS then write_values(fig, o, at_x, at_y) end
  local best = best_of(o.groups, o.sign)
  if best then
    local x, y = at_x[best.values[o.x.name]], at_y[best.values[o.y.name]]
    fig:line({ x - 0.48, x + 0.48, x + 0.48, x - 0.48, x - 0.48 }, { y - 0.46, y - 0.46, y + 0.46, y + 0.46, y - 0.46 },
      { color = "red", width = 2.5 })
  end
  return fig
end

return M
