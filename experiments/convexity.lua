--- Convexity: what makes a function easy to minimise, and how to stay inside a set.
-- Book section: "Convexity".
-- Exercises: experiments/exercises/convexity-1.lua to convexity-8.lua.
-- More claims: experiments/claims/convexity-*.lua: sets (chords), below-sets, jensen (hidden
-- variables), second-derivatives, constraints (Lagrangian, penalty, projection), clipping, sparse.
--
-- The question: how does one recognise a convex function, what is it good for, and how does one
-- find the point of a set that is nearest to another?
-- The figures: "convex-functions", chords above convex functions and below a cosine;
-- "local-is-global", (x - 1)²; "minima", descents of a function with many minima and of one with
-- none; "jensen", the mean of f against f of the mean for random weights; "projections" onto the
-- L2 and the L1 ball: points of the set (yellow) stay, points outside (black) go to red ones.
-- The book's plt.subplots(1, 3) is plot.grid{rows = 1, cols = 3, ...}, its plot([x, segment],
-- [f(x), f(segment)]) is one fig:line a curve.
-- What to notice: all descents of max(|x| - 1, 0) end at the same value but at different points;
-- exp(x) gets smaller as 1/(η t), and x never comes to rest. Jensen's inequality holds in every
-- sample of a convex function and in about half of those of the cosine. On the L2 ball the
-- direction is kept (cosine 1), on the L1 ball it is not.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  samples = {default = 400, help = "Jensen's inequality: how often it is tried"},
  points = {default = 4, help = "Jensen's inequality: points of each try"},
  lr = {default = 0.1, help = "learning rate of the descents of \"minima\""},
  steps = {default = 1000, help = "their steps"},
  radius = {default = 1.0, help = "of the balls that are projected onto"},
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
  {"½ x²: convex", half_square}, {"cos(πx): not convex", wave}, {"exp(0.5 x): convex", growth},
} do
  local name, f = table.unpack(entry)
  panels[i] = plot.figure {title = name}
  panels[i]:line(x, f(x))
  panels[i]:line(segment, f(segment), {style = "-o"})
end
plot.grid(panels):save("convex-functions")

local shifted = function(v) return (v - 1) ^ 2 end
local fig = plot.figure {title = "f(x) = (x - 1)²", xlabel = "x", ylabel = "f(x)"}
fig:line(x, shifted(x))
fig:line(segment, shifted(segment), {style = "-o"})
fig:save("local-is-global")

-- There may be many minima, or none: descents of max(|x| - 1, 0) and of exp(x).
local function flat(v) return lab.relu(lab.abs(v) - 1) end
local function descent(v, grad) return v - p.lr * grad end
local starts, ends = {-1.95, -1.25, -0.4, 0.5, 1.5, 1.92}, {}
for i, start in ipairs(starts) do
  local path = train.descend(flat, start, descent, p.steps)
  ends[i] = path[#path]
end
starts, ends = lab.tensor(starts, float64), lab.tensor(ends, float64)
local many = plot.figure {title = "max(|x| - 1, 0): many minima", xlabel = "x", ylabel = "f(x)"}
many:line(x, flat(x))
many:points(starts, flat(starts), {color = "black", size = 1.4, label = "start"})
many:points(ends, flat(ends), {color = "red", label = "end"})
local leftmost, rightmost, highest = ends:min():item(), ends:max():item(), flat(ends):max():item()
train.record("many minima", 0, {from = leftmost, to = rightmost, highest = highest})
print(("max(|x| - 1, 0): descents end between %.2f and %.2f, all at f = %g"):format(leftmost, rightmost, highest))

local path = lab.tensor(train.descend(lab.exp, 0.0, descent, p.steps), float64)
local t = lab.arange(1, p.steps + 1, float64)
local none = plot.figure {title = "exp(x): no minimum", xlabel = "step t", ylabel = "f(x)", logx = true, logy = true}
none:line(t, lab.exp(path[{{2, p.steps + 1}}]), {label = "descent from 0"})
none:line(t, 1 / (p.lr * t), {label = "1 / (η t)", style = "--"})
plot.grid {rows = 1, cols = 2, size = {860, 380}, many, none}:save("minima")
for _, step in ipairs {p.steps // 10, p.steps} do
  local v = path[step + 1]:item()
  train.record("no minimum", step, {x = v, f = lab.exp(v)})
  print(("exp(x): after %d steps x = %.3f, f(x) = %.6f, and still falling"):format(step, v, lab.exp(v)))
end

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
  print(("Jensen, %s: mean of f >= f of the mean in %d of %d samples"):format(name, count, p.samples))
  train.record("jensen " .. name, 0, {holds = count})
  fig:points(of_mean, mean, {label = (name:gsub("pi ", "π")), style = "."})
end
fig:save("jensen")

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

local shots = {
  {0.3, 0.4}, {-0.5, 0.2}, {-0.1, -0.6}, {0.2, -0.3}, {0.65, 0.65}, {-0.8, -0.45}, {1.4, 0.3}, {1.1, 1.5},
  {0.1, 1.8}, {-1.3, 1.6}, {-1.8, 0.4}, {-1.2, -1.4}, {0.5, -1.7}, {1.7, -1.2},
}
local angle = lab.linspace(0, 2 * math.pi, 121, float64)
local circle = {x = p.radius * lab.cos(angle), y = p.radius * lab.sin(angle)}
local diamond = {x = lab.tensor({1, 0, -1, 0, 1}) * p.radius, y = lab.tensor({0, 1, 0, -1, 0}) * p.radius}

local function draw_projection(title, set, project)
  local panel = plot.figure {title = title, xlim = {-2.2, 2.2}, ylim = {-2.2, 2.2}, aspect = "equal", legend = false}
  panel:line(set.x, set.y, {color = "blue"})
  local cosine = 1
  for _, v in ipairs(shots) do
    local u = project(v)
    if norm2 {u[1] - v[1], u[2] - v[2]} > 0 then
      panel:line({v[1], u[1]}, {v[2], u[2]}, {style = ":", color = "gray"})
      panel:points({v[1]}, {v[2]}, {color = "black"})
      panel:points({u[1]}, {u[2]}, {color = "red"})
      cosine = math.min(cosine, (u[1] * v[1] + u[2] * v[2]) / (norm2(u) * norm2(v)))
    else
      panel:points({v[1]}, {v[2]}, {color = "gold"})
    end
  end
  train.record(title, 0, {cosine = cosine})
  print(("%s: smallest cosine between a point outside and its projection: %.6f"):format(title, cosine))
  return panel
end

plot.grid {
  rows = 1, cols = 2, size = {860, 440},
  draw_projection("L2 ball", circle, project_l2), draw_projection("L1 ball", diamond, project_l1),
}:save("projections")
