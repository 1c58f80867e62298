--- The minimiser and the minimum of a quadratic function.
-- Book section: "Momentum", exercise 3.
--
-- h(x) = 1/2 x' Q x + x' c + b with a symmetric, positive definite Q. The gradient is Q x + c; it
-- is zero at x* = -Q^-1 c alone. Put x = x* + d:
--     h(x* + d) = h(x*) + d' (Q x* + c) + 1/2 d' Q d
-- The middle term is 0, the last is positive unless d = 0. So x* is the minimiser, and
--     h(x*) = 1/2 c' Q^-1 c - c' Q^-1 c + b = b - 1/2 c' Q^-1 c
--     h(x) = 1/2 (x + Q^-1 c)' Q (x + Q^-1 c) + h(x*)
-- where the book writes x - Q^-1 c.
-- The check: a random Q of five rows, the formulas against automatic differentiation, a descent
-- with momentum, and both signs of the rewritten h at random points.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"

local float64 = {dtype = "float64"}
local n, b = 5, 0.5
local U = matrix.orthogonal(n)
local Q = (U * lab.linspace(1, 5, n, float64)):mm(U:t()) -- U diag(1 .. 5) U'
local c = lab.randn(n, float64)
local function h(x) return x:dot(Q:mv(x)) / 2 + x:dot(c) + b end

local inverse_c = matrix.inverse(Q):mv(c)
local minimiser, minimum = -inverse_c, b - c:dot(inverse_c):item() / 2
local gradient = lab.func.grad(h)(minimiser):norm():item()
print(("gradient at -Q^-1 c: %.1g; h there: %.6f, b - c' Q^-1 c / 2: %.6f"):format(gradient,
  h(minimiser):item(), minimum))

local path = lab.train.descend(h, lab.zeros(n, float64), {"SGD", lr = 0.4, momentum = 0.2}, 100)
local away = (lab.tensor(path[#path], float64) - minimiser):norm():item()
print(("a descent with momentum ends %.1g away from it"):format(away))

-- Differences of the rewritten h from h, with the right sign and with the book's, at 100 random points.
local plus, minus = 0, 0
for _ = 1, 100 do
  local x = lab.randn(n, float64)
  local function rewritten(d) return (d:dot(Q:mv(d)) / 2):item() + minimum - h(x):item() end
  plus = math.max(plus, math.abs(rewritten(x + inverse_c)))
  minus = math.max(minus, math.abs(rewritten(x - inverse_c)))
end
print(("h rewritten with x + Q^-1 c is off by %.1g, with the book's x - Q^-1 c by %.2f"):format(plus, minus))
lab.train.record("minimum", 0, {gradient = gradient, away = away, plus = plus, minus = minus,
  formula = h(minimiser):item() - minimum})
