--- Show that the ball of the p-norm is convex for every p >= 1.
-- Book section: "Convexity", exercise 2.
--
-- The argument: for p >= 1 the norm obeys the triangle inequality (Minkowski), so for x, y in the
-- ball and 0 <= λ <= 1: |λ x + (1 - λ) y| <= λ |x| + (1 - λ) |y| <= r. For p < 1 the inequality
-- fails: (1, 0) and (0, 1) lie in the ball of radius 1, and their middle has "length"
-- (2 / 2^p)^(1/p) = 2^(1/p - 1) > 1.
-- Pairs of points of the border are tried (exercise 1: that is enough), and the middle between them.
-- The figure: "balls", their borders in the plane. What to notice: no middle lies outside for
-- p >= 1, also at p = 1 itself, where flat faces hold many middles; for p < 1 many do.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local params = lab.params {
  pairs = {default = 5000, help = "of points of each ball"},
  d = {default = 3, help = "dimensions"},
}
local float64 = {dtype = "float64"}

local function draw(p) -- points of the border
  local v = lab.randn(params.pairs, params.d, float64)
  return v / (v:abs() ^ p):sum(2, true) ^ (1 / p)
end

local fig = plot.figure {title = "Balls of radius 1", xlabel = "x₁", ylabel = "x₂", aspect = "equal", size = {520, 480}}
local angle = lab.linspace(0, 2 * math.pi, 361, float64)
local c, s = lab.cos(angle), lab.sin(angle)
for _, p in ipairs {0.5, 0.9, 1, 1.5, 2, 5} do
  local middle = (draw(p) + draw(p)) / 2
  local outside = (middle:abs() ^ p):sum(2):gt(1 + 1e-12):sum():item()
  train.record("p", p, {outside = outside / params.pairs})
  print(("p = %3g: %4d of %d middles of two points lie outside"):format(p, outside, params.pairs))
  local radius = (c:abs() ^ p + s:abs() ^ p) ^ (-1 / p)
  fig:line(radius * c, radius * s, {label = ("p = %g"):format(p)})
end
fig:save("balls")
