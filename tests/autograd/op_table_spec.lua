--- The op table from within: what each row must keep to, and that a row can save any of its inputs.
local files = require "tests.support.files"
local program = require "tests.support.program"

describe("the op table", function()
  it("passes its test in C", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    local test = program.path:match("^(.*)/") .. "/tests/op_table_test"
    local status, out, err = program.shell(dir, program.quoted(test))
    assert.same({ 0, "", "" }, { status, out, err })
  end)
end)
