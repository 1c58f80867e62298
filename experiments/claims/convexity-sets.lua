--- Which sets are convex: do chords between their points stay inside?
-- Book section: "Convexity". Claims: a set with a bite (pacman) is not convex, a ball is; the
-- intersection of convex sets is convex, their union need not be.
--
-- Random pairs of points of each set; a chord leaves if one of 49 points along it lies outside.
-- The figure: "sets", points of each set, a chord that stays (green) and one that leaves (red).
-- What to notice: convex sets lose no chord at all, in ten dimensions either. Of two discs that lie
-- apart every chord from one to the other leaves, that is half of all; but the union of a disc
-- with one inside it is convex, so "the union is not convex" in the book's summary holds only for
-- some sets. A count of 0 is no proof, one chord that leaves is one.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  chords = {default = 1000, help = "chords for each set"},
  dimensions = {default = 10, help = "of the last ball"},
}
local float64 = {dtype = "float64"}

-- A set is a function of points (n, d) that gives 1 for those inside: a disc, a half plane, what is in both.
local function disc(x, y, r)
  return function(v) return ((v - lab.tensor({x, y}, float64)) ^ 2):sum(2):le(r ^ 2) end
end
local function both(A, B) return function(v) return lab.logical_and(A(v), B(v)) end end
local function either(A, B) return function(v) return lab.logical_or(A(v), B(v)) end end
local function ball(v) return (v ^ 2):sum(2):le(1) end
local function half_plane(v) return (v[{{}, 1}] + v[{{}, 2}]):le(0.4) end
local function pacman(v)
  local mouth = (v[{{}, 1}] - 1.7 * v[{{}, 2}]:abs()):le(0)
  return lab.logical_and(ball(v), mouth)
end

-- n points of the set out of the cube [-1.6, 1.6]^d, or [-1, 1]^d in many dimensions.
local function draw(set, n, d)
  local parts, count = {}, 0
  while count < n do
    local v = (lab.rand(4 * n, d, float64) * 2 - 1) * (d == 2 and 1.6 or 1)
    parts[#parts + 1] = v[set(v)]
    count = count + #parts[#parts]
  end
  return lab.cat(parts)[{{1, n}}]
end

-- For each pair of points 1 if the chord leaves the set.
local function leaves(set, a, b)
  local left = lab.zeros(#a, float64)
  for i = 1, 49 do
    local z = i / 50
    left = left + set(z * a + (1 - z) * b):eq(0):to("float64")
  end
  return left:gt(0)
end

local function chord_of(panel, a, b, which, color)
  local found = which:nonzero()
  if #found == 0 then return end
  local i = found[{1, 1}]:item()
  panel:line({a[{i, 1}]:item(), b[{i, 1}]:item()}, {a[{i, 2}]:item(), b[{i, 2}]:item()}, {style = "-o", color = color})
end

local panels = {rows = 2, cols = 3, size = {900, 560}}
for i, entry in ipairs {
  {"pacman", pacman}, {"ball", ball}, {"ball and half plane", both(ball, half_plane)},
  {"two discs, what is in both", both(disc(-0.5, 0, 1), disc(0.5, 0, 1))},
  {"two discs apart, union", either(disc(-0.9, 0, 0.6), disc(0.9, 0, 0.6))},
  {"disc in a disc, union", either(disc(0, 0, 1), disc(0.3, 0, 0.5))},
  {("ball in %d dimensions"):format(p.dimensions), ball, p.dimensions},
} do
  local name, set, d = table.unpack(entry)
  local a, b = draw(set, p.chords, d or 2), draw(set, p.chords, d or 2)
  local left = leaves(set, a, b)
  local share = left:sum():item() / p.chords
  train.record(name, 0, {leave = share})
  print(("%-27s %6.2f %% of %d chords leave it"):format(name, 100 * share, p.chords))
  if not d then
    panels[i] = plot.figure {title = name, xlim = {-1.7, 1.7}, ylim = {-1.3, 1.3}, aspect = "equal"}
    local shown = lab.cat {a, b}[{{1, 1500}}]
    panels[i]:points(shown[{{}, 1}], shown[{{}, 2}], {style = ".", color = "lightgray"})
    chord_of(panels[i], a, b, left:eq(0), "green")
    chord_of(panels[i], a, b, left, "red")
  end
end
plot.grid(panels):save("sets")
print "The book's summary: unions are not convex. The union of a disc in a disc is."
