--- optlab verify and optlab diff: runs that the program makes.
local files = require "tests.support.files"
local has = require("tests.support.text").contains
local json = require "optlab.base.json"
local program = require "tests.support.program"
local runs_folder = require "tests.support.runs_folder"
local uv = require "luv"

local dir
local temporary = os.getenv "TMPDIR"

local function prepare()
  dir = runs_folder.open()
  uv.fs_mkdir(dir .. "/tmp", 511)
  uv.os_setenv("TMPDIR", dir .. "/tmp")
end

local function clear()
  runs_folder.close()
  if temporary then uv.os_setenv("TMPDIR", temporary) else uv.os_unsetenv "TMPDIR" end
end

local SCRIPT = [[
local lab = require "optlab"
local half = require "half"
local p = lab.params { lr = 0.1, steps = 3 }
local x = lab.randn(2)
for i = 1, p.steps do
  x = x * half(p.lr)
  lab.train.record("a", i, { loss = x:sum():item() })
end
lab.plot.figure {}:line({ 1, 2 }, { p.lr, x:sum():item() }):save "line"
print(x)
]]

local function write_script(text)
  files.write(dir .. "/a.lua", text or SCRIPT)
  files.write(dir .. "/half.lua", "return function(v) return v / 2 end\n")
end

local function run(...)
  local status, _, err = program.run(dir, "a.lua", "--format", "none", ...)
  assert.same({ 0, "" }, { status, err })
end

local function edit(path, from, to)
  local text, n = files.read(dir .. "/" .. path):gsub(from, to)
  assert.is_true(n > 0)
  files.write(dir .. "/" .. path, text)
end

describe("optlab verify", function()
  before_each(prepare)
  after_each(clear)

  it("finds the same bits, from the run's own copies, and leaves nothing", function()
    write_script()
    run("--lr", "0.25", "--seed", "7", "--out", "elsewhere")
    write_script "error 'the script has been edited since'"
    files.write(dir .. "/half.lua", "error 'and so has the module'")
    local before = files.read(dir .. "/elsewhere/metrics.csv")
    assert.same({ 0, "1-a: the same bits (done, line.gp, metrics.csv)\n", "" }, { program.run(dir, "verify", "last") })
    assert.same({ "1-a" }, files.names(dir .. "/runs"))
    assert.same({}, files.names(dir .. "/tmp"))
    assert.equal(before, files.read(dir .. "/elsewhere/metrics.csv"))
  end)

  it("says what differs and why it may", function()
    write_script()
    run "--lr=0.5"
    edit("runs/1-a/metrics.csv", "a,2,loss,", "a,2,loss,9")
    edit("runs/1-a/run.json", '"optlab": "', '"optlab": "0.0.')
    local status, out, err = program.run(dir, "verify", "1")
    assert.same({ 1, "optlab: verify: 1-a is not what it was\n" }, { status, err })
    has(out, "1-a: differs\n  metrics.csv: line 3 was 'a,2,loss,9")
    has(out, "the same: line.gp\nwhy it may:\n  optlab: was 0.0.")
    os.remove(dir .. "/runs/1-a/line.gp")
    has(select(2, program.run(dir, "verify", "1")), "line.gp: was not written the first time")
  end)

  it("sees that data have changed, which it reads where they are", function()
    uv.fs_mkdir(dir .. "/v..1", 448)
    files.write(dir .. "/v..1/d.csv", "x,y\n1,2\n3,4\n")
    write_script [[local lab = require "optlab"
      lab.train.record("a", 1, { loss = lab.data.csv("v..1/d.csv", { header = true }):sum():item() })]]
    run()
    assert.same({ 0, "1-a: the same bits (done, metrics.csv)\n", "" }, { program.run(dir, "verify", "1") })
    files.write(dir .. "/v..1/d.csv", "x,y\n1,2\n3,5\n")
    local status, out = program.run(dir, "verify", "1")
    assert.equal(1, status)
    has(out, "metrics.csv: line 2 was 'a,1,loss,10', now 'a,1,loss,11'")
    has(out, "data v..1/d.csv: was sha256 ")
  end)

  it("says where a run fails again, but for another reason", function()
    write_script 'require("optlab").params {} error "there is none"'
    assert.equal(1, (program.run(dir, "a.lua", "--format", "none")))
    assert.same({ 0, "1-a: the same bits (failed, no records and no figures)\n", "" },
      { program.run(dir, "verify", "1") })
    edit("runs/1-a/run.json", "there is none", "there it is")
    has(select(2, program.run(dir, "verify", "1")),
      "although not everything is as it was:\n  failed: was 'a.lua:1: there it is', now 'a.lua:1: there is none'\n")
  end)

  it("says where nothing that is recorded explains it", function()
    write_script [[local lab = require "optlab"
      lab.train.record("a", 1, { loss = os.time() + os.clock() + require("luv").hrtime() })]]
    run()
    local status, out = program.run(dir, "verify", "1")
    assert.equal(1, status)
    has(out, "nothing that is recorded has changed: the script may depend on the time")
  end)

  it("refuses copies that are not what ran, and runs without an end", function()
    write_script()
    run()
    edit("runs/1-a/code/half.lua", "2", "3")
    local function said()
      local status, out, err = program.run(dir, "verify", "1")
      assert.same({ 1, "" }, { status, out })
      return err
    end
    assert.equal("optlab: verify: 1-a: its copy code/half.lua is not what ran: the checksum is another one\n", said())
    os.remove(dir .. "/runs/1-a/code/half.lua")
    has(said(), "its copy of the code is not complete: ")
    edit("runs/1-a/run.json", '"status": "done"', '"status": "interrupted"')
    assert.equal("optlab: verify: 1-a: it is interrupted, so it has no end to compare\n", said())
    assert.same({}, files.names(dir .. "/tmp"))
  end)
end)

describe("optlab diff", function()
  before_each(prepare)
  after_each(clear)

  it("shows parameters, values, and the code line by line", function()
    write_script()
    run("--lr", "0.25", "--seed", "1")
    edit("a.lua", "x %* half%(p.lr%)", "x - half(p.lr)")
    files.write(dir .. "/other.lua", "return 1\n")
    edit("a.lua", "local half", "require 'other'\nlocal half")
    run("--lr", "0.5", "--seed", "2")
    local status, out, err = program.run(dir, "diff", "1", "2", "--context", "0")
    assert.same({ 0, "" }, { status, err })
    has(out, "run\n  seed: 1 -> 2\nparameters\n  lr: 0.25 -> 0.5\nfinal values\n  loss: ")
    has(out, "--- 1-a/code/a.lua\n+++ 2-a/code/a.lua\n@@ -1,0 +2 @@\n+require 'other'\n@@ -6 +7 @@\n"
      .. "-  x = x * half(p.lr)\n+  x = x - half(p.lr)\n--- /dev/null\n+++ 2-a/code/other.lua\n+return 1\n")
    assert.equal("1-a and 1-a have the same parameters, seed, versions, data, code and final values\n",
      select(2, program.run(dir, "diff", "1", "1")))
  end)

  it("shows versions and data, and what cannot be read", function()
    write_script()
    run()
    run()
    edit("runs/2-a/run.json", '"build": "', '"build": "x')
    edit("runs/2-a/run.json", '"data": {', '"data": {"d.csv": "stand-in"')
    edit("runs/2-a/run.json", '"half.lua": "', '"half.lua": "0')
    os.remove(dir .. "/runs/2-a/code/half.lua")
    local _, out = program.run(dir, "diff", "1", "2")
    has(out, "versions\n  build: ")
    has(out, "data\n  d.csv: none -> a stand-in\n")
    has(out, "(the copy cannot be read: ")
    assert.is_truthy(json.decode(files.read(dir .. "/runs/2-a/run.json")))
  end)
end)
