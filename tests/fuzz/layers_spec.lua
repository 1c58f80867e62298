--- Some hundred random layers beside plain formulas. `optlab tests/fuzz/layers.lua` runs more.
local assert = require "luassert"
local lab = require "optlab"
local layers = require "tests.fuzz.layers.run"

it("layers of random sizes and options give what plain formulas give", function()
  local state = lab.get_rng_state()
  local _, report = layers.run(200, 2026)
  lab.set_rng_state(state)
  assert.is_nil(report)
end)
