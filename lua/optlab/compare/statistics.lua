--- Statistics of a few numbers: what a handful of seeds say, and how sure that is.
--
-- Numbers that are not finite are allowed where an order is all that counts (quantiles): a run that diverged has a loss
-- of infinity.
-- @module optlab.compare.statistics
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

-- A number between two neighbours; there is none between a number and infinity.
local function between(a, b, share)
  if share == 0 or a == b then return a end
  if not (M.finite(a) and M.finite(b)) then return b end
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

-- --- paired differences ---------------------------------------------------------------------------------------------

--- How many times a bootstrap draws.
M.RESAMPLES = 2000

-- Random integers in [1, n], the same in every run (splitmix64).
local function generator()
  local state = 0x9E3779B97F4A7C15
  return function(n)
    state = state + 0x9E3779B97F4A7C15
    local z = state
    z = (z ~ z >> 30) * 0xBF58476D1CE4E5B9
    z = (z ~ z >> 27) * 0x94D049BB133111EB
    return ((z ~ z >> 31) >> 11) % n + 1
  end
end

--- A bootstrap interval of the mean: the middle part of the means of numbers drawn from these with replacement.
-- @tparam {number,...} list finite numbers
-- @tparam[opt=0.95] number level
-- @treturn ?number low end; nil for fewer than two numbers, of which nothing can be said
-- @treturn ?number high end
function M.interval(list, level)
  local n = #list
  if n < 2 then return nil end
  local draw, means = generator(), {}
  for k = 1, M.RESAMPLES do
    local sum = 0.0
    for _ = 1, n do sum = sum + list[draw(n)] end
    means[k] = sum / n
  end
  table.sort(means)
  local tail = (1 - (level or 0.95)) / 2
  return M.quantile(means, tail), M.quantile(means, 1 - tail)
end

--- What differences say that were measured in pairs, such as those of two optimizers with the same seeds.
-- @tparam {number,...} differences one for each pair; one that is not finite is a pair in which a run diverged
-- @treturn table `pairs`, how many there are; `finite`, how many of them are finite; `lower` and `higher`, in how many
-- the difference is below and above 0; of the finite ones, where there is one, `mean`; where there are two, `low` and
-- `high`, the bootstrap interval of the mean
function M.paired(differences)
  local finite = M.finite_ones(differences)
  local result = { pairs = #differences, finite = #finite, lower = 0, higher = 0 }
  for _, d in ipairs(differences) do
    if d < 0 then result.lower = result.lower + 1 elseif d > 0 then result.higher = result.higher + 1 end
  end
  if #finite > 0 then result.mean = M.moments(finite) end
  result.low, result.high = M.interval(finite)
  return result
end

return M
