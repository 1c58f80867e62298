--- The band of a group (optlab.compare.band) with as many points as a page has room for.
-- @module optlab.report.chart.band
local band = require "optlab.compare.band"
local thin = require "optlab.report.chart.thin"

local M = {}

-- Beyond every axis, and still a number that a page can hold.
local BEYOND = 1e300

local function bounded(v)
  return thin.rounded(math.max(-BEYOND, math.min(BEYOND, v)))
end

-- Its edges are finite; a median that is infinite is none.
local function thinned(whole, most)
  local thinner = { x = {}, median = {}, low = {}, high = {} }
  for i, at in ipairs(thin.positions(whole.median, most)) do
    thinner.x[i] = thin.rounded(whole.x[at], 8)
    thinner.median[i] = thin.rounded(whole.median[at])
    thinner.low[i], thinner.high[i] = bounded(whole.low[at]), bounded(whole.high[at])
  end
  return thinner
end

--- The band of some lines.
-- @tparam {table,...} lines each {x =, y =, diverged =}
-- @tparam boolean more whether more of the quantity is better
-- @tparam integer most points
-- @treturn table x, median, low, high
function M.of(lines, more, most) return thinned(band.of(lines, more), most) end

return M
