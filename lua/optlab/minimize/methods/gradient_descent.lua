--- Steepest descent: along the negative gradient, as far as the line search says.
local descent = require "optlab.minimize.methods.descent"

return function(objective, run, o)
  local at = descent.start(objective)
  local first = 1 / math.max(1, at.g:norm():item())
  while not run:at(at.x, at.f, at.g) do
    local to = descent.search(objective, o, at, -at.g, first)
    if not to then return run:stop "line search" end
    -- a step that would lower the value as much as the last one did, to first order (Nocedal, Wright, 3.60)
    first = math.min(1e10, 1.01 * 2 * (at.f - to.f) / (to.g ^ 2):sum():item())
    if first <= 0 or first ~= first then first = 1 end
    at = to
  end
end
