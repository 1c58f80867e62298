--- optlab slurm: the script of an array, and its tasks one by one as Slurm would start them.
local files = require "tests.support.files"
local program = require "tests.support.program"

local dir
before_each(function()
  dir = files.folder()
  files.write(dir .. "/x.lua", [[
local lab = require "optlab"
local p = lab.params { lr = 0.1, text = "a" }
lab.train.record("toy", 1, { loss = p.lr + lab.config.seed })
os.execute("sleep 0.05")]])
end)
after_each(function() files.remove(dir) end)

local function slurm(...) return program.run(dir, "slurm", "--runs-dir", "runs", "x.lua", ...) end

describe("optlab slurm", function()
  it("writes a script for sbatch", function()
    local status, out = slurm("--lr", "log(1e-3,1,4)", "--text", "it's", "--seed", "1..5", "--tasks", "4",
      "--cpus", "2", "--time", "2:00:00", "--partition=fast")
    assert.same({ 0, "x-sweep.sbatch: 20 cells for 4 tasks; sbatch x-sweep.sbatch hands it in\n" }, { status, out })
    local uv = require "luv"
    assert.equal(table.concat({
      "#!/bin/sh", "#SBATCH --job-name=x-sweep", "#SBATCH --array=1-4", "#SBATCH --output=x-sweep-%A-%a.txt",
      "#SBATCH --cpus-per-task=2", "#SBATCH --time=2:00:00", "#SBATCH --partition=fast",
      "# Each task takes the cells of one sweep that nobody has yet; the last one writes the table and the figure.",
      "cd " .. uv.fs_realpath(dir) .. " || exit 1",
      "exec " .. program.path .. " sweep --runs-dir runs x.lua --lr 'log(1e-3,1,4)' --text 'it'\\''s' --seed 1..5", "",
    }, "\n"), (files.read(dir .. "/x-sweep.sbatch"):gsub("export [^\n]*\n", "")))
    assert.equal(0, (program.shell(dir, "sh -n x-sweep.sbatch")))
  end)

  it("sets what decides what a task does, also for a task with an empty environment", function()
    files.write(dir .. "/x.lua", [[
local lab = require "optlab"
local p = lab.params { lr = 0.1 }
lab.train.record("toy", 1, { loss = os.getenv "OPTLAB_DATA" == "it's here" and os.getenv "OPTLAB_OFFLINE" == "1"
  and not os.getenv "OPTLAB_TERMINAL" and p.lr or 100 })]])
    local line = ([[
      OPTLAB_DATA="it's here" OPTLAB_OFFLINE=1 OPTLAB_RUN=r OPTLAB_TERMINAL=ascii OPTLAB_RUNS=elsewhere \
        '%s' slurm x.lua --lr 1,2 || exit
      ! grep -q 'OPTLAB_RUN=\|OPTLAB_TERMINAL' x-sweep.sbatch || exit
      env -i PATH="$PATH" HOME="$HOME" sh x-sweep.sbatch]]):format(program.path)
    local status, out = program.shell(dir, line)
    assert.equal(0, status)
    assert.matches("best: lr 1: loss 1\n", out, 1, true)
    assert.is_true(files.exists(dir .. "/elsewhere/1-x-sweep/table.txt"))
  end)

  it("lists the cells after --dry-run and writes nothing", function()
    local status, out = slurm("--lr", "1,2", "--dry-run")
    assert.same({ 0, "1  lr 1\n2  lr 2\n2 cells of x.lua\n" }, { status, out })
    assert.is_false(files.exists(dir .. "/x-sweep.sbatch"))
  end)

  it("has no more tasks than cells, and as many cores as jobs", function()
    local _, out = slurm("--lr", "1,2", "--jobs", "3", "--file", "y.sh")
    assert.equal("y.sh: 2 cells for 2 tasks; sbatch y.sh hands it in\n", out)
    assert.matches("\n#SBATCH --cpus-per-task=3\n", files.read(dir .. "/y.sh"), 1, true)
  end)

  for words, message in pairs {
    ["--lr 1,x"] = "--lr must be a number, got 'x'",
    ["--lr 1,2 --tasks 0"] = "--tasks must be an integer of at least 1, got '0'",
    ["--lr 1,2 --time"] = "option '--time' requires an argument",
    ["--lr 1,2 --tusk 2"] = "unknown option '--tusk'",
  } do
    it("refuses " .. words, function()
      local list = {}
      for word in words:gmatch "%S+" do list[#list + 1] = word end
      local status, _, err = slurm(table.unpack(list))
      assert.equal(1, status)
      assert.matches("optlab: " .. message, err, 1, true)
      assert.is_false(files.exists(dir .. "/x-sweep.sbatch"))
    end)
  end

  it("says where sbatch is missing, and leaves the script", function()
    local status, _, err = program.shell(dir, ("PATH=/nowhere '%s' slurm x.lua --lr 1,2 --submit"):format(program.path))
    assert.equal(1, status)
    assert.equal("optlab: cannot start sbatch: ENOENT; x-sweep.sbatch is written\n", err)
    assert.is_true(files.exists(dir .. "/x-sweep.sbatch"))
  end)
end)

describe("the tasks of an array", function()
  it("share the cells; the last one writes the table that one process would", function()
    slurm("--lr", "1,2", "--seed", "1..6", "--tasks", "3", "--quiet")
    local status = program.shell(dir, [[
      task() { SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$1 sh x-sweep.sbatch >out-$1 2>err-$1; }
      task 1 & task 2 & wait
      task 3]])
    assert.equal(0, status)
    for i = 1, 3 do assert.equal("", files.read(dir .. "/err-" .. i)) end
    local last = files.read(dir .. "/out-3")
    assert.matches("best: lr 1: loss 4.5, the median of 6 seeds", last, 1, true)
    local all = files.read(dir .. "/out-1") .. files.read(dir .. "/out-2")
    local written = dir .. "/runs/1-x-sweep/table.csv"
    assert.is_truthy(all:find("best: lr 1", 1, true)) -- one of the first two had been the last
    assert.equal(0, (program.shell(dir, "mv runs shared")))
    local line = { "--runs-dir", "runs", "--quiet", "x.lua", "--lr", "1,2", "--seed", "1..6" }
    local _, alone = program.run(dir, "sweep", table.unpack(line))
    assert.equal(alone, last)
    assert.equal(files.read(written), files.read((written:gsub("/runs/", "/shared/"))))
  end)

  it("do not run a failed cell again in the same job", function()
    files.write(dir .. "/x.lua", 'local p = require("optlab").params { lr = 1.0 } if p.lr > 1 then error("no") end')
    slurm("--lr", "1,2", "--tasks", "2")
    local _, out = program.shell(dir, [[
      for i in 1 2; do SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$i sh x-sweep.sbatch; done >log 2>&1
      grep -c 'lr 2: failed' log
      cut -d' ' -f2- runs/1-x-sweep/cells/0002]])
    assert.equal("1\nfailed 1 array7\n", out)
  end)
end)
