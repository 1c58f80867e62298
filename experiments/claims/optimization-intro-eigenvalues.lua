--- What do the eigenvalues of the Hessian say where the gradient is zero?
-- Book section: "Optimization and Deep Learning". Claims: all positive is a minimum, all negative a
-- maximum, both signs a saddle point; in many dimensions some eigenvalue is likely negative, so
-- saddle points are likelier than minima.
--
-- First the cases for functions of two numbers at (0, 0): the two eigenvalues beside the smallest
-- and the largest change of f on a small circle. Then random symmetric matrices (A + A')/2 with
-- normal A stand for Hessians: elimination without exchange of rows has as many negative pivots as
-- there are negative eigenvalues (Sylvester), and does all matrices of a size at once.
-- The figure: "shares", how many of the random Hessians belong to a minimum or to a saddle point.
-- What to notice: the share of minima falls faster than exponentially, since -log(share) grows
-- like the square of d (the crosses are exact values). And the four cases: where an eigenvalue is
-- zero, the book's three cases say nothing, and the last two functions show that both can happen.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local plot, train = lab.plot, lab.train

local p = lab.params {
  samples = {default = 20000, help = "random Hessians of each size"},
  most = {default = 6, help = "largest number of dimensions"},
}
local float64 = {dtype = "float64"}

local function case_of(values)
  local low, high = values[1], values[#values]
  if low > 0 then return "minimum" elseif high < 0 then return "maximum" end
  return low < 0 and high > 0 and "saddle point" or "no answer"
end

print "f                eigenvalues  the book's case  f on a circle of radius 0.1"
local angle = lab.linspace(0, 2 * math.pi, 721, float64)
for _, entry in ipairs {
  {"x^2 + y^2", function(x, y) return x ^ 2 + y ^ 2 end},
  {"-x^2 - 2 y^2", function(x, y) return -x ^ 2 - 2 * y ^ 2 end},
  {"x^2 - y^2", function(x, y) return x ^ 2 - y ^ 2 end},
  {"x^2 + y^4", function(x, y) return x ^ 2 + y ^ 4 end},
  {"x^2 + y^3", function(x, y) return x ^ 2 + y ^ 3 end},
} do
  local name, f = table.unpack(entry)
  local values = matrix.eigen(lab.func.hessian(function(v) return f(v[1], v[2]) end)(lab.zeros(2, float64)))
  local around = f(0.1 * lab.cos(angle), 0.1 * lab.sin(angle))
  local least, most = around:min():item(), around:max():item()
  print(("%-16s %3g %3g      %-16s %8.4f to %.4f"):format(name, values[1], values[2], case_of(values), least, most))
  train.record("case " .. name, 0, {low = values[1], high = values[2], least = least, most = most})
end

-- How many pivots of each matrix are negative: (samples, d, d) -> (samples).
local function negative_eigenvalues(A, d)
  local count = lab.zeros(A.shape[1], float64)
  for k = 1, d do
    local pivot = A[{{}, k, k}]
    count = count + pivot:lt(0):to("float64")
    if k < d then
      local row, column = A[{{}, {k, k}, {k + 1, d}}], A[{{}, {k + 1, d}, {k, k}}]
      A[{{}, {k + 1, d}, {k + 1, d}}] = A[{{}, {k + 1, d}, {k + 1, d}}] - column * row / pivot:reshape(-1, 1, 1)
    end
  end
  return count
end

print "The book's three cases leave out eigenvalue 0: one of the last two is a minimum"

-- The probabilities that all eigenvalues are positive.
local EXACT = {1 / 2, (2 - math.sqrt(2)) / 4, (math.pi - 2 * math.sqrt(2)) / (4 * math.pi)}

local dimensions, minima, saddles = {}, {}, {}
print(("shares of %d random Hessians of size d:"):format(p.samples))
for d = 1, p.most do
  local A = lab.randn(p.samples, d, d, float64)
  local negative = negative_eigenvalues((A + A:transpose(2, 3)) / 2, d)
  local minimum, maximum = negative:eq(0):sum():item() / p.samples, negative:eq(d):sum():item() / p.samples
  dimensions[d], minima[d], saddles[d] = d, minimum > 0 and minimum or 0 / 0, 1 - minimum - maximum
  print(("d = %d: minima %.4f%s, maxima %.4f, saddle points %.4f"):format(d, minimum,
    EXACT[d] and (" (exact %.4f)"):format(EXACT[d]) or "", maximum, saddles[d]))
  train.record("random Hessians", d, {minima = minimum, maxima = maximum, saddles = saddles[d],
    negative = negative:mean():item()})
end
local fig = plot.figure {
  title = "Random Hessians: share of minima and of saddle points", xlabel = "dimensions d", ylabel = "share",
  logy = true, ylim = {2e-5, 1.5},
}
fig:line(dimensions, minima, {style = "-o", label = "all eigenvalues positive"})
fig:line({table.unpack(dimensions, 2)}, {table.unpack(saddles, 2)}, {style = "-s", label = "both signs"})
fig:points({1, 2, 3}, EXACT, {style = "x", color = "black", size = 2, label = "exact"})
fig:save("shares")
