--- Is a convex function below a value on a convex set?
-- Book section: "Convexity". Claim: all below sets {x : f(x) <= b} of a convex f are convex.
--
-- Points of the below set for several b, and the share of chords between them with one
-- of 49 points above b.
-- The figure: "below-sets", the borders of below sets of three functions.
-- What to notice: 0 for the convex function at every b. Of the two wells' chords 42 % leave where
-- the below set has two parts, and hardly any where it is one that is almost convex. The third
-- function, the square root of a length, is not convex and yet has convex below sets: the claim
-- cannot be turned round.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {chords = {default = 2000, help = "chords for each set"}}
local float64 = {dtype = "float64"}
local SIDE = 3 -- points come from [-3, 3]^2

local function bowl(x1, x2) return lab.log(lab.exp(x1) + lab.exp(-x1 + x2) + lab.exp(-x2)) end
local function wells(x1, x2)
  return -lab.exp(-(x1 - 1) ^ 2 - x2 ^ 2) - 0.8 * lab.exp(-(x1 + 1) ^ 2 - x2 ^ 2)
end
local function root(x1, x2) return lab.sqrt(lab.sqrt(x1 ^ 2 + 2 * x2 ^ 2 + 1e-12)) end

local function draw(f, b)
  local parts, count = {}, 0
  while count < p.chords do
    local v = (lab.rand(10000, 2, float64) * 2 - 1) * SIDE
    parts[#parts + 1] = v[f(v[{{}, 1}], v[{{}, 2}]):le(b)]
    count = count + #parts[#parts]
  end
  return lab.cat(parts)[{{1, p.chords}}]
end

local function share_that_leave(f, b)
  local from, to, left = draw(f, b), draw(f, b), lab.zeros(p.chords, float64)
  for i = 1, 49 do
    local v = i / 50 * from + (1 - i / 50) * to
    left = left + f(v[{{}, 1}], v[{{}, 2}]):gt(b):to("float64")
  end
  return left:gt(0):sum():item() / p.chords
end

local panels = {rows = 1, cols = 3, size = {960, 360}}
for i, entry in ipairs {
  {"log-sum-exp", bowl, {1.2, 1.5, 2, 2.5}}, {"two wells", wells, {-0.9, -0.7, -0.5, -0.3, -0.1}},
  {"root of the length", root, {0.5, 1, 1.3, 1.6}},
} do
  local name, f, levels = table.unpack(entry)
  local words = {}
  for k, b in ipairs(levels) do
    local share = share_that_leave(f, b)
    train.record(name, b, {leave = share})
    words[k] = ("%g: %.3f"):format(b, share)
  end
  print(("%s, share of chords that leave for each b:"):format(name))
  print("  " .. table.concat(words, ",  "))
  panels[i] = plot.figure {title = name, xlabel = "x₁", ylabel = "x₂", aspect = "equal"}
  panels[i]:contour(f, {x = {-SIDE, SIDE, 0.05}, y = {-SIDE, SIDE, 0.05}, levels = levels})
end
plot.grid(panels):save("below-sets")
