--- Show that max(f, g) of convex functions is convex, and that min(f, g) is not.
-- Book section: "Convexity", exercise 3.
--
-- The argument: max(f, g) at λ x + (1 - λ) y is f or g there, so at most λ f(x) + (1 - λ) f(y) or
-- the same with g; both are at most λ max(f, g)(x) + (1 - λ) max(f, g)(y). For min an example is
-- enough: min((x - 1)², (x + 1)²) is 0 at -1 and 1 and 1 between them. But min is convex for some
-- pairs, for instance whenever f <= g everywhere: "is not convex" means "need not be".
-- What to notice: of the chords of min some lie below the function, of those of max none; for the
-- pair x² and x² + 1 none of either.
local lab = require "optlab"
local train = lab.train

local p = lab.params {chords = {default = 5000, help = "random chords on [-2, 2]"}}
local float64 = {dtype = "float64"}

local function left(x) return (x + 1) ^ 2 end
local function right(x) return (x - 1) ^ 2 end
local function low(x) return x ^ 2 end
local function high(x) return x ^ 2 + 1 end

local a, b, z = lab.rand(p.chords, float64) * 4 - 2, lab.rand(p.chords, float64) * 4 - 2, lab.rand(p.chords, float64)
local function broken(h) -- how often a chord lies below the function
  return (z * h(a) + (1 - z) * h(b)):lt(h(z * a + (1 - z) * b) - 1e-12):sum():item()
end
for _, entry in ipairs {{"(x + 1)^2, (x - 1)^2", left, right}, {"x^2, x^2 + 1", low, high}} do
  local name, f, g = table.unpack(entry)
  local max = broken(function(x) return lab.maximum(f(x), g(x)) end)
  local min = broken(function(x) return lab.minimum(f(x), g(x)) end)
  train.record(name, 0, {max = max / p.chords, min = min / p.chords})
  print(("%-21s chords below max: %d, below min: %d of %d"):format(name, max, min, p.chords))
end
local at = function(x) return math.min(left(x), right(x)) end
print(("min at -1, 0, 1: %g, %g, %g: the chord from -1 to 1 is 0, the function 1"):format(at(-1), at(0), at(1)))
print "The book says that min(f, g) is not convex; min(x^2, x^2 + 1) is."
