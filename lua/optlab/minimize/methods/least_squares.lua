--- Least squares: Gauss-Newton with a line search, and Levenberg-Marquardt. f returns the residuals r; what is
-- minimized is the sum of their squares.
-- Moré, "The Levenberg-Marquardt algorithm: implementation and theory", 1978: a radius in scaled variables, from which
-- the damping follows.
local core = require "optlab.core"
local line_search = require "optlab.minimize.line_search"
local linalg = require "optlab.linalg"

local M = {}

local FIRST = 100 -- the first radius, in lengths of the scaled starting point
local ZERO, SMALLEST = 1e-14, 2 ^ -52 -- a singular value beside the largest, a radius beside the scaled point

local function dot(a, b) return (a * b):sum():item() end

local function start(objective)
  local x = objective.start
  local r = objective:residuals(x)
  return { x = x, r = r, f = dot(r, r) }
end

local function linearize(objective, at)
  at.J = objective:jacobian(at.x)
  at.g = 2 * at.J:t():matmul(at.r)
  return at
end

--- The minimum of |r + J p|^2, of least norm; as far along it as Armijo's condition allows.
function M.gauss_newton(objective, run, o)
  local at = linearize(objective, start(objective))
  while not run:at(at.x, at.f, at.g) do
    local p = -linalg.pinv(at.J):matmul(at.r)
    local slope = dot(at.g, p)
    local function phi(a)
      local x = at.x + a * p
      local r = objective:residuals(x)
      return dot(r, r), x, r
    end
    local a, f, x, r
    if slope < 0 then a, f, x, r = line_search.backtracking(phi, at.f, slope, { c1 = o.c1 }) end
    if not a then return run:stop "line search" end
    at = linearize(objective, { x = x, r = r, f = f })
  end
end

-- |z| for the singular values s and a damping, z_i = s_i b_i / (s_i^2 + damping), and minus its derivative times |z|.
local function length(s, b, damping)
  local square, slope = 0, 0
  for i, value in ipairs(s) do
    local below = value * value + damping
    local z = value == 0 and 0 or value * b[i] / below
    square, slope = square + z * z, slope + (z == 0 and 0 or z * z / below)
  end
  return math.sqrt(square), slope
end

-- The p of least |r + J p| among those with |D p| <= radius, its damping, |D p|. By the singular values of J / D;
-- Newton's method on 1 / |D p| finds the damping with which |D p| is the radius (Hebden; Moré, section 5).
local function within_radius(at, radius, D)
  local U, S, Vh = linalg.svd(at.J / D, { full_matrices = false })
  S = core.tensor.where(S:gt(S:amax() * ZERO), S, core.tensor.zeros_like(S))
  local b = -U:t():matmul(at.r)
  local s, right = S:tolist(), b:tolist()
  local damping = 0
  local size, slope = length(s, right, 0)
  for _ = 1, 50 do
    if size <= (damping == 0 and 1 or 1.1) * radius then break end
    damping = damping + (size - radius) / radius * size * size / slope
    size, slope = length(s, right, damping)
  end
  local z = core.tensor.where(S:gt(0), S * b / (S ^ 2 + damping), core.tensor.zeros_like(S))
  return Vh:t():matmul(z) / D, damping, size
end

-- How much shorter the next step may be after one that did less than promised: by the parabola through both values.
local function shorter(at, f, half_slope)
  if f ~= f or f > 100 * at.f then return 0.1 end
  if f <= at.f then return 0.5 end
  return math.min(0.5, math.max(0.1, half_slope / (2 * half_slope + at.f - f)))
end

-- The length of each column, the largest so far: the scale of the variables.
local function scale(D, J)
  local columns = (J ^ 2):sum(1):sqrt()
  if D then return core.tensor.maximum(D, columns) end
  return core.tensor.where(columns:gt(0), columns, core.tensor.ones_like(columns))
end

function M.levenberg_marquardt(objective, run, o)
  local at = linearize(objective, start(objective))
  local D, radius, damping
  while not run:at(at.x, at.f, at.g, { damping = damping, radius = radius }) do
    D = scale(D, at.J)
    local reach = (D * at.x):norm():item()
    radius = radius or o.radius or FIRST * (reach > 0 and reach or 1)
    local to
    repeat
      local p, size
      p, damping, size = within_radius(at, radius, D)
      local x = at.x + p
      local r, change = objective:residuals(x), at.J:matmul(p)
      local f = dot(r, r)
      local ratio = (at.f - f) / (dot(change, change) + 2 * damping * size * size)
      if ratio > 1e-4 then to = { x = x, r = r, f = f } end
      if ratio ~= ratio or ratio <= 0.25 then
        radius = shorter(at, f, dot(at.g, p) / 2) * math.min(radius, 10 * size)
      elseif damping == 0 or ratio >= 0.75 then
        radius = 2 * size
      end
    until to or radius <= SMALLEST * math.max(reach, 1e-290)
    if not to then return run:stop "line search" end
    at = linearize(objective, to)
  end
end

return M
