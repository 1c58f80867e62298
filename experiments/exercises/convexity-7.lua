--- Show that f(x + ε) = f(x) + ε f'(x) + ½ ε² f''(x + ξ) for some ξ in [0, ε].
-- Book section: "Convexity", exercise 7.
--
-- The argument: the rest r = f(x + ε) - f(x) - ε f'(x) is the integral of (ε - t) f''(x + t) over t
-- from 0 to ε. The weight ε - t is not negative and has the integral ½ ε², so r lies between ½ ε²
-- min f'' and ½ ε² max f'' on the interval, and a continuous f'' takes every value between them.
-- Nothing here needs f to be convex; if it is, r >= 0: f lies above its tangents.
-- What to notice: a ξ is found each time, also for sin, which is not convex; and ξ/ε comes close
-- to 1/3 for small ε, where the weight ε - t has its mean, wherever f''' is not 0.
local lab = require "optlab"
local train = lab.train

local p = lab.params {at = {default = 0.4, help = "x"}}

local function softplus(x) return lab.log(1 + lab.exp(x)) end
for _, entry in ipairs {{"exp", lab.exp}, {"log(1 + exp)", softplus}, {"sin", lab.sin}} do
  local name, f = table.unpack(entry)
  local slope, curvature = lab.func.grad(f), lab.func.hessian(f)
  for _, epsilon in ipairs {1, 0.1, 0.01} do
    local wanted = 2 * (f(p.at + epsilon) - f(p.at) - epsilon * slope(p.at)) / epsilon ^ 2
    local function miss(xi) return curvature(p.at + xi) - wanted end
    local a, b, sign = 0, epsilon, miss(0) < 0 and 1 or -1
    assert(miss(a) * miss(b) <= 0, "f'' - r is of one sign")
    for _ = 1, 50 do -- bisection
      local middle = (a + b) / 2
      if sign * miss(middle) < 0 then a = middle else b = middle end
    end
    train.record(name, epsilon, {xi = a, share = a / epsilon, miss = math.abs(miss(a))})
    print(("%-12s ε = %4g: ξ = %.6f = %.4f ε"):format(name, epsilon, a, a / epsilon))
  end
end
