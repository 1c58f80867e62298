--- Random layers: sizes, options and inputs by chance, beside plain formulas.
--
--   optlab tests/fuzz/layers.lua --cases N --seed S [--layer NAME]
local lab = require "optlab"
local layers = require "tests.fuzz.layers.run"

local params = lab.params {
  cases = { default = 500, min = 1, type = "integer", help = "how many layers to try" },
  layer = { default = "all", choices = { "all", table.unpack(layers.names) }, help = "which ones" },
}

local seed, start = lab.initial_seed(), lab.clock()
local cases, report = layers.run(params.cases, seed, params.layer ~= "all" and params.layer or nil)
if report then
  print(report)
  os.exit(1, true)
end
print(("seed %d: no difference in %d layers, %.1f s"):format(seed, cases, lab.clock() - start))
