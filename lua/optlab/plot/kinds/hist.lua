--- Histograms.
-- @module optlab.plot.kinds.hist
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local number = require "optlab.plot.gnuplot.number"
local options = require "optlab.plot.options"

local Figure = figure.Figure

-- The range of the values, and how many are not finite.
local function finite_range(values, where)
  local lo, hi, omitted = math.huge, -math.huge, 0
  for _, v in ipairs(values) do
    if number.finite(v) then lo, hi = math.min(lo, v), math.max(hi, v) else omitted = omitted + 1 end
  end
  if lo > hi then errors.raise("%s: no value is finite", where) end
  if lo == hi then lo, hi = lo - 0.5, hi + 0.5 end
  return lo, hi, omitted
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

local HIST = args.declare("Figure:hist", {
  doc = "Draws a histogram.",
  positions = 1,
  { "values", "vector", required = true, doc = "The numbers; those that are not finite are left out." },
  { "bins", "integer", min = 1, max = 100000, default = 20, doc = "Number of bars." },
  { "range", "pair", test = function(r) return r[1] < r[2] end, what = "a range {from, to} that is not empty",
    doc = "{from, to}: the start of the first bar and the end of the last one; by default the range of the values." },
  { "density", "flag", default = false, doc = "Whether the area of the bars is 1; otherwise they show counts." },
  options.LABEL, options.COLOR,
  { "alpha", "scalar", min = 0, max = 1, default = 0.6, doc = "How opaque the bars are." },
  options.ENHANCED,
})

--- A histogram.
-- @param values array or tensor; what is not finite is left out
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:hist(...)
  local o, where = HIST:read(...), HIST.callee
  local n = o.bins
  local lo, hi, omitted = finite_range(arrays.filled(o.values, where, "values"), where)
  if o.range then lo, hi = table.unpack(o.range) end
  figure.check_log(self, "x", { lo }, where .. ": range")
  local counts, total = count(o.values, lo, hi, n)
  local width, x, widths = (hi - lo) / n, {}, {}
  for i = 1, n do
    x[i], widths[i] = lo + (i - 0.5) * width, width
    if o.density then counts[i] = counts[i] / math.max(total, 1) / width end
  end
  local el = {
    kind = "bars", omitted = { omitted, #o.values }, x = x, height = counts, bar_width = widths, alpha = o.alpha,
    span = { y = { counts } }, edge = { x = { lo, hi }, y = { 0 } },
  }
  return figure.add(self, figure.dress(self, el, o, "-"), false, where)
end

return Figure
