--- Newton's method along a direction of descent: eigenvalues of the Hessian are replaced by their absolute values, so
-- that it leaves saddle points; the step is damped by the line search.
-- Nocedal, Wright, "Numerical optimization", 2006, section 3.4; Dauphin et al., "Identifying and attacking the saddle
-- point problem", NeurIPS 2014.
local core = require "optlab.core"
local descent = require "optlab.minimize.methods.descent"
local linalg = require "optlab.linalg"

-- -|H|^-1 g, with small eigenvalues raised.
local function direction(H, g)
  local lambda, Q = linalg.eigh(H)
  local absolute = lambda:abs()
  local floor = math.max(absolute:amax():item() * 1e-12, 1e-300)
  return -Q:matmul(Q:t():matmul(g) / core.tensor.clamp(absolute, { min = floor }))
end

return function(objective, run, o)
  local at = descent.start(objective)
  while not run:at(at.x, at.f, at.g) do
    local to = descent.search(objective, o, at, direction(objective:hessian(at.x), at.g))
    if not to then return run:stop "line search" end
    at = to
  end
end
