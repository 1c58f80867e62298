--- Does an orthogonal change of variables change the size of a perturbation?
-- Book section: "Adagrad", exercise 1. Asked: prove |c - d| = |Uc - Ud| for an orthogonal U. What
-- follows?
--
-- Proof: |Uc - Ud|^2 = (c - d)'U'U(c - d) = (c - d)'(c - d), because U'U = 1. So the perturbation d
-- - c of c is as long as that of c_bar = U c. A minimiser that jumps after a small change jumps in
-- both coordinates: turning does not help, only a scaling does. Checked: random U and vectors; a
-- matrix that is not orthogonal fails.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"

local p = lab.params {
  trials = {default = 100, min = 1, help = "random matrices and pairs of vectors"},
  size = {default = 6, min = 1, max = 20, help = "rows of a matrix"},
}
local float64 = {dtype = "float64"}

local orthogonal, other = 0, 0
for _ = 1, p.trials do
  local c, d = lab.normal(0, 1, {p.size}, float64), lab.normal(0, 1, {p.size}, float64)
  local length = (c - d):norm():item()
  local function change(M) return math.abs((M:mv(c) - M:mv(d)):norm():item() / length - 1) end
  orthogonal = math.max(orthogonal, change(matrix.orthogonal(p.size)))
  other = math.max(other, change(lab.normal(0, 1, {p.size, p.size}, float64)))
end
print(("orthogonal U: |Uc - Ud| / |c - d| differs from 1 by %.1g at most"):format(orthogonal))
print(("any other matrix: by up to %.2g; so a turn keeps the size of a perturbation"):format(other))
lab.train.record("length", p.trials, {orthogonal = orthogonal, other = other})
