--- Newton's method within a radius that is trusted: the exact minimum of the quadratic model there.
-- Nocedal, Wright, "Numerical optimization", 2006, algorithm 4.1 and section 4.3; More, Sorensen, "Computing a trust
-- region step", SIAM Journal on Scientific and Statistical Computing 4, 1983.
local core = require "optlab.core"
local descent = require "optlab.minimize.methods.descent"
local linalg = require "optlab.linalg"

-- In the eigenvectors' coordinates: the p with (lambda_i + shift) p_i = -g_i and |p| = radius, shift >= max(0, -least).
local function shifted(lambda, g, radius)
  local least = lambda[1]
  local function norm(shift)
    local sum = 0
    for i = 1, #g do sum = sum + (g[i] / (lambda[i] + shift)) ^ 2 end
    return math.sqrt(sum)
  end
  if least > 0 and norm(0) <= radius then return 0 end
  -- |p(shift)| falls from infinity (or, in the hard case, from less than the radius) as shift grows beyond -least
  local size = 0
  for i = 1, #g do size = math.max(size, math.abs(lambda[i])) end
  local low = math.max(0, -least) + 1e-14 * math.max(size, 1e-300)
  if norm(low) <= radius then return low, true end
  local high = low + math.max(size, 1e-8)
  while norm(high) > radius do high = low + 4 * (high - low) end
  for _ = 1, 100 do
    local middle = (low + high) / 2
    if norm(middle) > radius then low = middle else high = middle end
    if high - low <= 1e-12 * high then break end
  end
  return high
end

-- The step, and by how much it lowers the model.
local function solve(lambda, Q, g, radius)
  local values, components = lambda:tolist(), Q:t():matmul(g):tolist()
  local shift, hard = shifted(values, components, radius)
  local p, square = {}, 0
  for i, c in ipairs(components) do
    p[i] = -c / (values[i] + shift)
    square = square + p[i] ^ 2
  end
  -- the hard case: the gradient has no part along the lowest curvature; go there up to the radius
  if hard then p[1] = p[1] + math.sqrt(math.max(0, radius ^ 2 - square)) * (p[1] < 0 and -1 or 1) end
  local model, length = 0, 0
  for i, c in ipairs(components) do
    model = model + c * p[i] + values[i] * p[i] ^ 2 / 2
    length = length + p[i] ^ 2
  end
  return Q:matmul(core.tensor.tensor(p, { dtype = "float64" })), model, math.sqrt(length)
end

return function(objective, run, o)
  local at, radius = descent.start(objective), o.radius or 1
  while not run:at(at.x, at.f, at.g, { radius = radius }) do
    local lambda, Q = linalg.eigh(objective:hessian(at.x))
    local to
    repeat
      local p, model, length = solve(lambda, Q, at.g, radius)
      local x = at.x + p
      local f, g = objective:value_and_gradient(x)
      local ratio = (at.f - f) / -model
      if ratio < 0.25 or ratio ~= ratio then
        radius = length / 4
      elseif ratio > 0.75 and length > 0.99 * radius then
        radius = 2 * radius
      end
      if ratio > 1e-4 then to = { x = x, f = f, g = g } end
    until to or radius < 1e-16 * math.max(1, at.x:norm():item())
    if not to then return run:stop "line search" end
    at = to
  end
end
