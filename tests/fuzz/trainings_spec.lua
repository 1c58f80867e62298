--- Some random trainings, many at once and each by itself. `optlab tests/fuzz/trainings.lua` runs more.
local assert = require "luassert"
local trainings = require "tests.fuzz.trainings.run"

it("random trainings have the same bits in a sweep, on any number of threads, and each by itself", function()
  local _, report = trainings.run(60, 2026)
  assert.is_nil(report)
end)
