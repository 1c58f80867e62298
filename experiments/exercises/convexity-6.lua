--- Show that the projection onto the subspace {x : W x = 0} is a matrix M times x.
-- Book section: "Convexity", exercise 6.
--
-- The argument: minimise |x - u|² under W u = 0. The gradient balances where u = x - W' α, and W u =
-- 0 gives α = (W W')^-1 W x. So u = M x with M = I - W' (W W')^-1 W, if the rows of W are
-- independent. M M = M (who is there stays) and M = M' (the way there is perpendicular).
-- What to notice: both hold to rounding, W M = 0, the eigenvalues are 0 (one a row of W) and 1, and
-- no random point of the subspace is nearer than M x.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local train = lab.train

local p = lab.params {
  rows = {default = 2, help = "equations"},
  d = {default = 5, help = "dimensions"},
  tries = {default = 1000, help = "random points of the subspace"},
}
local float64 = {dtype = "float64"}

local W = lab.randn(p.rows, p.d, float64)
local M = lab.eye(p.d, float64) - W:t():mm(matrix.inverse(W:mm(W:t()))):mm(W)
local twice, symmetric = (M:mm(M) - M):abs():max():item(), (M - M:t()):abs():max():item()
local x = lab.randn(p.d, float64)
local nearest, nearer = (x - M:mv(x)):norm():item(), 0
for _ = 1, p.tries do
  local other = M:mv(x + 0.1 * lab.randn(p.d, float64))
  if (x - other):norm():item() < nearest then nearer = nearer + 1 end
end
local values = matrix.eigen((M + M:t()) / 2)
local ones = 0
for _, value in ipairs(values) do if math.abs(value - 1) < 1e-9 then ones = ones + 1 end end
train.record("projection", p.d, {twice = twice, symmetric = symmetric, constraint = W:mm(M):abs():max():item(),
  ones = ones, nearer = nearer})
print(("|M M - M| <= %.1g, |M - M'| <= %.1g, |W M| <= %.1g"):format(twice, symmetric, W:mm(M):abs():max():item()))
print(("eigenvalues: %d are 1, the other %d are 0"):format(ones, p.d - ones))
print(("|x - M x| = %.4f; %d of %d other points of the subspace are nearer"):format(nearest, nearer, p.tries))
