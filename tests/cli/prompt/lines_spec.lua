--- The prompt: locals that stay, undefined globals, statements of many lines, pasted code. In a pipe and in a terminal.
local files = require "tests.support.files"
local lexer = require "optlab.cli.prompt.lexer"
local program = require "tests.support.program"
local terminal = require "tests.support.terminal"

local dir
local function prompt(...)
  local status, out, err = program.feed(dir, table.concat({ ... }, "\n") .. "\n", "-i")
  assert.equal(0, status)
  return out, err
end

local function typed(steps, options)
  options = options or {}
  options.env = "XDG_STATE_HOME=" .. program.quoted(dir)
  local status, out, err = terminal.run(dir, "exec " .. program.quoted(program.path) .. " -i", steps, options)
  assert.equal("", err)
  assert.equal(0, status)
  return terminal.plain(out), out
end

local send, expect = terminal.send, terminal.expect

describe("the locals of the prompt", function()
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  it("are there on the lines that follow", function()
    assert.equal("3\n4\n", (prompt("local x, y = 3", "x", "x = 4", "local function f() return x end", "f()")))
    assert.equal("1\n2\n3\n", (prompt("local a, b = 1, 2 return a", "b", "a + b")))
    assert.equal("2\n1\n", (prompt("local x = 1 local x = 2", "x", "local x = 1", "x")))
  end)

  it("are the variables that functions see", function()
    assert.equal("1\n2\n12\n", (prompt("local n = 0; function inc() n = n + 1 return n end", "inc(), inc()",
      "n = n + 10", "n")))
  end)

  it("of a line that fails are those it had reached", function()
    local out, err = prompt("local x = 7 error('no') local y = 8", "x", "y")
    assert.equal("7\n", out)
    assert.equal("optlab: prompt:1: no\noptlab: prompt:1: 'y' is not defined\n", err)
  end)

  it("of inner blocks end with these", function()
    local _, err = prompt("for i = 1, 2 do local a = i end", "a", "do local b = 1 end", "b", "i")
    assert.equal(3, select(2, err:gsub("is not defined", "")))
  end)

  it("keep their attributes", function()
    local out, err = prompt("local k <const> = 5", "k", "k = 6", "k",
      "local c <close> = setmetatable({}, {__close = function() print 'closed' end})", "c")
    assert.equal("5\n5\nclosed\n", out)
    assert.matches("assign to const variable 'k'", err, 1, true)
    assert.matches("'c' is not defined", err, 1, true)
  end)

  it("are said to be lost where a goto would jump over them", function()
    local out, err = prompt("goto on; local q = 1 ::on::", "1")
    assert.equal("1\n", out)
    assert.equal("(q is lost at the end of its line, which has a goto)\n", err)
  end)

  it("do not disturb errors and tracebacks", function()
    local _, err = prompt("local function f() error('deep') end", "do\nf()\nend")
    assert.equal("optlab: prompt:1: deep\nstack traceback:\n\tprompt:1: in upvalue 'f'\n\tprompt:2: in main chunk\n",
      (err:gsub("function 'f'", "upvalue 'f'")))
  end)

  it("of a script before the prompt are there, too", function()
    files.write(dir .. "/a.lua", "#!/usr/bin/env optlab\nlocal n, words = 0, {...}\nfunction inc() n = n + 1 end\n"
      .. "local last <const> = 5\nreturn n\n")
    local status, out, err = program.feed(dir, "inc()\nn, words[1], last\n", "-i", "a.lua", "one")
    assert.same({ 0, '1\n"one"\n5\n', "" }, { status, out, err })
    files.write(dir .. "/b.lua", "local function f()\n  error 'no'\nend\ndo\n  f()\nend")
    local _, _, said = program.feed(dir, "", "-i", "b.lua")
    local _, _, plain = program.run(dir, "b.lua")
    assert.equal((plain:gsub("in upvalue", "in local")), (said:gsub("in upvalue", "in local")))
  end)

  it("may be many, and called anything", function()
    local lines = {}
    for i = 1, 400 do lines[i] = ("local v%d = %d"):format(i, i) end
    lines[401] = "v1 + v400"
    lines[402] = "local print = function() end"
    assert.equal("401\n", (prompt(table.unpack(lines))))
  end)
end)

describe("the words of a text", function()
  local function locals(text)
    local names = {}
    for i, entry in ipairs((lexer.top_level(text))) do names[i] = entry.name end
    return table.concat(names, " ")
  end

  it("are told from strings and comments", function()
    assert.equal("a f b",
      locals "local a = 'local x' -- local y\nlocal function f() local z end local b --[[ local c ]]")
    assert.equal("s", locals "local s = [==[ local x ]] local y ]==]")
    assert.equal("a b", locals "local a <const>, b <close> = 'it\\'s', \"local q\"")
    assert.equal("r", locals "if x then local a end while y do local b end repeat local c until d local r")
  end)

  it("say where the chunk returns", function()
    assert.equal(13, select(2, lexer.top_level "local x = 1 return x"))
    assert.is_nil(select(2, lexer.top_level "function f() return 1 end"))
  end)
end)

describe("a global that there is not", function()
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  it("is an error with a guess among all names", function()
    local function said(...) return (select(2, prompt(...)):match("^optlab: prompt:1: (.-)\n")) end
    assert.equal("'zeros' is not defined; did you mean 'lab.zeros'?", said "zeros(2)")
    assert.equal("'Linar' is not defined; did you mean 'nn.Linear'?", said "Linar(1, 1)")
    assert.equal("'prnt' is not defined; did you mean 'print'?", said "prnt(1)")
    assert.equal("'weihgt' is not defined; did you mean 'weight'?", said("local weight = 1", "weihgt"))
    assert.equal("'xyzzy' is not defined", said "xyzzy")
  end)

  it("is nil as ever to files and to rawget", function()
    files.write(dir .. "/m.lua", "return {x = some_global == nil}")
    local out, err = prompt("require('m').x", "rawget(_G, 'nothing')", "nothing = 1", "nothing")
    assert.same({ "true\nnil\n1\n", "" }, { out, err })
  end)
end)

describe("a statement of many lines", function()
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  it("is one entry of the history", function()
    typed {
      expect "> ", send "for i = 1, 2 do\r", expect ">> ", send "print('line', i)\r", send "end\r", expect "line\t2",
      send "\27[A\r", expect "line\t2", send "n = 1\r",
    }
    local history = files.read(dir .. "/optlab/history")
    assert.equal(3, select(2, history:gsub("\n", "")))
    local again = typed { expect "> ", send "\27[A\27[A\r", expect "line\t1" }
    assert.matches("line\t2", again:gsub(" +", "\t"), 1, true)
  end)

  it("can be pasted: it waits for Enter, tabs complete nothing, and an error stops all of it", function()
    local function paste(text) return send("\27[200~" .. text .. "\27[201~") end
    local out = typed {
      expect "> ", paste "local s = 0\r\nfor i = 1, 3 do\r\n\ts = s + i\r\nend\r\nprint('sum', s)\r\n", "pause 300",
      send "\r", expect "sum\t6",
    }
    assert.equal(1, select(2, out:gsub("sum *\t*6", "")))
    out = typed {
      expect "> ", paste "print('one' .. 1)\nlocal x = nil + 1\nprint('two' .. 2)", send "\r", expect "arithmetic",
    }
    assert.matches("one1", out, 1, true)
    assert.is_nil(out:find("two2", 1, true))
    out = typed {
      expect "> ", paste "local v = ('text')\n  :upper()\n  :rep(2)", send "\r", expect "> ", send "v\r",
      expect "TEXTTEXT",
    }
    assert.matches('"TEXTTEXT"', out, 1, true)
  end)

  it("may be broken off, being typed or running; locals that it had reached are there", function()
    local out = typed {
      expect "> ", send "for i = 1, 2 do\r", expect ">> ", send "\3", expect "^C", expect "> ",
      send "local x = 6 while true do end\r", "pause 300", send "\3", expect "interrupted", expect "> ",
      send "x * 7\r", expect "42", send "\27[A\27[A\r", "pause 200", send "\3", expect "interrupted",
    }
    assert.is_nil(out:find("there is no", 1, true))
  end)

  it("can be longer than the screen", function()
    local lines = {}
    for i = 1, 60 do lines[i] = ("local v%d = %d"):format(i, i) end
    lines[61] = "print('last', v1 + v60)"
    typed {
      expect "> ", send("\27[200~" .. table.concat(lines, "\n") .. "\27[201~"), send "\r", expect "last\t61",
    }
  end)
end)

describe("tensors at the prompt", function()
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  local function widest(columns)
    local out = typed({ expect "> ", send "lab.arange(1, 41):reshape(2, 20) / 7\r", expect "float32", send "1\r",
      expect "1" }, { columns = columns })
    local most = 0
    for line in out:gmatch("[^\n]+") do most = math.max(most, line:match("^[%s%d.]+$") and #line or 0) end
    return most
  end

  it("take the width of the terminal", function()
    assert.equal(160, widest(160))
    local narrow = widest(50)
    assert.is_true(narrow <= 50 and narrow > 30, narrow)
  end)

  it("have 80 columns elsewhere", function()
    local out = prompt "lab.arange(1, 31):reshape(1, 30) / 7"
    assert.equal(tostring(require("optlab").arange(1, 31):reshape(1, 30) / 7) .. "\n", out)
  end)
end)
