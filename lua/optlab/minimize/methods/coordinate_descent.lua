--- Coordinate descent: one variable after another, each as far as Brent's method says; values only.
-- Wright, "Coordinate descent algorithms", Mathematical Programming 151, 2015.
local scalar = require "optlab.minimize.scalar"

return function(objective, run, o)
  local x = objective.start:clone()
  local f = objective:value(x)
  local n = x:numel()
  local reach = {} -- how far to look along each coordinate
  for i = 1, n do reach[i] = o.initial_step or 1 end
  while not run:at(x:clone(), f) do
    local before, moved = f, 0
    for i = 1, n do
      local place = x:select(1, i)
      local from = place:item()
      local function along(a)
        place:fill_(from + a)
        return objective:value(x)
      end
      local low, middle, high = scalar.bracket(along, 0, f, reach[i])
      local a, value = 0, f
      if low then a, value = scalar.brent(along, low, middle, high, 1e-8) end
      if value >= f or value ~= value then a, value = 0, f end
      place:fill_(from + a)
      f, moved = value, math.max(moved, math.abs(a) / math.max(1, math.abs(from)))
      reach[i] = math.max(2 * math.abs(a), reach[i] / 4, 1e-10)
    end
    if moved <= o.simplex_xtol and before - f <= o.simplex_ftol then
      run:at(x:clone(), f)
      return run:stop "step"
    end
  end
end
