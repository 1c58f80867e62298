--- What happens to runs when the disk is full, the index is damaged, a directory goes away, many work at once.
local files = require "tests.support.files"
local program = require "tests.support.program"
local runs_folder = require "tests.support.runs_folder"
local uv = require "luv"

describe("runs", function()
  local dir
  local optlab = program.quoted(program.path)
  local script, names, record, make = runs_folder.script, runs_folder.names, runs_folder.record, runs_folder.make

  before_each(function() dir = runs_folder.open() end)
  after_each(runs_folder.close)

  local function listed()
    local status, out, err = program.run(dir, "runs", "--format", "csv", "--all")
    assert.equal(0, status, err)
    local list = {}
    for number in out:gmatch "\n(%d+)," do list[#list + 1] = tonumber(number) end
    return list, err, out
  end

  local NUMBERS = "local m = require('optlab').metrics { 'x' } for i = 1, 5 do m:row(i) end print 'end'"

  it("go on without being kept where there is no room for run.json", function()
    script "require 'optlab' print 'goes on'"
    local status, out, err = program.shell(dir, "ulimit -f 1; " .. optlab .. " a.lua")
    assert.same({ 0, "goes on\n" }, { status, out })
    assert.equal("optlab: this run is not kept: cannot write runs/.1/run.json: File too large\n", err)
    assert.same({}, names "runs")
  end)

  it("keep what fitted when the disk becomes full", function()
    script [[
      local m = require("optlab").metrics { "x" }
      for i = 1, 1000 do m:row(i * 1000) end]]
    local status, _, err = program.shell(dir, "ulimit -f 8; " .. optlab .. " a.lua")
    assert.equal(1, status)
    assert.matches("a.lua:2: metrics: cannot write runs/1%-a/metrics.csv: File too large\n$", err)
    local run = record "1-a"
    assert.same({ "failed", "a.lua:2: metrics: cannot write runs/1-a/metrics.csv: File too large" },
      { run.status, run.error })
    assert.matches("^x\n1000\n2000\n.*\n(%d+)000\n$", files.read(dir .. "/runs/1-a/metrics.csv"))
    assert.equal(run.final.x, tonumber(files.read(dir .. "/runs/1-a/metrics.csv"):match "(%d+)\n$"))
  end)

  it("say that output.txt is not complete", function()
    script "require 'optlab' for i = 1, 2000 do print(i) end"
    local status, out, err = program.shell(dir, "ulimit -f 8; " .. optlab .. " a.lua | tail -n 1")
    assert.same({ 0, "optlab: runs/1-a/output.txt is not complete: File too large\n" }, { status, err })
    assert.equal("2000\n", out)
    assert.equal("done", record("1-a").status)
  end)

  it("go on where no folder of runs can be made", function()
    files.write(dir .. "/runs", "")
    script(NUMBERS)
    local status, out, err = program.run(dir, "a.lua")
    assert.same({ 0, "end\n" }, { status, out })
    assert.equal("optlab: this run is not kept: cannot make the folder runs: a file of that name is in the way\n", err)
    assert.same({ "metrics.csv" }, names "out/a")
  end)

  it("go on where out/x cannot lead to them", function()
    files.write(dir .. "/out", "")
    script(NUMBERS)
    local status, _, err = program.run(dir, "a.lua")
    assert.equal(0, status)
    assert.matches("^optlab: out/a does not lead to the run: cannot make the folder out: ", err)
    assert.is_true(files.exists(dir .. "/runs/1-a/metrics.csv"))
  end)

  it("say that a directory was removed while its run went on", function()
    script [[
      local lab = require "optlab"
      lab.metrics({ "x" }):row(1)
      os.execute "rm -r runs/1-a"
      print "goes on"]]
    local removed = "optlab: runs/1-a was removed while the run went on; what it had written there is lost\n"
    assert.same({ 0, "goes on\n", removed }, { program.run(dir, "a.lua") })
    assert.same({}, names "runs")
    script [[
      local lab = require "optlab"
      lab.metrics({ "x" }):row(1)
      os.execute "rm -r runs/1-a"
      lab.metrics({ "y" }, "later"):row(2)]]
    assert.same({ 0, "", removed }, { program.run(dir, "a.lua") })
    assert.same({ "later.csv", "run.json" }, names "runs/1-a")
    assert.equal("done", record("1-a").status)
  end)

  it("are never half there, whenever they are killed", function()
    script [[
      local lab = require "optlab"
      local p = lab.params { lr = 0.1 }
      for i = 1, 1000 do lab.train.record("a", i, { loss = p.lr / i }) end]]
    local line = [[for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do
      %s a.lua & sleep 0.0$(printf %%02d $((i * 2)))0; kill -KILL $! 2>&-; wait $!; done 2>&-]]
    program.shell(dir, line:format(optlab))
    local _, _, out = listed()
    assert.not_matches("damaged", out)
    for _, name in ipairs(names "runs") do
      assert.is_truthy(name:find "^%d+%-a$" or name:find "^%.%d+$" or name:find "^%.index", name)
    end
    assert.same({ 0, "", "" }, { program.run(dir, "a.lua") })
    program.run(dir, "gc", "-y", "--failed")
    for _, name in ipairs(names "runs") do assert.not_matches("^%.%d+$", name) end
    assert.matches(",done,", (select(3, listed())))
  end)

  it("are numbered and listed without asking the clock", function()
    script(NUMBERS)
    for n = 1, 3 do
      program.run(dir, "a.lua")
      local time = 2000000000 - 400000000 * n
      uv.fs_utime(("%s/runs/%d-a"):format(dir, n), time, time)
    end
    assert.same({ 1, 2, 3 }, (listed()))
    make { n = 2, experiment = "a", status = "failed", error = "x" }
    uv.fs_utime(dir .. "/runs/2-a", 1, 1)
    assert.matches("\n2,2%-a,a,run,failed,", (select(3, listed())))
  end)

  it("are numbered on whatever else has a number", function()
    make { n = math.maxinteger }
    files.write(dir .. "/runs/" .. ("9"):rep(40) .. "-x", "")
    script(NUMBERS)
    assert.same({ 0, "end\n", "" }, { program.run(dir, "a.lua") })
    assert.is_true(files.exists(dir .. "/runs/1-a/run.json"))
  end)

  it("can be looked at whatever their run.json says", function()
    local odd = {
      '"given": "x"', '"final": [1, 2]', '"parameters": ["x"]', '"out": {}', '"host": {}', '"pid": "x"',
      '"seconds": {"float": "nan"}', '"seconds": {"float": "inf"}', '"started": "99999999999999-01-01T00:00:00Z"',
      '"kind": "sweep", "cells": [1]', '"code": [1]', '"arguments": {"a": 1}', '"parameters": {"x": {}}', '"ranks": {}',
    }
    for i, fields in ipairs(odd) do
      local experiment = fields:find '"kind"' and "" or '"kind": "run", '
      local path = make { n = i, experiment = "e" }
      files.write(path .. "/run.json", ('{"format": 1, "experiment": "e", "status": "done", %s%s}'):format(experiment,
        fields))
    end
    assert.equal(#odd, #(listed()))
    for _, words in ipairs { { "runs" }, { "runs", "--sort", "seconds" }, { "gc", "-n", "--older", "1" } } do
      assert.equal(0, (program.run(dir, table.unpack(words))))
    end
    for i, fields in ipairs(odd) do
      local status, out, err = program.run(dir, "show", tostring(i))
      assert.same({ 0, "" }, { status, err }, fields)
      assert.not_matches("table: 0x", out)
    end
  end)

  it("are renumbered by nobody: copies, renamed and foreign directories are found", function()
    make { n = 3 }
    make { n = 3, experiment = "other" }
    os.rename(dir .. "/runs/3-other", dir .. "/runs/8-renamed")
    assert.same({ 3, 8 }, (listed()))
    os.rename(dir .. "/runs/8-renamed", dir .. "/elsewhere")
    assert.same({ 3 }, (listed()))
    local status, out = program.run(dir, "show", "elsewhere")
    assert.equal(0, status)
    assert.matches("^run elsewhere: done", out)
  end)

  describe("have an index that", function()
    local function file() return dir .. "/runs/.index.sqlite" end

    it("is made anew when it is missing, damaged or of another kind", function()
      for n = 1, 3 do make { n = n } end
      assert.same({ 1, 2, 3 }, (listed()))
      local whole = files.read(file())
      local said = "optlab: the index of runs was damaged and is built again\n"
      local damages = { ("x"):rep(5000), whole:sub(1, 3000), whole:sub(1, 6000) .. ("\255"):rep(#whole - 6000) }
      for i, damaged in ipairs(damages) do
        files.write(file(), damaged)
        local list, err = listed()
        assert.same({ { 1, 2, 3 }, said }, { list, err }, "damage " .. i)
        list, err = listed()
        assert.same({ { 1, 2, 3 }, "" }, { list, err }, "damage " .. i)
      end
      os.remove(file())
      assert.same({ 1, 2, 3 }, (listed()))
    end)

    it("is made anew when the damage shows while it is asked", function()
      for n = 1, 20 do make { n = n, parameters = { lr = n, ["long_name_" .. ("x"):rep(300)] = n }, loss = { n } } end
      listed()
      local whole = files.read(file())
      local damaged, page = 0, 4096
      for first = page, #whole - page, page do
        for _, suffix in ipairs { "-wal", "-shm" } do os.remove(file() .. suffix) end
        files.write(file(), whole:sub(1, first) .. ("\xA5"):rep(page) .. whole:sub(first + page + 1))
        local status, out, err = program.run(dir, "runs", "--where", "lr > 18", "--format", "csv")
        assert.same({ 0, 3 }, { status, select(2, out:gsub("\n", "")) }, err)
        assert.is_true(err == "" or err == "optlab: the index of runs was damaged and is built again\n", err)
        if err ~= "" then damaged = damaged + 1 end
      end
      assert.is_true(damaged > 3)
    end)

    it("is done without where there can be none, which is said", function()
      for n = 1, 3 do make { n = n, loss = { n } } end
      uv.fs_mkdir(file(), 511)
      local list, err = listed()
      assert.same({ 1, 2, 3 }, list)
      assert.matches("^optlab: without an index, runs is read as a whole: [^\n]+\n$", err)
      local status, out = program.run(dir, "runs", "--where", "loss < 3", "--sort", "-loss", "--format", "csv")
      assert.equal(0, status)
      assert.matches("\n2,[^\n]*\n1,[^\n]*\n$", out)
      assert.equal(1, (program.run(dir, "runs", "--reindex")))
    end)

    it("follows every change of the directories", function()
      make { n = 1, loss = { 1 } }
      assert.same({ 1 }, (listed()))
      make { n = 2, loss = { 1 } }
      assert.same({ 1, 2 }, (listed()))
      files.remove(dir .. "/runs/1-train")
      program.run(dir, "tag", "2", "x")
      assert.matches(",x,", (select(3, listed())))
      program.run(dir, "tag", "2", "x", "--remove")
      assert.not_matches(",x,", (select(3, listed())))
      for i = 1, 5 do -- as fast as it goes
        make { n = 2, parameters = { lr = i }, loss = { 1 } }
        local out = select(2, program.run(dir, "runs", "--where", "lr == " .. i, "--format", "csv"))
        assert.matches("\n2,", out)
      end
    end)

    it("leaves out what is removed while the directories are read", function()
      local config, directory, query = require "optlab.base.config", require "optlab.runs.directory",
        require "optlab.runs.query"
      make { n = 1 }
      local names_of, before = directory.names, config.runs
      config.runs = dir .. "/runs"
      directory.names = function() return { "1-train", "2-gone" }, { ["1-train"] = "a", ["2-gone"] = "b" } end
      local indexed = query.find {}
      for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(file() .. suffix) end
      uv.fs_mkdir(file(), 511)
      local read = query.find {}
      directory.names, config.runs = names_of, before
      for _, runs in ipairs { indexed, read } do assert.same({ 1, "1-train" }, { #runs, runs[1].name }) end
    end)

    it("answers as the directories do", function()
      for n = 1, 20 do
        make {
          n = n, loss = { n % 5 == 0 and 0 / 0 or n % 4 }, tags = n % 6 == 0 and { "six" } or nil,
          parameters = { lr = n / 7, on = n % 2 == 0, method = n % 3 == 0 and "adam" or "sgd", list = { n, 2, 0 / 0 } },
          status = n == 7 and "failed" or nil,
        }
      end
      local questions = {
        { where = "lr < 1 and loss < 2" }, { where = "on and method == 'adam'" }, { where = "not on" },
        { sort = "loss" }, { sort = "-loss", limit = 5 }, { where = "tags.six" }, { tag = "six" },
        { where = "list[1] > 15" }, { sort = "list" }, { sort = "-list" }, { where = "list[3] ~= list[3]" },
        { where = "final.loss == 3" }, { where = "parameters.lr > 2", sort = "-number" }, { status = "failed" },
        { where = "loss ~= loss" }, { where = "status == 'done' and number % 2 == 0" }, { limit = 3 }, { last = 3 },
        { where = "missing == 1" }, { where = "lr > 1", last = 2 },
      }
      local config, query = require "optlab.base.config", require "optlab.runs.query"
      local before = config.runs
      config.runs = dir .. "/runs"
      local answers = {}
      local function ask(i, q)
        local runs, message = query.find(q)
        local list = {}
        for k, run in ipairs(runs or {}) do list[k] = run.name end
        answers[i] = answers[i] or {}
        table.insert(answers[i], { list, not runs and message or nil })
      end
      for i, q in ipairs(questions) do ask(i, q) end
      for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(file() .. suffix) end
      uv.fs_mkdir(file(), 511)
      for i, q in ipairs(questions) do ask(i, q) end
      config.runs = before
      for i, answer in ipairs(answers) do
        assert.same(answer[1], answer[2], "question " .. i)
        assert.is_true(#answer[1][1] > 0 or answer[1][2] ~= nil, "question " .. i)
      end
    end)

    it("takes eight writers and readers at once", function()
      script(NUMBERS)
      local line = ([[
        for i in 1 2 3 4 5 6 7 8; do
          (for k in 1 2 3; do %s a.lua >/dev/null && %s runs --where 'x == 5' >/dev/null || echo failed; done) &
        done
        wait]]):format(optlab, optlab)
      assert.same({ 0, "", "" }, { program.shell(dir, line) })
      assert.equal(24, #(listed()))
      local env = require("luasql.sqlite3").sqlite3()
      local connection = assert(env:connect(file()))
      local cursor = connection:execute "PRAGMA integrity_check"
      assert.equal("ok", cursor:fetch())
      cursor:close()
      connection:close()
      env:close()
    end)
  end)
end)
