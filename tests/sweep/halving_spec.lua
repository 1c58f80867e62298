--- Successive halving: rounds, checkpoints that go on, kills in between.
local files = require "tests.support.files"
local program = require "tests.support.program"
local reader = require "optlab.runs.reader"

local SCRIPT = [[
local lab = require "optlab"
local nn = lab.nn
local p = lab.params { lr = 0.01, epochs = { default = 1, max = 9 }, lonely = false }
local X = lab.randn(200, 3)
local data = lab.data.loader({ X = X, y = X:sum(2, true) + 1 }, { batch_size = 10, shuffle = true })
local net = nn.Linear(3, 1)
local h = lab.train.fit {
  model = net, loss = nn.MSELoss(), optimizer = lab.optim.SGD(net:parameters(), { lr = p.lr }), data = data,
  epochs = p.epochs, log = print, progress = false, on_step = p.lonely and function() end or nil,
}
lab.train.report("net", h)
]]

local dir
before_each(function()
  dir = files.folder()
  files.write(dir .. "/x.lua", SCRIPT)
end)
after_each(function() files.remove(dir) end)

local LINE = "sweep --runs-dir runs --quiet --halving 3 x.lua --lr log(1e-4,0.01,9) --seed 1,2 --jobs 2"

local function sweep(line)
  local words = {}
  for word in (line or LINE):gmatch "%S+" do words[#words + 1] = word end
  return program.run(dir, table.unpack(words))
end

local function run(name) return reader.read(dir .. "/runs/" .. name) end

describe("halving", function()
  it("ends with the table where all cells fail", function()
    files.write(dir .. "/x.lua", 'require("optlab").params { lr = 1.0, epochs = 1 } error "no"')
    local status, out, err = sweep "sweep --runs-dir runs --quiet --halving 2 x.lua --lr 1,2"
    assert.equal(1, status)
    assert.matches("failed: epochs 1, lr 1: x.lua:1: no", out, 1, true)
    assert.matches("\nepochs +lr +failed\n", "\n" .. out)
    assert.equal("optlab: 2 of 2 cells failed; the same command runs them again\n", err)
  end)

  it("wants a value of --epochs that has no default", function()
    files.write(dir .. "/x.lua", 'require("optlab").params { lr = 1.0, epochs = { type = "integer" } }')
    local status, _, err = sweep "sweep --runs-dir runs --halving 2 x.lua --lr 1,2"
    assert.equal(1, status)
    assert.equal("optlab: --halving: --epochs has no default, so give it the value of the first round\n", err)
  end)

  it("gives the best third three times the epochs, from their checkpoints, to the bits of a whole training", function()
    local status, out = sweep()
    assert.equal(0, status)
    local epochs = {}
    for n in out:gmatch "\n +(%d+) +%d[^\n]*" do epochs[#epochs + 1] = n end
    assert.equal("9 3 3 3 1 1 1 1 1 1 1 1 1", table.concat(epochs, " "))
    local last = run "27-x"
    local before = run(last.continues)
    assert.same({ 9, 3, "done" }, { last.parameters.epochs, before.parameters.epochs, last.status })
    assert.same({ last.seed, last.parameters.lr }, { before.seed, before.parameters.lr })
    assert.matches("^goes on after step 60 ", files.read(last.path .. "/output.txt"))
    assert.equal(26, run "1-x-sweep".cells)
    for _, name in ipairs { "2-x", before.name, last.name } do
      assert.same({}, require("optlab.base.files").list(dir .. "/runs/" .. name, "^%.training"))
    end
    local whole = program.run(dir, "--runs-dir", "whole", "x.lua", "--lr", tostring(last.parameters.lr), "--seed",
      tostring(last.seed), "--epochs", "9")
    assert.equal(0, whole)
    assert.equal(reader.read(dir .. "/whole/1-x").final.loss, last.final.loss)
    assert.equal(files.read(dir .. "/whole/1-x/metrics.csv"), files.read(last.path .. "/metrics.csv"))
  end)

  it("does the same where trainings cannot be saved", function()
    local _, out = sweep()
    assert.equal(0, (program.shell(dir, "mv runs saved")))
    local status, lonely = sweep(LINE .. " --lonely")
    assert.equal(0, status)
    assert.equal(out, lonely)
    assert.not_matches("goes on", files.read(dir .. "/runs/27-x/output.txt"), 1, true)
  end)

  it("goes on in any round when it was killed", function()
    local _, whole = sweep()
    local table_text = files.read(dir .. "/runs/1-x-sweep/cells.csv")
    for _, count in ipairs { 5, 20, 25 } do
      assert.equal(0, (program.shell(dir, "rm -rf runs")))
      program.shell(dir, ([[
        '%s' %s >/dev/null 2>&1 &
        pid=$!
        until [ "$(cat runs/1-x-sweep/cells/* 2>/dev/null | grep -c ' done ')" -ge %d ] || ! kill -0 $pid; do :; done
        kill -KILL $pid; wait $pid]]):format(program.path, LINE:gsub("log(%b())", "'log%1'"), count))
      local status, out = sweep()
      assert.same({ 0, whole, table_text }, { status, out, files.read(dir .. "/runs/1-x-sweep/cells.csv") })
      assert.equal(27, #require("optlab.runs.directory").names(dir .. "/runs"))
    end
  end)

  it("stops at the largest number of epochs that is allowed", function()
    local _, out = sweep "sweep --runs-dir runs --quiet --halving 2 x.lua --lr log(1e-4,0.01,16) --epochs 4"
    local epochs = {}
    for n in out:gmatch "\n +(%d+) +%d[^\n]*" do epochs[#epochs + 1] = n end
    assert.equal("8 8 8 8 8 8 8 8", table.concat(epochs, " ", 1, 8))
    assert.equal("4", epochs[9])
  end)

  it("needs epochs to raise and choices to drop", function()
    local function refusal(line)
      local status, _, err = sweep("sweep --runs-dir runs --halving 3 " .. line)
      assert.equal(1, status)
      return err
    end
    assert.equal("optlab: --halving raises --epochs itself: give it one value\n", refusal "x.lua --lr 1,2 --epochs 1,2")
    assert.equal("optlab: --halving: no parameter but the seed has several values\n", refusal "x.lua --seed 1..9")
    files.write(dir .. "/y.lua", 'require("optlab").params { lr = 1.0 }')
    assert.equal("optlab: --halving: y.lua declares no integer parameter 'epochs' for it to raise\n",
      refusal "y.lua --lr 1,2")
  end)
end)
