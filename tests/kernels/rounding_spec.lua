--- The compiler rounds where the code says so, and BLAS in the order that is expected.
local files = require "tests.support.files"
local program = require "tests.support.program"

local function expect_silence(name)
  local dir = files.folder()
  finally(function() files.remove(dir) end)
  local test = program.path:match("^(.*)/") .. "/tests/" .. name
  assert.same({ 0, "", "" }, { program.shell(dir, program.quoted(test)) })
end

describe("The compiler", function()
  it("keeps the rounding to float32 in vectors that are built element by element", function()
    expect_silence("rounding_test")
  end)
end)

describe("Roots of products and sums", function()
  it("are the rounded ones", function() expect_silence("root_test") end)
end)

describe("Products of BLAS that count as sums in the plain order", function()
  it("are such sums, for any numbers", function() expect_silence("chain_test") end)
end)
