--- Little memory is an error with a message, at the start and later.
local files = require "tests.support.files"
local program = require "tests.support.program"

describe("a limit of address space", function()
  local dir

  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  -- Runs a chunk with so many MB (ulimit -v).
  local function limited(mb, code)
    return program.shell(dir, ("ulimit -v %d; timeout -s KILL 60 %s -e %s"):format(mb * 1024,
      program.quoted(program.path), program.quoted(code)))
  end

  -- The sanitizers take terabytes; an emulator's address space is not the program's (scripts/trees).
  local function can_be_limited()
    if not os.getenv "OPTLAB_EMULATED" and limited(4000, "print(1)") == 0 then return true end
    pending("this build needs more address space than can be limited")
    return false
  end

  it("is named where a library could not even start, and never hangs", function()
    if not can_be_limited() then return end
    for mb = 120, 1000, 60 do -- below, the program itself has no room
      local status, out, err = limited(mb, [[
        local lab = require "optlab"
        local a = lab.ones(300, 300)
        print(a:matmul(a):sum():item())]])
      if status == 0 then
        assert.equal("27000000.0\n", out)
      else
        assert.equal(1, status, mb .. " MB: " .. err)
        assert.matches("memory", err)
      end
    end
  end)

  it("is an error of the operation, or of Lua, with status 1", function()
    if not can_be_limited() then return end
    local status, _, err = limited(1500, "local lab = require 'optlab' lab.zeros(100000, 100000)")
    assert.equal(1, status)
    assert.matches("lab.zeros: out of memory: %d+ bytes requested\n", err)
    status, _, err = limited(1500, "local m = require('optlab').metrics { 'x' } m:row(1) local t = {} "
      .. "for i = 1, 1e9 do t[i] = { i } end")
    assert.same({ 1, "optlab: not enough memory\n" }, { status, err })
    assert.equal("x\n1\n", files.read(dir .. "/out/metrics.csv"))
  end)
end)
