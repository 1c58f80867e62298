--- Proximal and projected gradient, with FISTA's acceleration: f + h, where f is smooth and h has a simple proximal
-- map: lambda |x|_1 (`l1`), membership of a box (`bounds`), or one of your own (`prox`).
-- Beck, Teboulle, "A fast iterative shrinkage-thresholding algorithm for linear inverse problems", SIAM Journal on
-- Imaging Sciences 2, 2009, with backtracking; O'Donoghue, Candes, "Adaptive restart for accelerated gradient schemes",
-- 2015, for the restarts.
local core = require "optlab.core"

local function dot(a, b) return (a * b):sum():item() end

-- The proximal map of t h, and h itself.
local function maps(objective, o)
  if o.prox then
    return function(x, t)
      local y = o.prox(objective:point(x), t)
      return core.tensor.is_tensor(y) and y:detach():to("float64"):reshape(x:numel())
        or core.tensor.tensor(type(y) == "number" and { y } or y, { dtype = "float64" })
    end, function(x) return o.penalty and o.penalty(objective:point(x)) or 0 end
  end
  local function prox(x, t)
    if o.l1 > 0 then x = x:sign() * core.tensor.clamp(x:abs() - t * o.l1, { min = 0 }) end
    if o.low then x = core.tensor.minimum(core.tensor.maximum(x, o.low), o.high) end
    return x
  end
  return prox, function(x) return o.l1 * x:abs():sum():item() end
end

return function(objective, run, o)
  local prox, penalty = maps(objective, o)
  local x = prox(objective.start, 0)
  local step, theta, y = o.initial_step or 1, 1, x
  local F = objective:value(x) + penalty(x)
  local g -- (y - prox(y - step grad)) / step: 0 at a minimum
  while not run:at(x, F, g) do
    local f, grad = objective:value_and_gradient(y)
    local to, value
    for _ = 1, 60 do
      to = prox(y - step * grad, step)
      value = objective:value(to)
      local d = to - y
      if value <= f + dot(grad, d) + dot(d, d) / (2 * step) + 1e-14 * math.abs(f) then break end
      step = step / 2
    end
    g = (y - to) / step
    if o.accelerate then
      local next_theta = (1 + math.sqrt(1 + 4 * theta * theta)) / 2
      if dot(y - to, to - x) > 0 then
        theta, y = 1, to -- the momentum points uphill: start it anew
      else
        y = to + (theta - 1) / next_theta * (to - x)
        theta = next_theta
      end
    else
      y = to
    end
    x, F = to, value + penalty(to)
    step = step * o.growth
  end
end
