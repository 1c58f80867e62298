--- Whether numbers belong on a logarithmic axis, and their names on an axis of equal steps.
-- @module optlab.sweep.figure.scale
local number = require "optlab.base.number"
local params = require "optlab.params.values"
local statistics = require "optlab.compare.statistics"

local M = {}

local FAR = 3   -- how much farther than most values some are that are left out of a range
local WIDE = 20 -- largest / smallest from which on an axis is logarithmic

--- The different numbers of a list, ascending.
-- @tparam {number,...} list
-- @treturn {number,...}
function M.distinct(list)
  local sorted, values = statistics.sorted(list), {}
  for _, x in ipairs(sorted) do
    if x ~= values[#values] then values[#values + 1] = x end
  end
  return values
end

-- Whether neighbours among at least three numbers have the same ratio, and not the same distance.
local function is_geometric(values)
  if #values < 3 or values[2] / values[1] < 1.2 then return false end
  local ratio, step = values[2] / values[1], values[2] - values[1]
  local equal_steps = true
  for i = 3, #values do
    if math.abs(values[i] / values[i - 1] / ratio - 1) > 0.05 then return false end
    equal_steps = equal_steps and math.abs((values[i] - values[i - 1]) / step - 1) < 0.05
  end
  return not equal_steps
end

--- Whether a parameter's values belong on a logarithmic axis: those that were written log(...); of others that were not
-- drawn at random, positive ones that are wide apart or have equal ratios.
-- @tparam table o `words` of the parameter on the command line, `sampled`
-- @tparam {number,...} list
-- @treturn boolean
function M.is_log(o, list)
  for _, word in ipairs(o.words or {}) do
    if word:find "^%s*log%s*%(" then return true end
  end
  if o.sampled then return false end
  local values = M.distinct(statistics.finite_ones(list))
  if #values < 2 or values[1] <= 0 then return false end
  return values[#values] / values[1] >= WIDE or is_geometric(values)
end

--- The same for measured values, of which only the width counts.
-- @tparam {number,...} list
-- @treturn boolean
function M.is_wide(list)
  local values = M.distinct(statistics.finite_ones(list))
  return #values > 1 and values[1] > 0 and values[#values] / values[1] >= WIDE
end

--- The range of most measured values: ones that are far worse than the others do not stretch it.
-- @tparam {number,...} list finite numbers
-- @tparam number sign 1 if the least is best, -1 if the greatest is
-- @treturn number
-- @treturn number
function M.most(list, sign)
  local sorted = statistics.sorted(list)
  local low, high = sorted[1], sorted[#sorted]
  local q1, q3 = statistics.quantile(sorted, 0.25), statistics.quantile(sorted, 0.75)
  local reach = 1.5 * (q3 - q1)
  local top, bottom = q3 + reach, q1 - reach
  if sign > 0 and high - low > FAR * (top - low) then high = math.max(top, low) end
  if sign < 0 and high - low > FAR * (high - bottom) then low = math.min(bottom, high) end
  return low, high
end

--- Marks {1, "0.01"}, {2, "0.1"}, ... for an axis on which values have equal distances.
-- @tparam {any,...} values
-- @tparam[opt=12] integer most marks
-- @treturn {{number,string},...}
function M.marks(values, most)
  local marks, every = {}, math.ceil(#values / (most or 12))
  for i = 1, #values, every do
    local v = values[i]
    marks[#marks + 1] = { i, math.type(v) == "float" and number.text(v, 3) or params.text(v) }
  end
  return marks
end

return M
