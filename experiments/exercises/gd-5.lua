--- Preconditioning with the diagonal of H, before and after a turn of the coordinates by 45 degrees.
-- Book section: "Gradient Descent", exercise 5.
--
-- Four functions, convex and not, in coordinates x and in y with x = R y, R a turn by 45 degrees.
-- The diagonal of the turned Hessian has the mean (h11 + h22) / 2 twice where H was diagonal: both
-- coordinates get the same rate, which is gradient descent with a rate of 2 / (h11 + h22).
-- What to notice: gradient descent does not care about the turn (its steps turn along), diag(H)
-- loses all that it gained, and |H|, with the absolute values of the eigenvalues, does not care
-- either, and finds a minimum where f is not convex.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local train = lab.train

local p = lab.params {
  steps = {default = 20, help = "of each descent"},
  angle = {default = 45, help = "of the turn, in degrees"},
}

local FUNCTIONS = {
  {name = "slow", f = function(x1, x2) return 0.5 * x1 ^ 2 + 50 * x2 ^ 2 end, eta = 0.019},
  {name = "valley", f = function(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end, eta = 0.4},
  {name = "log cosh", f = function(x1, x2) return 0.2 * x1 ^ 2 + 5 * lab.log(lab.cosh(x2)) end, eta = 0.3},
  {name = "saddle", f = function(x1, x2) return 2 * x1 ^ 2 + x2 ^ 4 / 4 - x2 ^ 2 / 2 end, eta = 0.2},
}
local float64 = {dtype = "float64"}
local angle = math.rad(p.angle)
local turn = lab.tensor({{math.cos(angle), -math.sin(angle)}, {math.sin(angle), math.cos(angle)}}, float64)

local function diagonal(H) return (H * lab.eye(2, float64)):sum(1) end
local function absolute(H, grad)
  local values, V = matrix.eigen(H)
  return V:mv(V:t():mv(grad) / lab.tensor(values, float64):abs())
end
local METHODS = {
  {"gd", function(_, grad, eta) return eta * grad end},
  {"diag(H)", function(H, grad) return grad / diagonal(H) end},
  {"|diag(H)|", function(H, grad) return grad / diagonal(H):abs() end},
  {"|H|", absolute},
}

print(("f after %d steps   %-23s turned by %g degrees"):format(p.steps, "as it is", p.angle))
for _, case in ipairs(FUNCTIONS) do
  for _, method in ipairs(METHODS) do
    local ends = {}
    for i, R in ipairs {lab.eye(2, float64), turn} do
      local function f(y)
        local x = R:mv(y)
        return case.f(x[1], x[2])
      end
      local hessian = lab.func.hessian(f)
      local start = R:t():mv(lab.tensor({0.9, 0.3}, float64)) -- the same point in both
      local path = train.descend(f, start, function(y, grad)
        return y - method[2](hessian(y), grad, case.eta)
      end, p.steps)
      ends[i] = f(lab.tensor(path[#path], float64)):item()
    end
    train.record(case.name .. ", " .. method[1], p.steps, {plain = ends[1], turned = ends[2]})
    print(("%-9s %-10s %-23.4g %.4g"):format(case.name, method[1], ends[1], ends[2]))
  end
end
