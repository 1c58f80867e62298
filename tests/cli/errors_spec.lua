--- The foundations of the Lua modules: error messages, the log of numbers.
local errors = require "optlab.base.errors"
local lab = require "optlab"
local files = require "tests.support.files"
local program = require "tests.support.program"
local message_of = require("tests.support.errors").message

describe("errors", function()
  it("carry the user's file and line, once", function()
    local err = message_of(function() lab.progress("x") end)
    assert.matches("^tests/cli/errors_spec.lua:%d+: lab.progress: ", err)
    assert.equal(1, select(2, err:gsub("errors_spec", "")))
  end)

  it("are formats only when there is something to fill in", function()
    assert.matches("100%% wrong$", message_of(errors.raise, "100% wrong"))
    assert.matches("5%% wrong$", message_of(errors.raise, "%d%% wrong", 5))
  end)

  it("guess the name that was meant", function()
    local names = { "momentum", "dampening", "lr", "nesterov" }
    assert.equal("momentum", errors.nearest("momemtum", names))
    assert.equal("momentum", errors.nearest("mometnum", names))
    assert.equal("momentum", errors.nearest("Momentum", names))
    assert.equal("nesterov", errors.nearest("nest", names))
    assert.equal("lr", errors.nearest("rl", names))
    assert.is_nil(errors.nearest("gamma", names))
    assert.is_nil(errors.nearest("", names))
  end)

  it("reject unknown options, with a guess or with the list", function()
    local names = { "epochs", "lr" }
    assert.matches("f: unknown option 'epoch'; did you mean 'epochs'%?$",
      message_of(errors.unknown_option, "f", "epoch", names))
    assert.matches("f: unknown option 'gamma' %(options: epochs, lr%)$",
      message_of(errors.unknown_option, "f", "gamma", names))
    assert.matches("f: unknown option 'x' %(there are no options%)$", message_of(errors.unknown_option, "f", "x", {}))
  end)

  it("say what must be and what was given, or that it is missing", function()
    assert.matches("f: g must be a function, got a tensor of shape %(1%)$",
      message_of(errors.bad_value, "f", "g", "a function", lab.zeros(1)))
    assert.matches("f: g is missing; it must be a function$", message_of(errors.bad_value, "f", "g", "a function", nil))
  end)
end)

describe("metrics", function()
  local dir

  before_each(function()
    dir = files.folder()
    lab.set_out(dir .. "/deep/er")
  end)
  after_each(function() files.remove(dir) end)

  it("write rows by position and by name, the same bytes for the same values", function()
    local log = lab.metrics({ "run", "epoch", "loss" }, "one")
    log:row("a,b", 1, 0.1)
    log:row { epoch = 2, loss = lab.tensor(0.5) }
    log:row(true, 3, 0 / 0)
    local rows = 'run,epoch,loss\n"a,b",1,0.1\n,2,0.5\ntrue,3,nan\n'
    assert.equal(rows, files.read(dir .. "/deep/er/one.csv")) -- each row is there when row returns
    log:close()
    assert.equal(rows, files.read(dir .. "/deep/er/one.csv"))
    assert.same({ "one.csv" }, files.names(dir .. "/deep/er"))
  end)

  it("explain mistakes", function()
    local log <close> = lab.metrics({ "epoch", "loss" }, "two")
    assert.matches("Metrics:row: 1 values for 2 columns %(epoch, loss%)$", message_of(log.row, log, 1))
    assert.matches("Metrics:row: unknown option 'los'; did you mean 'loss'%?$", message_of(log.row, log, { los = 1 }))
    assert.matches("Metrics:row: column 'loss' cannot hold a function$", message_of(log.row, log, 1, print))
    assert.matches("already written .*two.csv; give the second record a name$",
      message_of(lab.metrics, { "a" }, "two"))
    assert.matches('lab.metrics: columns must be a list of names such as', message_of(lab.metrics, {}))
  end)

  it("close at the script's end, and keep their rows when it fails or is killed", function()
    files.write(dir .. "/a.lua", [[
local lab = require "optlab"
local p = lab.params { fail = false, kill = false, exit = false }
local log = lab.metrics { "x" }
log:row(1)
if p.exit then os.exit(3) end
if p.kill then os.execute "kill -KILL $PPID" end
if p.fail then error "failed" end]])
    assert.equal(0, (program.run(dir, "a.lua")))
    assert.equal("x\n1\n", files.read(dir .. "/out/a/metrics.csv"))
    for option, status in pairs { fail = 1, exit = 3, kill = 128 + 9 } do
      assert.equal(status, (program.run(dir, "a.lua", "--" .. option, "--out", option)))
      assert.equal("x\n1\n", files.read(("%s/%s/metrics.csv"):format(dir, option)))
      assert.same({ "metrics.csv" }, files.names(dir .. "/" .. option))
    end
  end)

  it("name a folder that cannot be written", function()
    files.write(dir .. "/file", "")
    files.write(dir .. "/a.lua", 'require("optlab").metrics { "x" }')
    local status, _, err = program.run(dir, "a.lua", "--out", "file/x")
    assert.equal(1, status)
    assert.equal("optlab: a.lua:1: lab.metrics: cannot make the folder file: a file of that name is in the way\n", err)
  end)

  it("name a full disk, and keep whole rows", function()
    files.write(dir .. "/a.lua", [[
      local log = require("optlab").metrics { "x" }
      for i = 1, 100 do log:row(("%02d"):format(i):rep(25)) end]])
    -- ulimit -f counts blocks of 512 bytes: the head and ten rows of 51 fit into the second one
    local status, _, err = program.shell(dir,
      "ulimit -f 1; " .. program.quoted(program.path) .. " --no-keep a.lua --out full")
    assert.equal(1, status)
    assert.matches("^optlab: [^\n]*metrics: cannot write full/metrics.csv: File too large\n", err)
    local text = files.read(dir .. "/full/metrics.csv")
    assert.matches("^x\n01", text)
    assert.matches("\n(%d%d)" .. ("%1"):rep(24) .. "\n$", text) -- whole rows
  end)

end)

describe("a global that was never assigned", function()
  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  local function said(text)
    files.write(dir .. "/a.lua", text)
    local status, _, err = program.run(dir, "--no-keep", "a.lua")
    assert.equal(1, status)
    return (err:match "^optlab: ([^\n]*)\n")
  end

  it("is an error where a script reads it, with a guess", function()
    assert.equal("a.lua:1: 'prnt' is not defined; did you mean 'print'?", said "prnt(1)")
    assert.equal("a.lua:1: 'Linear' is not defined; did you mean 'lab.nn.Linear'?",
      said "require 'optlab' local x = Linear(1, 1)")
    assert.equal("a.lua:1: 'xyzzy' is not defined", said "require 'optlab' xyzzy.x = 1")
    assert.equal("a.lua:1: 'True' is not defined; in Lua: true", said "local t = {shuffle = True}")
    assert.equal("a.lua:2: 'lrr' is not defined; did you mean 'lr'?",
      said "local lr, opt = 1, {}\nopt.lr = lrr")
    assert.equal("a.lua:1: 'beto' is not defined; did you mean 'beta'?",
      said "local function f(beta) return beto end f(1)")
  end)

  it("is told from a local that ends or begins elsewhere", function()
    local where = "is known only from its declaration to the end of its block"
    assert.equal("a.lua:2: 'n' is not defined here: the local of line 1 " .. where,
      said "if true then local n = 1 end\nprint(n)")
    assert.equal("a.lua:1: 'g' is not defined here: the local of line 2 " .. where,
      said "local function f() return g() end\nlocal function g() end\nf()")
  end)

  it("is an error of statements and of standard input, too", function()
    local _, _, err = program.run(dir, "-e", "print(xyzzy)")
    assert.equal("optlab: (command line):1: 'xyzzy' is not defined\n", err)
    _, _, err = program.feed(dir, "print(xyzzy)\n", "-")
    assert.equal("optlab: stdin:1: 'xyzzy' is not defined\n", err)
  end)

  it("may be one of Lua's libraries", function()
    assert.equal("a.lua:1: math has no 'inf'; in Lua: math.huge", said "local best = math.inf")
    assert.equal("a.lua:1: math has no 'fllor'; did you mean 'floor'?", said "math.fllor(1)")
    assert.equal("a.lua:1: string has no 'strip'; in Lua: s:match '^%s*(.-)%s*$'", said "print((' a'):strip())")
    files.write(dir .. "/m.lua", "return table.unpck or math.inf or 1")
    assert.same({ 0, "1\nnil\n", "" }, { program.run(dir, "-e", "print((require('m'))) print(rawget(math, 'inf'))") })
  end)

  it("is nil to rawget and to modules, whose errors have the guess", function()
    files.write(dir .. "/m.lua", "return {x = unpack or table.unpack, f = function() return prnt(1) end}")
    local status, out, err = program.run(dir, "--no-keep", "-e",
      "print(rawget(_G, 'y'), require('m').x == table.unpack) y = 1 print(y) require('m').f()")
    assert.same({ 1, "nil\ttrue\n1\n" }, { status, out })
    assert.matches("m.lua:1: attempt to call a nil value (global 'prnt'); did you mean 'print'?", err, 1, true)
  end)
end)
