--- Differential evolution, rand/1/bin: a population within bounds; values only. For functions with many minima.
-- Storn, Price, "Differential evolution", Journal of Global Optimization 11, 1997.
local core = require "optlab.core"
local FLOAT64 = { dtype = "float64" }

-- Three members other than i, all different.
local function three(n, i)
  local picked = {}
  while #picked < 3 do
    local j = core.tensor.randint(1, n + 1, { 1 }):item()
    if j ~= i and j ~= picked[1] and j ~= picked[2] then picked[#picked + 1] = j end
  end
  return table.unpack(picked)
end

local function spread(members)
  local low, high = math.huge, -math.huge
  for _, m in ipairs(members) do low, high = math.min(low, m.f), math.max(high, m.f) end
  return high - low
end

return function(objective, run, o)
  local low, high = o.low, o.high
  local n = low:numel()
  local size = o.population or math.max(5, 15 * n)
  local members, best = {}, nil
  for i = 1, size do
    local x = i == 1 and objective.start or low + (high - low) * core.tensor.rand(n, FLOAT64)
    members[i] = { x = x, f = objective:value(x) }
    if not best or members[i].f < best.f then best = members[i] end
  end
  while not run:at(best.x, best.f) do
    for i = 1, size do
      local a, b, c = three(size, i)
      local v = members[a].x + o.weight * (members[b].x - members[c].x)
      local cross = core.tensor.rand(n, FLOAT64):lt(o.crossover)
      cross:select(1, core.tensor.randint(1, n + 1, { 1 }):item()):fill_(1)
      local x = core.tensor.where(cross, v, members[i].x)
      local inside = core.tensor.rand(n, FLOAT64) * (high - low) + low -- a coordinate that left is drawn anew
      x = core.tensor.where(x:lt(low):logical_or(x:gt(high)), inside, x)
      local f = objective:value(x)
      if f <= members[i].f or members[i].f ~= members[i].f then members[i] = { x = x, f = f } end
      if f < best.f then best = members[i] end
    end
    if spread(members) <= o.simplex_ftol then
      run:at(best.x, best.f)
      return run:stop "value"
    end
  end
end
