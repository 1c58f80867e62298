--- Points of several classes: spirals, moons, blobs. Labels are int64 and count from 1; rows are in random order.
-- @module optlab.data.synthetic.classes
local args = require "optlab.base.args"
local core = require "optlab.core"
local Dataset = require "optlab.data.dataset"
local draws = require "optlab.data.synthetic.draws"

local tensor = core.tensor

local M = {}

local function n_of(n) return { "n", "integer", min = 1, default = n, doc = "Number of points, of all classes." } end
local SEED = { "seed", "integer", default = 0, doc = "Seed of the points." }
local DTYPE = { "dtype", "float_dtype", doc = "Dtype of X; by default the default dtype." }
local function noise_of(value)
  return { "noise", "number", min = 0, finite = true, default = value,
    doc = "Standard deviation of what is added to each coordinate." }
end

local SPIRALS = args.declare("data.spirals", {
  doc = "Points on spirals about the origin, one for each class (Lang and Witbrock, 1988, with two): X (n, 2), y (n).",
  n_of(300), { "classes", "integer", min = 1, default = 2, doc = "Number of spirals." },
  { "turns", "number", above = 0, finite = true, default = 1.75, doc = "Number of turns of a spiral." },
  noise_of(0.02), SEED, DTYPE,
})
local MOONS = args.declare("data.moons", {
  doc = "Points on two interleaving half circles, as in scikit-learn's make_moons: X (n, 2), y (n).",
  n_of(200), noise_of(0.1), SEED, DTYPE,
})
local BLOBS = args.declare("data.blobs", {
  doc = "Points scattered about a centre for each class: X (n, features), y (n); the centres are a field.",
  n_of(300), { "classes", "integer", min = 1, default = 3, doc = "Number of centres." },
  { "features", "integer", min = 1, default = 2, doc = "Number of coordinates." },
  { "std", "number", min = 0, finite = true, default = 1, doc = "Standard deviation about a centre." },
  { "spread", "number", min = 0, finite = true, default = 10, doc = "Centres are uniform in [-spread, spread]." },
  SEED, DTYPE,
})

-- Classes 1, 2, ..., 1, 2, ... of n points, and each point's place within its class, from 0 to 1.
local function classes_and_places(n, classes)
  local i = tensor.arange(0, n, { dtype = "float64" })
  local class = i - (i / classes):floor() * classes
  local most = math.max((n - 1) // classes, 1)
  return class:to("int64") + 1, (i / classes):floor() / most
end

local function scattered(d, X, noise)
  return noise > 0 and X + d.normal(X.shape):to("float64") * noise or X
end

-- The rows in random order.
local function dataset(name, d, X, y, more)
  local order = d.uniform { #y }:to("float64")
  local list, at = order:tolist(), {}
  for i = 1, #list do at[i] = i end
  table.sort(at, function(a, b) return list[a] < list[b] or (list[a] == list[b] and a < b) end)
  at = tensor.tensor(at, { dtype = "int64" })
  local fields = more or {}
  fields.name, fields.X, fields.y = name, X:index_select(1, at):to(d.dtype), y:index_select(1, at)
  return Dataset.new(fields)
end

function M.spirals(...)
  local o = SPIRALS:read(...)
  local d = draws.from(o.seed, o.dtype)
  local class, place = classes_and_places(o.n, o.classes)
  local angle = place * (o.turns * 2 * math.pi) + (class - 1):to("float64") * (2 * math.pi / o.classes)
  local radius = place * 0.95 + 0.05
  local X = tensor.stack({ radius * angle:cos(), radius * angle:sin() }, 2)
  return dataset("spirals", d, scattered(d, X, o.noise), class)
end

function M.moons(...)
  local o = MOONS:read(...)
  local d = draws.from(o.seed, o.dtype)
  local class, place = classes_and_places(o.n, 2)
  local angle, second = place * math.pi, (class - 1):to("float64")
  local sign = 1 - second * 2
  local X = tensor.stack({ angle:cos() * sign + second, angle:sin() * sign + second * 0.5 }, 2)
  return dataset("moons", d, scattered(d, X, o.noise), class)
end

function M.blobs(...)
  local o = BLOBS:read(...)
  local d = draws.from(o.seed, o.dtype)
  local centers = (d.uniform { o.classes, o.features } * 2 - 1) * o.spread
  local class = classes_and_places(o.n, o.classes)
  local X = centers:index_select(1, class):to("float64")
  return dataset("blobs", d, scattered(d, X, o.std), class, { centers = centers })
end

return M
