--- Show that the linear subspace {x : W x = b} is a convex set.
-- Book section: "Convexity", exercise 5.
--
-- The argument: if W x = b and W y = b, then W (λ x + (1 - λ) y) = λ b + (1 - λ) b = b for every λ,
-- also outside [0, 1]: with two points the whole line belongs to the set. (For b other than 0 the
-- set does not contain the origin and is called affine.)
-- What to notice: the residual W z - b of points on and beyond the chord is rounding, while points
-- beside the set have residuals of ordinary size.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local train = lab.train

local p = lab.params {
  rows = {default = 3, help = "equations"},
  d = {default = 6, help = "dimensions"},
  tries = {default = 500, help = "random lines"},
}
local float64 = {dtype = "float64"}

local W, b = lab.randn(p.rows, p.d, float64), lab.randn(p.rows, float64)
local inverse = matrix.inverse(W:mm(W:t()))
local function solution() -- a random point, moved to the nearest with W x = b
  local x = lab.randn(p.d, float64)
  return x - W:t():mv(inverse:mv(W:mv(x) - b))
end
local worst, beside = 0, math.huge
for _ = 1, p.tries do
  local x, y, lambda = solution(), solution(), lab.rand(1, float64):item() * 4 - 1.5
  worst = math.max(worst, (W:mv(lambda * x + (1 - lambda) * y) - b):abs():max():item())
  beside = math.min(beside, (W:mv(lab.randn(p.d, float64)) - b):abs():max():item())
end
train.record("subspace", p.d, {worst = worst, beside = beside})
print(("%d points on lines through two solutions, lambda in [-1.5, 2.5]:"):format(p.tries))
print(("largest |W z - b| %.1g; smallest of as many random points %.2g"):format(worst, beside))
