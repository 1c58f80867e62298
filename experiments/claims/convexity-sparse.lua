--- Does a projection onto an L1 ball make weights sparse?
-- Book section: "Convexity". Claim: projections onto convex sets give sparse weight vectors if the
-- set is an L1 ball.
--
-- The nearest point of the L1 ball takes the same amount from every |w_i| and stops at 0; the
-- amount is found by sorting. First a random vector goes to balls of several radii. Then a linear
-- regression with few weights that are not zero is fitted by descent with a projection after every
-- step, with an L1 and with an L2 ball that the true weights just touch.
-- The figure: "weights", the true ones and both fits. What to notice: the smaller the L1 ball, the
-- more zeros; no L2 ball gives a single one. In the regression the L1 ball finds most of the
-- weights that are zero, keeps all that are not, and its error is a fraction of the other's.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  weights = {default = 50, help = "of the regression"},
  used = {default = 5, help = "of these, not zero"},
  examples = {default = 40, help = "fewer than weights"},
  noise = {default = 0.1, help = "standard deviation in the labels"},
  steps = {default = 500, help = "of the descents"},
}
local float64 = {dtype = "float64"}

local function project_l2(w, radius) return w * math.min(1, radius / w:norm():item()) end

local function project_l1(w, radius)
  local size = w:abs()
  if size:sum():item() <= radius then return w end
  local sorted, sum, cut = size:tolist(), 0, 0
  table.sort(sorted, function(a, b) return a > b end)
  for k, v in ipairs(sorted) do -- the largest k go on, each with `cut` less
    sum = sum + v
    if v - (sum - radius) / k <= 0 then break end
    cut = (sum - radius) / k
  end
  return w:sign() * lab.relu(size - cut)
end

local function zeros(w) return w:abs():lt(1e-9):sum():item() end

local w = lab.randn(p.weights, float64)
for _, part in ipairs {0.8, 0.5, 0.2, 0.05} do
  local radius = part * w:abs():sum():item()
  local u = project_l1(w, radius)
  local z1, z2 = zeros(u), zeros(project_l2(w, part * w:norm():item()))
  train.record("radius", part, {l1 = z1, l2 = z2, norm = u:abs():sum():item() / radius})
  print(("radius %4g of the vector's norm: %2d of %d weights zero by L1, %d by L2"):format(part, z1, p.weights, z2))
end

-- Regression: y = X w + noise, the first weights of size 1 to 2, the others 0.
local truth = lab.zeros(p.weights, float64)
truth[{{1, p.used}}] = (1 + lab.rand(p.used, float64)) * (lab.randint(0, 2, {p.used}):to("float64") * 2 - 1)
local X = lab.randn(p.examples, p.weights, float64)
local y = X:mv(truth) + p.noise * lab.randn(p.examples, float64)
local function fit(project, radius)
  local v = lab.zeros(p.weights, float64)
  for _ = 1, p.steps do v = project(v - 0.1 / p.examples * X:t():mv(X:mv(v) - y), radius) end
  return v
end
local fig = plot.figure {title = "Weights by projected descent", xlabel = "weight", ylabel = "value"}
fig:hline(0, {color = "lightgray"})
fig:points(truth, {label = "true", style = "o", color = "black", size = 1.4})
for _, entry in ipairs {
  {"L1", project_l1, truth:abs():sum():item(), "s", "red"}, {"L2", project_l2, truth:norm():item(), "x", "blue"},
} do
  local name, project, radius, style, color = table.unpack(entry)
  local v = fit(project, radius)
  local wrong, kept = (v - truth):norm():item(), p.used - zeros(v[{{1, p.used}}])
  train.record("regression " .. name, p.steps, {zeros = zeros(v), kept = kept, error = wrong})
  print(("%s ball: %2d of %d weights zero, %d of %d true ones kept, |w - true| = %.3f"):format(name, zeros(v),
    p.weights, kept, p.used, wrong))
  fig:points(v, {label = name .. " ball", style = style, color = color})
end
fig:save("weights")
