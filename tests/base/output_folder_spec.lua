--- A folder of output belongs to one run at a time.
local files = require "tests.support.files"
local program = require "tests.support.program"

describe("an output folder", function()
  local dir

  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  -- What the script says while another run has the folder "out".
  local function beside_another(script, ...)
    files.write(dir .. "/first.lua", [[
      local m = require("optlab").metrics { "x" }
      m:row(1)
      io.open("ready", "w"):close()
      io.read()
      m:row(2)]])
    files.write(dir .. "/second.lua", script)
    local words = {}
    for i, word in ipairs { ... } do words[i] = program.quoted(word) end
    local status, out, err = program.shell(dir, ([[
      mkfifo go; %s first.lua --out out <go & first=$!
      exec 9>go; until [ -e ready ]; do sleep 0.02; done
      %s second.lua %s; s=$?
      echo >&9; wait $first || s=99; exit $s]]):format(program.quoted(program.path), program.quoted(program.path),
      table.concat(words, " ")))
    assert.equal("x\n1\n2\n", files.read(dir .. "/out/metrics.csv"))
    return status, err, out
  end

  local TAKEN = "out is being written by process %d+; give %-%-out another folder\n"

  it("refuses a second run's records, figures, tensors and checkpoints", function()
    for what, script in pairs {
      ["lab.metrics"] = 'lab.metrics { "y" }',
      ["Figure:save"] = 'local f = lab.plot.figure() f:line { 1, 2 } f:save("f")',
      ["lab.save"] = 'lab.save("./out/../out/t.npy", lab.zeros(1))',
      ["lab.save_checkpoint"] = 'lab.save_checkpoint("out/c.safetensors", { model = lab.nn.Linear(1, 1) })',
    } do
      local status, err = beside_another("local lab = require 'optlab' lab.set_out('out') " .. script)
      assert.equal(1, status)
      assert.matches("^optlab: second.lua:1: [%w.:_]+: " .. TAKEN, err, what)
      assert.same({ "metrics.csv" }, files.names(dir .. "/out"))
      program.shell(dir, "rm -r out go ready")
    end
  end)

  it("refuses a second run before it computes, when --out names it", function()
    local status, err, out = beside_another("require 'optlab' print 'computes'", "--out", "out")
    assert.same({ 1, "" }, { status, out })
    assert.matches("^optlab: second.lua:1: " .. TAKEN, err)
  end)

  it("does not keep another run from another folder, nor from reading", function()
    local status, err = beside_another([[
      local lab = require "optlab"
      lab.metrics { "y" }:row(1)
      lab.save("t.npy", lab.zeros(1))
      assert(io.open("out/metrics.csv"):read("a") == "x\n1\n")]], "--out", "out2")
    assert.same({ 0, "" }, { status, err })
  end)

  it("is free again after a run, however it ended", function()
    for _, last in ipairs { "", "error 'x'", "os.execute 'kill -KILL $PPID'", "os.exit(2)" } do
      files.write(dir .. "/a.lua", "require('optlab').metrics { 'x' }:row(1) " .. last)
      program.run(dir, "a.lua", "--out", "out")
      assert.same({ "metrics.csv" }, files.names(dir .. "/out"))
    end
  end)

  it("is not kept by a program that the run starts", function()
    files.write(dir .. "/a.lua", [[require("optlab").metrics { "x" }:row(1) os.execute "sleep 5 >&- 2>&- &"]])
    assert.equal(0, (program.run(dir, "a.lua", "--out", "out")))
    assert.equal(0, (program.run(dir, "a.lua", "--out", "out")))
  end)

  -- flock's child keeps the lock, as a child of a killed run does until it has become the program that it shall be.
  it("is waited for where a killed run's child keeps it for a moment, not where it does so for long", function()
    if os.execute("command -v flock >/dev/null 2>&1") ~= true then return pending "needs flock" end
    files.write(dir .. "/a.lua", "require('optlab').metrics { 'x' }:row(1)")
    local function after(seconds)
      local status, _, err = program.shell(dir, ([[
        mkdir -p out; mkfifo ready
        flock out sh -c 'echo $$ >ready; exec sleep %g' 2>&- >&- & locker=$!
        read child <ready; rm ready; kill -KILL $locker; wait $locker 2>&-
        %s a.lua --out out; s=$?; kill $child 2>&-; exit $s]]):format(seconds, program.quoted(program.path)))
      return status, err
    end
    assert.same({ 0, "" }, { after(0.3) })
    local status, err = after(30)
    assert.equal(1, status)
    assert.matches("out is being written by another process; give %-%-out another folder", err)
  end)
end)
