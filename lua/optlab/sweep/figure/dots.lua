--- A dot for each group: over a number of which many are varied at once, or beside the names of choices.
-- @module optlab.sweep.figure.dots
local scale = require "optlab.sweep.figure.scale"
local sensitivity = require "optlab.sweep.figure.sensitivity"
local statistics = require "optlab.compare.statistics"

local M = {}

local function add(series, x, y)
  series.x[#series.x + 1], series.y[#series.y + 1] = x, y
end

-- The dots by label; the diverged ones by themselves, at the edge of the figure.
local function collect(o)
  local by_label, labels, off = {}, {}, { x = {}, y = {} }
  for _, group in ipairs(o.groups) do
    local label, x = o.label_of(group), group.values[o.entry.name]
    if group.median and statistics.finite(group.median) then
      if not by_label[label] then by_label[label], labels[#labels + 1] = { x = {}, y = {} }, label end
      add(by_label[label], x, group.median)
    elseif group.median then
      add(off, x, sensitivity.edge(o.frame, o.sign))
    end
  end
  return by_label, labels, off
end

--- A panel: the groups' medians over one of several parameters.
-- @tparam table o `groups`, `entry`, `axis`, `metric`, `frame`, `sign`, `label_of(group)`
-- @treturn Figure
function M.panel(o)
  local by_label, labels, off = collect(o)
  local xs = {}
  for i, group in ipairs(o.groups) do xs[i] = group.values[o.entry.name] end
  local fig = require("optlab.plot").figure {
    xlabel = o.entry.name, ylabel = o.metric, logx = scale.is_log(o.axis, xs), logy = o.frame.log or false,
    ylim = { o.frame[1], o.frame[2] },
  }
  for _, label in ipairs(labels) do
    fig:points(by_label[label].x, by_label[label].y, { style = "o", label = label ~= "" and label or nil })
  end
  if #off.x > 0 then fig:points(off.x, off.y, { style = "x", color = "red", label = "diverged" }) end
  return fig
end

--- A figure of groups that have names and no numbers: medians, and the quartiles of the seeds as lines.
-- @tparam table o `groups`, `metric`, `title`, `frame`, `label_of(group)`
-- @treturn Figure
function M.names(o)
  local x, y, marks = {}, {}, {}
  local fig
  local names = {}
  for i, group in ipairs(o.groups) do
    names[i] = { i, o.label_of(group) }
    if group.median and statistics.finite(group.median) then
      x[#x + 1], y[#y + 1] = i, group.median
      local spread = group.n > 1 and statistics.finite(group.low) and statistics.finite(group.high)
      if spread then marks[#marks + 1] = group end
    end
  end
  fig = require("optlab.plot").figure {
    title = o.title, ylabel = o.metric, xticks = names, xlim = { 0.5, #o.groups + 0.5 },
    ylim = { o.frame[1], o.frame[2] }, logy = o.frame.log or false, legend = false,
  }
  fig:points(x, y)
  for _, group in ipairs(marks) do
    local at = group.place
    fig:line({ at, at }, { group.low, group.high }, { color = "C1" })
  end
  return fig
end

return M
