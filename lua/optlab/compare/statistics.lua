--- Statistics of a few numbers: what a handful of seeds say, and how sure that is. Those of optlab.base.statistics are
-- among them.
-- @module optlab.compare.statistics
local statistics = require "optlab.base.statistics"

local M = {}
for name, f in pairs(statistics) do M[name] = f end

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
