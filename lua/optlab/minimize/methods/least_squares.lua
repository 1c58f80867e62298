--- Least squares: Gauss-Newton with a line search, and Levenberg-Marquardt. f returns the residuals r; what is
-- minimized is the sum of their squares.
-- More, "The Levenberg-Marquardt algorithm: implementation and theory", 1978; Nielsen, "Damping parameter in
-- Marquardt's method", 1999, for how the damping changes.
local core = require "optlab.core"
local line_search = require "optlab.minimize.line_search"
local linalg = require "optlab.linalg"

local M = {}

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

-- The p of least (|r + J p|^2 + damping |D p|^2), by the QR factors of the stacked matrix: J'J is never formed.
local function damped_step(at, damping, D)
  local n = at.x:numel()
  local stacked = core.tensor.cat({ at.J, core.tensor.diag(math.sqrt(damping) * D) }, 1)
  local right = core.tensor.cat({ -at.r, core.tensor.zeros(n, { dtype = "float64" }) }, 1)
  local Q, R = linalg.qr(stacked)
  return linalg.solve_triangular(R, Q:t():matmul(right):unsqueeze(2), { upper = true }):reshape(n)
end

function M.levenberg_marquardt(objective, run, o)
  local at = linearize(objective, start(objective))
  local damping, growth = o.damping, 2
  local D
  while not run:at(at.x, at.f, at.g, { damping = damping }) do
    local columns = (at.J ^ 2):sum(1):sqrt()
    D = D and core.tensor.maximum(D, columns) or columns
    D = core.tensor.where(D:gt(0), D, core.tensor.ones_like(D))
    local to
    repeat
      local p = damped_step(at, damping, D)
      local x = at.x + p
      local r = objective:residuals(x)
      local f = dot(r, r)
      local predicted = damping * dot(D * p, D * p) - dot(p, at.g) / 2
      local ratio = (at.f - f) / predicted
      if ratio > 1e-4 then
        damping, growth = damping * math.max(1 / 3, 1 - (2 * math.min(ratio, 1) - 1) ^ 3), 2
        to = { x = x, r = r, f = f }
      else
        damping, growth = damping * growth, growth * 2
      end
    until to or damping > 1e30
    if not to then return run:stop "line search" end
    at = linearize(objective, to)
  end
end

return M
