--- What does a large condition number do, and does the diagonal of Q repair it?
-- Book section: "Adagrad". Claims: for f(x) = x'Qx/2 + c'x + b a small change of c moves the
-- minimiser far where an eigenvalue is small; z = L^(1/2) U x makes all eigenvalues 1; so nearly
-- does a scaling by the diagonal of Q.
--
-- 1. Q = U'LU with eigenvalues 0.1 and 10: c is moved by 0.01 along each eigenvector.
-- 2. Q~ = D^(-1/2) Q D^(-1/2) with D = diag(Q). The condition numbers of Q and Q~, for the book's
--    bowl and for random matrices (5, 5): "stretched", features a little correlated on scales from
--    0.1 to 10, and "turned", a random rotation with the same eigenvalues.
-- The figure: "condition", after against before. On the line nothing was gained; most stretched
-- matrices are far below it, and the turned ones are close to it.
-- What to notice: the diagonal repairs what is stretched along the axes. The bowl turned by 45
-- degrees has equal numbers on its diagonal, so nothing changes (20 -> 20). That is where Adagrad's
-- trick ends, too.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local plot, train = lab.plot, lab.train

local p = lab.params {
  matrices = {default = 200, min = 3, help = "random matrices of each kind"},
  size = {default = 5, min = 2, max = 20, help = "rows of a random matrix"},
  change = {default = 0.01, min = 1e-9, help = "length of the change of c"},
}
local float64 = {dtype = "float64"}
local function tensor(rows) return lab.tensor(rows, float64) end
local function diagonal(list) return lab.eye(#list, float64) * tensor(list) end

local function condition(Q)
  local values = matrix.eigen(Q)
  return values[#values] / values[1]
end

-- D^(-1/2) Q D^(-1/2)
local function preconditioned(Q)
  local d = (Q * lab.eye(#Q, float64)):sum(1) ^ -0.5
  return d:reshape(-1, 1) * Q * d
end

-- 1. The minimiser is -Q^-1 c; U turns by 30 degrees.
local lambda = {0.1, 10}
local cos, sin = math.cos(math.pi / 6), math.sin(math.pi / 6)
local U, L = tensor {{cos, sin}, {-sin, cos}}, diagonal(lambda)
local Q, c, b = U:t():mm(L):mm(U), tensor {1, 2}, 3
local function minimiser(with) return -matrix.inverse(Q):mv(with) end
local x = minimiser(c)
for i = 1, 2 do
  local moved = (minimiser(c + p.change * U[i]) - x):norm():item()
  print(("c moved by %g along the eigenvalue %g: the minimiser moves by %.4f"):format(p.change, lambda[i], moved))
  train.record("moved", i, {distance = moved})
end

-- The same in the coordinates x_bar = U x, c_bar = U c.
local function f(A, k, at) return 0.5 * at:dot(A:mv(at)):item() + k:dot(at):item() + b end
local x_bar, c_bar = U:mv(x), U:mv(c)
local direct, turned = f(Q, c, x), f(L, c_bar, x_bar)
local formula = b - 0.5 * (c_bar ^ 2 / tensor(lambda)):sum():item()
print(("minimum: %.6f, in eigen coordinates %.6f, by the formula %.6f"):format(direct, turned, formula))
local missing = (x_bar - x):norm():item()
print(("the book's 'x = U x' lacks a bar: |Ux - x| is %.3f, not 0; it means x_bar = U x"):format(missing))
local root = diagonal {lambda[1] ^ -0.5, lambda[2] ^ -0.5}:mm(U) -- x = U'L^(-1/2) z
local kappa = condition(root:mm(Q):mm(root:t()))
print(("z = L^(1/2) U x: condition number %.0f -> %.6f"):format(condition(Q), kappa))
train.record("minimum", 0, {direct = direct, eigen = turned, formula = formula, missing_bar = missing, kappa_z = kappa})

-- 2. The book's bowl 0.1 x1^2 + 2 x2^2, the same turned by 45 degrees, and random matrices.
local h = math.sqrt(0.5)
local turn = tensor {{h, h}, {-h, h}}
local bowl = diagonal {0.2, 4}
for _, entry in ipairs {{"the bowl", bowl}, {"the turned bowl", turn:t():mm(bowl):mm(turn)}} do
  local before, after = condition(entry[2]), condition(preconditioned(entry[2]))
  print(("scaled by its diagonal, %s has condition number %.0f -> %.0f"):format(entry[1], before, after))
  train.record(entry[1], 0, {before = before, after = after})
end

local n = p.size
local kinds = {{name = "stretched", before = {}, after = {}}, {name = "turned", before = {}, after = {}}}
for i = 1, p.matrices do
  local A = lab.eye(n, float64) + 0.2 * lab.normal(0, 1, {n, n}, float64)
  local scale = 10 ^ (2 * lab.rand(n, float64) - 1)
  local stretched = scale:reshape(-1, 1) * A:mm(A:t()) * scale
  local V = matrix.orthogonal(n)
  local both = {stretched, V:t():mm(diagonal(matrix.eigen(stretched))):mm(V)}
  for k, kind in ipairs(kinds) do
    kind.before[i], kind.after[i] = condition(both[k]), condition(preconditioned(both[k]))
  end
end

local fig = plot.figure {title = "Scaled by the diagonal of Q", xlabel = "condition number κ of Q",
  ylabel = "κ of D^{–½} Q D^{–½}", logx = true, logy = true, legend = "top left", enhanced = true}
local most = 1
for _, kind in ipairs(kinds) do
  local gain = {}
  for i, before in ipairs(kind.before) do gain[i], most = before / kind.after[i], math.max(most, before) end
  table.sort(gain)
  local median = gain[(#gain + 1) // 2]
  print(("%d %s matrices: the condition number is divided by %.1f (median)"):format(#gain, kind.name, median))
  train.record(kind.name, p.matrices, {median_gain = median})
  fig:points(kind.before, kind.after, {label = kind.name, size = 0.7})
end
fig:line({1, most}, {1, most}, {style = "k--", label = "nothing gained"}):save("condition")
