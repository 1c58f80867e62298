--- How do second derivatives tell whether a function is convex?
-- Book section: "Convexity". Claims: f'' is the limit of (f(x + ε) + f(x - ε) - 2 f(x)) / ε², so
-- f'' >= 0 for a convex f; f of many numbers is convex if and only if g(z) = f(z x + (1 - z) y) is
-- on every line, where g'' = (x - y)' H (x - y); and that holds if and only if H has no negative
-- eigenvalue.
--
-- The figures: "limit", the error of the quotient against ε; "lines", g on random lines through a
-- convex function and through a saddle; "hessian", where the smaller eigenvalue of the Hessian of
-- two wells is negative (outside the black lines).
-- What to notice: the quotient of the convex function is positive for all ε from 1 to 1e-7; its
-- error falls like ε² until rounding takes over, which grows like 1/ε². g'' by differentiating g twice
-- and by the Hessian agree to rounding. On some lines the saddle is convex: one line is no proof.
local lab = require "optlab"
local matrix = require "experiments.exercises.matrix"
local plot, train = lab.plot, lab.train

local p = lab.params {
  at = {default = 0.3, help = "where the limit is taken"},
  lines = {default = 200, help = "random lines through each function"},
}
local float64 = {dtype = "float64"}

-- The limit.
local function growth(x) return lab.exp(0.5 * x) end
local function wave(x) return lab.cos(math.pi * x) end
local fig = plot.figure {
  title = "Error of the second difference", xlabel = "ε", ylabel = "relative error", logx = true, logy = true,
}
for _, entry in ipairs {{"exp(0.5 x)", growth}, {"cos(pi x)", wave}} do
  local name, f = table.unpack(entry)
  local exact, epsilon, errors, best, lowest = lab.func.hessian(f)(p.at), {}, {}, 1, math.huge
  for i = 0, 28 do
    local e = 10 ^ (-i / 4)
    local quotient = (f(p.at + e) + f(p.at - e) - 2 * f(p.at)) / e ^ 2
    epsilon[i + 1], errors[i + 1] = e, math.abs(quotient / exact - 1)
    lowest = math.min(lowest, quotient)
    if errors[i + 1] < errors[best] then best = i + 1 end
  end
  train.record("limit " .. name, 0, {exact = exact, error = errors[best], epsilon = epsilon[best], lowest = lowest,
    order = math.log(errors[1 + 4] / errors[1 + 8], 10)})
  print(("%s at %g: f'' = %.6f, closest for epsilon = %.0e (error %.0e)"):format(name, p.at, exact, epsilon[best],
    errors[best]))
  fig:line(epsilon, errors, {style = "-o", label = (name:gsub("pi ", "π"))})
end
fig:save("limit")

-- Lines: f in three dimensions, the ends of the lines normal.
local function log_sum_exp(v) return lab.log(lab.exp(v):sum()) end
local function saddle(v) return v[1] ^ 2 + v[2] ^ 2 - v[3] ^ 2 end
local panels = {rows = 1, cols = 2, size = {860, 380}}
for i, entry in ipairs {{"log-sum-exp", log_sum_exp}, {"x1^2 + x2^2 - x3^2", saddle}} do
  local name, f = table.unpack(entry)
  panels[i] = plot.figure {title = i == 1 and name or "x₁² + x₂² - x₃²", xlabel = "z", ylabel = "g(z)"}
  local difference, convex, curved = 0, 0, math.huge
  for k = 1, p.lines do
    local a, b, z = lab.randn(3, float64) * 2, lab.randn(3, float64) * 2, lab.rand(1, float64):item()
    local function g(t) return f(t * a + (1 - t) * b) end
    local twice = lab.func.hessian(function(t) return g(t[1]) end)(lab.tensor({z}, float64)):item()
    local by_hessian = (a - b):dot(lab.func.hvp(f, z * a + (1 - z) * b, a - b)):item()
    difference = math.max(difference, math.abs(twice - by_hessian))
    curved = math.min(curved, twice)
    if twice >= 0 then convex = convex + 1 end
    if k <= 8 then panels[i]:line(function(t) return g(t):item() end, {x = {0, 1, 0.05}}) end
  end
  train.record("lines " .. name, 0, {difference = difference, convex = convex / p.lines, lowest = curved})
  print(("%s: g'' >= 0 on %d of %d lines, at least %.4f;"):format(name, convex, p.lines, curved))
  print(("  (x - y)' H (x - y) differs from it by at most %.0e"):format(difference))
end
plot.grid(panels):save("lines")

-- Eigenvalues of Hessians.
local function eigenvalues(f, x1, x2)
  return (matrix.eigen2(lab.func.hessian(function(v) return f(v[1], v[2]) end)(lab.tensor({x1, x2}, float64))))
end
for _, entry in ipairs {
  {"0.5 x1^2 + 0.5 x2^2", function(x1, x2) return 0.5 * (x1 ^ 2 + x2 ^ 2) end},
  {"log(exp(x1) + exp(x2))", function(x1, x2) return lab.log(lab.exp(x1) + lab.exp(x2)) end},
  {"x1^2 - x2^2", function(x1, x2) return x1 ^ 2 - x2 ^ 2 end},
} do
  local low, high = table.unpack(eigenvalues(entry[2], 0.5, -0.5))
  local kind = low > 1e-9 and "positive definite" or low > -1e-9 and "semidefinite" or "indefinite"
  train.record("Hessian " .. entry[1], 0, {low = low, high = high})
  print(("Hessian of %s: eigenvalues %.3f, %.3f: %s"):format(entry[1], low, high, kind))
end

local function wells(x1, x2)
  return -lab.exp(-(x1 - 1) ^ 2 - x2 ^ 2) - 0.8 * lab.exp(-(x1 + 1) ^ 2 - x2 ^ 2)
end

-- The smaller eigenvalue at all points of a grid: each f depends on its own point only, so the derivatives of their sum
-- are those of each.
local x1 = lab.linspace(-2.5, 2.5, 126, float64):reshape(1, 126):expand(76, 126):clone():requires_grad_()
local x2 = lab.linspace(-1.5, 1.5, 76, float64):reshape(76, 1):expand(76, 126):clone():requires_grad_()
local slopes = lab.autograd.grad(wells(x1, x2):sum(), {x1, x2}, {create_graph = true})
local first = lab.autograd.grad(slopes[1]:sum(), {x1, x2}, {retain_graph = true})
local second = lab.autograd.grad(slopes[2]:sum(), {x1, x2})
local lower = (first[1] + second[2]) / 2 - lab.sqrt((first[1] - second[2]) ^ 2 / 4 + first[2] ^ 2)
local share = lower:ge(0):sum():item() / lower:numel()
local difference = math.abs(eigenvalues(wells, -2.5, -1.5)[1] - lower[{1, 1}]:item())
train.record("grid", 0, {convex = share, difference = difference})
print(("two wells: the Hessian is positive definite at %.1f %% of the points"):format(100 * share))
fig = plot.figure {
  title = "Smaller eigenvalue of the Hessian of two wells", xlabel = "x₁", ylabel = "x₂", size = {680, 440},
}
fig:contour(lower, {x = {-2.5, 2.5}, y = {-1.5, 1.5}, levels = 14, filled = true, colorbar = true})
fig:contour(wells, {x = {-2.5, 2.5, 0.04}, y = {-1.5, 1.5, 0.04}, color = "white", width = 0.8})
fig:contour(lower, {x = {-2.5, 2.5}, y = {-1.5, 1.5}, levels = {0}, color = "black", width = 2})
for _, middle in ipairs {-1, 1} do fig:text("convex", {middle, -0.05}, {align = "center", color = "black"}) end
fig:save("hessian")
