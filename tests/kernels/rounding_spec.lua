--- The compiler rounds where the code says so.
local files = require "tests.support.files"
local program = require "tests.support.program"

describe("The compiler", function()
  it("keeps the rounding to float32 in vectors that are built element by element", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    local test = program.path:match("^(.*)/") .. "/tests/rounding_test"
    assert.same({ 0, "", "" }, { program.shell(dir, program.quoted(test)) })
  end)
end)
