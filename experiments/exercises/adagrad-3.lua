--- Does every eigenvalue lie in one of Gershgorin's discs?
-- Book section: "Adagrad", exercise 3. Asked: prove |lambda - M_jj| <= sum over k /= j of |M_jk|
-- for some j.
--
-- Proof: let Mv = lambda v and let j be the place of the largest |v_j| > 0. Row j says (lambda -
-- M_jj) v_j = sum over k /= j of M_jk v_k. Divide by v_j: |v_k / v_j| <= 1, so the right side is at
-- most the sum of |M_jk|. Checked: random symmetric matrices, and 2 x 2 matrices with complex
-- eigenvalues.
-- The figure: "discs", the discs of one symmetric matrix and its eigenvalues, all inside their
-- union.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local plot = lab.plot

local p = lab.params {
  trials = {default = 300, min = 1, help = "random matrices of each kind"},
  size = {default = 5, min = 2, max = 20, help = "rows of a symmetric matrix"},
}

-- How far an eigenvalue re + i im is outside all discs, as a part of the radius; at most 0 if it is inside one.
local function outside(M, re, im)
  local least, eps = math.huge, 1e-9 -- eps for the rounding of the eigenvalues
  for j, row in ipairs(M) do
    local radius = 0
    for k, m in ipairs(row) do radius = radius + (k == j and 0 or math.abs(m)) end
    local distance = math.sqrt((re - row[j]) ^ 2 + im ^ 2)
    least = math.min(least, distance / (radius + eps) - 1)
  end
  return least
end

local count, out, complex, largest, last = 0, 0, 0, -math.huge, nil
local function check(M, re, im)
  local by = outside(M, re, im)
  count, out, largest = count + 1, out + (by > 0 and 1 or 0), math.max(largest, by)
end
for _ = 1, p.trials do
  local A = lab.normal(0, 1, {p.size, p.size}, {dtype = "float64"})
  last = ((A + A:t()) / 2):tolist()
  for _, value in ipairs(matrix.eigen(last)) do check(last, value, 0) end
  local B = lab.normal(0, 1, {2, 2}, {dtype = "float64"}):tolist()
  local re, im = matrix.eigen2(B)
  complex = complex + (im > 0 and 1 or 0)
  for _, value in ipairs(re) do check(B, value, im) end
end
print(("%d of %d eigenvalues are outside all discs (%d pairs are complex)"):format(out, count, complex))
print(("the closest to a border is inside by %.2g of the radius: the theorem holds"):format(-largest))
lab.train.record("eigenvalues", p.trials, {outside = out, count = count, complex = complex})

local fig = plot.figure {title = "Gershgorin's discs and the eigenvalues", xlabel = "real part",
  ylabel = "imaginary part", aspect = "equal", legend = false}
local angle = lab.linspace(0, 2 * math.pi, 100)
for j, row in ipairs(last) do
  local radius = -math.abs(row[j])
  for _, m in ipairs(row) do radius = radius + math.abs(m) end
  fig:line(row[j] + radius * lab.cos(angle), radius * lab.sin(angle))
end
local values = matrix.eigen(last)
fig:points(values, lab.zeros(#values), {color = "k"}):save("discs")
