--- The commands about runs that are kept: runs, show, tag, rm, gc.
local files = require "tests.support.files"
local program = require "tests.support.program"
local runs_folder = require "tests.support.runs_folder"
local uv = require "luv"

local dir
local said, refused = runs_folder.said, runs_folder.refused

local function make(fields)
  fields.experiment = fields.experiment or "momentum"
  return runs_folder.make(fields)
end

local function widest(text)
  local most = 0
  for line in text:gmatch "[^\n]+" do most = math.max(most, utf8.len(line)) end
  return most
end

local function lines(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do list[#list + 1] = line end
  return list
end

local function before() dir = runs_folder.open() end

describe("optlab runs", function()
  before_each(before)
  after_each(runs_folder.close)

  local function some()
    make { n = 1, parameters = { lr = 0.5, method = "sgd" }, given = { "lr" }, loss = { 0.9, 0.3 } }
    make {
      n = 2, parameters = { lr = 0.05, method = "adam" }, given = { "lr", "method" }, seed = 3, loss = { 0.8, 0.2 },
    }
    make { n = 10, experiment = "lenet", parameters = { lr = 0.1 }, status = "failed", error = "no luck", seed = 0 }
  end

  it("says that there are none", function()
    assert.equal("no runs are kept in runs; optlab SCRIPT keeps one\n", said "runs")
  end)

  it("lists runs in the order of their numbers within 80 columns", function()
    some()
    assert.equal("run  experiment  status    time  result    parameters\n"
      .. "  1  momentum    done    0.50 s  loss=0.3  lr=0.5\n"
      .. "  2  momentum    done    0.50 s  loss=0.2  lr=0.05 method=adam seed=3\n"
      .. " 10  lenet       failed  0.50 s\n", (said "runs":gsub("[%d.]+ s", "0.50 s")))
    local long = {}
    for i = 1, 30 do long[i] = ("parameter_%d"):format(i) end
    local parameters = {}
    for _, name in ipairs(long) do parameters[name] = 1 end
    make { n = 11, experiment = ("long"):rep(9), parameters = parameters, given = long, tags = { ("tag"):rep(20) } }
    assert.is_true(widest(said "runs") <= 80)
  end)

  it("shows the last twenty and says how many there are", function()
    for n = 1, 30 do make { n = n } end
    local out = lines(said "runs")
    assert.same({ 22, "(the last 20 of 30; --all shows all, --limit N so many)" }, { #out, out[22] })
    assert.matches("^ 11 ", out[2])
    assert.equal(31, #lines(said("runs", "--all")))
    assert.matches("^ 29 ", lines(said("runs", "--limit", "2"))[2])
    assert.matches("\n%(the last 0 of 30; [^\n]*\n$", said("runs", "--limit", "0"))
  end)

  it("selects by experiment, status, tag and condition, and sorts", function()
    some()
    local function numbers(...)
      local list = {}
      for number in said("runs", "--format", "csv", ...):gmatch "\n(%d+)," do list[#list + 1] = tonumber(number) end
      return list
    end
    assert.same({ 10 }, numbers "lenet")
    assert.same({ 10 }, numbers("--status", "failed"))
    assert.same({ 1 }, numbers("--where", "lr > 0.1 and loss < 0.4"))
    assert.same({ 2 }, numbers("--where", 'method == "adam" and seed == 3'))
    assert.same({ 1, 10 }, numbers("--where", 'status == "failed" or final.loss == 0.3'))
    assert.same({ 2, 1, 10 }, numbers("--sort", "loss"))
    assert.same({ 1, 10, 2 }, numbers("--sort", "-lr"))
    assert.same({ 1 }, numbers("--sort", "-lr", "--limit", "1"))
    assert.same({}, numbers("--where", "loss > 5"))
    assert.equal("no run matches, of 3 in runs; did you mean 'momentum'?\n", said("runs", "momentun"))
  end)

  it("explains what is wrong with a condition", function()
    some()
    for text, message in pairs {
      ["lrr < 1"] = "--where: no run has 'lrr'; did you mean 'lr'?",
      ["lr = 1"] = "--where 'lr = 1': equality is written ==",
      ["lr != 1"] = "--where 'lr != 1': inequality is written ~=",
      ["lr < 1 && loss < 1"] = "--where 'lr < 1 && loss < 1': conditions are joined by 'and', 'or'",
      ["method < 1"] = "--where 'method < 1': attempt to compare string with number",
      ["lr <"] = "--where 'lr <': unexpected symbol near <eof>",
    } do
      assert.equal("optlab: " .. message .. "\n", refused("runs", "--where", text))
    end
    assert.equal("optlab: --where needs a condition, such as 'lr < 0.1'\n", refused("runs", "--where", " "))
    assert.equal("optlab: --sort: no run has 'los'; did you mean 'loss'?\n", refused("runs", "--sort", "los"))
  end)

  it("gives every value as CSV, and Markdown and LaTeX", function()
    some()
    local out = lines(said("runs", "--format", "csv"))
    assert.equal("number,name,experiment,kind,status,sweep,started,seconds,seed,tags,lr,method,final loss", out[1])
    assert.matches("^2,2%-momentum,momentum,run,done,,[^,]*,[^,]*,3,,0.05,adam,0.2$", out[3])
    assert.matches("^| run | experiment |", said("runs", "--format", "markdown"))
    assert.matches("^\\begin{tabular}", said("runs", "--format", "latex"))
  end)

  it("makes one line of a sweep", function()
    local sweep = make { n = 1, kind = "sweep", cells = 4 }:match "[^/]+$"
    for n = 2, 4 do make { n = n, sweep = sweep, status = n == 3 and "failed" or "done" } end
    assert.matches("^run[^\n]*\n  1  momentum %(sweep%)  %S+ [^\n]* 2 of 4 done, 1 failed%s*$", said "runs")
    assert.equal(4, #lines(said("runs", "--sweep", "1")))
    assert.equal(5, #lines(said("runs", "--cells")))
  end)

  it("lists damaged directories, and what else is wrong does not matter", function()
    some()
    uv.fs_mkdir(dir .. "/runs/11-half", 511)
    uv.fs_mkdir(dir .. "/runs/12-broken", 511)
    files.write(dir .. "/runs/12-broken/run.json", '{"format": 1, "kind": "run", ')
    uv.fs_mkdir(dir .. "/runs/13-other", 511)
    files.write(dir .. "/runs/13-other/run.json", '{"format": 7}')
    uv.fs_mkdir(dir .. "/runs/14-list", 511)
    files.write(dir .. "/runs/14-list/run.json", "[1]")
    files.write(dir .. "/runs/15-file", "")
    files.write(dir .. "/runs/notes.txt", "")
    local out = said "runs"
    for _, name in ipairs { "11  half", "12  broken", "13  other", "14  list" } do
      assert.matches("\n *" .. name .. " +damaged", out)
    end
    assert.equal(8, #lines(out))
    assert.matches("error +it has no run.json", said("show", "11"))
    assert.matches("error +run.json is damaged: ", said("show", "12"))
    assert.matches("error +run.json is damaged: its format is 7, this optlab reads format 1", said("show", "13"))
  end)
end)

describe("optlab show", function()
  before_each(before)
  after_each(runs_folder.close)

  it("prints everything about the last run, or one that is named", function()
    files.write(dir .. "/a.lua", [[
      local lab = require "optlab"
      local p = lab.params { lr = 0.1 }
      for i = 1, 12 do print("line " .. i) end
      lab.train.record("a", 1, { loss = p.lr })]])
    said("a.lua", "--lr", "0.25")
    local out = said "show"
    for _, text in ipairs {
      "run 1-a: done after ", "directory    runs/1-a\n", "command      optlab a.lua --lr 0.25\n",
      "parameters\n  lr  0.25  (given)\n", "final values\n  loss  0.25\n", "code\n  a.lua\n", "versions\n  build ",
      "  metrics.csv  (", "the last of 12 lines of output\n  line 3\n",
    } do
      assert.is_truthy(out:find(text, 1, true), text .. " is not in\n" .. out)
    end
    assert.equal("runs/1-a\n", said("show", "1", "--path"))
    assert.equal("optlab a.lua --lr 0.25\n", said("show", "1-a", "--command"))
    assert.matches("^line 1\nline 2\n", said("show", "runs/1-a", "--output"))
    files.write(dir .. "/a.lua", "-- other")
    assert.matches("code\n  a.lua  %(has changed since%)", said "show")
  end)

  it("spells out what a terminal would obey", function()
    make { n = 1, parameters = { s = "\27[31mred" }, status = "failed", error = "a\27]0;b" }
    local out = said "show"
    assert.is_nil(out:find "\27")
    assert.is_truthy(out:find("error        a\\x1b]0;b", 1, true) and out:find("s  \\x1b[31mred", 1, true))
  end)

  it("says which runs there are", function()
    make { n = 3 }
    assert.equal("optlab: there is no run 7 in runs (the last one is 3-momentum)\n", refused("show", "7"))
    assert.matches("there is no run '3%-momentun'; did you mean '3%-momentum'%?", refused("show", "3-momentun"))
    make { n = 3, experiment = "adam" }
    assert.equal("optlab: 3 is the number of 3-adam and 3-momentum; give the name\n", refused("show", "3"))
  end)
end)

describe("the words that name runs", function()
  before_each(before)
  after_each(runs_folder.close)

  it("mean runs, not the folder of runs nor what else lies in it", function()
    make { n = 1 }
    uv.fs_mkdir(dir .. "/runs/mine", 511)
    files.write(dir .. "/runs/notes.txt", "")
    for _, word in ipairs { "", ".", "..", "runs", "runs/", "./runs", "mine", "runs/mine", "notes.txt", "/", "//" } do
      assert.matches("^optlab: there is no run '" .. word:gsub("%p", "%%%0") .. "'", refused("rm", word, "-y"))
    end
    assert.same({ "1-momentum", "mine", "notes.txt" }, files.names(dir .. "/runs"))
  end)

  it("mean a damaged run also by its path", function()
    make { n = 1 }
    uv.fs_mkdir(dir .. "/runs/2-half", 511)
    for _, word in ipairs { "2", "2-half", "runs/2-half", "./runs/2-half/", dir .. "/runs/2-half" } do
      assert.equal("runs/2-half\n", said("show", "--path", word))
    end
  end)

  it("mean each run once", function()
    for n = 1, 2 do make { n = n } end
    local runs = require("optlab.runs")
    local config = require "optlab.base.config"
    local before_runs = config.runs
    config.runs = dir .. "/runs"
    local list = assert(runs.select { "1", "1..2", dir .. "/runs/1-momentum/", dir .. "/./runs/2-momentum" })
    config.runs = before_runs
    assert.equal(2, #list)
  end)

  it("may be numbers of any size", function()
    make { n = 1 }
    local most = ("9"):rep(30)
    assert.equal("runs/1-momentum\n", said("show", "--path", "1"))
    said("tag", "1.." .. most, "all")
    assert.matches("there are no runs from " .. most .. " to " .. most, refused("tag", most .. ".." .. most, "x"))
    assert.matches("there is no run '" .. most, refused("show", most))
  end)
end)

describe("optlab tag", function()
  before_each(before)
  after_each(runs_folder.close)

  it("gives runs a name and takes it away", function()
    for n = 1, 4 do make { n = n } end
    said("tag", "1", "3..4", "best so far")
    assert.equal("best so far\n", files.read(dir .. "/runs/3-momentum/tags.txt"))
    said("tag", "3", "baseline")
    assert.equal("baseline\nbest so far\n", files.read(dir .. "/runs/3-momentum/tags.txt"))
    assert.matches("  3  [^\n]*  baseline, best so far\n", said "runs")
    assert.matches("\n4,", said("runs", "--tag", "best so far", "--format", "csv"))
    said("tag", "@best so far", "best so far", "--remove")
    assert.equal("baseline\n", files.read(dir .. "/runs/3-momentum/tags.txt"))
    assert.equal("optlab: none of these runs has the tag 'x'\n", refused("tag", "1", "x", "--remove"))
    assert.equal("optlab: no run has the tag 'baselin'; did you mean 'baseline'?\n", refused("tag", "@baselin", "y"))
    assert.matches("means a run; use another tag\n$", refused("tag", "1", "12"))
  end)
end)

describe("several at once", function()
  before_each(before)
  after_each(runs_folder.close)

  it("keep each other's tags", function()
    make { n = 1 }
    local line = "for i in 1 2 3 4 5 6 7 8; do %s tag 1 t$i & done; wait"
    assert.same({ 0, "", "" }, { program.shell(dir, line:format(program.quoted(program.path))) })
    assert.equal("t1\nt2\nt3\nt4\nt5\nt6\nt7\nt8\n", files.read(dir .. "/runs/1-momentum/tags.txt"))
  end)
end)

describe("optlab rm", function()
  before_each(before)
  after_each(runs_folder.close)

  it("removes runs, a sweep with its runs, and the links that led to them", function()
    files.write(dir .. "/a.lua", "require 'optlab'")
    said "a.lua"
    make { n = 2 }
    make { n = 3 }
    make { n = 5, sweep = make { n = 4, kind = "sweep" }:match "[^/]+$" }
    said("rm", "1", "3..4", "-y")
    assert.same({ ".index.sqlite", "2-momentum" }, files.names(dir .. "/runs"))
    assert.same({}, files.names(dir .. "/out"))
  end)

  it("takes a link in out for the run that it leads to, a sweep's with its runs", function()
    local sweep = make { n = 1, kind = "sweep" }:match "[^/]+$"
    make { n = 2, sweep = sweep }
    uv.fs_mkdir(dir .. "/out", 511)
    uv.fs_symlink("../runs/" .. sweep, dir .. "/out/x-sweep")
    said("rm", "out/x-sweep", "-y")
    assert.same({}, files.names(dir .. "/out"))
    assert.same({ ".index.sqlite" }, files.names(dir .. "/runs"))
  end)

  it("removes of a sweep's copy elsewhere the copy alone", function()
    local sweep = make { n = 1, kind = "sweep" }
    make { n = 2, sweep = sweep:match "[^/]+$" }
    uv.fs_mkdir(dir .. "/old", 511)
    uv.fs_mkdir(dir .. "/old/1-momentum", 511)
    files.write(dir .. "/old/1-momentum/run.json", files.read(sweep .. "/run.json"))
    said("rm", "old/1-momentum", "-y")
    assert.same({}, files.names(dir .. "/old"))
    assert.same({ "1-momentum", "2-momentum" }, files.names(dir .. "/runs"))
  end)

  it("leaves links alone that lead to nothing else", function()
    make { n = 1 }
    uv.fs_mkdir(dir .. "/out", 511)
    uv.fs_symlink("/nowhere/2024-results", dir .. "/out/results")
    uv.fs_symlink("../runs/1-momentum", dir .. "/out/momentum")
    said("rm", "1", "-y")
    assert.same({ "results" }, files.names(dir .. "/out"))
  end)

  it("does not remove a sweep that goes on, also between two cells", function()
    local sweep = make { n = 1, kind = "sweep", status = "running" }
    uv.fs_mkdir(sweep .. "/cells", 511)
    local lock = require("optlab.core").work.lock(sweep .. "/cells")
    assert.equal("optlab: 1-momentum is running; nothing is removed\n", refused("rm", "1", "-y"))
    lock:free()
    said("rm", "1", "-y")
  end)

  it("asks on a terminal and does nothing elsewhere", function()
    make { n = 1, tags = { "x" } }
    assert.equal("optlab: nobody can be asked here; -y removes without a question\n", refused("rm", "1"))
    assert.same({ "1-momentum" }, files.names(dir .. "/runs"))
  end)

  it("does not remove a run that goes on", function()
    files.write(dir .. "/a.lua", "require('optlab').metrics { 'x' } io.open('ready', 'w'):close() io.read()")
    local optlab_path = program.quoted(program.path)
    local status, _, err = program.shell(dir, ([[mkfifo go; %s a.lua <go & exec 9>go
      until [ -e ready ]; do sleep 0.02; done; %s rm 1 -y; s=$?; %s runs; echo >&9; wait; exit $s]]):format(optlab_path,
      optlab_path, optlab_path))
    assert.same({ 1, "optlab: 1-a is running; nothing is removed\n" }, { status, err })
    assert.matches("1 +a +running", files.read(dir .. "/.out"))
    assert.is_true(files.exists(dir .. "/runs/1-a/run.json"))
  end)
end)

describe("optlab gc", function()
  before_each(before)
  after_each(runs_folder.close)

  local function clutter()
    make { n = 1 }
    make { n = 2, status = "failed", error = "x" }
    make { n = 3, status = "failed", error = "x", tags = { "keep" } }
    uv.fs_mkdir(dir .. "/runs/4-half", 511)
    uv.fs_mkdir(dir .. "/runs/5-found", 511)
    files.write(dir .. "/runs/5-found/metrics.csv", "x\n1\n")
    uv.fs_mkdir(dir .. "/runs/.7", 511)
    uv.fs_mkdir(dir .. "/runs/.removed-8-a-1", 511)
    files.write(dir .. "/runs/.removed-8-a-1/metrics.csv", "x\n1\n")
    uv.fs_symlink("9-gone", dir .. "/runs/.sweep-abc")
    uv.fs_mkdir(dir .. "/out", 511)
    uv.fs_symlink("../runs/9-gone", dir .. "/out/gone")
  end

  it("lists what it would remove", function()
    clutter()
    local out = said("gc", "-n")
    for _, name in ipairs { "out/gone", "runs/.7", "runs/.removed%-8%-a%-1", "runs/.sweep%-abc", "runs/4%-half" } do
      assert.matches("\n" .. name .. " ", "\n" .. out)
    end
    assert.equal(6, #lines(out))
  end)

  it("removes leftovers, and on request failed, damaged and old runs; never one with a tag", function()
    clutter()
    said("gc", "-y")
    assert.same({ ".index.sqlite", "1-momentum", "2-momentum", "3-momentum", "5-found" }, files.names(dir .. "/runs"))
    assert.same({}, files.names(dir .. "/out"))
    said("gc", "-y", "--failed", "--older", "100000")
    assert.equal(5, #files.names(dir .. "/runs"))
    said("gc", "-y", "--failed")
    assert.same({ ".index.sqlite", "1-momentum", "3-momentum", "5-found" }, files.names(dir .. "/runs"))
    said("gc", "-y", "--damaged")
    said("gc", "-y", "--older", "0")
    assert.same({ ".index.sqlite", "3-momentum" }, files.names(dir .. "/runs"))
    assert.equal("nothing to clear away\n", said "gc")
  end)

  it("does not remove without a question", function()
    clutter()
    local status, _, err = program.run(dir, "gc")
    assert.same({ 1, "optlab: nobody can be asked here; -y removes without a question\n" }, { status, err })
    assert.is_true(files.exists(dir .. "/runs/.7"))
  end)
end)
