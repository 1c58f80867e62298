--- Functions of one number: brackets, golden section, Brent's method, bisection of the derivative.
-- Press et al., "Numerical recipes", 2007, chapter 10; Brent, "Algorithms for minimization without derivatives", 1973.
-- @module optlab.minimize.scalar
local core = require "optlab.core"

local M = {}

local GOLDEN = (3 - math.sqrt(5)) / 2 -- the smaller part of the golden section
local GROW = 1 / GOLDEN - 1

--- Three places with a lower value in the middle, looked for from `a` downhill with steps that grow.
-- @tparam function f
-- @tparam number a where to start, with the value fa
-- @tparam number reach the first step
-- @return low, middle, high, in ascending order; nothing where the values do not rise again within 1e10 steps' length
function M.bracket(f, a, fa, reach)
  local b = a + reach
  local fb = f(b)
  if fb >= fa or fb ~= fb then
    local c = a - reach
    local fc = f(c)
    if fc >= fa or fc ~= fc then return c, a, b end
    a, b, fb, reach = a, c, fc, -reach
  end
  for _ = 1, 60 do
    reach = reach * GROW
    local c = b + reach
    local fc = f(c)
    if fc >= fb or fc ~= fc then return math.min(a, c), b, math.max(a, c) end
    a, b, fb = b, c, fc
  end
end

--- Brent's method within a bracket: parabolas where they help, else golden sections.
-- @return the place and its value
function M.brent(f, low, middle, high, tolerance)
  local x, w, v = middle, middle, middle
  local fx = f(x)
  local fw, fv = fx, fx
  local d, e = 0, 0
  for _ = 1, 200 do
    local center = (low + high) / 2
    local tol = tolerance * math.abs(x) + 1e-12
    if math.abs(x - center) <= 2 * tol - (high - low) / 2 then break end
    local golden = true
    if math.abs(e) > tol then
      local r, q = (x - w) * (fx - fv), (x - v) * (fx - fw)
      local p = (x - v) * q - (x - w) * r
      q = 2 * (q - r)
      if q > 0 then p = -p end
      q = math.abs(q)
      if math.abs(p) < math.abs(q * e / 2) and p > q * (low - x) and p < q * (high - x) then
        golden, e, d = false, d, p / q
        if x + d - low < 2 * tol or high - x - d < 2 * tol then d = center >= x and tol or -tol end
      end
    end
    if golden then
      e = x >= center and low - x or high - x
      d = GOLDEN * e
    end
    local u = math.abs(d) >= tol and x + d or x + (d > 0 and tol or -tol)
    local fu = f(u)
    if fu <= fx then
      if u >= x then low = x else high = x end
      v, fv, w, fw, x, fx = w, fw, x, fx, u, fu
    else
      if u < x then low = u else high = u end
      if fu <= fw or w == x then
        v, fv, w, fw = w, fw, u, fu
      elseif fu <= fv or v == x or v == w then
        v, fv = u, fu
      end
    end
  end
  return x, fx
end

--- The methods of lab.minimize for one number, on a bracket {low, high} or from x0 with one that is looked for.

local function item(x) return x:select(1, 1):item() end

local function vector(a) return core.tensor.tensor({ a }, { dtype = "float64" }) end

-- The bracket {low, high} of the options, or one around the start; f at a number.
local function begin(objective, o)
  local x = objective.start
  local function f(a) return objective:value(vector(a)) end
  if o.bracket then return f, o.bracket[1], o.bracket[2] end
  local low, _, high = M.bracket(f, item(x), f(item(x)), o.initial_step or 1)
  return f, low, high
end

--- Golden section: the bracket shrinks by 0.618 with each evaluation.
function M.golden(objective, run, o)
  local f, a, b = begin(objective, o)
  if not a then
    run:at(objective.start, objective:value(objective.start))
    return run:stop "not finite"
  end
  local x, y = a + GOLDEN * (b - a), b - GOLDEN * (b - a)
  local fx, fy = f(x), f(y)
  local function best() return fx <= fy and x or y, math.min(fx, fy) end
  while true do
    local at, value = best()
    if run:at(vector(at), value, nil, { low = a, high = b }) then return end
    if b - a <= o.simplex_xtol * math.max(1, math.abs(at)) then return run:stop "step" end
    if fx <= fy then
      b, y, fy = y, x, fx
      x = a + GOLDEN * (b - a)
      fx = f(x)
    else
      a, x, fx = x, y, fy
      y = b - GOLDEN * (b - a)
      fy = f(y)
    end
  end
end

--- Bisection: halves the bracket by the sign of the derivative.
function M.bisection(objective, run, o)
  local _, a, b = begin(objective, o)
  local like = objective.start
  if not a then
    run:at(like, objective:value(like))
    return run:stop "not finite"
  end
  while true do
    local middle = vector((a + b) / 2)
    local value, g = objective:value_and_gradient(middle)
    if run:at(middle, value, g, { low = a, high = b }) then return end
    if b - a <= o.simplex_xtol * math.max(1, math.abs(a + b) / 2) then return run:stop "step" end
    if item(g) > 0 then b = item(middle) else a = item(middle) end
  end
end

--- Brent's method.
function M.brent_method(objective, run, o)
  local f, a, b = begin(objective, o)
  local like = objective.start
  run:at(like, objective:value(like))
  if not a then return run:stop "not finite" end
  local x, value = M.brent(f, a, a + GOLDEN * (b - a), b, o.simplex_xtol)
  run:at(vector(x), value)
  run:stop "step"
end

return M
