--- optlab sweep as a program: cells, tables, what is run again and what is not, failures, kills.
local files = require "tests.support.files"
local program = require "tests.support.program"
local reader = require "optlab.runs.reader"
local uv = require "luv"

local dir

-- A script whose loss is known: (log10 lr + 2)^2 + momentum; it fails, diverges or takes its time if it is told to.
local SCRIPT = [[
local lab = require "optlab"
local p = lab.params {
  lr = { default = 0.1, min = 0 }, momentum = { default = 0.0, max = 1 }, wait = 0.0, bad = false, kill = false,
}
for epoch = 1, 3 do
  local loss = (math.log(p.lr, 10) + 2) ^ 2 + p.momentum + 0.01 * lab.config.seed + 1 / epoch
  lab.train.record("toy", epoch, { loss = loss })
end
if p.wait > 0 then os.execute("sleep " .. p.wait) end
if p.bad then error("this is bad") end
if p.kill then os.execute("kill -9 $PPID") end
]]

before_each(function()
  dir = files.folder()
  files.write(dir .. "/x.lua", SCRIPT)
end)
after_each(function() files.remove(dir) end)

local function words(line)
  local list = {}
  for word in line:gmatch "%S+" do list[#list + 1] = word end
  return list
end

local function sweep(line) return program.run(dir, "sweep", "--runs-dir", "runs", table.unpack(words(line))) end

-- The directories of runs, in the order of their numbers.
local function names() return (require("optlab.runs.directory").names(dir .. "/runs")) end

local function text(name) return files.read(dir .. "/runs/" .. name) end

local function run(name) return reader.read(dir .. "/runs/" .. name) end

local function inode(name) return uv.fs_stat(dir .. "/runs/" .. name .. "/metrics.csv").ino end

describe("a sweep", function()
  it("says that data are made up; with --require-real-data such runs do not count", function()
    files.write(dir .. "/d.lua", [[
      local lab = require "optlab"
      local p = lab.params { lr = 0.1 }
      lab.data.airfoil { n = 10 }
      lab.train.record("toy", 1, { loss = p.lr })]])
    local line = "env -u OPTLAB_DATA OPTLAB_OFFLINE=1 XDG_CACHE_HOME=none '" .. program.path
      .. "' sweep --runs-dir runs %s d.lua --lr 1,2"
    local status, out = program.shell(dir, line:format "--quiet")
    assert.equal(0, status)
    assert.matches("no real data: cells read a stand-in made by the program for airfoil", out, 1, true)
    local again, _, err = program.shell(dir, line:format "--require-real-data")
    assert.equal(1, again)
    assert.matches("real data are required", err, 1, true)
  end)

  it("that has no finite median says whether all cells diverged", function()
    files.write(dir .. "/x.lua", [[
      local lab = require "optlab"
      local p = lab.params { lr = 0.1 }
      lab.train.record("toy", 1, { loss = lab.config.seed * p.lr > 1 and 1 / 0 or 1 })]])
    local _, out = sweep "--quiet x.lua --lr 1,2 --seed 1,2,3"
    assert.matches("\nthe median loss of every row is infinite, because cells diverged\n", out, 1, true)
    _, out = sweep "--quiet x.lua --lr 1,2 --seed 2,3"
    assert.matches("\nevery cell diverged\n", out, 1, true)
  end)

  it("says where cells did not read the same data", function()
    files.write(dir .. "/d.lua", [[
      local lab = require "optlab"
      local p = lab.params { file = "a.csv", lr = 0.1 }
      lab.data.csv(p.file)
      lab.train.record("toy", 1, { loss = p.lr })
    ]])
    files.write(dir .. "/a.csv", "1,2\n3,4\n")
    files.write(dir .. "/b.csv", "1,2\n3,5\n")
    local status, out = sweep "d.lua --file a.csv,b.csv --quiet"
    assert.equal(0, status)
    assert.matches("the runs did not read the same data: 1 run: a.csv (", out, 1, true)
    status, out = sweep "d.lua --file a.csv --lr 0.1,0.2 --quiet"
    assert.equal(0, status)
    assert.not_matches("the same data", out)
  end)

  it("runs every cell, and prints and writes a table with the best first", function()
    local status, out = sweep "x.lua --lr log(1e-3,1e-1,3) --seed 1,2 --quiet"
    assert.equal(0, status)
    assert.equal(table.concat({
      "   lr  median loss      25 %      75 %  seeds",
      " 0.01     0.348333  0.345833  0.350833      2",
      "0.001      1.34833   1.34583   1.35083      2",
      "  0.1      1.34833   1.34583   1.35083      2",
      "best: lr 0.01: loss 0.348333, the median of 2 seeds",
      "table, figure and cells: runs/1-x-sweep/ (a page of it: optlab report 1)", "",
    }, "\n"), out)
    assert.same({ "1-x-sweep", "2-x", "3-x", "4-x", "5-x", "6-x", "7-x" }, names())
    for _, file in ipairs { "table.txt", "table.csv", "table.md", "table.tex", "cells.csv", "sweep.gp", "sweep.svg" } do
      assert.is_true(files.exists(dir .. "/runs/1-x-sweep/" .. file), file)
      assert.is_true(files.exists(dir .. "/out/x-sweep/" .. file), file)
    end
    assert.matches("\n3,0.01,1,done,0.343333333", text "1-x-sweep/cells.csv", 1, true)
    local cell, record = run "4-x", run "1-x-sweep"
    assert.same({ "done", "1-x-sweep", 1, 0.01 }, { cell.status, cell.sweep, cell.seed, cell.parameters.lr })
    assert.same({ "done", "sweep", 6 }, { record.status, record.kind, record.cells })
    assert.equal("loss", record.definition.minimize)
  end)

  it("points out that a best value is at the edge of its range", function()
    local _, out = sweep "x.lua --lr 0.1,1 --quiet"
    assert.matches("\nthe best lr, 0.1, is the least that was tried; a lower one may be better\n", out, 1, true)
  end)

  it("says what it does, and what each cell gave", function()
    local _, _, err = sweep "x.lua --lr 0.1,0.01"
    assert.matches("^1 of 2  lr 0.1: loss 1.33333\n2 of 2  lr 0.01: loss 0.333333\n$", err)
  end)

  it("lists its cells with --dry-run and runs nothing", function()
    local status, out = sweep "x.lua --lr 0.1,0.01 --seed 1..2 --dry-run"
    assert.equal(0, status)
    assert.equal("1  lr 0.1, seed 1\n2  lr 0.1, seed 2\n3  lr 0.01, seed 1\n4  lr 0.01, seed 2\n"
      .. "4 cells of x.lua\n", out)
    assert.same({}, names())
  end)

  for line, message in pairs {
    ["y.lua --lr 1,2"] = "optlab: cannot open y.lua: No such file or directory\n",
    ["x.lua --lr 1,x"] = "optlab: --lr must be a number, got 'x'\n",
    ["x.lua --lr 1,-1"] = "optlab: --lr must be a number of at least 0, got '-1'\n",
    ["x.lua --momentum 0.5..1.5..0.5"] = "optlab: --momentum must be a number of at most 1, got '1.5'\n",
    ["x.lua --momnetum 1"] = "optlab: unknown option '--momnetum'; did you mean '--momentum'?\n",
    ["x.lua --lr 1,2 --treads 1"] = "optlab: unknown option '--treads'; did you mean '--threads'?\n",
    ["x.lua --lr 1,2 --threads 0"] = "optlab: --threads must be an integer in [1, 1024], got '0'\n",
  } do
    it("refuses " .. line .. " before anything runs", function()
      assert.same({ 1, "", message }, { sweep(line) })
      assert.same({}, names())
    end)
  end

  it("says which script cannot be asked", function()
    files.write(dir .. "/broken.lua", "local = 1")
    local status, _, err = sweep "broken.lua --lr 1"
    assert.equal(1, status)
    assert.matches("^optlab: broken.lua cannot say which parameters it has: broken.lua:1: <name> expected", err)
    files.write(dir .. "/silent.lua", "print(1)")
    status, _, err = sweep "silent.lua --lr 1"
    assert.equal(1, status)
    assert.equal("optlab: silent.lua declares no parameters (lab.params), so nothing of it can be varied\n", err)
  end)

  it("asks which quantity decides where it is not clear", function()
    files.write(dir .. "/two.lua", [[
      local lab = require "optlab"
      local p = lab.params { a = 1.0 }
      lab.train.record("r", 1, { up = p.a, down = -p.a })]])
    local status, out, err = sweep "two.lua --a 1,2 --quiet"
    assert.equal(1, status)
    assert.equal("optlab: say which quantity decides, --minimize NAME or --maximize NAME: down, up\n", err)
    assert.matches("^a\n1\n2\n", out)
    status, out = sweep "two.lua --a 1,2 --quiet --maximize up"
    assert.equal(0, status)
    assert.matches("best: a 2: up 2\n", out, 1, true)
    assert.equal(3, #names())
  end)
end)

describe("what is shown of a sweep", function()
  it("is its command, its table and its best value", function()
    sweep "x.lua --lr 0.1,0.01 --quiet"
    local status, out = program.run(dir, "show", "--runs-dir", "runs", "1")
    assert.equal(0, status)
    assert.matches("command +optlab sweep %-%-runs%-dir runs x.lua %-%-lr 0.1,0.01 %-%-quiet\n", out)
    assert.matches("\ntable\n    lr      loss\n  0.01  0.333333\n   0.1   1.33333\n", out, 1, true)
    assert.not_matches("cells/0001", out, 1, true)
  end)

  it("is a table without a figure where every cell diverged", function()
    files.write(dir .. "/y.lua", [[
      local lab = require "optlab"
      local p = lab.params { lr = 0.1 }
      lab.train.descend(function(x) return x ^ 2 end, 1, function(x, g) return x - p.lr * g end, 2000)
      lab.train.record("d", 1, { loss = p.lr })]])
    local status, out, err = sweep "y.lua --lr 10,20 --quiet"
    assert.same({ 0, "" }, { status, err })
    local expected = "lr  loss  diverged\n10   inf         1\n20   inf         1\nevery cell diverged\n"
    assert.equal(expected, out:match "^(.-)table, ")
    assert.is_false(files.exists(dir .. "/runs/1-y-sweep/sweep.gp"))
  end)
end)

describe("the same command again", function()
  it("runs nothing that is done, and writes the same", function()
    local _, first = sweep "x.lua --lr 0.1,0.01 --seed 1..3 --quiet"
    local function written()
      return text "1-x-sweep/table.md" .. text "1-x-sweep/cells.csv" .. text "1-x-sweep/sweep.gp"
    end
    local tables, before = written(), inode "3-x"
    local status, second, err = sweep "x.lua --lr 0.1,0.01 --seed 1..3"
    assert.same({ 0, first, "optlab: 6 of 6 cells are done already\n" }, { status, second, err })
    assert.equal(tables, written())
    assert.equal(before, inode "3-x")
    assert.equal(7, #names())
  end)

  it("with more values runs the new cells alone; runs by themselves count too", function()
    program.run(dir, "--runs-dir", "runs", "x.lua", "--lr", "0.5")
    sweep "x.lua --lr 0.1,0.01 --quiet"
    local status, _, err = sweep "x.lua --lr 0.1,0.5,0.01,0.001"
    assert.equal(0, status)
    assert.matches("^optlab: 3 of 4 cells are done already\n4 of 4  lr 0.001: ", err)
    assert.same({ "3-x", "1-x", "4-x", "6-x" }, run "5-x-sweep".runs)
  end)

  it("with --again runs all of them anew", function()
    sweep "x.lua --lr 0.1,0.01 --quiet"
    local status, _, err = sweep "x.lua --lr 0.1,0.01 --again"
    assert.equal(0, status)
    assert.matches("^1 of 2  lr 0.1", err)
    assert.same({ "5-x", "6-x" }, run "4-x-sweep".runs)
    status, _, err = sweep "x.lua --lr 0.1,0.01" -- goes on with the last
    assert.same({ 0, "optlab: 2 of 2 cells are done already\n" }, { status, err })
    assert.is_false(files.exists(dir .. "/runs/7-x-sweep"))
  end)

  it("over another state of the script runs everything, a comment counts, and says so", function()
    sweep "x.lua --lr 0.1,0.01 --quiet"
    files.write(dir .. "/x.lua", SCRIPT .. "-- a comment\n")
    local status, _, err = sweep "x.lua --lr 0.1,0.01"
    assert.equal(0, status)
    assert.matches("^optlab: x.lua has changed since 1%-x%-sweep, so its cells are run again\n1 of 2 ", err)
    assert.same({ "5-x", "6-x" }, run "4-x-sweep".runs)
  end)

  it("over another state of a module or of data runs the cells that used it", function()
    files.write(dir .. "/part.lua", "return 1")
    files.write(dir .. "/y.lua", [[
      local lab = require "optlab"
      local p = lab.params { a = 1.0, use = false }
      lab.train.record("r", 1, { loss = p.a + (p.use and require "part" or 0) })]])
    sweep "y.lua --a 1,2 --use --no-use --quiet"
    files.write(dir .. "/part.lua", "return 5")
    local status, out, err = sweep "y.lua --a 1,2 --use --no-use"
    assert.equal(0, status)
    assert.matches("^optlab: 2 of 4 cells are done already\n", err)
    assert.matches("part.lua changed, so cells that depend on it were run again", err, 1, true)
    assert.matches("true +7\n", out)
    assert.same({ "6-y", "3-y", "7-y", "5-y" }, run "1-y-sweep".runs)
    assert.is_nil(run "2-y".sweep) -- the older one is a run by itself now
  end)
end)

describe("a cell that fails", function()
  it("does not stop the others; the same command runs it again", function()
    local status, out, err = sweep "x.lua --bad true,false --lr 0.1,0.01 --quiet"
    assert.equal(1, status)
    assert.equal("optlab: 2 of 4 cells failed; the same command runs them again\n", err)
    assert.matches("\nfailed: bad true, lr 0.1: x.lua:10: this is bad\n", out, 1, true)
    assert.same({ "failed", "x.lua:10: this is bad" }, { run "2-x".status, run "2-x".error })
    assert.matches("\n1,true,0.1,0,failed,\n", text "1-x-sweep/cells.csv", 1, true)
    assert.equal("failed", run "1-x-sweep".status)
    local again, _, complaint = sweep "x.lua --bad true,false --lr 0.1,0.01"
    assert.equal(1, again)
    assert.matches("^optlab: 2 of 4 cells are done already\n3 of 4  bad true, lr 0.1: failed: x.lua:10", complaint)
    assert.equal(5, #names()) -- in their directories
  end)

  it("may be killed by the system", function()
    local status, _, err = sweep "x.lua --kill true,false"
    assert.equal(1, status)
    assert.matches("kill true: failed: ended by signal 9", err, 1, true)
    assert.same({ "failed", "ended by signal 9" }, { run "2-x".status, run "2-x".error })
  end)

  it("ends the sweep with --fail-fast", function()
    local status, _, err = sweep "x.lua --bad true,false --lr 0.1,0.01 --fail-fast"
    assert.equal(1, status)
    assert.matches("0 of 4 cells are done; the same command continues the sweep\n$", err)
    assert.same({ "1-x-sweep", "2-x" }, names())
  end)
end)

describe("a sweep that is broken off", function()
  -- Starts the sweep in a session of its own and breaks it off when some cells are done.
  local function broken(signal, target)
    local script = ([[
      setsid env --default-signal=INT,HUP,TERM '%s' sweep --runs-dir runs %s >first.out 2>first.err &
      pid=$!
      n=0
      until [ "$(cat runs/1-x-sweep/cells/* 2>/dev/null | grep -c ' done ')" -ge 3 ] || [ $n -gt 500 ]; do
        sleep 0.02; n=$((n + 1))
      done
      kill -%s %s$pid
      wait $pid
      echo $?]]):format(program.path, "x.lua --lr 0.1,0.01 --wait 0.1 --seed 1..5 --jobs 2", signal, target)
    local _, out = program.shell(dir, script)
    return math.tointeger(tonumber(out))
  end

  local LINE = "x.lua --lr 0.1,0.01 --wait 0.1 --seed 1..5 --jobs 2 --quiet"

  for _, how in ipairs {
    { "KILL", "", 137 }, { "KILL", "-", 137 }, { "TERM", "", 143 }, { "INT", "", 130 }, { "INT", "-", 130 },
  } do
    local name = "by SIG" .. how[1] .. (how[2] == "-" and " to all its processes" or "")
    it(name .. " goes on with the same command, to the same table", function()
      assert.equal(how[3], broken(how[1], how[2]))
      if how[1] ~= "KILL" then
        local err = files.read(dir .. "/first.err")
        assert.matches("of 10 cells are done; the same command continues the sweep", err, 1, true)
      end
      local status, out = sweep(LINE)
      assert.equal(0, status)
      local all = { out }
      for _, file in ipairs { "table.txt", "table.csv", "cells.csv", "sweep.gp" } do
        all[#all + 1] = text("1-x-sweep/" .. file)
      end
      -- Killed between making a run's directory and noting it, each of the two jobs leaves one that stays interrupted.
      assert.is_true(#names() == 11 or how[1] == "KILL" and #names() <= 13)
      assert.equal(0, (program.shell(dir, "mv runs broken && mv out broken-out")))
      local _, whole = sweep(LINE)
      assert.equal(whole, all[1])
      for i, file in ipairs { "table.txt", "table.csv", "cells.csv", "sweep.gp" } do
        assert.equal(text("1-x-sweep/" .. file), all[i + 1])
      end
    end)
  end

  it("leaves no process behind when its parent alone is killed", function()
    broken("KILL", "")
    uv.sleep(100)
    local state = require("optlab.core").runs.state
    for _, name in ipairs(names()) do
      if name:match "^%d+%-x$" then assert.equal("free", state(dir .. "/runs/" .. name), name) end
    end
    assert.equal("interrupted", run "1-x-sweep".status)
  end)
end)

describe("several processes at one sweep", function()
  it("share its cells", function()
    local line = ("'%s' sweep --runs-dir runs --quiet x.lua --lr 0.1,0.01 --wait 0.05 --seed 1..5"):format(program.path)
    local status = program.shell(dir, ("%s >a & %s >b & wait"):format(line, line))
    assert.equal(0, status)
    assert.equal(files.read(dir .. "/a"), files.read(dir .. "/b"))
    assert.equal(11, #names())
    for i = 1, 10 do assert.matches("^%d+%-x done 0 \n$", text(("1-x-sweep/cells/%04d"):format(i))) end
  end)

  it("begin in the same moment and find one directory", function()
    local line = ("'%s' sweep --runs-dir runs --quiet x.lua --lr 0.1,0.01,0.001"):format(program.path)
    local status = program.shell(dir, ("for i in 1 2 3 4 5 6; do %s >$i & done; wait"):format(line))
    assert.equal(0, status)
    local sweeps = 0
    for _, name in ipairs(names()) do sweeps = sweeps + (name:match "%-sweep$" and 1 or 0) end
    assert.equal(1, sweeps)
    for i = 2, 6 do assert.equal(files.read(dir .. "/1"), files.read(dir .. "/" .. i)) end
  end)

  it("are silent but for rank 0, and wait for it to make the directory", function()
    local line = ("OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=%%d '%s' sweep --runs-dir runs x.lua --lr 0.1,0.01 "
      .. "--seed 1..3"):format(program.path)
    local status = program.shell(dir, line:format(1) .. " >b 2>&1 & sleep 0.2; " .. line:format(0) .. " >a 2>&1; wait")
    assert.equal(0, status)
    assert.equal("", files.read(dir .. "/b"))
    assert.matches("best: lr 0.01", files.read(dir .. "/a"), 1, true)
  end)
end)

describe("mpirun", function()
  local has_mpirun = os.execute "command -v mpirun >/dev/null 2>&1"

  it("starts workers of one sweep, whose cells are no ranks", function()
    if not has_mpirun then return pending "needs mpirun (Debian: openmpi-bin)" end
    files.write(dir .. "/y.lua", [[
      local lab = require "optlab"
      local p = lab.params { lr = 0.1 }
      assert(not os.getenv "OMPI_COMM_WORLD_RANK")
      lab.train.record("toy", 1, { loss = p.lr })]])
    local line = ("mpirun -n 3 --allow-run-as-root --oversubscribe '%s' sweep --runs-dir runs --quiet y.lua --lr 1..12")
      :format(program.path)
    local status, out, err = program.shell(dir, line)
    assert.same({ 0, "" }, { status, err })
    assert.matches("best: lr 1: loss 1\n", out, 1, true)
    assert.equal(1, select(2, out:gsub("best:", "")))
    assert.equal(13, #names())
  end)
end)

describe("a parameter that makes no difference", function()
  it("is pointed out, and has no edges", function()
    files.write(dir .. "/y.lua", [[
      local lab = require "optlab"
      local p = lab.params { lr = 0.1, momentum = 0.5, drop = false }
      lab.train.record("toy", 1, { loss = p.drop and 1 or p.lr })]])
    local _, out = sweep "y.lua --lr 1,2,3 --momentum 0.1,0.9 --quiet"
    assert.matches("momentum makes no difference: does the script use its value?\n", out, 1, true)
    assert.matches("the best lr, 1, is the least", out, 1, true)
    assert.not_matches("the best momentum", out, 1, true)
    _, out = sweep "y.lua --lr 1,2 --drop true,false --quiet"
    assert.not_matches("makes no difference", out, 1, true)
  end)
end)

describe("a seed that makes no difference", function()
  it("is pointed out", function()
    files.write(dir .. "/y.lua", [[
      local lab = require "optlab"
      local p = lab.params { lr = 0.1 }
      lab.train.record("toy", 1, { loss = p.lr })]])
    local _, out = sweep "y.lua --lr 1,2 --seed 1..3 --quiet"
    assert.matches("the seed makes no difference: does the script set its own (lab.manual_seed)?", out, 1, true)
    _, out = sweep "x.lua --lr 1,0.5 --seed 1..3 --quiet"
    assert.not_matches("makes no difference", out, 1, true)
  end)
end)
