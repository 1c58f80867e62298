--- A few thousand operations of random programs, and that the test finds what is wrong. `sh scripts/programs` runs
-- more.
local assert = require "luassert"
local lab = require "optlab"
local compare = require "tests.fuzz.programs.compare"
local machine = require "tests.fuzz.programs.machine"
local session = require "tests.fuzz.programs.session"

describe("random programs", function()
  local state
  before_each(function() state = lab.get_rng_state() end)
  after_each(function() lab.set_rng_state(state) end)

  it("give what the plain reference gives, compiled steps and several threads too", function()
    local counts, report = session.run(6000, 2026)
    assert.is_nil(report)
    assert.is_true(counts.steps > 2 and counts.replayed > counts.steps // 2)
  end)

  -- A program in which one line means something else to the reference.
  local function difference(lines, at, other)
    local m = machine.new()
    for i, line in ipairs(lines) do
      if i == at then
        local chunk = load(other)
        debug.setupvalue(chunk, 1, m.real)
        chunk()
      end
      local ok, what = pcall(m.line, m, line)
      if not ok then return what.difference end
    end
    local ok, what = pcall(m.finish, m)
    return not ok and what.difference or nil
  end

  local PROGRAM = { "t1 = lab.tensor({{1.5, 2}, {3, 4}})", "t2 = t1:transpose(1, 2)", "t2[1] = 7", "t3 = t1:sum(1)" }

  it("are found out where an element, a window, a dtype or an alias is another one", function()
    assert.is_nil(difference(PROGRAM))
    assert.equal("value", difference(PROGRAM, 2, "t1[{1, 1}] = 1.5000001"))
    assert.equal("value", difference(PROGRAM, 4, "t1[{2, 2}] = 4.00001"))
    assert.equal("value", difference(PROGRAM, 3, "t2 = t2:contiguous()"))
    assert.equal("strides", difference(PROGRAM, 4, "t2 = t2:t()"))
    assert.equal("dtype", difference(PROGRAM, 3, "t1 = t1:to('float64')"))
    assert.equal("shape", difference(PROGRAM, 3, "t1 = t1:unsqueeze(1)"))
  end)

  it("hold exact results to the bit and sums to a bound that follows from their length", function()
    local m = machine.new()
    m:line("t1 = lab.full({100}, 0.1)")
    m:line("t2 = t1:sum()")
    m.right.t2._tolerance, m.right.t2._storage.data[1] = { 1e-5 }, 10.00002
    assert.has_error(function() compare.tensor("t2", m.right.t2, m.real.t2) end)
    m.right.t2._storage.data[1] = 10.000005
    compare.tensor("t2", m.right.t2, m.real.t2)
    assert.equal(m.real.t2:item(), m.right.t2._storage.data[1]) -- the reference goes on from optlab's value
  end)

  it("must be refused where the reference refuses, with the function's name", function()
    local m = machine.new()
    m:line("t1 = lab.ones(2, 3)")
    assert.is_false(m:line("t2 = t1:permute(1, 1)"))
    m.real.t1 = lab.ones(3, 3)
    local ok, what = pcall(m.line, m, "t2 = t1:mm(t1)")
    assert.is_false(ok)
    assert.equal("accepted", what.difference)
  end)
end)
