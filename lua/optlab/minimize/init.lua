--- Minimizing a function of a few to some ten thousand variables by the methods of numerical optimization.
--
-- `lab.minimize(f, x0, {method = "bfgs"})` returns the minimum that it found, how much it cost, and why it stopped. All
-- arithmetic is float64; derivatives are automatic unless `grad` is given. Methods, each a file in `methods/`:
--
-- * gradients: `gradient_descent conjugate_gradient bfgs lbfgs`; with Hessians: `newton trust_region`
-- * values only: `nelder_mead coordinate_descent`, and with random numbers `cma_es differential_evolution`
-- * sums of squares, f returns the residuals: `gauss_newton levenberg_marquardt`
-- * a smooth function plus a simple one, and boxes: `proximal_gradient`
-- * one number: `golden bisection brent`
-- * bounds and constraints, where NLopt is installed: `bobyqa cobyla slsqp direct`
-- @module optlab.minimize
local args = require "optlab.base.args"
local arguments = require "optlab.base.script_arguments"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local Objective = require "optlab.minimize.objective"
local order = require "optlab.base.order"
local Run = require "optlab.minimize.run"

local FN = "lab.minimize"

local function method(name, part)
  return function(...)
    local module = require("optlab.minimize." .. name)
    return (part and module[part] or module)(...)
  end
end

-- The methods, by name, and what each must have.
local METHODS = {
  gradient_descent = { run = method "methods.gradient_descent" },
  conjugate_gradient = { run = method "methods.conjugate_gradient", c2 = 0.1 },
  bfgs = { run = method "methods.bfgs" },
  lbfgs = { run = method "methods.lbfgs" },
  newton = { run = method "methods.newton" },
  trust_region = { run = method "methods.trust_region" },
  gauss_newton = { run = method("methods.least_squares", "gauss_newton") },
  levenberg_marquardt = { run = method("methods.least_squares", "levenberg_marquardt") },
  nelder_mead = { run = method "methods.nelder_mead" },
  cma_es = { run = method "methods.cma_es" },
  differential_evolution = { run = method "methods.differential_evolution", bounds = true, in_box = true },
  proximal_gradient = { run = method "methods.proximal_gradient", in_box = true },
  coordinate_descent = { run = method "methods.coordinate_descent" },
  golden = { run = method("scalar", "golden"), scalar = true },
  bisection = { run = method("scalar", "bisection"), scalar = true },
  brent = { run = method("scalar", "brent_method"), scalar = true },
  bobyqa = { run = method "methods.nlopt", nlopt = true, in_box = true, least = 2 },
  cobyla = { run = method "methods.nlopt", nlopt = true, in_box = true, constraints = true },
  slsqp = { run = method "methods.nlopt", nlopt = true, in_box = true, constraints = true },
  direct = { run = method "methods.nlopt", nlopt = true, in_box = true, bounds = true, evaluations = 2000 },
}
local NAMES = order.names(METHODS)

-- The methods that have something, as "a, b and c".
local function having(what)
  local list = {}
  for _, name in ipairs(NAMES) do list[#list + 1] = METHODS[name][what] and name or nil end
  return table.concat(list, ", ", 1, #list - 1) .. " and " .. list[#list]
end

local MINIMIZE = args.declare(FN, {
  doc = "Minimizes a function; returns {x =, f =, converged =, reason =, message =, steps =, evaluations =, "
    .. "gradients =, hessians =, gradient_norm =, violation =, path =}.",
  positions = 2,
  { "f", "callable", required = true,
    doc = "The function, of one number, of as many numbers as x0 has, or of a tensor. For gauss_newton and "
      .. "levenberg_marquardt it returns the residuals, and the sum of their squares is minimized." },
  { "x0", "number|tensor|list", of = { "number" }, least = 1, required = true,
    doc = "Where to start: a number, a list of numbers or a tensor." },
  { "method", "choice", choices = NAMES, default = "bfgs", doc = "The method." },
  { "grad", "callable",
    doc = "A function that is called like f and returns the gradient; by default automatic differentiation." },
  { "gtol", "number", min = 0, default = 1e-6,
    doc = "Stops when no element of the gradient is larger than this." },
  { "ftol", "number", min = 0, default = 0,
    doc = "Stops when a step lowers the value by at most this share of it (or of 1); 0: never." },
  { "xtol", "number", min = 0, default = 0,
    doc = "Stops when a step changes no variable by more than this share of the largest (or of 1); 0: never." },
  { "target", "number", doc = "Stops when the value is at most this." },
  { "max_steps", "integer", min = 0,
    doc = "The largest number of steps; by default 10000, and no limit for NLopt's methods, where each evaluation "
      .. "is a step." },
  { "max_evaluations", "integer", min = 1,
    doc = "No step begins after this many evaluations of f; by default 1000000, direct: 2000 for each variable." },
  { "line_search", "choice", choices = { "strong_wolfe", "backtracking" }, default = "strong_wolfe",
    doc = "How the methods with gradients choose the length of a step." },
  { "c1", "number", above = 0, below = 1, default = 1e-4,
    doc = "The least decrease of a step, as a share of the decrease that the slope predicts (Armijo)." },
  { "c2", "number", above = 0, below = 1,
    doc = "The largest slope after a step, as a share of the first (Wolfe); by default 0.9, and 0.1 for "
      .. "conjugate_gradient." },
  { "memory", "integer", min = 1, default = 10, doc = "lbfgs: the number of steps that it remembers." },
  { "radius", "number", above = 0,
    doc = "The first radius: of trust_region, by default 1, and of levenberg_marquardt, where the variables are scaled "
      .. "by the columns of the first Jacobian, by default 100 times the length of x0." },
  { "initial_step", "number", above = 0,
    doc = "The first step: nelder_mead's side (by default 5 % of a variable), proximal_gradient's rate, the reach of "
      .. "coordinate_descent and of methods for one number (by default 1), bobyqa's and cobyla's." },
  { "simplex_ftol", "number", min = 0, default = 1e-10,
    doc = "Methods without gradients stop where the values of their points differ by no more than this, and their "
      .. "points by no more than simplex_xtol." },
  { "simplex_xtol", "number", min = 0, default = 1e-8,
    doc = "See simplex_ftol; methods for one number stop where the bracket is this narrow, those of NLopt where "
      .. "steps are this short, as a share of x or at all." },
  { "sigma", "number", above = 0, default = 0.5, doc = "cma_es: the first standard deviation." },
  { "population", "integer", min = 4,
    doc = "cma_es, differential_evolution: the number of points; by default 4 + 3 log n, and 15 n." },
  { "weight", "number", above = 0, max = 2, default = 0.7, doc = "differential_evolution: the weight of the "
    .. "difference (F)." },
  { "crossover", "number", min = 0, max = 1, default = 0.7,
    doc = "differential_evolution: the share of variables that change (CR)." },
  { "bounds", "table", doc = "A box, {low, high}: two numbers, lists or tensors; for " .. having "in_box" .. "." },
  { "inequality", "callable|list", of = { "callable" },
    doc = "cobyla, slsqp: a function called like f, or a list of them, whose values must be at most 0." },
  { "equality", "callable|list", of = { "callable" },
    doc = "cobyla, slsqp: a function called like f, or a list of them, whose values must be 0." },
  { "bracket", "list", of = { "number" }, doc = "golden, bisection, brent: {low, high} with a minimum between them." },
  { "l1", "number", min = 0, default = 0, doc = "proximal_gradient: the factor of the sum of |x| that is added to f." },
  { "prox", "callable", doc = "proximal_gradient: prox(x, t) returns the proximal map of t h at x." },
  { "penalty", "callable", doc = "proximal_gradient: the value of h at x, beside prox." },
  { "accelerate", "flag", default = true, doc = "proximal_gradient: whether it has FISTA's momentum." },
  { "growth", "number", min = 1, default = 1, doc = "proximal_gradient: the factor of the rate after each step." },
  { "path", "flag", doc = "Whether the result holds all points, `path`." },
  { "callback", "callable",
    doc = "Called after each step with {x =, f =, step =, evaluations =, ...}; if it returns \"stop\", the search "
      .. "ends." },
})

local function refuse(wrong, fmt, ...)
  if wrong then errors.raise(FN .. ": " .. fmt, ...) end
end

-- A bound as a vector of n.
local function bound(value, n, which)
  if type(value) == "number" then return core.tensor.full({ n }, value, { dtype = "float64" }) end
  if type(value) == "table" then value = core.tensor.tensor(value, { dtype = "float64" }) end
  refuse(not core.tensor.is_tensor(value) or value:numel() ~= n, "bounds[%d] must be a number, or one for each of "
    .. "the %d variables", which, n)
  return value:detach():to("float64"):reshape(n)
end

local function read_bounds(o, n)
  if not o.bounds then return end
  refuse(#o.bounds ~= 2, "bounds must be {low, high}, got a list of %d", #o.bounds)
  o.low, o.high = bound(o.bounds[1], n, 1), bound(o.bounds[2], n, 2)
  refuse(o.low:le(o.high):all():item() == 0, "bounds: a lower bound lies above the upper one")
end

local function read(...)
  local o = MINIMIZE:read(...)
  local m = METHODS[o.method]
  local n = type(o.x0) == "number" and 1 or type(o.x0) == "table" and #o.x0 or o.x0:numel()
  refuse(m.bounds and not o.bounds, "%s needs bounds = {low, high}", o.method)
  refuse(o.bounds and not m.in_box, "%s has no bounds; %s have", o.method, having "in_box")
  for _, name in ipairs { "inequality", "equality" } do
    refuse(o[name] and not m.constraints, "%s has no %s; %s have", o.method, name, having "constraints")
  end
  refuse(m.scalar and n ~= 1, "%s is for one number, and x0 has %d", o.method, n)
  refuse(o.bracket and not m.scalar, "%s has no bracket; golden, bisection and brent have", o.method)
  refuse(o.bracket and not (#o.bracket == 2 and o.bracket[1] < o.bracket[2]), "bracket must be {low, high}")
  refuse(m.least and n < m.least, "%s is for at least %d variables, and x0 has %d", o.method, m.least or 0, n)
  if m.nlopt then
    local found, why = core.minimize.has_nlopt()
    refuse(not found, "%s: %s", o.method, why)
  end
  read_bounds(o, n)
  o.max_steps = o.max_steps or (m.nlopt and math.huge or 10000)
  o.max_evaluations = o.max_evaluations or (m.evaluations and m.evaluations * n) or 1000000
  o.c2 = o.c2 or m.c2 or 0.9
  refuse(o.c1 >= o.c2, "c1 must be below c2, got %g and %g", o.c1, o.c2)
  return o
end

--- Minimizes a function.
-- @tparam function f
-- @tparam number|table|Tensor x0
-- @tparam[opt] table options see the declaration above
-- @treturn table the result; printed, it says in a line what happened
-- @usage local r = lab.minimize(function(x, y) return (1 - x) ^ 2 + 100 * (y - x ^ 2) ^ 2 end, {-1.2, 1})
-- print(r.x[1], r.evaluations, r.message)
local function minimize(...)
  arguments.settle()
  local o = read(...)
  local objective = Objective.new(o)
  local run = Run.new(o, objective)
  METHODS[o.method].run(objective, run, o)
  return run:result()
end

return { minimize = minimize, METHODS = NAMES }
