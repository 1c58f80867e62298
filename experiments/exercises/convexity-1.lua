--- Is it enough to check chords between points of the border, or between corners?
-- Book section: "Convexity", exercise 1.
--
-- (i) Border: yes, for a closed bounded set. If a chord from a to b leaves the set at z, follow its
-- line from z to both sides until it meets the set again. It does so in points of the border, and
-- the chord between these two contains z.
-- (ii) Corners: yes for a polygon without holes. Its convex hull has corners of the polygon; were
-- all edges of the hull inside, they would enclose nothing but the polygon, which then is its hull.
-- So some edge of the hull, a chord between corners, leaves a polygon that is not convex. But the
-- statement fails for sets with a hole (a triangle with a triangular hole) and for those without
-- corners (a ring): there the book's claim is wrong.
-- What to notice: the frame passes all chords between its six corners, and is not convex.
local lab = require "optlab"
local train = lab.train

local p = lab.params {chords = {default = 500, help = "random chords inside and of the border"}}

-- Polygons are lists of corners; a set is one polygon, or one with another cut out.
local function triangle(size) return {{0, size}, {-0.9 * size, -0.5 * size}, {0.9 * size, -0.5 * size}} end
local star = {{0, 1}, {0.2, 0.2}, {1, 0}, {0.2, -0.2}, {0, -1}, {-0.2, -0.2}, {-1, 0}, {-0.2, 0.2}}

-- Whether (x, y) lies to the left of all edges of a convex polygon by more than `margin`.
local function inside_convex(poly, x, y, margin)
  for i, a in ipairs(poly) do
    local b = poly[i % #poly + 1]
    if (b[1] - a[1]) * (y - a[2]) - (b[2] - a[2]) * (x - a[1]) < margin then return false end
  end
  return true
end
local function in_triangle(x, y) return inside_convex(triangle(1), x, y, -1e-9) end
local function in_frame(x, y) return in_triangle(x, y) and not inside_convex(triangle(0.4), x, y, 1e-9) end
local function in_star(x, y) -- the edge of a quarter joins (0, 1) and (1, 0) by way of (0.2, 0.2)
  x, y = math.abs(x), math.abs(y)
  return math.max(x, y) + 4 * math.min(x, y) <= 1 + 1e-9
end

local function leaves(set, a, b)
  for i = 1, 99 do
    local z = i / 100
    if not set(z * a[1] + (1 - z) * b[1], z * a[2] + (1 - z) * b[2]) then return 1 end
  end
  return 0
end

local function random() return lab.rand(1, {dtype = "float64"}):item() end
local function of_border(loops)
  local poly = loops[random() < 0.5 and 1 or #loops]
  local i, z = 1 + math.floor(random() * #poly), random()
  local a, b = poly[i], poly[i % #poly + 1]
  return {z * a[1] + (1 - z) * b[1], z * a[2] + (1 - z) * b[2]}
end
local function inner(_, set)
  while true do
    local v = {2 * random() - 1, 2 * random() - 1}
    if set(v[1], v[2]) then return v end
  end
end

for _, entry in ipairs {
  {"triangle", in_triangle, {triangle(1)}}, {"star", in_star, {star}},
  {"frame", in_frame, {triangle(1), triangle(0.4)}},
} do
  local name, set, loops = table.unpack(entry)
  local counts, corners, pairs_of = {inner = 0, border = 0, corners = 0}, {}, 0
  for _ = 1, p.chords do
    counts.inner = counts.inner + leaves(set, inner(loops, set), inner(loops, set))
    counts.border = counts.border + leaves(set, of_border(loops), of_border(loops))
  end
  for _, poly in ipairs(loops) do for _, v in ipairs(poly) do corners[#corners + 1] = v end end
  for i = 1, #corners do
    for j = i + 1, #corners do
      counts.corners, pairs_of = counts.corners + leaves(set, corners[i], corners[j]), pairs_of + 1
    end
  end
  train.record(name, 0, counts)
  print(("%-8s %3d of %d inner, %3d of %d border, %d of %d corner chords leave"):format(name, counts.inner, p.chords,
    counts.border, p.chords, counts.corners, pairs_of))
end
print "The book says that corners are enough. The frame is not convex, and no chord"
print "between its corners shows it: they are enough only without holes."
