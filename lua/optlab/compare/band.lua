--- The median of a group's curves and the band between its quartiles, at every step that one of them recorded.
--
-- Between its steps a curve is taken as straight. Behind its end it counts no more, unless its run diverged: then it
-- counts as the worst there is, so that a group does not look better for the runs that it lost.
-- @module optlab.compare.band
local statistics = require "optlab.compare.statistics"

local M = {}

--- The quantiles between which the band lies.
M.LOW, M.HIGH = 0.25, 0.75

-- x and y of a line in the order of x; points with the same x keep their order, because the last one of them counts.
local function in_order(line)
  local at, falls = {}, false
  for i, x in ipairs(line.x) do
    at[i], falls = i, falls or i > 1 and x < line.x[i - 1]
  end
  if not falls then return line.x, line.y end
  table.sort(at, function(a, b)
    if line.x[a] ~= line.x[b] then return line.x[a] < line.x[b] end
    return a < b
  end)
  local x, y = {}, {}
  for i, k in ipairs(at) do x[i], y[i] = line.x[k], line.y[k] end
  return x, y
end

-- A function that gives a line's value at growing x, or nil where it has none.
local function reader(line, worst)
  local x, y = in_order(line)
  local at = 1
  return function(here)
    while x[at + 1] and x[at + 1] <= here do at = at + 1 end
    if here < x[1] then return nil end
    local value = y[at]
    if x[at] < here then
      if not x[at + 1] then return line.diverged and worst or nil end
      value = y[at] + (y[at + 1] - y[at]) * (here - x[at]) / (x[at + 1] - x[at])
    end
    if value ~= value or value == math.huge or value == -math.huge then return worst end
    return value
  end
end

local function steps_of(lines)
  local steps, seen = {}, {}
  for _, line in ipairs(lines) do
    for _, at in ipairs(line.x) do
      if not seen[at] then
        seen[at] = true
        steps[#steps + 1] = at
      end
    end
  end
  table.sort(steps)
  return steps
end

--- The band of some lines.
-- @tparam {table,...} lines each {x = finite numbers in any order, y =, diverged =}
-- @tparam boolean more whether more of the quantity is better
-- @treturn table x, median, low, high
function M.of(lines, more)
  local worst = more and -math.huge or math.huge
  local readers, band = {}, { x = {}, median = {}, low = {}, high = {} }
  for i, line in ipairs(lines) do readers[i] = reader(line, worst) end
  for _, at in ipairs(steps_of(lines)) do
    local found = {}
    for _, read in ipairs(readers) do found[#found + 1] = read(at) end
    if #found > 0 then
      table.sort(found)
      local i = #band.x + 1
      band.x[i], band.median[i] = at, statistics.quantile(found, 0.5)
      band.low[i], band.high[i] = statistics.quantile(found, M.LOW), statistics.quantile(found, M.HIGH)
    end
  end
  return band
end

return M
