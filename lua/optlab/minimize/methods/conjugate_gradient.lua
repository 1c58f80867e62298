--- Nonlinear conjugate gradients with Polak and Ribiere's factor, restarted where it is negative (PR+).
-- Nocedal, Wright, "Numerical optimization", 2006, section 5.2.
local descent = require "optlab.minimize.methods.descent"

local function dot(a, b) return (a * b):sum():item() end

return function(objective, run, o)
  local at = descent.start(objective)
  local d, first = -at.g, 1 / math.max(1, at.g:norm():item())
  while not run:at(at.x, at.f, at.g) do
    if dot(d, at.g) >= 0 then d = -at.g end
    local to = descent.search(objective, o, at, d, first)
    if not to then
      if dot(d + at.g, d + at.g) == 0 then return run:stop "line search" end
      d, first = -at.g, 1 / math.max(1, at.g:norm():item()) -- start anew along the gradient
    else
      local beta = math.max(0, dot(to.g, to.g - at.g) / dot(at.g, at.g))
      local next_d = beta * d - to.g
      first = math.min(1e10, dot(at.g, d) * ((to.x - at.x):norm():item() / d:norm():item()) / dot(to.g, next_d))
      if first <= 0 or first ~= first then first = 1 end
      at, d = to, next_d
    end
  end
end
