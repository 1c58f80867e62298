--- A run of a script is kept: its directory, what is in it, when there is none.
local files = require "tests.support.files"
local program = require "tests.support.program"
local runs_folder = require "tests.support.runs_folder"
local uv = require "luv"

describe("keeping a run", function()
  local dir
  local script, names, record = runs_folder.script, runs_folder.names, runs_folder.record

  before_each(function() dir = runs_folder.open() end)
  after_each(runs_folder.close)

  local EXAMPLE = [[
    local lab = require "optlab"
    local p = lab.params { lr = 0.1, method = { default = "sgd", choices = { "sgd", "adam" } }, betas = { 1, 2 } }
    lab.train.record("a", 1, { loss = p.lr })
    lab.train.record("a", 2, { loss = p.lr / 2 })]]

  it("makes a numbered directory and lets out/x lead to it", function()
    script(EXAMPLE)
    for _ = 1, 2 do assert.same({ 0, "", "" }, { program.run(dir, "a.lua", "--lr", "0.5", "--seed", "7") }) end
    assert.same({ "1-a", "2-a" }, names "runs")
    assert.equal("../runs/2-a", uv.fs_readlink(dir .. "/out/a"))
    local run = record "2-a"
    assert.same({ lr = 0.5, method = "sgd", betas = { 1, 2 } }, run.parameters)
    assert.same({ "run", "a", "a.lua", 7, "done" }, { run.kind, run.experiment, run.script, run.seed, run.status })
    assert.same({ "--lr", "0.5", "--seed", "7" }, run.arguments)
    assert.same({ "lr" }, run.given)
    assert.same({ loss = 0.25 }, run.final)
    assert.equal(record("1-a").cell, run.cell)
    assert.equal("run,epoch,quantity,value\na,1,loss,0.5\na,2,loss,0.25\n", files.read(dir .. "/out/a/metrics.csv"))
  end)

  it("copies the script and the modules of the project as they were executed", function()
    files.write(dir .. "/helper.lua", "return 1")
    uv.fs_mkdir(dir .. "/sub", 511)
    files.write(dir .. "/sub/other.lua", "#!/usr/bin/env optlab\nreturn 2")
    local text = [[require "optlab" require "helper" require "sub.other" dofile "helper.lua" require "argparse"
      io.open("helper.lua", "w"):write("return 3")]]
    script(text)
    assert.same({ 0, "", "" }, { program.run(dir, "a.lua") })
    assert.same({ "a.lua", "helper.lua", "sub" }, names "runs/1-a/code")
    assert.equal(text, files.read(dir .. "/runs/1-a/code/a.lua"))
    assert.equal("return 1", files.read(dir .. "/runs/1-a/code/helper.lua"))
    assert.equal("#!/usr/bin/env optlab\nreturn 2", files.read(dir .. "/runs/1-a/code/sub/other.lua"))
    local code = record("1-a").code
    assert.equal(require("optlab.runs.identity").sha256 "return 1", code["helper.lua"])
  end)

  it("reads what dofile and loadfile execute once, and they do what Lua's do", function()
    script [[
      require "optlab"
      os.execute "mkfifo pipe; echo 'return ...' >pipe &"
      print(loadfile "pipe" (5))
      io.open("odd.lua", "w"):write("\xEF\xBB\xBF#!x\nreturn y, ..."):close()
      y = 1
      print(dofile "odd.lua", loadfile("odd.lua", "t", { y = 2 })(3))
      print(loadfile("odd.lua", "b"))
      io.open("bad.lua", "w"):write("x ="):close()
      print(loadfile "bad.lua")
      print(pcall(dofile, "bad.lua"))]]
    local bad = "bad.lua:1: unexpected symbol near <eof>"
    local expected = table.concat({ "5", "1\t2\t3", "nil\tattempt to load a text chunk (mode is 'b')", "nil\t" .. bad,
      "false\t" .. bad }, "\n") .. "\n"
    assert.same({ 0, expected, "" }, { program.shell(dir, "timeout 10 " .. program.quoted(program.path) .. " a.lua") })
    assert.equal("return ...\n", files.read(dir .. "/runs/1-a/code/pipe"))
  end)

  it("leaves nothing of a run whose options are refused, nor of --help", function()
    script(EXAMPLE)
    for _, option in ipairs { "--lrr=1", "--lr=x", "--help", "--sed=1" } do program.run(dir, "a.lua", option) end
    script("local lab = require 'optlab' lab.progress(1)", "b.lua")
    assert.equal(1, (program.run(dir, "b.lua", "--x")))
    assert.same({}, names "runs")
    assert.same({}, names "out")
  end)

  it("does not keep statements, standard input, nor scripts that do not load optlab", function()
    program.run(dir, "-e", "require 'optlab'")
    program.feed(dir, "require 'optlab'", "-")
    script "print(1)"
    program.run(dir, "a.lua")
    assert.same({}, names "runs")
  end)

  it("leaves nothing after --no-keep, where a link makes room for a folder", function()
    script(EXAMPLE)
    program.run(dir, "a.lua")
    assert.same({ 0, "", "" }, { program.run(dir, "a.lua", "--no-keep") })
    assert.same({ "1-a" }, names "runs")
    assert.equal("directory", uv.fs_lstat(dir .. "/out/a").type)
    assert.same({ "metrics.csv" }, names "out/a")
    assert.is_true(files.exists(dir .. "/runs/1-a/metrics.csv"))
  end)

  it("gives a folder out/x another name, and says so", function()
    script(EXAMPLE)
    program.run(dir, "a.lua", "--no-keep")
    local status, _, err = program.run(dir, "a.lua")
    local said = "optlab: out/a, which an earlier run wrote, is called out/a.old now; out/a leads to the last run\n"
    assert.same({ 0, said }, { status, err })
    assert.same({ "metrics.csv" }, names "out/a.old")
    assert.same({ "a", "a.old" }, names "out")
  end)

  it("gives a link of the user's another name", function()
    script(EXAMPLE)
    for _, folder in ipairs { "2024-results", "out" } do uv.fs_mkdir(dir .. "/" .. folder, 511) end
    uv.fs_symlink("../2024-results", dir .. "/out/a")
    local _, _, err = program.run(dir, "a.lua")
    assert.matches("out/a, which an earlier run wrote, is called out/a.old now", err)
    assert.equal("../2024-results", uv.fs_readlink(dir .. "/out/a.old"))
  end)

  it("reads the records that it writes, whatever text is in them", function()
    script [[
      local lab = require "optlab"
      lab.train.record('a,\n"b"', 1, { loss = 1 / 4, ["q,\nx"] = 3 })
      lab.metrics({ "n", "text", 'z"' }, "other"):row(1, 'two\n\nlines, "quoted"', 5)]]
    assert.same({ 0, "", "" }, { program.run(dir, "a.lua") })
    assert.same({ loss = 0.25, ["q,\nx"] = 3 }, record("1-a").final)
    local curves = require("optlab.runs.series").read(dir .. "/runs/1-a")
    assert.same({ 'a,\n"b"', 'two\n\nlines, "quoted"' }, { curves[1].run, curves[#curves].run })
    assert.same({ 'z"', { 1 }, { 5 } }, { curves[#curves].quantity, curves[#curves].x, curves[#curves].y })
  end)

  it("keeps what was printed, by Lua and by C, not what programs print that the script starts", function()
    script [[
      local lab = require "optlab"
      print("one", 1) io.write("two\n") io.stdout:write("three\n") io.stdout:flush()
      io.stderr:write("four\n") warn("@on") warn("five")
      os.execute("echo six")
      error "seven"]]
    local status, out, err = program.run(dir, "a.lua")
    assert.same({ 1, "one\t1\ntwo\nthree\nsix\n", "four\nLua warning: five\noptlab: a.lua:5: seven\n" },
      { status, out, err })
    assert.equal("one\t1\ntwo\nthree\nfour\nLua warning: five\noptlab: a.lua:5: seven\n",
      files.read(dir .. "/runs/1-a/output.txt"))
  end)

  it("leaves standard output as it is: its buffer, its errors, its closed pipe", function()
    script "require 'optlab' for i = 1, 20000 do print(i) end"
    local optlab = program.quoted(program.path)
    local status, out = program.shell(dir, optlab .. " a.lua | head -n 2")
    assert.same({ 0, "1\n2\n" }, { status, out })
    local _, _, err = program.shell(dir, optlab .. " a.lua >/dev/full")
    assert.equal("optlab: cannot write to standard output: No space left on device\n", err)
    script "require 'optlab' io.write 'a' io.stderr:write 'b' io.write 'c' io.stdout:setvbuf 'no' io.write 'd'"
    assert.equal("bacd", select(2, program.shell(dir, optlab .. " a.lua 2>&1")))
    script "require 'optlab' print(io.stdout:seek()) print(io.stdout:seek())"
    assert.equal("0\n2\n", select(2, program.shell(dir, optlab .. " a.lua")))
  end)

  it("is made where standard streams are closed, and what is printed goes into no other file", function()
    script "require('optlab').metrics { 'x' }:row(1) print 'a' io.stderr:write 'b'"
    for _, streams in ipairs { ">&-", "2>&-", "<&- >&- 2>&-" } do
      program.shell(dir, ("%s a.lua %s"):format(program.quoted(program.path), streams))
    end
    for i = 1, 3 do
      assert.equal("x\n1\n", files.read(("%s/runs/%d-a/metrics.csv"):format(dir, i)))
      assert.equal("done", record(i .. "-a").status)
    end
    local status, _, err = program.shell(dir, program.quoted(program.path) .. " a.lua >&-")
    assert.same({ 1, "boptlab: cannot write to standard output: Bad file descriptor\n" }, { status, err })
  end)

  it("gives the files of --out and lab.set_out a second name in the run's directory", function()
    script [[
      local lab = require "optlab"
      lab.train.record("a", 1, { loss = 3 })
      lab.save(lab.config.out .. "/deep/t.npy", lab.zeros(1))
      lab.set_out "other/place"
      lab.metrics({ "x" }):row(1)
      lab.save("elsewhere.npy", lab.zeros(1))]]
    uv.fs_mkdir(dir .. "/o", 511)
    uv.fs_mkdir(dir .. "/o/deep", 511)
    files.write(dir .. "/o/old.csv", "x")
    assert.same({ 0, "", "" }, { program.run(dir, "a.lua", "--out", "o") })
    assert.same({ "code", "deep", "metrics.csv", "output.txt", "place", "run.json" }, names "runs/1-a")
    assert.equal(uv.fs_stat(dir .. "/o/metrics.csv").ino, uv.fs_stat(dir .. "/runs/1-a/metrics.csv").ino)
    assert.equal("x\n1\n", files.read(dir .. "/runs/1-a/place/metrics.csv"))
    assert.same({ "t.npy" }, names "runs/1-a/deep")
    assert.same({ loss = 3 }, record("1-a").final)
    assert.equal(uv.fs_realpath(dir .. "/o"), record("1-a").out)
    assert.is_false(files.exists(dir .. "/out"))
  end)

  it("writes how the run ended", function()
    for status, text in pairs {
      failed = "require 'optlab' error 'no luck'",
      interrupted = "require('optlab') os.execute 'kill -TERM $PPID' while true do end",
      diverged = [[local train = require("optlab").train
        train.descend(function(x) return x * x end, 1, function(x) return x * 1e200 end, 5)]],
      done = "require('optlab')",
    } do
      script(text, status .. ".lua")
      program.run(dir, status .. ".lua")
    end
    for _, name in ipairs(names "runs") do
      local run = record(name)
      assert.equal(name:match "%-(.*)", run.status)
      if run.status == "failed" then assert.equal("failed.lua:1: no luck", run.error) end
      if run.status == "diverged" then assert.matches("^train.descend: ", run.diverged) end
    end
  end)

  it("shows a killed run as interrupted", function()
    script("require('optlab').metrics { 'x' }:row(1) os.execute 'kill -KILL $PPID'")
    program.run(dir, "a.lua")
    assert.equal("running", record("1-a").status)
    local run = require("optlab.runs.reader").read(dir .. "/runs/1-a")
    assert.equal("interrupted", run.status)
    assert.same({ x = 1 }, run.final)
  end)

  it("gives each of many runs that start together a number of its own", function()
    script(EXAMPLE)
    local line = ("for i in 1 2 3 4 5 6 7 8; do cp a.lua x$i.lua; %s x$i.lua & done; wait"):format(
      program.quoted(program.path))
    assert.equal(0, (program.shell(dir, line)))
    local numbers, count = {}, 0
    for _, name in ipairs(names "runs") do
      count = count + 1
      numbers[name:match "^(%d+)%-x%d$"] = true
    end
    assert.equal(8, count)
    for _ in pairs(numbers) do count = count - 1 end
    assert.equal(0, count)
  end)

  it("takes the directory that another process has made for it", function()
    files.write(dir .. "/a.lua", [[
      local lab = require "optlab"
      lab.params { lr = 0.1 }
      lab.metrics({ "x" }):row(1)
      os.execute "echo $OPTLAB_RUN"]])
    uv.fs_mkdir(dir .. "/runs", 511)
    uv.fs_mkdir(dir .. "/runs/5-cell", 511)
    files.write(dir .. "/runs/5-cell/run.json", '{"format": 1, "kind": "run", "experiment": "a", "status": "failed", '
      .. '"error": "x", "sweep": "4-a-sweep"}')
    uv.os_setenv("OPTLAB_RUN", "runs/5-cell")
    local status, out, err = program.run(dir, "a.lua", "--lr", "2")
    uv.os_unsetenv "OPTLAB_RUN"
    assert.same({ 0, "\n", "" }, { status, out, err })
    local run = record "5-cell"
    assert.same({ "done", "4-a-sweep", 2.0, 1 }, { run.status, run.sweep, run.parameters.lr, run.final.x })
    assert.is_nil(run.error)
    assert.same({ "5-cell" }, names "runs")
    assert.is_false(files.exists(dir .. "/out"))
  end)

  it("ends in its directory where the script goes to another folder", function()
    script [[
      local lab = require "optlab"
      lab.metrics({ "x" }):row(1)
      require("luv").chdir "/"]]
    assert.same({ 0, "", "" }, { program.run(dir, "a.lua") })
    assert.same({ "done", { x = 1 } }, { record("1-a").status, record("1-a").final })
  end)

  it("draws a progress bar on the terminal alone", function()
    script [[
      local lab = require "optlab"
      for i in lab.progress(3, "working") do
        local t = lab.clock() + 0.2
        repeat until lab.clock() > t
        print("step " .. i)
      end]]
    local terminal = require "tests.support.terminal"
    local _, shown = terminal.run(dir, program.quoted(program.path) .. " a.lua; echo the end",
      { terminal.expect "the end" }, {})
    assert.matches("working %[", shown)
    assert.equal("step 1\nstep 2\nstep 3\n", files.read(dir .. "/runs/1-a/output.txt"))
  end)

  it("notes the data that were read, not the files of optlab, of the run or of other runs", function()
    files.write(dir .. "/t.csv", "1,2\n")
    script [[
      local lab = require "optlab"
      lab.data.csv "t.csv"
      lab.save(lab.config.out .. "/x.npy", lab.zeros(1))
      lab.load(lab.config.out .. "/x.npy")
      lab.plot.figure():line({ 1, 2 }):save "f"]]
    assert.same({ 0, "", "" }, { program.run(dir, "a.lua") })
    assert.same({ ["t.csv"] = require("optlab.runs.identity").sha256 "1,2\n" }, record("1-a").data)
  end)
end)
