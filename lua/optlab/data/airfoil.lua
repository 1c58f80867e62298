--- NASA's airfoil self-noise data (UCI, CC BY 4.0), the regression problem of the book's chapter: five features of a
-- wind-tunnel test and the sound pressure level, 1503 rows.
--
-- All columns are standardised over all rows (mean 0, standard deviation 1, divided by n) before the first n rows are
-- taken, as the book does it, but in double whatever the dtype.
--
-- The stand-in is a normal sample with exactly the real table's means and covariances, kept below: least squares sees
-- a table only through these, so weights and loss of the optimum over all rows (half the mean squared error:
-- 0.242145) are the real ones. tests/reference/airfoil_moments.lua prints the numbers.
-- @module optlab.data.airfoil
local args = require "optlab.base.args"
local Dataset = require "optlab.data.dataset"
local core = require "optlab.core"
local locate = require "optlab.data.locate"

local SOURCE = {
  name = "airfoil",
  file = "airfoil_self_noise.dat",
  url = "http://d2l-data.s3-accelerate.amazonaws.com/airfoil_self_noise.dat",
  digest = "sha1:76e5be1548fd8222e5074cf0faae75edff8cf93f",
}
local FEATURES = { "frequency", "angle", "chord", "velocity", "thickness" }
local SEED = 1503

-- The lower triangle of the covariance, divided by n.
local ROWS = 1503
local MEAN = { 2886.3805721889553, 6.7823020625415174, 0.13654823685961226,
    50.860745176314175, 0.011139880391217556, 124.83594278110434 }
local COVARIANCE = {
  { 9932104.7972806301 },
  { -5085.6725061741708, 35.000937614679358 },
  { -1.0787821633291337, -0.27930199394513266, 0.0087440462626931087 },
  { 6557.7717589881295, 5.4117803204856649, 0.0055122727709363281,
    242.35026211936523 },
  { -9.5332308382380511, 0.058593688516836974, -0.00027147366621581179,
    -0.00081327985729752071, 0.000172813605609254 },
  { -8491.7411518768076, -6.369182516315778, -0.15229489624193604,
    13.431013455811827, -0.028346177237083419, 47.559798869646791 },
}

local function stand_in()
  local full = {}
  for i = 1, 6 do
    full[i] = {}
    for j = 1, 6 do full[i][j] = COVARIANCE[math.max(i, j)][math.min(i, j)] end
  end
  local f64 = { dtype = "float64" }
  return core.data.gaussian(ROWS, core.tensor.tensor(MEAN, f64), core.tensor.tensor(full, f64), SEED)
end

-- The whole table in float64, and the fields that tell where it comes from.
local function table_and_origin()
  local path, where = locate.find(SOURCE)
  if not path then
    locate.announce_stand_in(SOURCE, where)
    return stand_in(), { stand_in = true, note = "stand-in data" }
  end
  local rows = core.data.csv(path, { dtype = "float64" })
  if where == "given" then locate.check(SOURCE, path) end
  return rows, { path = path }
end

local AIRFOIL = args.declare("data.airfoil", {
  doc = "NASA's airfoil self-noise data, standardized: five features and one target.",
  { "n", "integer", min = 1, max = ROWS, default = 1500, doc = "Number of rows, of 1503." },
  { "dtype", "float_dtype", doc = "Dtype of the tensors; by default the default dtype." },
})

--- Loads the data set; see `optlab.data.locate` for where it is looked for.
-- @tparam[opt] table options see the declaration above
-- @treturn Dataset `X` (n, 5), `y` (n), `features` (names), `mean` and `std` (6) of the raw columns, `stand_in`,
-- `note`
-- @usage local ds = lab.data.airfoil { n = 1500 }
local function airfoil(...)
  local o = AIRFOIL:read(...)
  local n, dtype = o.n, o.dtype or core.tensor.get_default_dtype()
  local rows, ds = table_and_origin()
  local z, mean, std = core.data.standardize(rows)
  local first = z:narrow(1, 1, n):to(dtype)
  ds.name, ds.features = SOURCE.name, FEATURES
  ds.X = first:narrow(2, 1, 5):contiguous()
  ds.y = first:select(2, 6):contiguous()
  ds.mean, ds.std = mean:to(dtype), std:to(dtype)
  return Dataset.new(ds)
end

return airfoil
