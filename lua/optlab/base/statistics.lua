--- Quantiles, means and deviations of a few numbers.
--
-- Numbers that are not finite are allowed where an order is all that counts (quantiles): a run that diverged has a loss
-- of infinity.
-- @module optlab.base.statistics
local M = {}

--- Whether a number is finite.
-- @tparam number v
-- @treturn boolean
function M.finite(v) return v == v and v ~= math.huge and v ~= -math.huge end

--- The finite ones among some numbers.
-- @tparam {number,...} list
-- @treturn {number,...}
function M.finite_ones(list)
  local finite = {}
  for _, v in ipairs(list) do
    if M.finite(v) then finite[#finite + 1] = v end
  end
  return finite
end

-- --- one list -------------------------------------------------------------------------------------------------------

-- A number between two neighbours; between a number and an infinite one it is the infinite one.
local function between(a, b, share)
  if share == 0 or a == b or not M.finite(a) then return a end
  if not M.finite(b) then return b end
  if not M.finite(b - a) then return a * (1 - share) + b * share end
  return a + (b - a) * share
end

--- A quantile, interpolated between neighbours as NumPy and R do (type 7).
-- @tparam {number,...} sorted ascending, not empty
-- @tparam number q in [0, 1]
-- @treturn number
function M.quantile(sorted, q)
  local at = 1 + q * (#sorted - 1)
  local below = math.floor(at)
  return between(sorted[below], sorted[math.min(below + 1, #sorted)], at - below)
end

--- The same numbers in ascending order.
-- @tparam {number,...} list
-- @treturn {number,...} a new list
function M.sorted(list)
  local copy = table.move(list, 1, #list, 1, {})
  table.sort(copy)
  return copy
end

--- The median.
-- @tparam {number,...} list not empty
-- @treturn number
function M.median(list) return M.quantile(M.sorted(list), 0.5) end

--- Mean and standard deviation (with n - 1).
-- @tparam {number,...} list finite numbers, not empty
-- @treturn number
-- @treturn ?number nil for a single number
function M.moments(list)
  local sum, squares, n = 0.0, 0.0, #list
  for _, v in ipairs(list) do sum = sum + v end
  local mean = sum / n
  for _, v in ipairs(list) do squares = squares + (v - mean) ^ 2 end
  return mean, n > 1 and math.sqrt(squares / (n - 1)) or nil
end

return M
