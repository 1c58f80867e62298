--- L-BFGS: BFGS from the last `memory` steps, without a matrix.
-- Nocedal, Wright, "Numerical optimization", 2006, algorithms 7.4 and 7.5.
local descent = require "optlab.minimize.methods.descent"

local function dot(a, b) return (a * b):sum():item() end

-- The two loops: an approximation of the inverse Hessian times g.
local function direction(pairs_of, g)
  local q, alpha = -g, {}
  for i = #pairs_of, 1, -1 do
    local k = pairs_of[i]
    alpha[i] = dot(k.s, q) / k.sy
    q = q - alpha[i] * k.y
  end
  local last = pairs_of[#pairs_of]
  if last then q = q * (last.sy / dot(last.y, last.y)) end
  for i, k in ipairs(pairs_of) do q = q + (alpha[i] - dot(k.y, q) / k.sy) * k.s end
  return q
end

return function(objective, run, o)
  local at, kept = descent.start(objective), {}
  while not run:at(at.x, at.f, at.g) do
    local first = #kept == 0 and 1 / math.max(1, at.g:norm():item()) or 1
    local to = descent.search(objective, o, at, direction(kept, at.g), first)
    if not to then
      if #kept == 0 then return run:stop "line search" end
      kept = {}
    else
      local s, y = to.x - at.x, to.g - at.g
      local sy = dot(s, y)
      if sy > 1e-12 * math.sqrt(dot(s, s) * dot(y, y)) then
        kept[#kept + 1] = { s = s, y = y, sy = sy }
        if #kept > o.memory then table.remove(kept, 1) end
      end
      at = to
    end
  end
end
