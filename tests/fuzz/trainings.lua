--- Random trainings, many at once and each by itself.
--
--   optlab tests/fuzz/trainings.lua --cases N --seed S
local lab = require "optlab"
local trainings = require "tests.fuzz.trainings.run"

local params = lab.params { cases = { default = 200, min = 1, type = "integer", help = "how many trainings to try" } }

local seed, start = lab.initial_seed(), lab.clock()
local cases, report = trainings.run(params.cases, seed)
if report then
  print(report)
  os.exit(1, true)
end
print(("seed %d: no difference in %d trainings, %.1f s"):format(seed, cases, lab.clock() - start))
