--- How a quantity depends on one number: the median over the seeds, with the band between its quartiles.
-- @module optlab.sweep.figure.sensitivity
local scale = require "optlab.sweep.figure.scale"
local statistics = require "optlab.compare.statistics"

local M = {}

local function sorted_by(groups, name)
  local list = table.move(groups, 1, #groups, 1, {})
  table.sort(list, function(a, b) return a.values[name] < b.values[name] end)
  return list
end

local function has_band(groups)
  for _, group in ipairs(groups) do
    if group.n > 1 then return true end
  end
  return false
end

-- The finite parts of the groups' medians and quartiles; `off` are the x of groups whose median is not finite.
local function columns_of(groups, name)
  local c = { x = {}, median = {}, low = {}, high = {}, off = {} }
  for _, group in ipairs(sorted_by(groups, name)) do
    local x = group.values[name]
    if group.median and statistics.finite(group.median) then
      local i = #c.x + 1
      c.x[i], c.median[i], c.low[i], c.high[i] = x, group.median, group.low, group.high
    elseif group.median then
      c.off[#c.off + 1] = x
    end
  end
  return c
end

-- The band ends at the top of the figure where a quartile is infinite.
local function bounded(list, bound)
  local out = {}
  for i, v in ipairs(list) do out[i] = statistics.finite(v) and v or bound end
  return out
end

--- The limits of all panels: {low, high} of finite values, and whether the axis is logarithmic.
-- @tparam {table,...} groups
-- @tparam number sign
-- @treturn ?table nil where no value is finite
function M.frame(groups, sign)
  local list = {}
  for _, group in ipairs(groups) do
    for _, v in ipairs { group.median, group.low, group.high } do
      if statistics.finite(v) then list[#list + 1] = v end
    end
  end
  if #list == 0 then return nil end
  local low, high = scale.most(list, sign)
  local log = scale.is_wide(list)
  if log then
    local sorted = statistics.sorted(list)
    low, high = sorted[1], sorted[#sorted]
  end
  if low == high then low, high = low - 0.5, high + 0.5 end
  local margin = log and (high / low) ^ 0.06 or 0.06 * (high - low)
  if log then return { low / margin, high * margin, log = true } end
  return { low - margin, high + margin }
end

--- Where a value stands that is worse than every number: just within the frame.
-- @tparam table frame
-- @tparam number sign
-- @treturn number
function M.edge(frame, sign)
  local good, bad = frame[1], frame[2]
  if sign < 0 then good, bad = bad, good end
  if frame.log then return bad * (good / bad) ^ 0.03 end
  return bad + 0.03 * (good - bad)
end

--- Draws one panel.
-- @tparam table o `groups`, `entry` of the parameter, `axis` (see scale.is_log), `metric`, `title`, `frame`,
-- `sign`, `alone` (whether it is the only panel)
-- @treturn Figure
function M.panel(o)
  local plot = require "optlab.plot"
  local name, c = o.entry.name, columns_of(o.groups, o.entry.name)
  local xs = table.move(c.off, 1, #c.off, #c.x + 1, { table.unpack(c.x) })
  local logx = scale.is_log(o.axis, xs)
  local values = scale.distinct(xs)
  local low, high = values[1], values[#values]
  local margin = logx and (high / low) ^ 0.05 or 0.05 * (high - low)
  local fig = plot.figure {
    title = o.title, xlabel = name, ylabel = o.metric, logx = logx, logy = o.frame.log or false,
    xlim = logx and { low / margin, high * margin } or { low - margin, high + margin },
    ylim = { o.frame[1], o.frame[2] }, xinteger = o.entry.kind == "integer" and not logx or nil,
    xticks = #values <= 6 and not logx and values or nil,
  }
  local worst = M.edge(o.frame, o.sign)
  if #c.x > 0 then
    local band = has_band(o.groups)
    fig:line(c.x, c.median, { style = "-o", label = band and o.alone and "median over seeds" or nil })
    if band then
      fig:band(c.x, bounded(c.low, worst), bounded(c.high, worst),
        { label = o.alone and "middle half of the seeds" or nil })
    end
  end
  if #c.off > 0 then
    local ys = {}
    for i in ipairs(c.off) do ys[i] = worst end
    fig:points(c.off, ys, { style = "x", color = "red", label = "diverged" })
  end
  return fig
end

return M
