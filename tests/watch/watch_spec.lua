local fake_runs = require "tests.support.fake_runs"
local files = require "tests.support.files"
local follow = require "optlab.watch.follow"
local program = require "tests.support.program"
local screens = require "tests.support.screen"
local terminal = require "tests.support.terminal"

local ENV = "env -u NO_COLOR -u TMUX -u OPTLAB_TERMINAL OPTLAB_RUNS=runs LC_ALL=C.UTF-8"

describe("optlab watch", function()
  local dir

  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  -- The screen after a command in a terminal, its bytes, the exit status.
  local function watch(command, o)
    o = o or {}
    local status, bytes, complaints = terminal.run(dir, command:gsub("OPTLAB", program.path), o.steps or {},
      { env = ENV, rows = o.rows, columns = o.columns, term = o.term })
    assert.equal("", complaints)
    return screens.new(o.columns or 80, o.rows or 24):feed(bytes), bytes, status
  end

  it("draws a run that is over once", function()
    fake_runs.make(dir .. "/runs", { n = 3, experiment = "momentum", loss = { 3, 2, 1 } })
    local screen, bytes, status = watch "OPTLAB watch 3"
    assert.equal(0, status)
    assert.equal(1, select(2, bytes:gsub("epoch", "")))
    assert.matches("⠶⠶ loss 1.000\n.*\n3%-momentum: done[^\n]*, loss 1.000$", screen:text())
  end)

  it("follows a run of another process until it ends", function()
    files.write(dir .. "/a.lua", [[
      local lab, uv = require "optlab", require "luv"
      local log = lab.metrics {"epoch", "loss"}
      for i = 1, 40 do log:row(i, 1 / i) uv.sleep(25) end]])
    local screen, bytes, status = watch("OPTLAB a.lua >/dev/null 2>&1 & until test -e runs/1-a/metrics.csv; do "
      .. "sleep 0.02; done; OPTLAB watch")
    assert.equal(0, status)
    local drawings = select(2, bytes:gsub("└", ""))
    assert.is_true(drawings >= 4 and drawings <= 14, drawings .. " drawings")
    assert.matches("1%-a  running  ", bytes)
    assert.matches("⠶⠶ loss 0.025\n.*\n1%-a: done after 1.%d+ s, loss 0.025$", screen:text())
  end)

  it("says how a run failed or was broken off", function()
    files.write(dir .. "/a.lua", [[
      local lab = require "optlab"
      local log = lab.metrics {"epoch", "loss"}
      log:row(1, 2) log:row(2, 1) log:row(3, 0 / 0)
      error("bad", 0)]])
    program.run(dir, "--runs-dir", "runs", "a.lua")
    assert.matches("loss nan\n.*1%-a: failed after .*, loss nan\nbad$", (watch "OPTLAB watch"):text())
  end)

  it("draws the quantities that are asked for", function()
    fake_runs.make(dir .. "/runs", { n = 1, experiment = "a", series = {
      { run = "sgd", quantity = "loss", x = { 1, 2 }, y = { 2, 1 } },
      { run = "sgd", quantity = "test_acc", x = { 1, 2 }, y = { 0.5, 0.75 } },
      { run = "adam", quantity = "test_acc", x = { 1, 2 }, y = { 0.6, 0.9 } },
    } })
    assert.matches("⠶⠶ sgd 0.750   ⠶⠶ adam 0.900\n", (watch "OPTLAB watch 1 -y test_acc"):text())
  end)

  it("says what there is instead of quantities that a run does not have, or a sweep's table cannot show", function()
    fake_runs.make(dir .. "/runs", { n = 1, experiment = "a", loss = { 2, 1 } })
    fake_runs.make(dir .. "/runs", { n = 2, experiment = "b-sweep", kind = "sweep", cells = 1 })
    local status, out, err = program.run(dir, "--runs-dir", "runs", "watch", "1", "-y", "los,acc")
    assert.same({ 1, "", "optlab: 1-a has no numbers called 'los', 'acc'; did you mean 'loss'? (it has loss)\n" },
      { status, out, err })
    status, out, err = program.run(dir, "--runs-dir", "runs", "watch", "2", "-y", "loss")
    assert.same({ 1, "" }, { status, out })
    assert.matches("--y is for the curves of a run", err, 1, true)
  end)

  it("tells the time since a run began in every time zone", function()
    for _, zone in ipairs { "UTC", "Europe/London", "America/New_York", "Australia/Sydney", "Asia/Kolkata" } do
      local started = os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - 90)
      local code = ("local run = {name = 'a', path = '.', status = 'running', started = '%s'} "
        .. "print(require('optlab.watch.run').new(run):line())"):format(started)
      local _, out = program.shell(dir, ("TZ=%s %s -e %s"):format(zone, program.quoted(program.path),
        program.quoted(code)))
      assert.matches("^a  running  1:3%d min", out, zone)
    end
  end)

  it("takes the names that train.report gives, and draws the rows of history.csv alone", function()
    local x, y = { 1, 2, 3 }, { 3, 2, 1 }
    fake_runs.make(dir .. "/runs", { n = 1, experiment = "a",
      history = { { "fit-1", 1, 10, "loss", 3 }, { "fit-1", 2, 20, "loss", 2 }, { "fit-1", 3, 30, "loss", 1 } },
      series = { { run = "adam", quantity = "loss", x = x, y = y } } })
    local text = (watch "OPTLAB watch 1"):text()
    assert.matches("⠶⠶ loss 1.000\n", text)
    assert.is_nil(text:find("fit-1", 1, true))
  end)

  it("says which run there is not, and what is damaged", function()
    local status, _, err = program.run(dir, "watch", "--runs-dir", "runs", "7")
    assert.equal(1, status)
    assert.matches("^optlab: ", err)
    assert(require("luv").fs_mkdir(dir .. "/runs", 448) and require("luv").fs_mkdir(dir .. "/runs/2-b", 448))
    status, _, err = program.run(dir, "watch", "--runs-dir", "runs", "2")
    assert.equal(1, status)
    assert.matches("^optlab: 2%-b: ", err)
  end)

  it("draws nothing without a terminal, and prints how it ended", function()
    fake_runs.make(dir .. "/runs", { n = 3, experiment = "momentum", loss = { 3, 2, 1 } })
    local status, out, err = program.run(dir, "watch", "--runs-dir", "runs")
    assert.same({ 0, "" }, { status, err })
    assert.matches("^3%-momentum: done[^\n]*, loss 1.000\n$", out)
  end)

  it("ends with the terminal in order at Ctrl-C", function()
    files.write(dir .. "/a.lua", [[
      local lab = require "optlab"
      local log = lab.metrics {"epoch", "loss"}
      log:row(1, 2) log:row(2, 1)
      require("luv").sleep(1500)]])
    local screen, _, status = watch("(trap '' INT; exec OPTLAB a.lua) >/dev/null 2>&1 & "
      .. "until test -e runs/1-a/metrics.csv; do sleep 0.02; done; exec OPTLAB watch", {
      steps = { terminal.expect "running", terminal.send "\3", terminal.expect "interrupted" },
    })
    assert.equal(130, status)
    assert.is_falsy(screen.cursor_hidden)
    assert.matches("optlab: interrupted$", screen:text())
  end)

  describe("of a sweep", function()
    -- A sweep of six cells in two parameters; two of them are over, one runs nowhere, one failed.
    local function make()
      local runs = dir .. "/runs"
      fake_runs.make(runs, { n = 1, experiment = "x-sweep", kind = "sweep", cells = 6, arguments = { "x.lua", "--lr",
        "0.1,0.2,0.3", "--maximize=acc" }, status = "done" })
      local states = { "done", "done", "failed", "done" }
      for i, status in ipairs(states) do
        fake_runs.make(runs, { n = i + 1, experiment = "x", status = status, parameters = { lr = i / 10, steps = 5 },
          final = { acc = i / 4, loss = 9 }, seed = 0, seconds = 2, error = status == "failed" and "bad" or nil })
      end
      assert(require("luv").fs_mkdir(runs .. "/1-x-sweep/cells", 448))
      for i, status in ipairs(states) do
        files.write(("%s/1-x-sweep/cells/%04d"):format(runs, i), ("%d-x %s 0 \n"):format(i + 1, status))
      end
      files.write(runs .. "/1-x-sweep/cells/0005", "") -- begun, nothing written yet
    end

    it("shows how many cells are over and the best ones", function()
      make()
      local screen = watch "OPTLAB watch 1"
      assert.same({
        "run  status   lr    acc    time",
        "5-x  done    0.4  1.000  2.00 s",
        "3-x  done    0.2  0.500  2.00 s",
        "2-x  done    0.1  0.250  2.00 s",
        "1-x-sweep: 3/6 done, 1 failed; best acc 1.000: 5-x",
      }, screen:lines())
    end)

    it("is what is watched by default while the last run is one of its cells", function()
      make()
      fake_runs.make(dir .. "/runs", { n = 6, experiment = "x", sweep = "1-x-sweep", loss = { 1 } })
      local _, out = program.run(dir, "watch", "--runs-dir", "runs")
      assert.matches("^1%-x%-sweep: ", out)
      _, out = program.run(dir, "watch", "--runs-dir", "runs", "last")
      assert.matches("^6%-x: ", out)
    end)

    it("goes on while a cell is at work, and ends when all are over", function()
      make()
      files.write(dir .. "/x.lua", [[
        local lab = require "optlab"
        local log = lab.metrics {"epoch", "acc"}
        for i = 1, 10 do log:row(i, i / 20) require("luv").sleep(150) end]])
      local screen, bytes = watch("OPTLAB x.lua >/dev/null 2>&1 & until test -e runs/6-x/metrics.csv; "
        .. "do sleep 0.02; done; echo '6-x running 0 ' >runs/1-x-sweep/cells/0005; OPTLAB watch 1", { columns = 100 })
      assert.matches("1%-x%-sweep: 3/6 done, 1 running, 1 failed", bytes)
      assert.matches("6%-x  running +0.%d+", bytes)
      assert.matches("\n6%-x  done [^\n]* 0.500 .*4/6 done, 1 failed; best acc 1.000: 5%-x$", screen:text())
    end)
  end)
end)

describe("a record that grows", function()
  local dir

  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  local function text_of(curves)
    local parts = {}
    for _, c in ipairs(curves) do
      for i, x in ipairs(c.x) do parts[#parts + 1] = ("%s.%s(%g)=%g"):format(c.run, c.quantity, x, c.y[i]) end
    end
    return table.concat(parts, " ")
  end

  it("is read line by line as its lines become whole", function()
    local path = dir .. "/history.csv"
    local f, text = follow.new(path), ""
    local function grow(more)
      text = text .. more
      local out = assert(io.open(path, "ab"))
      out:write(more)
      out:close()
      return text_of((f:read()))
    end
    assert.equal("", text_of((f:read())))
    assert.equal("", grow "run,epoch,st")
    assert.equal("", grow "ep,quantity,value\n")
    assert.equal("a.loss(1)=0.5", grow "a,1,10,loss,0.5\na,2,20,lo")
    assert.equal("a.loss(2)=0.25 a.acc(2)=1", grow "ss,0.25\na,2,20,acc,1\n")
    assert.equal("", grow "")
    files.write(dir .. "/other", "run,epoch,step,quantity,value\nb,1,1,loss,7\n")
    os.rename(dir .. "/other", path)
    local curves, is_new = f:read()
    assert.same({ "b.loss(1)=7", true }, { text_of(curves), is_new })
  end)
end)
