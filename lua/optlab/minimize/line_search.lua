--- Line searches: how far to go along a direction.
--
-- `phi(a)` gives the value at step a and, for the Wolfe conditions, the slope there; more results are handed back as
-- they are. Nocedal, Wright, "Numerical optimization", 2006, chapter 3.
-- @module optlab.minimize.line_search
local M = {}

local MAX_STEPS = 40
local ROUNDING = 2.0 ^ -50 -- as a share of the value

local function finite(x) return x - x == 0 end

--- The first of a, a shrink, a shrink^2, ... with phi(a) <= phi(0) + c1 a slope (Armijo's condition).
-- @treturn ?number the step, nil where there is none
-- @return what phi gave there
function M.backtracking(phi, value, slope, o)
  local a = o.first or 1
  for _ = 1, MAX_STEPS do
    local result = table.pack(phi(a))
    if finite(result[1]) and result[1] <= value + o.c1 * a * slope then return a, table.unpack(result, 1, result.n) end
    a = a * (o.shrink or 0.5)
  end
end

-- Where the cubic through two values and slopes is least, kept away from the ends of the interval.
local function cubic(a, fa, da, b, fb, db)
  local d1 = da + db - 3 * (fa - fb) / (a - b)
  local square = d1 * d1 - da * db
  local low, high = math.min(a, b), math.max(a, b)
  local margin = 0.1 * (high - low)
  local at = (a + b) / 2
  if square >= 0 then
    local d2 = math.sqrt(square) * (b > a and 1 or -1)
    local t = b - (b - a) * (db + d2 - d1) / (db - da + 2 * d2)
    if finite(t) then at = t end
  end
  return math.max(low + margin, math.min(high - margin, at))
end

--- A step that satisfies the strong Wolfe conditions: phi(a) <= phi(0) + c1 a slope and |phi'(a)| <= c2 |slope|.
-- Algorithms 3.5 and 3.6.
-- @treturn ?number the step; one that satisfies only the first condition where no better one is found; nil if not even
--   that
-- @return what phi gave there
function M.strong_wolfe(phi, value, slope, o)
  local c1, c2 = o.c1, o.c2
  local best

  local function at(a)
    local result = table.pack(phi(a))
    local p = { a = a, f = result[1], d = result[2], result = result }
    if finite(p.f) and p.f <= value + c1 * a * slope and (not best or p.f < best.f) then best = p end
    return p
  end
  -- Near a minimum the value no longer tells, only its slope does (Hager, Zhang, "A new conjugate gradient method with
  -- guaranteed descent and an efficient line search", 2005).
  local noise = ROUNDING * math.abs(value)
  local function is_flat(p) return math.abs(p.f - value) <= noise and math.abs(p.d) <= -c2 * slope end
  local function accept(p) return p.a, table.unpack(p.result, 1, p.result.n) end
  local function give_up()
    if best then return accept(best) end
  end

  local function zoom(low, high)
    for _ = 1, MAX_STEPS do
      local a = finite(high.f) and finite(high.d) and cubic(low.a, low.f, low.d, high.a, high.f, high.d)
        or (low.a + high.a) / 2
      if math.abs(high.a - low.a) <= 1e-16 * math.max(1, math.abs(low.a)) then break end
      local p = at(a)
      if is_flat(p) then return accept(p) end
      if not finite(p.f) or p.f > value + c1 * a * slope or p.f >= low.f then
        high = p
      else
        if math.abs(p.d) <= -c2 * slope then return accept(p) end
        if p.d * (high.a - low.a) >= 0 then high = low end
        low = p
      end
    end
    return give_up()
  end

  local before = { a = 0, f = value, d = slope }
  local a = o.first or 1
  for i = 1, MAX_STEPS do
    local p = at(a)
    if is_flat(p) then return accept(p) end
    if not finite(p.f) or p.f > value + c1 * a * slope or (i > 1 and p.f >= before.f) then return zoom(before, p) end
    if math.abs(p.d) <= -c2 * slope then return accept(p) end
    if p.d >= 0 then return zoom(p, before) end
    before, a = p, 2 * a
  end
  return give_up()
end

return M
