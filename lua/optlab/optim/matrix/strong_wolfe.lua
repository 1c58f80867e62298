--- The line search of torch.optim.LBFGS, step by step: strong Wolfe conditions with c1 = 1e-4, c2 = 0.9.
-- @module optlab.optim.matrix.strong_wolfe
local M = {}

local C1, C2, CHANGE, MAX = 1e-4, 0.9, 1e-9, 25

local function cubic(x1, f1, d1, x2, f2, d2, low, high)
  if not low then low, high = math.min(x1, x2), math.max(x1, x2) end
  local a = d1 + d2 - 3 * (f1 - f2) / (x1 - x2)
  local square = a * a - d1 * d2
  if square < 0 then return (low + high) / 2 end
  local b = math.sqrt(square)
  local at
  if x1 <= x2 then
    at = x2 - (x2 - x1) * ((d2 + b - a) / (d2 - d1 + 2 * b))
  else
    at = x1 - (x1 - x2) * ((d1 + b - a) / (d1 - d2 + 2 * b))
  end
  return math.min(math.max(at, low), high)
end

-- Points until two of them hold a good one between them: these, or one that is good.
local function bracket(at, t, start, slope)
  local before, p, i = start, at(t), 0
  while i < MAX do
    if p.f > start.f + C1 * t * slope or (i > 1 and p.f >= before.f) then return { before, p }, i end
    if math.abs(p.d) <= -C2 * slope then return { p }, i end
    if p.d >= 0 then return { before, p }, i end
    local low, high = t + 0.01 * (t - before.t), t * 10
    t, before = cubic(before.t, before.f, before.d, t, p.f, p.d, low, high), p
    p, i = at(t), i + 1
  end
  return { start, p }, i
end

-- A step between two points that keeps away from both, unless one was close twice.
local function inside(a, b, was_close)
  local t = cubic(a.t, a.f, a.d, b.t, b.f, b.d)
  local low, high = math.min(a.t, b.t), math.max(a.t, b.t)
  local margin = 0.1 * (high - low)
  if math.min(high - t, t - low) >= margin then return t, false end
  if was_close or t >= high or t <= low then
    return math.abs(t - high) < math.abs(t - low) and high - margin or low + margin, false
  end
  return t, true
end

--- Finds a step.
-- @tparam function phi phi(t): the value, the gradient and the slope at step t
-- @tparam number t the first to try
-- @tparam number size the largest element of the direction
-- @tparam number value at 0, with gradient and slope
-- @tparam Tensor gradient
-- @tparam number slope
-- @treturn number the value there
-- @treturn Tensor the gradient
-- @treturn number the step
-- @treturn integer how often phi was called
function M.search(phi, t, size, value, gradient, slope)
  local start, count = { t = 0, f = value, g = gradient, d = slope }, 0
  local function at(x)
    local p = { t = x }
    p.f, p.g, p.d = phi(x)
    count = count + 1
    return p
  end
  local ends, i = bracket(at, t, start, slope)
  if #ends == 1 then return ends[1].f, ends[1].g, ends[1].t, count end
  local low, high, close = 1, 2, false
  local function order()
    low, high = 1, 2
    if ends[1].f > ends[2].f then low, high = 2, 1 end
  end
  order()
  while i < MAX and math.abs(ends[2].t - ends[1].t) * size >= CHANGE do
    t, close = inside(ends[1], ends[2], close)
    local p = at(t)
    i = i + 1
    if p.f > value + C1 * t * slope or p.f >= ends[low].f then
      ends[high] = p
      order()
    else
      if math.abs(p.d) <= -C2 * slope then return p.f, p.g, p.t, count end
      if p.d * (ends[high].t - ends[low].t) >= 0 then ends[high] = ends[low] end
      ends[low] = p
    end
  end
  return ends[low].f, ends[low].g, ends[low].t, count
end

return M
