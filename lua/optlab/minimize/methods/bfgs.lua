--- BFGS: an approximation of the inverse Hessian, updated at each step.
-- Nocedal, Wright, "Numerical optimization", 2006, algorithm 6.1; the first one is scaled as (6.20) says.
local core = require "optlab.core"
local descent = require "optlab.minimize.methods.descent"

local function dot(a, b) return (a * b):sum():item() end

-- H (I - rho s y') ... + rho s s'
local function update(H, s, y, sy)
  local Hy = H:matmul(y)
  local factor = (1 + dot(y, Hy) / sy) / sy
  local a, b = s:unsqueeze(2), Hy:unsqueeze(2)
  local cross = b:matmul(s:unsqueeze(1))
  return H + factor * a:matmul(s:unsqueeze(1)) - (cross + cross:t()) / sy
end

return function(objective, run, o)
  local at = descent.start(objective)
  local n = at.x:numel()
  local identity = core.tensor.eye(n, { dtype = "float64" })
  local H, is_new = identity, true
  while not run:at(at.x, at.f, at.g) do
    local to = descent.search(objective, o, at, -H:matmul(at.g), is_new and 1 / math.max(1, at.g:norm():item()) or 1)
    if not to then
      if is_new then return run:stop "line search" end
      H, is_new = identity, true
    else
      local s, y = to.x - at.x, to.g - at.g
      local sy = dot(s, y)
      if sy > 1e-12 * math.sqrt(dot(s, s) * dot(y, y)) then
        if is_new then H = identity * (sy / dot(y, y)) end
        H, is_new = update(H, s, y, sy), false
      end
      at = to
    end
  end
end
