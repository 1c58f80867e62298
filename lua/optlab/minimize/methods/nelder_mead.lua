--- Nelder and Mead's simplex: values only. For few variables.
-- Lagarias et al., "Convergence properties of the Nelder-Mead simplex method", SIAM Journal on Optimization 9, 1998,
-- with the factors of Gao and Han, "Implementing the Nelder-Mead simplex algorithm with adaptive parameters", 2012,
-- that depend on the number of variables (for two they are the usual 1, 2, 1/2, 1/2).
local function simplex_of(objective, o)
  local x = objective.start
  local corners = { { x = x, f = objective:value(x) } }
  for i = 1, x:numel() do
    local y = x:clone()
    local xi = x:select(1, i):item()
    local side = o.initial_step or (xi ~= 0 and 0.05 * math.abs(xi) or 0.00025)
    y:select(1, i):fill_(xi + side)
    corners[i + 1] = { x = y, f = objective:value(y) }
  end
  return corners
end

-- Smallest value first; nan last; equal ones in the order they came.
local function sort(corners)
  for i = 2, #corners do
    local c, j = corners[i], i - 1
    while j >= 1 and (c.f < corners[j].f or corners[j].f ~= corners[j].f) do
      corners[j + 1], j = corners[j], j - 1
    end
    corners[j + 1] = c
  end
end

-- The largest distance, in any coordinate, of a corner from the best.
local function size_of(corners)
  local size = 0
  for i = 2, #corners do size = math.max(size, (corners[i].x - corners[1].x):abs():amax():item()) end
  return size
end

return function(objective, run, o)
  local corners = simplex_of(objective, o)
  local n = #corners - 1
  local expansion, contraction, shrink = 1 + 2 / n, 0.75 - 1 / (2 * n), 1 - 1 / n
  if n == 1 then expansion, contraction, shrink = 2, 0.5, 0.5 end
  sort(corners)
  while not run:at(corners[1].x, corners[1].f, nil, { size = size_of(corners) }) do
    local worst = corners[n + 1]
    if worst.f - corners[1].f <= o.simplex_ftol and size_of(corners) <= o.simplex_xtol then return run:stop "step" end
    local center = corners[1].x
    for i = 2, n do center = center + corners[i].x end
    center = center / n
    local function try(factor)
      local x = center + factor * (center - worst.x)
      return { x = x, f = objective:value(x) }
    end
    local reflected = try(1)
    local better
    if reflected.f < corners[1].f then
      local expanded = try(expansion)
      better = expanded.f < reflected.f and expanded or reflected
    elseif reflected.f < corners[n].f then
      better = reflected
    elseif reflected.f < worst.f then
      local outside = try(contraction)
      better = outside.f <= reflected.f and outside or nil
    else
      local inside = try(-contraction)
      better = inside.f < worst.f and inside or nil
    end
    if better then
      corners[n + 1] = better
    else
      for i = 2, n + 1 do
        local x = corners[1].x + shrink * (corners[i].x - corners[1].x)
        corners[i] = { x = x, f = objective:value(x) }
      end
    end
    sort(corners)
  end
end
