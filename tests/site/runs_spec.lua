--- Runs of the site: kept while the script and what it goes by are the same.
local files = require "tests.support.files"
local program = require "tests.support.program"
local runs = require "site.runs"

describe("The site's runs", function()
  it("are made again after a change of the script or of a file that it goes by", function()
    local dir, before = files.folder(), runs.PROGRAM
    local script, source = dir .. "/x.lua", dir .. "/list"
    runs.PROGRAM = program.path
    finally(function()
      runs.PROGRAM = before
      files.remove(dir)
      files.remove(runs.folder(script))
    end)
    local function ran()
      local count = 0
      local function say(line) if line:find(script, 1, true) then count = count + 1 end end
      assert.same({}, runs.all({ script }, { jobs = 1, say = say, sources = { [script] = { source } } }))
      return count
    end
    files.write(script, 'print "1"')
    files.write(source, "a")
    assert.same({ 1, 0 }, { ran(), ran() })
    files.write(source, "b")
    assert.same({ 1, 0 }, { ran(), ran() })
    files.write(script, 'print "2"')
    assert.same({ 1, 0 }, { ran(), ran() })
    assert.equal("2\n", runs.printed(script))
  end)
end)
