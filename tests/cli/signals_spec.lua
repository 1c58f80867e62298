--- Ctrl-C, SIGTERM and SIGHUP: the first ends the run in order, wherever it is; a later one kills.
local files = require "tests.support.files"
local lab = require "optlab"
local program = require "tests.support.program"
local server = require "tests.support.server"

describe("a signal", function()
  local dir

  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  -- Runs the script until it has written "up" to standard error, sends the signals, half a second and more apart, and
  -- waits. Exit status, standard output, standard error without "up", seconds from the first signal to the end.
  local function interrupted(signals, text, before)
    files.write(dir .. "/a.lua", text)
    local send = signals:gsub("%S+", "kill -%0 $pid; sleep 0.7;"):gsub("sleep 0.7;$", "")
    local status, out, err = program.shell(dir, ([[
      %s %s a.lua --out out & pid=$!
      until grep -q up .err; do sleep 0.02; done
      sleep 0.1; t=$(date +%%s%%N); %s
      wait $pid; s=$?; echo $(( ($(date +%%s%%N) - t) / 1000000 )) >.ms; exit $s]]):format(before or "",
      program.quoted(program.path), send))
    return status, out, (err:gsub("up\n", "")), tonumber(files.read(dir .. "/.ms")) / 1000
  end

  local UP = "io.stderr:write 'up\\n' "
  local METRICS = "local lab = require 'optlab' local m = lab.metrics { 'x' } for i = 1, 3 do m:row(i) end "

  local function check_files(extra)
    assert.same(extra or { "metrics.csv" }, files.names(dir .. "/out"))
    assert.equal("x\n1\n2\n3\n", files.read(dir .. "/out/metrics.csv"))
  end

  for name, status in pairs { INT = 130, TERM = 143, HUP = 129 } do
    it("of the kind " .. name .. " closes the records and ends with its status", function()
      local got, _, err = interrupted(name, METRICS .. UP .. "while true do end")
      assert.equal(status, got)
      local by = name == "INT" and "" or " by SIG" .. name
      assert.equal("optlab: a.lua:1: interrupted" .. by .. "\nstack traceback:\n\ta.lua:1: in main chunk\n", err)
      check_files()
    end)
  end

  it("reaches a loop in a coroutine, and in a coroutine of that", function()
    assert.equal(130, (interrupted("INT", METRICS .. [[
      local function spin() ]] .. UP .. [[ while true do end end
      coroutine.wrap(function() print(coroutine.resume(coroutine.create(spin))) while true do end end)()]])))
    check_files()
    assert.equal("", files.read(dir .. "/.out"))
  end)

  it("reaches a coroutine that is being closed", function()
    assert.equal(143, (interrupted("TERM", [[
      local co = coroutine.create(function()
        local x <close> = setmetatable({}, { __close = function() ]] .. UP .. [[ while true do end end })
        coroutine.yield()
      end)
      coroutine.resume(co)
      coroutine.close(co)]])))
  end)

  it("cannot be swallowed by pcall", function()
    local status, out = interrupted("INT", METRICS .. UP .. [[
      while true do pcall(function() while true do end end) print "goes on" end]])
    assert.same({ 130, "" }, { status, out })
    check_files()
  end)

  it("cuts short a long operation and a long loop in C", function()
    if os.getenv "OPTLAB_EMULATED" then return pending "a block takes longer than the limit of 30 s (scripts/trees)" end
    for _, work in ipairs {
      "local a = lab.randn(4000, 4000) " .. UP .. "while true do a:matmul(a) end",
      UP .. "while true do lab.randn(20000, 10000):exp() end",
      "local a = lab.zeros(10000, 10000) " .. UP .. "while true do a:normal_() end",
      "local a = lab.randn(3000, 3000) " .. UP .. "while true do pcall(lab.save, 'x.npz', {a = a}) end",
    } do
      local status, _, err, seconds = interrupted("INT", "local lab = require 'optlab' " .. work)
      assert.equal(130, status, work)
      assert.matches("^optlab: a.lua:1: interrupted\n", err)
      assert.is_true(seconds < 20, work .. ": " .. seconds .. " s")
      for _, name in ipairs(files.names(dir)) do -- nothing unfinished
        if name:find "npz" then assert.is_truthy(name == "x.npz" and lab.load(dir .. "/x.npz"), name) end
      end
    end
  end)

  it("cuts short epochs that are one call, and a sweep", function()
    local setup = [[
      local lab = require "optlab"
      local nn, optim, data = lab.nn, lab.optim, lab.data
      local l = data.loader({ lab.randn(20000, 8), lab.randn(20000, 1) }, { batch_size = 1, shuffle = true })
      local function training(lr)
        local net = nn.Linear(8, 1)
        local opt = optim.SGD(net:parameters(), { lr = lr })
        return lab.compile(function(x, y)
          local loss = nn.functional.mse_loss(net(x), y)
          opt:zero_grad() loss:backward() opt:step()
          return loss
        end)
      end
      local step = training(0.01) ]]
    local status, _, err, seconds = interrupted("INT", setup .. UP .. "while true do step:run(l) end")
    assert.equal(130, status, err)
    assert.is_true(seconds < 10)
  end)

  it("ends the wait for gnuplot, and leaves no unfinished picture and no gnuplot", function()
    files.write(dir .. "/gnuplot", "#!/bin/sh\necho $$ >>pids\nexec sleep 60\n")
    os.execute("chmod +x " .. program.quoted(dir .. "/gnuplot"))
    local status, _, _, seconds = interrupted("INT", METRICS .. [[
      for i = 1, 5 do local f = lab.plot.figure() f:line { 1, 2 } f:save("f" .. i) end ]] .. UP .. "lab.plot.wait()",
      "OPTLAB_GNUPLOT=" .. program.quoted(dir .. "/gnuplot"))
    assert.equal(130, status)
    assert.is_true(seconds < 20)
    check_files { "f1.gp", "f2.gp", "f3.gp", "f4.gp", "f5.gp", "metrics.csv", "pids" }
    for pid in files.read(dir .. "/out/pids"):gmatch("%d+") do
      assert.is_falsy(os.execute("kill -0 " .. pid .. " 2>/dev/null"))
    end
  end)

  it("ends the wait for figures at the script's end", function()
    files.write(dir .. "/gnuplot", "#!/bin/sh\necho up >&2; echo up >../.err; exec sleep 60\n")
    os.execute("chmod +x " .. program.quoted(dir .. "/gnuplot"))
    local status = interrupted("TERM", METRICS .. 'local f = lab.plot.figure() f:line { 1, 2 } f:save("f")',
      "OPTLAB_GNUPLOT=" .. program.quoted(dir .. "/gnuplot"))
    assert.equal(143, status)
    check_files { "f.gp", "metrics.csv" }
  end)

  it("ends a loop of libuv of the script's own", function()
    assert.equal(130, (interrupted("INT", METRICS .. [[
      local uv = require "luv"
      local t = uv.new_timer() t:start(5, 5, function() for _ = 1, 1e4 do end end)
      ]] .. UP .. "uv.run()")))
    check_files()
  end)

  it("ends a download, and leaves nothing of it", function()
    local url, stop = server.start(files.write(dir .. "/body", "x"))
    local status, _, err, seconds = interrupted("INT", METRICS .. UP .. ("lab.data.download(%q, 'got/file')"):format(
      url "silent/x"), "no_proxy='*'")
    stop(dir .. "/scratch")
    assert.equal(130, status, err)
    assert.is_true(seconds < 6) -- of the 8 without data after which it would have failed
    check_files()
    assert.same({}, files.names(dir .. "/got"))
  end)

  it("ends the wait for input", function()
    files.write(dir .. "/a.lua", METRICS .. UP .. "io.read()")
    local status = program.shell(dir, ([[
      mkfifo in; sleep 30 >in & writer=$!
      %s a.lua --out out <in & pid=$!
      until grep -q up .err; do sleep 0.02; done
      sleep 0.1; kill -TERM $pid; wait $pid; s=$?; kill $writer; exit $s]]):format(program.quoted(program.path)))
    assert.equal(143, status)
    check_files()
  end)

  it("at the terminal ends a script that waits for another program, too", function()
    local status, out = interrupted("INT", METRICS .. UP
      .. "for _ = 1, 100 do os.execute 'kill -INT $$' end print 'on'")
    assert.same({ 130, "" }, { status, out })
    check_files()
  end)

  it("that comes again a while later kills", function()
    -- A finalizer is not broken off, so this script does not end at the first.
    local status = interrupted("INT TERM", UP .. [[
      setmetatable({}, { __gc = function() while true do end end }) collectgarbage()]])
    assert.equal(143, status)
  end)

  it("that comes twice at once, as from timeout, is one", function()
    files.write(dir .. "/a.lua", METRICS .. "while true do end")
    local status, _, err = program.shell(dir, ("timeout -s INT 3 %s a.lua --out out"):format(
      program.quoted(program.path)))
    assert.equal(124, status)
    assert.matches("a.lua:1: interrupted\n", err)
    check_files()
  end)

  it("that was ignored at the start stays so, as under nohup", function()
    files.write(dir .. "/a.lua", UP .. "local t = os.clock() while os.clock() - t < 0.3 do end print 'through'")
    local start = ("trap '' HUP TERM; %s a.lua & pid=$!\n"):format(program.quoted(program.path))
    local status, out = program.shell(dir, start
      .. "until grep -q up .err; do sleep 0.02; done; kill -HUP $pid; kill -TERM $pid; wait $pid")
    assert.same({ 0, "through\n" }, { status, out })
  end)

  it("is one line also where no script runs yet", function()
    for delay = 1, 8 do
      local status, out, err = program.shell(dir, ("timeout --foreground -s INT %.3f %s -e 'while true do end'"):format(
        delay * 0.004, program.quoted(program.path)))
      assert.same({ 124, "" }, { status, out })
      assert.is_true(err == "" or err:find("interrupted\n") ~= nil, err)
    end
  end)
end)
