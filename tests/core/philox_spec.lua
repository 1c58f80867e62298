--- The random numbers are those of Philox4x32-10.
local lab = require "optlab"
local files = require "tests.support.files"
local program = require "tests.support.program"

describe("Philox4x32-10", function()
  it("gives the known answers of its authors, one block at a time and in runs", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    local test = program.path:match("^(.*)/") .. "/tests/philox_test"
    local status, out, err = program.shell(dir, program.quoted(test))
    assert.same({ 0, "", "" }, { status, out, err })
  end)

  it("is what lab.rand draws from: two numbers a block, each of its 53 high bits", function()
    lab.manual_seed(0)
    -- the known answer of counter 0 and key 0
    local halves = { 0xe169c58d6627e8d5, 0x9b00dbd8bc57ac4c }
    for i, half in ipairs(halves) do halves[i] = (half >> 11) * 2.0 ^ -53 end
    assert.same(halves, lab.rand({ 2 }, { dtype = "float64" }):tolist())
  end)
end)
