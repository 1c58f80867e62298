local files = require "tests.support.files"
local program = require "tests.support.program"
local screens = require "tests.support.screen"
local terminal = require "tests.support.terminal"

describe("the area of a terminal that is drawn again", function()
  local dir

  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  -- What stands on the screen after a script, and the bytes that it sent.
  local function run(code, o)
    files.write(dir .. "/a.lua", code)
    o = o or {}
    local status, bytes = terminal.run(dir, program.path .. " --no-keep a.lua", o.steps or {}, o)
    return screens.new(o.columns or 80, o.rows or 24):feed(bytes), bytes, status
  end

  -- A curve of two lines that is always due.
  local CURVE = [[
    local lab, area = require "optlab", require "optlab.base.terminal.area"
    local n = 0
    area.show("curve", function() n = n + 1 return { lines = { "first " .. n, "second " .. n } } end, 0)
  ]]

  it("is drawn in its own place", function()
    local screen = run(CURVE .. 'area.touch("curve") for _ = 2, 3 do area.refresh() end')
    assert.same({ "first 3", "second 3" }, screen:lines())
  end)

  it("stands below what is printed, by every way of printing", function()
    local screen = run(CURVE .. [[
      area.touch("curve")
      print("printed")
      io.write("written\n")
      io.stdout:write("as a method", "\n")
      io.stderr:write("an error\n")
      os.execute("echo a command")
      area.refresh()]])
    assert.matches("^printed\nwritten\nas a method\nan error\na command\nfirst %d+\nsecond %d+$", screen:text())
  end)

  it("waits for the end of a line that the script has begun", function()
    local screen = run(CURVE .. [[
      io.write("begun")
      for _ = 1, 3 do area.refresh() end
      io.write(", ended\n")]])
    assert.same({ "begun, ended", "first 1", "second 1" }, screen:lines())
  end)

  it("scrolls with the screen", function()
    local screen = run(CURVE .. 'for i = 1, 30 do print("line " .. i) area.refresh() end', { rows = 10 })
    local text = screen:text()
    for i = 1, 30 do
      assert.equal(1, select(2, (text .. "\n"):gsub("line " .. i .. "\n", "")), "line " .. i)
    end
    assert.matches("line 30\nfirst %d+\nsecond %d+$", text)
    assert.equal(1, select(2, text:gsub("first", "")))
  end)

  it("loses no slot and keeps no trace when a bar below it ends", function()
    local screen = run(CURVE .. [[
      area.touch("curve")
      for i in lab.progress(4, "work") do require("luv").sleep(150) end
      area.refresh()]])
    assert.same(2, #screen:lines())
  end)

  it("stays when it is left, and an error comes below it", function()
    local screen, _, status = run(CURVE .. 'area.touch("curve") error("bad", 0)')
    assert.equal(1, status)
    assert.matches("^first %d\nsecond %d\noptlab: bad", screen:text())
  end)

  it("leaves the cursor to be seen and the line ended after Ctrl-C", function()
    local screen, bytes, status = run(CURVE .. [[
      area.touch("curve")
      io.popen(("sleep 0.2; kill -INT %d"):format(require("luv").os_getpid()))
      while true do area.touch("curve") end]])
    assert.equal(130, status)
    assert.matches("^first %d+\nsecond %d+\noptlab: a.lua:%d+: interrupted", screen:text())
    assert.is_falsy(screen.cursor_hidden)
    assert.equal(select(2, bytes:gsub("\27%[%?25l", "")), select(2, bytes:gsub("\27%[%?25h", "")))
  end)

  it("begins anew below what a shell wrote while the process was stopped", function()
    local screen = run(CURVE .. [[
      area.touch("curve")
      local pid = require("luv").os_getpid()
      io.popen(("(kill -STOP %d; sleep 0.1; printf '\\nstopped\\n' >&2; kill -CONT %d) &"):format(pid, pid))
      require("luv").sleep(500)
      area.refresh()
      print("a line")]])
    assert.matches("^first 1\nsecond 1\nstopped\na line\nfirst %d\nsecond %d$", screen:text())
  end)

  it("says what io.write says about a wrong value", function()
    local screen = run 'local lab = require "optlab"\nio.write("a", nil)'
    assert.matches("^optlab: a.lua:2: bad argument #2 to 'write' %(string expected, got nil%)", screen:text())
  end)

  it("is not there without a terminal", function()
    files.write(dir .. "/a.lua", CURVE .. 'area.touch("curve") print "x" area.refresh()')
    assert.same({ 0, "x\n", "" }, { program.run(dir, "a.lua") })
  end)
end)
