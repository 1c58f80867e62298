--- Show that f(x) = log sum exp(x_i) is convex.
-- Book section: "Convexity", exercise 4.
--
-- The argument: with p = softmax(x) the Hessian is diag(p) - p p'. So v' H v = Σ p_i v_i² -
-- (Σ p_i v_i)², the variance of v under the probabilities p, which is never negative. It is zero
-- for v = (1, ..., 1): adding a constant to all x_i just adds it to f.
-- What to notice: v' H v by automatic differentiation (hvp) is the variance, and positive for
-- all random v; along (1, ..., 1) it is zero but for rounding. So f is convex, but not strictly.
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  tries = {default = 500, help = "random points and directions"},
  d = {default = 5, help = "dimensions"},
}
local float64 = {dtype = "float64"}

local function f(x) return lab.log(lab.exp(x):sum()) end
local smallest, difference, along = math.huge, 0, 0
local ones = lab.ones(p.d, float64)
for _ = 1, p.tries do
  local x, v = lab.randn(p.d, float64) * 2, lab.randn(p.d, float64)
  local curvature = lab.func.hvp(f, x, v):dot(v):item()
  local s = x:softmax(1)
  local variance = (s * v ^ 2):sum():item() - s:dot(v):item() ^ 2
  smallest = math.min(smallest, curvature)
  difference = math.max(difference, math.abs(curvature - variance))
  along = math.max(along, math.abs(lab.func.hvp(f, x, ones):dot(ones):item()))
end
train.record("log-sum-exp", p.d, {smallest = smallest, difference = difference, ones = along})
print(("smallest v' H v of %d tries: %.6f"):format(p.tries, smallest))
print(("largest difference from the variance of v under softmax(x): %.1g"):format(difference))
print(("largest |v' H v| along (1, ..., 1): %.1g"):format(along))
