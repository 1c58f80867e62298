--- Gradient clipping is a projection: g <- g min(1, θ/|g|).
-- Book section: "Convexity". Claim: clipping bounds the length of the gradient by θ and is the
-- projection of g onto the ball of radius θ.
--
-- Random gradients are clipped and compared with the nearest of many points of the ball; then
-- ¼ x1⁴ + x2² is descended from (-5, -2), where its gradient has length 125.
-- The figure: "clipping", the clipped descent. What to notice: no point of the ball is nearer than
-- the clipped gradient. Without clipping the descent is at 7e9 after four steps; clipped, no step
-- is longer than η θ = 0.5, and far out the steps are equally long.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  theta = {default = 5.0, help = "largest norm of a clipped gradient"},
  lr = {default = 0.1, help = "learning rate"},
  steps = {default = 20, help = "of the clipped descent"},
}
local float64 = {dtype = "float64"}

local function clip(g) return g * math.min(1, p.theta / g:norm():item()) end

-- Points of the ball, a third of them on its border.
local points = lab.randn(20000, 2, float64)
points = points / points:norm(2, 2, true) * p.theta * (1.5 * lab.rand(20000, 1, float64)):clamp(0, 1)
local nearest = 0
for _ = 1, 100 do
  local g = lab.randn(2, float64) * 8
  if (clip(g) - g):norm():item() <= (points - g):norm(2, 2):min():item() then nearest = nearest + 1 end
end
train.record("projection", 0, {nearest = nearest})
print(("the clipped gradient is nearer than 20000 points of the ball: %d of 100 times"):format(nearest))

local function steep(x1, x2) return 0.25 * x1 ^ 4 + x2 ^ 2 end
local free = train.descend(steep, {-5, -2}, {"SGD", lr = p.lr}, 4)
print(("without clipping %s"):format(train.summary(free)))
local path = train.descend(steep, {-5, -2}, function(v, grad) return v - p.lr * clip(grad) end, p.steps)
train.report("clipping", path, ("gradient clipped to %g"):format(p.theta))
local v = lab.tensor(path, float64)
local longest = (v[{{2, #path}}] - v[{{1, #path - 1}}]):norm(2, 2):max():item()
train.record("clipping", p.steps, {longest = longest})
print(("longest step %.3f, bound eta theta = %.3f"):format(longest, p.lr * p.theta))
plot.trace2d(steep, path, {
  title = ("¼ x₁⁴ + x₂², gradient clipped to %g"):format(p.theta), x = {-5.5, 5.5, 0.05}, y = {-13, 13, 0.1},
  levels = {1, 8, 30, 70, 120, 160},
}):save("clipping")
