--- Are the eigenvalues of a symmetric random matrix as often positive as negative?
-- Book section: "Optimization and Deep Learning", exercise 2.
--
-- (a) The argument: if all entries are symmetric about 0, M and -M have the same distribution.
-- An eigenvector v of M with eigenvalue λ is one of -M with eigenvalue -λ. So λ and -λ have the
-- same distribution: P(λ > 0) = P(λ < 0).
-- (b) P(λ > 0) = 0.5 needs P(λ = 0) = 0 as well, and nothing says so: with entries -1, 0, 1 many
-- matrices are singular. Of the 27 symmetric 2 x 2 matrices one has two eigenvalues 0 and eight
-- have one, so 10 of 54 are zero and 22 of 54 = 0.407 are positive.
--
-- The figure: "eigenvalues", the histogram for normal entries, symmetric about 0 and close to
-- Wigner's half circle of radius 2 √d. What to notice: both shares agree in every row; they are a
-- half for continuous entries and less for -1, 0, 1.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local plot, train = lab.plot, lab.train

local p = lab.params {
  count = {default = 300, help = "random matrices of each kind"},
  d = {default = 40, help = "rows of the matrices of the histogram"},
}
local float64 = {dtype = "float64"}

local function symmetric(A) -- the lower triangle and its mirror image
  local rows = A:tolist()
  for i = 1, #rows do for j = i + 1, #rows do rows[i][j] = rows[j][i] end end
  return rows
end

local function shares(name, d, count, draw)
  local positive, negative, zero, all = 0, 0, 0, {}
  for k = 1, count do
    for _, value in ipairs((matrix.eigen(symmetric(draw(d, k))))) do
      all[#all + 1] = value
      if math.abs(value) < 1e-9 then zero = zero + 1
      elseif value > 0 then positive = positive + 1 else negative = negative + 1 end
    end
  end
  positive, negative, zero = positive / #all, negative / #all, zero / #all
  train.record(name, d, {positive = positive, negative = negative, zero = zero})
  print(("%-24s d = %2d: positive %.4f, negative %.4f, zero %.4f"):format(name, d, positive, negative,
    zero))
  return all
end

local function normal(d) return lab.randn(d, d, float64) end
local function uniform(d) return lab.rand(d, d, float64) * 2 - 1 end
local function integers(d) return lab.randint(-1, 2, {d, d}):to("float64") end
local function every(_, k) return lab.tensor({{k // 9 % 3 - 1, 0}, {k // 3 % 3 - 1, k % 3 - 1}}, float64) end
shares("normal", 3, p.count, normal)
shares("uniform on [-1, 1]", 3, p.count, uniform)
shares("-1, 0, 1", 3, p.count, integers)
shares("-1, 0, 1 (all 27)", 2, 27, every)

local values = shares("normal", p.d, 6, normal)
local fig = plot.figure {title = ("Eigenvalues, d = %d"):format(p.d), xlabel = "λ / √d", ylabel = "density"}
fig:hist(lab.tensor(values, float64) / math.sqrt(p.d), {bins = 24, range = {-2.4, 2.4}, density = true})
fig:line(function(x) return lab.sqrt(4 - x ^ 2) / (2 * math.pi) end, {x = {-2, 2, 0.01}, label = "half circle"})
fig:save("eigenvalues")
