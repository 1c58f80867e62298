--- A light Newton method: the diagonal of the Hessian, and its absolute value.
-- Book section: "Gradient Descent", exercise 4.
--
-- x <- x - grad / diag(H), and the same with |diag(H)|, on the slow function of exercise 3 with
-- k = 10^4 and on a function with a saddle at (0, 0) and minima at (0, 1) and (0, -1).
-- What to notice: the slow function needs one step, where gradient descent has hardly moved. But
-- diag(H) goes to the saddle, as Newton's method looks for grad = 0, whatever the sign of H;
-- |diag(H)| turns the step around where f bends down, and reaches a minimum.
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  k = {default = 10000, help = "condition number of the slow function"},
  steps = {default = 20, help = "of each descent"},
}

local FUNCTIONS = {
  {name = "slow", f = function(x1, x2) return 0.5 * x1 ^ 2 + 0.5 * p.k * x2 ^ 2 end, x0 = {1, 1}, gd = 2 / (1 + p.k)},
  {name = "saddle", f = function(x1, x2) return x1 ^ 2 + x2 ^ 4 / 4 - x2 ^ 2 / 2 end, x0 = {1, 0.3}, gd = 0.2},
}

local function light(f, size)
  local hessian = lab.func.hessian(function(x) return f(x[1], x[2]) end)
  return function(x, grad) return x - grad / size((hessian(x) * lab.eye(2, {dtype = "float64"})):sum(1)) end
end

for _, case in ipairs(FUNCTIONS) do
  local rules = {
    {"gd", function(x, grad) return x - case.gd * grad end},
    {"diag(H)", light(case.f, function(h) return h end)},
    {"|diag(H)|", light(case.f, lab.abs)},
  }
  for _, rule in ipairs(rules) do
    local path = train.descend(case.f, case.x0, rule[2], p.steps)
    local one, last = path[2], path[#path]
    local f_one, f_last = case.f(one[1], one[2]), case.f(last[1], last[2])
    train.record(case.name .. ", " .. rule[1], p.steps, {f_one = f_one, f = f_last, x1 = last[1], x2 = last[2]})
    print(("%-7s %-10s f = %9.4f after 1 step, %9.4f after %d; x2 = %.3f"):format(case.name, rule[1], f_one,
      f_last, p.steps, last[2]))
  end
end
print "The saddle of the second function has f = 0, its minima have f = -0.25."
