--- What does Gershgorin's theorem say about a matrix scaled by its diagonal?
-- Book section: "Adagrad", exercise 4. Asked: the eigenvalues of D^(-1/2) M D^(-1/2), where D =
-- diag(M).
--
-- Answer: its diagonal is 1, so all discs have the centre 1. With r the largest sum over k /= j of
-- |M_jk| / sqrt(M_jj M_kk), every eigenvalue is in [1 - r, 1 + r], and for r < 1 the condition
-- number is at most (1 + r) / (1 - r), whatever scales the coordinates had. For r >= 1 the theorem
-- says nothing about the smallest one. Checked: random symmetric matrices with scales from 0.1 to
-- 10, and the book's turned bowl, where the bound is reached.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"

local p = lab.params {
  trials = {default = 200, min = 1, help = "random matrices"},
  size = {default = 5, min = 2, max = 20, help = "rows of a matrix"},
  coupling = {default = 0.2, min = 0, help = "largest off-diagonal number before the scaling"},
}
local float64 = {dtype = "float64"}

-- r, the smallest and the largest eigenvalue of the scaled matrix, and the condition number of M itself
local function scaled(M)
  local d = (M * lab.eye(#M, float64)):sum(1) ^ -0.5
  local S = d:reshape(-1, 1) * M * d
  local values, raw = matrix.eigen(S), matrix.eigen(M)
  return (S:abs():sum(2) - 1):max():item(), values[1], values[#values], raw[#raw] / raw[1]
end

local broken, tried, bound, kappa, before = 0, 0, 0, 0, 0
for _ = 1, p.trials do
  local A = p.coupling * (2 * lab.rand(p.size, p.size, float64) - 1)
  local M = (A + A:t()) / 2 * (1 - lab.eye(p.size, float64)) + lab.eye(p.size, float64)
  local scale = 10 ^ (2 * lab.rand(p.size, float64) - 1)
  local r, low, high, raw = scaled(scale:reshape(-1, 1) * M * scale)
  if low < 1 - r - 1e-9 or high > 1 + r + 1e-9 then broken = broken + 1 end
  if r < 1 then
    tried, bound, kappa = tried + 1, math.max(bound, (1 + r) / (1 - r)), math.max(kappa, high / low)
    before = math.max(before, raw)
  end
end
print(("%d of %d scaled matrices have an eigenvalue outside [1 - r, 1 + r]"):format(broken, p.trials))
print(("%d with r < 1: condition number at most %.2f (bound %.2f), unscaled %.0f"):format(tried, kappa, bound, before))

local r, low, high = scaled(lab.tensor({{4.2, -3.8}, {-3.8, 4.2}}, float64))
print(("the turned bowl: r = %.4f, bound %.2f, condition number %.2f: reached"):format(r, (1 + r) / (1 - r),
  high / low))
lab.train.record("random", p.trials, {broken = broken, kappa = kappa, bound = bound})
lab.train.record("bowl", 0, {r = r, bound = (1 + r) / (1 - r), kappa = high / low})
