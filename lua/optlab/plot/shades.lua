--- What everything that is coloured by value has in common: its options and their checks.
-- A figure has one colour scale: one palette, linear or logarithmic, and one bar that explains it.
-- @module optlab.plot.shades
local errors = require "optlab.base.errors"
local limits = require "optlab.plot.gnuplot.limits"
local number = require "optlab.plot.gnuplot.number"
local options = require "optlab.plot.options"

local M = {}

M.RANGE = { "range", "pair", test = function(r) return r[1] < r[2] end, what = "{lowest, highest}",
  doc = "{lowest, highest} value of the colour scale; by default those of the data." }
M.NORM = { "norm", "choice", choices = { "linear", "log" }, default = "linear",
  doc = "Whether colours follow the values or their logarithms; values that are not positive then have the lowest "
    .. "colour." }
M.BAR = { "colorbar", "flag", default = true, doc = "Whether a bar explains the colours." }
M.BAR_LABEL = { "label", "text", doc = "Name of the colour bar." }
M.PALETTE, M.COLORBAR = options.PALETTE, options.COLORBAR

-- All that is coloured by value in a figure shares one scale.
local function check_shared(fig, el, where)
  for _, other in ipairs(fig.elements) do
    if other.palette and other.palette ~= el.palette then
      errors.raise("%s: this figure already uses the palette '%s', so '%s' cannot be used too", where, other.palette,
        el.palette)
    end
    if other.palette and other.norm ~= el.norm then
      errors.raise("%s: the colours of this figure are %s already, so norm = '%s' cannot be used too", where,
        other.norm == "log" and "logarithmic" or "linear", el.norm)
    end
  end
end

--- The least and the greatest value that a scale needs.
-- @tparam {{number,...},...} rows
-- @string norm
-- @string where the function that an error names
-- @treturn {number,number}
function M.extent(rows, norm, where)
  if norm ~= "log" then return { limits.extremes(rows) } end
  local lo, hi = math.huge, -math.huge
  for _, row in ipairs(rows) do
    for _, v in ipairs(row) do
      if number.finite(v) and v > 0 then lo, hi = math.min(lo, v), math.max(hi, v) end
    end
  end
  if lo > hi then errors.raise("%s: no value is positive, so norm = 'log' has nothing to colour", where) end
  return { lo, hi }
end

--- Gives an element the colour scale that its options say.
-- @tparam table fig
-- @tparam table el
-- @tparam table opts with palette, colorbar, norm, range
-- @tparam {{number,...},...} rows the values; those that a logarithmic scale does not have become its lowest
-- @string where the function that an error names
function M.set(fig, el, opts, rows, where)
  el.palette, el.colorbar, el.norm = opts.palette, opts.colorbar, opts.norm or "linear"
  if opts.range and el.norm == "log" and opts.range[1] <= 0 then
    errors.raise("%s: range begins at %g, but norm = 'log' needs positive values", where, opts.range[1])
  end
  check_shared(fig, el, where)
  el.shades = opts.range or M.extent(rows, el.norm, where)
  if el.norm ~= "log" then return end
  for _, row in ipairs(rows) do
    for i, v in ipairs(row) do
      if v < el.shades[1] then row[i] = el.shades[1] end
    end
  end
end

--- The label of something coloured by value names the colour bar if there is one.
-- @tparam table el
-- @tparam table opts
function M.name_bar(el, opts)
  if el.colorbar then el.bar_label, el.label = opts.label, nil end
end

--- Raises where there is a name for a bar but no bar.
function M.check_bar(opts, where)
  if opts.label and not opts.colorbar then
    errors.raise("%s: label names the colour bar, but there is none: set colorbar = true or drop label", where)
  end
end

return M
