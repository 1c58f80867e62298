--- How fast does Newton's method converge near a minimum?
-- Book section: "Gradient Descent". Claim: where f'' > 0, an error e is followed by one of at most
-- c e^2, c = |f'''| / (2 f'').
--
-- The order q in e_next = c e^q is measured from the last three errors that are well above
-- rounding: q = log(e3 / e2) / log(e2 / e1). It is 2 where f''' is not 0 at the minimum, and c is
-- as claimed. It is 3 on the book's example cosh(0.5 x), where f''' = 0 and c = f'''' / (3 f'').
-- It is only 1 where f'' = 0 (x^4), with a rate of 0.5, and for gradient descent.
-- The figure: "newton-order", the errors. A straight line means that each step gains the same
-- number of digits (order 1); the others bend down, as the number of digits doubles or triples.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  steps = {default = 12, help = "of each descent"},
  smallest = {default = 1e-12, help = "errors below it are rounding"},
}

local function cosh(x) return lab.cosh(0.5 * x) end
local function exponential(x) return lab.exp(x) - x end
local function log_sum(x) return lab.log(lab.exp(x) + lab.exp(-2 * x - 3)) end
local function fourth(x) return x ^ 4 end

local function newton(f, lr)
  local curvature = lab.func.hessian(f)
  return function(x, grad) return x - lr * grad / curvature(x) end
end

local function descent(_, lr)
  return function(x, grad) return x - lr * grad end
end

local RUNS = {
  {name = "exp(x) - x", f = exponential, x0 = 1.0, minimum = 0, rule = newton, lr = 1},
  {name = "log(exp(x) + exp(-2x - 3))", f = log_sum, x0 = -0.5, minimum = (math.log(2) - 3) / 3, rule = newton, lr = 1},
  {name = "cosh(0.5 x)", f = cosh, x0 = 2.0, minimum = 0, rule = newton, lr = 1},
  {name = "x^4", label = "x⁴", f = fourth, x0 = 1.0, minimum = 0, rule = newton, lr = 1},
  {name = "exp(x) - x, eta = 0.5", label = "exp(x) - x, η = 0.5", f = exponential, x0 = 1.0, minimum = 0,
    rule = newton, lr = 0.5},
  {name = "exp(x) - x, gradient descent", f = exponential, x0 = 1.0, minimum = 0, rule = descent, lr = 0.5},
}

-- The order from the last three errors above rounding, and c in e_next = c e^order (the order rounded).
local function measure(errors)
  local n = #errors
  while n > 3 and errors[n] < p.smallest do n = n - 1 end
  local e1, e2, e3 = errors[n - 2], errors[n - 1], errors[n]
  local order = math.log(e3 / e2) / math.log(e2 / e1)
  return order, e3 / e2 ^ math.floor(order + 0.5)
end

local fig = plot.figure {title = "Distance to the minimum", xlabel = "step", ylabel = "|x - x*|",
  logy = true, ylim = {1e-14, 10}, legend = "below"}
print("function                        order       c")
for _, run in ipairs(RUNS) do
  local path = train.descend(run.f, run.x0, run.rule(run.f, run.lr), p.steps)
  local errors, drawn = {}, {}
  for i, x in ipairs(path) do
    errors[i] = math.abs(x - run.minimum)
    drawn[i] = errors[i] >= p.smallest and errors[i] or 0 / 0
  end
  local order, c = measure(errors)
  train.record(run.name, #path - 1, {order = order, c = c})
  print(("%-30s  %.3f  %.4f"):format(run.name, order, c))
  fig:line(lab.arange(0, #path), drawn, {label = run.label or run.name, style = "-o"})
end
fig:save("newton-order")

print [[
c should be |f'''| / (2 f'') = 1/2 in the first two lines, 2/3 for x^4, and
f'''' / (3 f'') = 1/12 for cosh.
The book calls e_next <= c e^2 "linear" and e_next <= a e "constant"; the usual
names are quadratic and linear. Its own example, cosh, is cubic.]]
