--- Show that projections onto convex sets do not make distances longer.
-- Book section: "Convexity", exercise 8.
--
-- The argument: u = Proj(x) is nearest to x, so no step towards another point v of the convex set
-- comes nearer: (x - u)' (v - u) <= 0. With v = Proj(y): (x - u)' (v - u) <= 0 and (y - v)' (u - v)
-- <= 0. Their sum says |u - v|² <= (x - y)' (u - v) <= |x - y| |u - v|, hence |u - v| <= |x - y|.
-- The first step fails where the set is not convex.
-- What to notice: the largest ratio |u - v| / |x - y| is at most 1 for all four convex sets, and
-- more for a sphere (the border alone), where close points inside go to distant ones.
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  pairs = {default = 20000, help = "of points for each set"},
  d = {default = 3, help = "dimensions"},
}
local float64 = {dtype = "float64"}

local function length(v) return v:norm(2, 2, true) end
local normal = lab.randn(p.d, float64)
local sets = {
  {"ball", function(v) return v / length(v):clamp(1) end},
  {"box", function(v) return v:clamp(-1, 1) end},
  {"quadrant", function(v) return lab.relu(v) end},
  {"half space", function(v) -- normal . v <= 1
    return v - lab.relu(v:mv(normal) - 1):reshape(-1, 1) * normal / normal:dot(normal)
  end},
  {"sphere", function(v) return v / length(v) end},
}
local x, y = lab.randn(p.pairs, p.d, float64) * 2, lab.randn(p.pairs, p.d, float64)
y = x + y * 3 * lab.rand(p.pairs, 1, float64) -- near and far ones
for _, entry in ipairs(sets) do
  local name, project = table.unpack(entry)
  local ratio = (length(project(x) - project(y)) / length(x - y)):max():item()
  train.record(name, p.d, {ratio = ratio})
  print(("%-10s largest |Proj(x) - Proj(y)| / |x - y| of %d pairs: %.4f"):format(name, p.pairs, ratio))
end
