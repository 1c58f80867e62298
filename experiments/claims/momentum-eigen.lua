--- Do the eigen directions of a quadratic function mix in a descent?
-- Book section: "Momentum". Claim: for h(x) = 1/2 x' Q x + x' c + b gradient descent and momentum
-- work along each eigenvector of Q by itself, as if the others were not there.
--
-- Q = O' L O with the eigenvalues on the diagonal of L; z = O (x - x*) are the coordinates along
-- the eigenvectors, x* = -Q^-1 c the minimiser. A descent of h in x, with automatic
-- differentiation, is turned into z and compared with a loop for each coordinate alone: v <- beta v
-- + lambda z, z <- z - eta v. Two slips of the book are checked on the way: it writes z - L z,
-- without eta, for a step of gradient descent, and it writes h and z with x - Q^-1 c where x + Q^-1
-- c is meant.
-- The figure: "eigen", left the path in x among tilted ellipses, right z1 and z2: dots from the
-- descent in x, lines from the loops for one coordinate. What to see: all dots lie on their lines.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.3, help = "learning rate"},
  momentum = {default = 0.6, help = "beta of the second descent; the first has none"},
  steps = {default = 20, help = "of both"},
}

local Q, c, b = {{3, 1}, {1, 2}}, {1, -4}, 0.5
local function h(x1, x2)
  return (Q[1][1] * x1 ^ 2 + 2 * Q[1][2] * x1 * x2 + Q[2][2] * x2 ^ 2) / 2 + c[1] * x1 + c[2] * x2 + b
end
local values, vectors = matrix.eigen(Q)
local O = vectors:t()
local offset = matrix.inverse(Q):mv(lab.tensor(c, {dtype = "float64"}))
local minimiser = -offset
local m1, m2 = minimiser[1]:item(), minimiser[2]:item()
print(("x* = -Q^-1 c = (%.1f, %.1f), h(x*) = %.1f; eigenvalues %.3f, %.3f"):format(m1, m2, h(m1, m2), values[1],
  values[2]))
print(("the book's sign puts it at Q^-1 c = (%.1f, %.1f), where h = %.1f"):format(-m1, -m2, h(-m1, -m2)))
train.record("minimum", 0, {h = h(m1, m2), other = h(-m1, -m2)})

-- Coordinate i of a path along the eigenvectors, and the loop that knows this coordinate alone.
local function turned(path, i)
  local list = {}
  for t, x in ipairs(path) do list[t] = O:mv(lab.tensor(x, {dtype = "float64"}) - minimiser)[i]:item() end
  return list
end
local function alone(z, lambda, beta)
  local list, v = {z}, 0
  for t = 1, p.steps do
    v = beta * v + lambda * z
    z = z - p.lr * v
    list[t + 1] = z
  end
  return list
end

local right = plot.figure {title = "along the eigenvectors", xlabel = "step", ylabel = "z₁, z₂"}
for _, beta in ipairs {0, p.momentum} do
  local path = train.descend(h, {-5, -2}, {"SGD", lr = p.lr, momentum = beta}, p.steps)
  local largest = 0
  for i = 1, 2 do
    local z = turned(path, i)
    local one = alone(z[1], values[i], beta)
    largest = math.max(largest, train.distance(z, one))
    if beta > 0 then
      local time = lab.arange(0, p.steps + 1, {dtype = "float64"})
      right:line(time, one, {color = "C" .. i, label = ("z%s, λ = %.2f"):format(i == 1 and "₁" or "₂", values[i])})
      right:line(time, z, {color = "C" .. i, style = "o"})
    else
      local without = z[1] - values[i] * z[1]
      print(("z%d after a step of gradient descent: %.4f; z - eta lambda z = %.4f,"):format(i, z[2], one[2]))
      print(("  the book's z - lambda z = %.4f"):format(without))
      train.record("one-step", i, {z = z[2], book = without})
    end
  end
  print(("beta %g: the descent in x and the two loops differ by %.1g"):format(beta, largest))
  train.record("mixing", beta, {difference = largest})
  if beta > 0 then
    local left = plot.trace2d(h, path, {x = {-6, 3, 0.1}, y = {-4, 5, 0.1}, title = ("momentum %g, η = %g"):format(beta,
      p.lr)})
    plot.grid({left, right}, {size = {900, 380}}):save("eigen")
  end
end
