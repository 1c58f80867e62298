--- Sweeps under bad luck: killed cells go on from checkpoints, directories go away, the disk is full or has no locks;
-- and what a terminal shows meanwhile.
local files = require "tests.support.files"
local program = require "tests.support.program"
local reader = require "optlab.runs.reader"
local screens = require "tests.support.screen"
local terminal = require "tests.support.terminal"

local dir
before_each(function() dir = files.folder() end)
after_each(function() files.remove(dir) end)

local function run(name) return reader.read(dir .. "/runs/" .. name) end

local function optlab(line) return ("'%s' sweep --runs-dir runs %s"):format(program.path, line) end

describe("a training in a cell that was killed", function()
  local SCRIPT = [[
local lab = require "optlab"
local nn = lab.nn
local p = lab.params { lr = 0.01, epochs = 1500 }
local X = lab.randn(2000, 3)
local data = lab.data.loader({ X = X, y = X:sum(2, true) + 1 }, { batch_size = 10, shuffle = true })
local net = nn.Linear(3, 1)
local h = lab.train.fit {
  model = net, loss = nn.MSELoss(), optimizer = lab.optim.SGD(net:parameters(), { lr = p.lr }), data = data,
  epochs = p.epochs, log = print, progress = false, compile = false,
}
lab.train.report("net", h)
]]

  it("goes on from its checkpoint to the bits of an unbroken one", function()
    files.write(dir .. "/x.lua", SCRIPT)
    local line = optlab "x.lua --lr 0.001,0.002 --jobs 2"
    local status = program.shell(dir, ([[
      OPTLAB_CHECKPOINT_SECONDS=0.05 setsid %s >first 2>&1 &
      pid=$!
      until [ -e runs/2-x/.training-1.safetensors ] && [ -e runs/3-x/.training-1.safetensors ]; do sleep 0.01; done
      sleep 0.1
      kill -KILL -$pid; wait $pid
      %s >second 2>&1]]):format(line, line))
    assert.equal(0, status)
    assert.same({ "done", "done" }, { run "2-x".status, run "3-x".status })
    assert.matches("^goes on after step %d+ ", files.read(dir .. "/runs/2-x/output.txt"))
    assert.is_false(files.exists(dir .. "/runs/2-x/.training-1.safetensors"))
    assert.equal(0, (program.shell(dir, "mv runs broken; " .. line .. " >third 2>&1")))
    for _, name in ipairs { "2-x/metrics.csv", "2-x/history.csv", "3-x/metrics.csv", "1-x-sweep/cells.csv" } do
      assert.equal(files.read(dir .. "/runs/" .. name), files.read(dir .. "/broken/" .. name), name)
    end
  end)
end)

describe("a training that was broken off", function()
  it("begins anew where the data of its run have changed since", function()
    files.write(dir .. "/x.lua", [[
local lab = require "optlab"
local nn = lab.nn
local p = lab.params { lr = 0.01 }
local t = lab.data.csv("t.csv")
local X, y = t:narrow(2, 1, 1):contiguous(), t:narrow(2, 2, 1):contiguous()
local data = lab.data.loader({ X = X, y = y }, { batch_size = 4 })
local net = nn.Linear(1, 1)
local h = lab.train.fit {
  model = net, loss = nn.MSELoss(), optimizer = lab.optim.SGD(net:parameters(), { lr = p.lr }), data = data,
  epochs = 400, log = print, progress = false,
}
lab.train.report("net", h)
if not io.open "go" then os.execute "kill -9 $PPID" end
]])
    files.write(dir .. "/t.csv", ("1,2\n3,1\n2,2\n4,4\n"):rep(4))
    local line = "OPTLAB_CHECKPOINT_SECONDS=0 " .. optlab "--quiet x.lua --lr 0.001"
    assert.equal(1, (program.shell(dir, line)))
    assert.is_true(files.exists(dir .. "/runs/2-x/.training-1.safetensors"))
    files.write(dir .. "/t.csv", ("1,5\n3,1\n2,2\n4,4\n"):rep(4))
    assert.equal(0, (program.shell(dir, "touch go; " .. line)))
    assert.is_nil(files.read(dir .. "/runs/2-x/output.txt"):find "goes on")
    local final = run "2-x".final.loss
    assert.equal(0, (program.shell(dir, "mv runs broken; " .. line)))
    assert.equal(run "2-x".final.loss, final)
  end)
end)

describe("a directory that goes away", function()
  local SCRIPT = [[
local lab = require "optlab"
local p = lab.params { lr = 0.1, gone = "none" }
lab.train.record("toy", 1, { loss = p.lr })
if p.gone == "run" then os.execute("rm -rf " .. lab.config.run) end
if p.gone == "sweep" then os.execute("rm -rf runs/1-x-sweep") end
]]
  before_each(function() files.write(dir .. "/x.lua", SCRIPT) end)

  it("is that of a cell's run: the cell has failed, the others go on", function()
    local status, _, err = program.shell(dir, optlab "x.lua --gone none,run --lr 1,2")
    assert.equal(1, status)
    assert.matches("gone run, lr 1: failed: ", err, 1, true)
    assert.matches("2 of 4 cells failed; the same command runs them again", err, 1, true)
    assert.equal(1, run("2-x").final.loss)
  end)

  it("is the sweep's own: it stops and says so", function()
    local status, _, err = program.shell(dir, optlab "--quiet x.lua --gone none,sweep --lr 1,2")
    assert.equal(1, status)
    assert.matches("^optlab: cannot open runs/1%-x%-sweep/cells/0004: No such file or directory\n$", err)
    status, _, err = program.shell(dir, optlab "x.lua --gone none,sweep --lr 1,2") -- the runs are there
    assert.equal(0, status)
    assert.matches("^optlab: 3 of 4 cells are done already\n", err)
  end)
end)

describe("a cell that comes to nothing", function()
  it("because the script breaks off by os.exit is failed", function()
    files.write(dir .. "/x.lua", 'local p = require("optlab").params { code = 0 } os.exit(p.code)')
    local status, _, err = program.shell(dir, optlab "x.lua --code 3,4")
    assert.equal(1, status)
    assert.matches("code 3: failed: the script ended by os.exit(3)", err, 1, true)
  end)

  it("leaves no number to compare", function()
    files.write(dir .. "/x.lua", 'require("optlab").params { a = 0 }')
    local status, out, err = program.shell(dir, optlab "--quiet x.lua --a 1,2")
    assert.equal(1, status)
    assert.equal("optlab: the cells recorded no number (train.record, lab.metrics, train.fit)\n", err)
    assert.matches("^a\n1\n2\n", out)
  end)
end)

describe("a disk without locks", function()
  local mark = require "optlab.sweep.work.mark"
  local workers = require "optlab.sweep.work.worker"
  local job = require "optlab.sweep.work.job"
  local lock = mark.lock
  after_each(function() mark.lock, job.size = lock, 1 end)

  local function survey(size)
    job.size = size
    mark.lock = function() return nil, "cannot lock runs/1-x-sweep/cells/0001: No locks available", true end
    local said, cell = {}, { index = 1, id = "?" }
    local worker = workers.new {
      plan = {}, sweep = { path = dir, name = "1-x-sweep" }, jobs = 1, options = {}, on_change = function() end,
      finished = { find = function() return { name = "7-x" } end }, say = function(...) said[#said + 1] = (...):format(
        select(2, ...)) end,
    }
    worker:add { cell }
    worker:survey()
    return worker, said
  end

  it("has one worker, and that is said", function()
    local worker, said = survey(1)
    assert.same({ "cannot lock runs/1-x-sweep/cells/0001: No locks available: no other process may work on this sweep "
      .. "meanwhile" }, said)
    assert.is_true(worker:is_complete())
  end)

  it("is no place for several", function()
    local worker = survey(2)
    assert.equal("cannot lock runs/1-x-sweep/cells/0001: No locks available; several processes need a disk with locks",
      worker.problem)
  end)
end)

describe("on a terminal", function()
  it("a table is redrawn while it runs, and gone at the end", function()
    files.write(dir .. "/x.lua", [[
      local lab = require "optlab"
      local p = lab.params { lr = 0.1 }
      lab.train.record("toy", 1, { loss = p.lr })
      os.execute("sleep 0.3")]])
    local status, bytes, complaints = terminal.run(dir, optlab "x.lua --lr 1..6 --jobs 2", {},
      { env = "env -u NO_COLOR LC_ALL=C.UTF-8" })
    assert.same({ 0, "" }, { status, complaints })
    assert.matches("done  running  failed +left +best so far", bytes)
    assert.matches("%d of 6 +[12] +0  %d%.%d+ s  loss 1 at lr 1", bytes)
    local text = screens.new(80, 24):feed(bytes):text()
    assert.not_matches("best so far", text, 1, true)
    assert.matches("\nbest: lr 1: loss 1\n", text, 1, true)
  end)
end)
