--- Random programs: optlab against a plain reference.
--
--   optlab tests/fuzz/programs.lua --operations N --seed S
--
-- Makes programs of some sixty lines (generate.lua), runs them in optlab and in the reference (machine.lua) until N
-- lines are through, and prints how many there were. At the first difference it prints what differs, and a program of
-- as few lines as were found to show it (shrink.lua), which runs by itself; the status is then 1.
local lab = require "optlab"
local session = require "tests.fuzz.programs.session"

local params = lab.params {
  operations = { default = 10000, min = 1, type = "integer", help = "how many lines to run, all programs together" },
  kind = { default = "mixed", choices = { "mixed", table.unpack(session.kinds) }, help = "which programs" },
}

local seed, start = lab.initial_seed(), lab.clock()
local counts, report = session.run(params.operations, seed, params.kind ~= "mixed" and params.kind or nil)
if report then
  print(report)
  os.exit(1, true)
end
print(("seed %d: no difference in %d operations, %d programs, %d of %d compiled steps replayed, %.1f s"):format(seed,
  counts.operations, counts.programs, counts.replayed, counts.steps, lab.clock() - start))
