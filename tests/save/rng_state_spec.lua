--- lab.get_rng_state and lab.set_rng_state.
local lab = require "optlab"
local errors = require "tests.support.errors"
local contains = require("tests.support.text").contains
local nn = lab.nn

describe("lab.get_rng_state", function()
  it("goes back to where the random numbers were, for every purpose", function()
    lab.manual_seed(5)
    lab.rand(7)
    local function draw()
      local layer = nn.Linear(3, 3)
      local mask = nn.functional.dropout(lab.ones(20), 0.5, true)
      return { lab.randn(4):tolist(), layer.weight:tolist(), mask:tolist(), lab.randperm(9):tolist() }
    end
    local state = lab.get_rng_state()
    local first = draw()
    lab.manual_seed(1)
    lab.set_rng_state(state)
    assert.are.same(first, draw())
    assert.are_not.same(state, lab.get_rng_state())
    assert.are.equal(5, state.seed)
  end)

  it("checks what it is given", function()
    contains(errors.message(lab.set_rng_state, { seed = 1 }),
      "lab.set_rng_state: user is missing; it must be an integer")
    contains(errors.message(lab.set_rng_state, 3), "a table from lab.get_rng_state()")
    contains(errors.message(lab.set_rng_state, { sed = 1 }), "did you mean 'seed'?")
  end)
end)
