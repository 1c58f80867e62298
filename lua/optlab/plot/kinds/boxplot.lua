--- Distributions side by side: boxes and violins.
-- @module optlab.plot.kinds.boxplot
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local number = require "optlab.plot.gnuplot.number"
local options = require "optlab.plot.options"
local style = require "optlab.plot.gnuplot.style"

local Figure = figure.Figure

local SETS = {
  "sets", "array", of = { "vector" }, what = "a list of lists of numbers", required = true,
  doc = "The values of each distribution; those that are not finite are left out.",
}
local LABELS = { "labels", "list", of = { "text" }, what = "a list with a name for each set",
  doc = "A name for each, below it." }
local POSITIONS = { "positions", "vector", doc = "Position of each; by default 1, 2, ..." }
local LABEL = { "label", "text", doc = "Name in the legend." }
local ALPHA = { "alpha", "scalar", min = 0, max = 1, default = 0.35, doc = "How opaque the areas are." }

-- --- numbers of a distribution -------------------------------------------------------------------------------------

local function sorted(values, where, k)
  local out = {}
  for _, v in ipairs(values) do
    if number.finite(v) then out[#out + 1] = v end
  end
  if #out == 0 then errors.raise("%s: sets[%d] has no finite value", where, k) end
  table.sort(out)
  return out
end

-- A quantile of sorted values, linear between two of them, as NumPy's.
local function quantile(list, q)
  local at = q * (#list - 1) + 1
  local k = math.floor(at)
  return list[k] + ((list[k + 1] or list[k]) - list[k]) * (at - k)
end

-- The box, the whiskers (the last values within `whis` box heights of the box) and what lies beyond them.
local function summary(list, whis)
  local low, middle, high = quantile(list, 0.25), quantile(list, 0.5), quantile(list, 0.75)
  local reach, beyond = whis * (high - low), {}
  local from, to = low, high
  for _, v in ipairs(list) do
    if v < low - reach or v > high + reach then
      beyond[#beyond + 1] = v
    else
      from, to = math.min(from, v), math.max(to, v)
    end
  end
  return { low = low, median = middle, high = high, from = from, to = to, beyond = beyond }
end

-- --- places --------------------------------------------------------------------------------------------------------

local function prepare(fig, o, where)
  figure.check_kind(fig, false, where)
  local sets = arrays.filled(o.sets, where, "sets")
  local at = o.positions
  if not at then
    at = {}
    for i = 1, #sets do at[i] = i end
  end
  for name, list in pairs { positions = at, labels = o.labels } do
    if #list ~= #sets then errors.raise("%s: %s has %d entries for %d sets", where, name, #list, #sets) end
  end
  if not fig.opts.xticks then
    local marks = {}
    for i, x in ipairs(at) do marks[i] = o.labels and { x, o.labels[i] } or x end
    fig.opts.xticks = marks
  end
  local lists, omitted = {}, { 0, 0 }
  for k, set in ipairs(sets) do
    lists[k] = sorted(set, where, k)
    omitted = { omitted[1] + #set - #lists[k], omitted[2] + #set }
    figure.check_log(fig, "y", lists[k], ("%s: sets[%d]"):format(where, k))
  end
  return lists, at, omitted
end

local function finish(fig, el, o, where)
  if o.color then el.color, el.cycle = style.colorspec(o.color) else figure.next_color(fig, el) end
  figure.set_label(el, o)
  return figure.add(fig, el, false, where)
end

-- --- boxes ---------------------------------------------------------------------------------------------------------

local BOXPLOT = args.declare("Figure:boxplot", {
  doc = "Draws a box for each distribution: its quartiles and median, whiskers, and single points beyond them.",
  positions = 1, SETS, LABELS, POSITIONS,
  { "width", "scalar", above = 0, max = 1e6, default = 0.5, doc = "Width of the boxes." },
  { "whis", "scalar", min = 0, max = 1e6, default = 1.5,
    doc = "How far the whiskers reach at most, in heights of the box; they end at the last value there." },
  { "showfliers", "flag", default = true, doc = "Whether values beyond the whiskers are shown as points." },
  { "showmeans", "flag", default = false, doc = "Whether the means are also shown, as diamonds." },
  options.COLOR, ALPHA, LABEL, options.ENHANCED,
})

--- Boxes of distributions: `fig:boxplot({ first, second }, { labels = { "SGD", "Adam" } })`.
-- @param sets a list of arrays or tensors
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:boxplot(...)
  local o, where = BOXPLOT:read(...), BOXPLOT.callee
  local lists, at, omitted = prepare(self, o, where)
  local el = {
    kind = "boxplot", omitted = omitted, x = at, half = o.width / 2, boxes = {}, alpha = o.alpha,
    fliers = { {}, {} }, means = o.showmeans and { at, {} } or nil, span = { x = { {}, {} }, y = {} },
  }
  for k, list in ipairs(lists) do
    local box = summary(list, o.whis)
    el.boxes[k] = box
    el.span.x[1][k], el.span.x[2][k] = at[k] - o.width / 2, at[k] + o.width / 2
    table.insert(el.span.y, o.showfliers and { list[1], list[#list] } or { box.from, box.to })
    for _, v in ipairs(o.showfliers and box.beyond or {}) do
      table.insert(el.fliers[1], at[k])
      table.insert(el.fliers[2], v)
    end
    if o.showmeans then
      local total = 0
      for _, v in ipairs(list) do total = total + v end
      el.means[2][k] = total / #list
    end
  end
  el.hides = { { x = el.fliers[1], y = el.fliers[2], joined = false, weight = 1 } }
  for k, box in ipairs(el.boxes) do
    table.insert(el.hides, { x = { at[k], at[k] }, y = { box.from, box.to }, joined = true, weight = 2 })
  end
  return finish(self, el, o, where)
end

-- --- violins -------------------------------------------------------------------------------------------------------

local POINTS = 100 -- of an outline

-- A Gaussian density estimate of sorted values with Scott's rule, as SciPy's: `POINTS` values over their range.
local function density(list, factor)
  local n, mean, square = #list, 0, 0
  for _, v in ipairs(list) do mean = mean + v / n end
  for _, v in ipairs(list) do square = square + (v - mean) ^ 2 end
  local width = math.sqrt(square / math.max(n - 1, 1)) * n ^ -0.2 * factor
  local at, out, most = {}, {}, 0
  if width == 0 then return { list[1] }, { 1 } end
  for i = 1, POINTS do
    local y, total = list[1] + (list[n] - list[1]) * (i - 1) / (POINTS - 1), 0
    for _, v in ipairs(list) do total = total + math.exp(-((y - v) / width) ^ 2 / 2) end
    at[i], out[i], most = y, total, math.max(most, total)
  end
  for i = 1, POINTS do out[i] = out[i] / most end
  return at, out
end

local VIOLINPLOT = args.declare("Figure:violinplot", {
  doc = "Draws each distribution as its density, to both sides.",
  positions = 1, SETS, LABELS, POSITIONS,
  { "width", "scalar", above = 0, max = 1e6, default = 0.7, doc = "Greatest width of the violins." },
  { "bandwidth", "scalar", above = 0, max = 1000, default = 1,
    doc = "A factor for the width of the kernels, which follows Scott's rule." },
  { "showbox", "flag", default = true, doc = "Whether quartiles and median are shown inside." },
  options.COLOR, ALPHA, LABEL, options.ENHANCED,
})

--- Densities of distributions: `fig:violinplot({ first, second }, { labels = { "SGD", "Adam" } })`.
-- @param sets a list of arrays or tensors
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:violinplot(...)
  local o, where = VIOLINPLOT:read(...), VIOLINPLOT.callee
  local lists, at, omitted = prepare(self, o, where)
  local el = {
    kind = "violin", omitted = omitted, x = at, outlines = {}, boxes = o.showbox and {} or nil, alpha = o.alpha,
    span = { x = { {}, {} }, y = {} }, hides = {},
  }
  for k, list in ipairs(lists) do
    local ys, share = density(list, o.bandwidth)
    local line = { x = {}, y = {} }
    for i, y in ipairs(ys) do line.x[i], line.y[i] = at[k] - o.width / 2 * share[i], y end
    for i = #ys, 1, -1 do line.x[#line.x + 1], line.y[#line.y + 1] = at[k] + o.width / 2 * share[i], ys[i] end
    line.x[#line.x + 1], line.y[#line.y + 1] = line.x[1], line.y[1]
    el.outlines[k] = line
    if o.showbox then el.boxes[k] = summary(list, 1.5) end
    el.span.x[1][k], el.span.x[2][k] = at[k] - o.width / 2, at[k] + o.width / 2
    table.insert(el.span.y, { list[1], list[#list] })
    table.insert(el.hides, { x = line.x, y = line.y, joined = true, weight = 1 })
  end
  return finish(self, el, o, where)
end

return Figure
