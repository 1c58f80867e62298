--- How a quantity grew in time: for each group the median over the seeds, with the band between its quartiles.
-- @module optlab.sweep.figure.curves
local band = require "optlab.compare.band"
local runs = require "optlab.runs"
local scale = require "optlab.sweep.figure.scale"
local statistics = require "optlab.compare.statistics"

local M = {}

local MOST_GROUPS = 8

-- The curve of a quantity, "loss" or "adam.loss", with at least two points; the last recorded if there are several.
local function curve_of(run, metric)
  local found
  for _, series in ipairs(runs.series(run)) do
    local is_it = series.quantity == metric or series.run .. "." .. series.quantity == metric
    if is_it and #series.x > 1 and (not found or found.file == series.file) then found = series end
  end
  return found
end

local function lines_of(group, metric)
  local lines, x_name = {}, nil
  for _, cell in ipairs(group.cells) do
    local curve = cell.state == "done" and curve_of(cell.run, metric)
    if curve then
      lines[#lines + 1] = { x = curve.x, y = curve.y, diverged = cell.run.status == "diverged" }
      x_name = curve.x_name
    end
  end
  return lines, x_name
end

-- Numbers within the figure; nil for what is not finite.
local function clipped(list, bound)
  local out = {}
  for i, v in ipairs(list) do out[i] = statistics.finite(v) and v or bound end
  return out
end

local function extremes(bands)
  local list = {}
  for _, b in ipairs(bands) do
    for _, name in ipairs { "median", "low", "high" } do
      for _, v in ipairs(b[name]) do
        if statistics.finite(v) then list[#list + 1] = v end
      end
    end
  end
  return list
end

local function draw(fig, b, label, several, worst)
  fig:line(b.x, b.median, { label = label })
  if several then fig:band(b.x, clipped(b.low, worst), clipped(b.high, worst)) end
end

--- Draws the groups' curves into one figure.
-- @tparam table o `groups`, `metric`, `title`, `sign`, `label_of(group)`
-- @treturn ?Figure nil where nothing recorded a curve
function M.figure(o)
  local bands, labels, several, x_name = {}, {}, {}, nil
  for i = 1, math.min(#o.groups, MOST_GROUPS) do
    local lines, name = lines_of(o.groups[i], o.metric)
    if #lines > 0 then
      bands[#bands + 1] = band.of(lines, o.sign < 0)
      labels[#bands], several[#bands], x_name = o.label_of(o.groups[i]), #lines > 1, name
    end
  end
  local values = extremes(bands)
  if #values == 0 then return nil end
  local sorted = statistics.sorted(values)
  local fig = require("optlab.plot").figure {
    title = o.title, xlabel = x_name, ylabel = o.metric, logy = scale.is_wide(values),
  }
  for i, b in ipairs(bands) do
    draw(fig, b, labels[i], several[i], o.sign > 0 and sorted[#sorted] or sorted[1])
  end
  return fig
end

return M
