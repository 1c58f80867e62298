--- Methods of NLopt (S. G. Johnson, "The NLopt nonlinear-optimization package"): bounds and constraints.
--
-- * bobyqa: Powell, "The BOBYQA algorithm for bound constrained optimization without derivatives", 2009
-- * cobyla: Powell, "A direct search optimization method that models the objective and constraint functions by linear
--   interpolation", 1994
-- * slsqp: Kraft, "A software package for sequential quadratic programming", report DFVLR-FB 88-28, 1988
-- * direct: Jones, Perttunen, Stuckman, "Lipschitzian optimization without the Lipschitz constant", 1993, in the form
--   of Gablonsky and Kelley, "A locally-biased form of the DIRECT algorithm", 2001
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local Objective = require "optlab.minimize.objective"

local FLOAT64 = { dtype = "float64" }
local TOLERANCE = 1e-8 -- of a constraint
local ALGORITHM = { bobyqa = "LN_BOBYQA", cobyla = "LN_COBYLA", slsqp = "LD_SLSQP", direct = "GN_DIRECT_L" }
local REASON = { [1] = "step", [2] = "target", [3] = "value", [4] = "step", [5] = "evaluations", [-4] = "rounding" }

-- One function of the numbers that the functions of a list return, one after another.
local function joined(list, name)
  return function(...)
    local parts = {}
    for i, g in ipairs(list) do
      local y = g(...)
      if type(y) == "number" then y = core.tensor.tensor({ y }, FLOAT64) end
      if not core.tensor.is_tensor(y) then
        errors.raise("lab.minimize: %s must return a number or a tensor, got %s", name, errors.shown(y))
      end
      parts[i] = y:reshape(y:numel())
    end
    return core.tensor.cat(parts, 1)
  end
end

-- Constraints: how many numbers they are, and how NLopt asks for them.
local function constraints(o, name)
  local list = o[name]
  if not list then return { count = 0 } end
  if type(list) ~= "table" or getmetatable(list) then list = { list } end
  local c = Objective.new { f = joined(list, name), x0 = o.x0 }
  return { count = c:residuals(c.start):numel(), values = function(x) return c:residuals(x) end,
    ask = function(x, wants_gradient)
      return c:residuals(x):contiguous(), wants_gradient and c:jacobian(x):contiguous() or nil
    end }
end

-- By how much the constraints are not kept at x.
local function violation(x, inequality, equality)
  local worst = 0
  if inequality.values then worst = math.max(worst, inequality.values(x):amax():item()) end
  if equality.values then worst = math.max(worst, equality.values(x):abs():amax():item()) end
  return worst
end

local function check_start(x, o)
  if not o.low then return end
  local values, low, high = x:tolist(), o.low:tolist(), o.high:tolist()
  for i, v in ipairs(values) do
    if v < low[i] or v > high[i] then
      errors.raise("lab.minimize: %s starts within the bounds; variable %d of x0 is %g, and its bounds are %g and %g",
        o.method, i, v, low[i], high[i])
    end
  end
end

return function(objective, run, o)
  check_start(objective.start, o)
  local inequality, equality = constraints(o, "inequality"), constraints(o, "equality")
  local function value(x, wants_gradient)
    local f, g
    if wants_gradient then
      f, g = objective:value_and_gradient(x)
    else
      f = objective:value(x)
    end
    return core.tensor.tensor({ f }, FLOAT64), g and g:contiguous(), run:note(x, f, g)
  end
  local x, f, status, told = core.minimize.nlopt({
    algorithm = ALGORITHM[o.method], x0 = objective.start, low = o.low and o.low:contiguous(),
    high = o.high and o.high:contiguous(), ftol = o.ftol, xtol = math.max(o.xtol, o.simplex_xtol),
    step = o.initial_step, inequalities = inequality.count, equalities = equality.count,
    tolerance = core.tensor.full({ math.max(inequality.count, equality.count) }, TOLERANCE, FLOAT64),
  }, value, inequality.ask, equality.ask)
  if not run.reason and not REASON[status] then
    errors.raise("lab.minimize: %s failed%s", o.method, told ~= "" and ": " .. told or "")
  end
  if status < 0 and run.best then x, f = run.best.x, run.best.f end
  run:finish(x, f, run.reason or REASON[status])
  if inequality.values or equality.values then run.violation = violation(x, inequality, equality) end
end
