--- Convexity: what makes a function easy to minimise, and how to stay inside a set.
-- Book section: "Convexity".
--
-- The question: how does one recognise a convex function, and how does one minimise under a
-- constraint?
-- The figures: "convex-functions", chords above convex functions and below a cosine;
-- "local-is-global", (x - 1)^2; "jensen", the mean of f against f of the mean for random
-- weights; "hessian", where the smaller eigenvalue of the Hessian is negative; "projections"
-- onto the L2 and the L1 ball; "clipping", gradients cut to length theta; "penalty", minima with
-- a growing penalty beside the constrained minimum.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  samples = {default = 400, help = "Jensen's inequality: how often it is tried"},
  points = {default = 4, help = "Jensen's inequality: points of each try"},
  radius = {default = 1.0, help = "of the balls that are projected onto"},
  shots = {default = 14, help = "points that are projected"},
  theta = {default = 5.0, help = "largest norm of a clipped gradient"},
  lr_clip = {default = 0.1, help = "learning rate of the clipped descent"},
  steps_clip = {default = 20, help = "of the clipped descent"},
  lr = {default = 0.1, help = "learning rate of the constrained and the penalised descent"},
  steps = {default = 100, help = "of these two"},
}
local float64 = {dtype = "float64"}

-- Convex functions lie below their chords.
local half_square = function(x) return 0.5 * x ^ 2 end
local wave = function(x) return lab.cos(math.pi * x) end
local growth = function(x) return lab.exp(0.5 * x) end
local segment = lab.tensor({-1.5, 1}, float64)
local x = lab.arange(-2, 2, 0.01, float64)
local panels = {rows = 1, cols = 3, size = {960, 340}}
for i, entry in ipairs {
  {"0.5 x^2: convex", half_square}, {"cos(pi x): not convex", wave}, {"exp(0.5 x): convex", growth},
} do
  local name, f = table.unpack(entry)
  panels[i] = plot.figure {title = name}
  panels[i]:line(x, f(x))
  panels[i]:line(segment, f(segment), {style = "-o"})
end
plot.grid(panels):save("convex-functions")

local shifted = function(v) return (v - 1) ^ 2 end
local fig = plot.figure {title = "f(x) = (x - 1)^2", xlabel = "x", ylabel = "f(x)"}
fig:line(x, shifted(x))
fig:line(segment, shifted(segment), {style = "-o"})
fig:save("local-is-global")

-- Jensen's inequality: for weights w >= 0 that add up to one, sum w f(x) >= f(sum w x) if f is convex.
fig = plot.figure {title = "Jensen's inequality", xlabel = "f(mean)", ylabel = "mean of f"}
fig:line({-1, 2.7}, {-1, 2.7}, {style = "--", color = "gray"})
for _, entry in ipairs {{"cos(pi x)", wave}, {"exp(0.5 x)", growth}} do
  local name, f = table.unpack(entry)
  local points = lab.rand(p.samples, p.points, float64) * 4 - 2
  local weights = -lab.log(lab.rand(p.samples, p.points, float64) + 1e-12)
  weights = weights / weights:sum(2, true)
  local of_mean, mean = f((weights * points):sum(2)), (weights * f(points)):sum(2)
  local count = mean:ge(of_mean):sum():item()
  print(("Jensen: mean of %s is at least its value at the mean in %d of %d samples"):format(name, count, p.samples))
  train.record("jensen " .. name, 0, {holds = count})
  fig:points(of_mean, mean, {label = name, style = "."})
end
fig:save("jensen")

-- Hessian: convex where no eigenvalue is negative.
local function eigenvalues(H)
  local a, b, c = H[{1, 1}]:item(), H[{1, 2}]:item(), H[{2, 2}]:item()
  local middle, spread = (a + c) / 2, math.sqrt((a - c) ^ 2 / 4 + b ^ 2)
  return middle - spread, middle + spread
end

local function eigenvalues_of(f)
  local hessian = lab.func.hessian(function(v) return f(v[1], v[2]) end)
  return function(x1, x2) return eigenvalues(hessian(lab.tensor({x1, x2}, float64))) end
end

for _, entry in ipairs {
  {"0.5 x1^2 + 0.5 x2^2", function(x1, x2) return 0.5 * (x1 ^ 2 + x2 ^ 2) end},
  {"log(exp(x1) + exp(x2))", function(x1, x2) return lab.log(lab.exp(x1) + lab.exp(x2)) end},
  {"x1^2 - x2^2", function(x1, x2) return x1 ^ 2 - x2 ^ 2 end},
} do
  local low, high = eigenvalues_of(entry[2])(0.5, -0.5)
  local kind = low > 1e-9 and "positive definite" or low > -1e-9 and "semidefinite" or "indefinite"
  print(("Hessian of %s: eigenvalues %.3f, %.3f: %s"):format(entry[1], low, high, kind))
end

local function wells(x1, x2)
  return -lab.exp(-(x1 - 1) ^ 2 - x2 ^ 2) - 0.8 * lab.exp(-(x1 + 1) ^ 2 - x2 ^ 2)
end
local spectrum = eigenvalues_of(wells)
fig = plot.figure {
  title = "Smaller eigenvalue of the Hessian of two wells", xlabel = "x1", ylabel = "x2", size = {680, 440},
}
local grid = {x = {-2.5, 2.5, 0.1}, y = {-1.5, 1.5, 0.1}}
local function lower(x1, x2) return (spectrum(x1, x2)) end
fig:contour(lower, {x = grid.x, y = grid.y, levels = 14, filled = true, colorbar = true})
fig:contour(wells, {x = grid.x, y = grid.y, color = "white", width = 0.8})
fig:contour(lower, {x = grid.x, y = grid.y, levels = {0}, color = "black", width = 2})
for _, middle in ipairs {-1, 1} do fig:text("convex", {middle, -0.05}, {align = "center"}) end
fig:save("hessian")

-- Projections: the nearest point of a ball. On the L2 ball the direction stays; on the L1 ball small coordinates
-- become zero.
local function norm2(v) return math.sqrt(v[1] ^ 2 + v[2] ^ 2) end

local function project_l2(v)
  local scale = math.min(1, p.radius / norm2(v))
  return {scale * v[1], scale * v[2]}
end

local function project_l1(v)
  local a, b = math.abs(v[1]), math.abs(v[2])
  if a + b <= p.radius then return {v[1], v[2]} end
  local cut = (a + b - p.radius) / 2 -- what both coordinates lose, unless one of them has less than that
  if math.min(a, b) < cut then cut = math.max(a, b) - p.radius end
  local function shrink(u) return (u < 0 and -1 or 1) * math.max(math.abs(u) - cut, 0) end
  return {shrink(v[1]), shrink(v[2])}
end

local shots = (lab.rand(p.shots, 2, float64) * 4 - 2):tolist()
local angle = lab.linspace(0, 2 * math.pi, 121, float64)
local circle = {x = p.radius * lab.cos(angle), y = p.radius * lab.sin(angle)}
local diamond = {x = lab.tensor({1, 0, -1, 0, 1}) * p.radius, y = lab.tensor({0, 1, 0, -1, 0}) * p.radius}

local function draw_projection(title, set, project)
  local panel = plot.figure {title = title, xlim = {-2.2, 2.2}, ylim = {-2.2, 2.2}, aspect = "equal", legend = false}
  panel:line(set.x, set.y, {color = "blue"})
  local kinds = {inside = {x = {}, y = {}}, outside = {x = {}, y = {}}, projected = {x = {}, y = {}}}
  local function add(kind, v) table.insert(kinds[kind].x, v[1]) table.insert(kinds[kind].y, v[2]) end
  for _, v in ipairs(shots) do
    local u = project(v)
    local moved = norm2 {u[1] - v[1], u[2] - v[2]} > 0
    add(moved and "outside" or "inside", v)
    if moved then
      add("projected", u)
      panel:line({v[1], u[1]}, {v[2], u[2]}, {style = ":", color = "gray"})
    end
  end
  for _, look in ipairs {{"inside", "gold"}, {"outside", "black"}, {"projected", "red"}} do
    local kind, color = look[1], look[2]
    if #kinds[kind].x > 0 then panel:points(kinds[kind].x, kinds[kind].y, {color = color, style = "o"}) end
  end
  return panel
end

plot.grid {
  rows = 1, cols = 2, size = {860, 440},
  draw_projection("L2 ball", circle, project_l2), draw_projection("L1 ball", diamond, project_l1),
}:save("projections")

-- Gradient clipping is the projection of the gradient onto the ball of radius theta: g <- g min(1, theta / |g|).
local function steep(x1, x2) return 0.25 * x1 ^ 4 + x2 ^ 2 end
local function clipped(v, grad) return v - p.lr_clip * grad * math.min(1, p.theta / grad:norm():item()) end
local free = train.descend(steep, {-5, -2}, {"SGD", lr = p.lr_clip}, 4)
print(("without clipping %s"):format(train.summary(free)))
local path = train.descend(steep, {-5, -2}, clipped, p.steps_clip)
train.report("clipping", path, ("gradient clipped to %g"):format(p.theta))
plot.trace2d(steep, path, {title = ("0.25 x1^4 + x2^2, gradient clipped to %g"):format(p.theta)}):save("clipping")

-- Constraint and penalty: minimise f under |x| <= r by projecting after every step, or f + (lambda / 2) |x|^2 without.
local function f(x1, x2) return (x1 - 2) ^ 2 + 2 * (x2 - 1) ^ 2 end
local function projected(v, grad) return lab.tensor(project_l2((v - p.lr * grad):tolist()), float64) end
local bounded = train.descend(f, {-1.5, 1}, projected, p.steps)
train.report("projected", bounded, "projected gradient descent")
local penalised = {x = {}, y = {}}
for i, lambda in ipairs {0, 0.25, 0.5, 1, 2, 4, 8, 16} do
  local function g(x1, x2) return f(x1, x2) + lambda / 2 * (x1 ^ 2 + x2 ^ 2) end
  local reached = train.descend(g, {2, 1}, {"SGD", lr = 1 / (4 + lambda)}, p.steps)
  local last = reached[#reached]
  penalised.x[i], penalised.y[i] = last[1], last[2]
  train.record("penalty", lambda, {x1 = last[1], x2 = last[2]})
  print(("lambda %g: x1: %f, x2: %f, length %.3f"):format(lambda, last[1], last[2], norm2(last)))
end
fig = plot.figure {
  title = "Penalty and constraint", xlabel = "x1", ylabel = "x2", xlim = {-1.6, 2.6}, ylim = {-1.3, 1.9},
  aspect = "equal", size = {720, 560},
}
fig:contour(f, {x = {-1.6, 2.6, 0.05}, y = {-1.3, 1.9, 0.05}, color = "lightgray"})
fig:line(circle.x, circle.y, {color = "blue", label = "|x| = r"})
local column = {{}, {}}
for i, v in ipairs(bounded) do column[1][i], column[2][i] = v[1], v[2] end
fig:line(column[1], column[2], {style = "-o", color = "orange", label = "projected descent"})
fig:line(penalised.x, penalised.y, {style = "-s", color = "green", label = "minima with a penalty"})
local constrained = bounded[#bounded]
fig:annotate("constrained minimum", constrained, {1.15, -0.1})
fig:save("penalty")
