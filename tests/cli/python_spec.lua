--- Hints for those who come from Python: what they write by habit, and methods that are called with a dot.
local files = require "tests.support.files"
local program = require "tests.support.program"
local python = require "optlab.cli.python"

-- The hint for a script that Lua cannot read.
local function hint(text)
  local fn, message = load(text, "@x.lua")
  assert.is_nil(fn)
  return python.syntax(message, text)
end

describe("a script that Lua cannot read", function()
  for _, case in ipairs {
    { "x = 3\nx += 1", "write x = x %+ 1" },
    { "if 1 != 2 then end", "'not equal' is written '~='" },
    { "x = 2 ** 3", "powers are written 'x ^ y'" },
    { "import optlab", "modules are loaded by" },
    { "def f(x):\n  return x", "a function is written: local function f" },
    { "x = f(3) # a comment", "comments begin with '%-%-'" },
    { "x = [1, 2]", "lists are written {1, 2, 3}" },
    { "f(x, lr=0.1)", "named arguments are written in a table: f%(x, {lr = 0.1}%)" },
    { "if x == 1:\n  f()", "if condition then" },
    { "if x == 1 then\nelif y then end", "elseif" },
    { "for i in range(3): f(i)", "for i = 1, n do" },
    { "for i = 1, 3 do\n  continue\nend", "no 'continue'" },
    { "f = lambda x: x", "a function is written: function%(x%)" },
    { "print(t[:, 1])", "parts of a tensor" },
    { "print(t[1, 2])", "an element of a tensor is written t%[{1, 2}%]" },
    { "if x is None then end", "write x == nil" },
    { "AbsMom(net:parameters(), lr=0.01)", "named arguments are written in a table" },
    { "descend(f, {-5, -2}, lab.optim.Adam, lr=0.1)", "named arguments are written in a table" },
    { "f(g(x, {a = 1}), (1 + h(2)) * 3, lr=0.1)", "named arguments are written in a table" },
    { "fit {optimizer = Adam(net:parameters(), lr = 0.01), epochs = 3}", "named arguments are written in a table" },
    { "Adam(net:parameters(), {betas = (0.9, 0.99)})", "lists are written {1, 2, 3}" },
    { "for lr in [0.1, 0.01] do print(lr) end", "a loop: for i, x in ipairs%(list%)" },
    { "local function f(x, y) 0.1 * x ^ 2 + y end", "a value is returned by 'return'" },
    { "map(function(x) x * x end)", "a value is returned by 'return'" },
    { "def f(x, y): return 0.1 * x**2", "a function is written: local function f" },
    { "local function f(x):\n  return x\nend", "a function has no ':' behind its arguments" },
    { "for i in range(3):\n  print(i)\n\nx = 2", "for i = 1, n do" },
    { "a = 1\nif a == nil:\n  print(a)\nx = 2", "if condition then" },
    { "if a == b:\n  print(a)\nx = 2", "if condition then" },
    { "assert a[1] == [1, 2]", "'assert' is a function: assert%(a == b%)" },
  } do
    it("gets a hint: " .. case[1]:gsub("\n", " | "), function() assert.matches(case[2], (hint(case[1]))) end)
  end

  it("gets none for other mistakes, and for what stands in strings", function()
    assert.equal("", hint "x = = 3")
    assert.equal("", hint "x = '!= ** # [1]' 3")
    assert.equal("", hint "for i = 1, 3 do f(i)")
    assert.equal("", hint "pcall(function() x = = 3 end)")
    assert.equal("", hint "f(g(), {lr = 0.1}) 3")
    assert.equal("", hint "assert(f 'x') 3")
  end)
end)

describe("a method that is called with a dot", function()
  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  local function said(code)
    files.write(dir .. "/x.lua", "local lab = require 'optlab'\nlocal net = lab.nn.Linear(1, 1)\n" .. code)
    local status, _, err = program.run(dir, "--no-keep", "x.lua")
    assert.equal(1, status)
    return err
  end

  it("gets a hint, whatever the object is", function()
    assert.matches("x.lua:3: .*; methods are called with a colon: net:parameters%(...%)",
      said "print(net.parameters())")
    assert.matches("with a colon: t:sum%(...%)", said "local t = lab.ones(2)\nprint(t.sum())")
    assert.matches("with a colon: all.net:state_dict%(...%)", said "all = {net = net}\nall.net.state_dict()")
    assert.matches("with a colon: opt:step%(...%)",
      said "local opt = lab.optim.SGD(net:parameters())\nlocal function f() opt.step() end\nf()")
  end)

  it("gets none where something else is wrong", function()
    assert.not_matches("colon", said "lab.zeros(-1)")
    assert.not_matches("colon", said "error 'no'")
    assert.not_matches("colon", said "net:load_state_dict(3)")
    assert.matches("strings are joined by '..'", said "print('a' + 1)")
    assert.matches("'self' is not defined; in Lua: function Net:forward(x), with a colon, has self",
      said "local N = {} function N.f() return self end N.f()", 1, true)
    assert.matches('in Lua: ("%.3f"):format(x)', said "print('loss: %f' % 3)", 1, true)
    assert.matches("x:eq(y) compares tensors element by element",
      said "print((lab.ones(1) == lab.ones(1)):sum())", 1, true)
    assert.matches("x:item() is the number of a tensor", said "print('loss: ' .. lab.ones(1))", 1, true)
    assert.matches("in Lua: s:rep(n)", said "print('-' * 10)", 1, true)
    assert.matches("field 'append'); in Lua: list[#list + 1] = x", said "local l = {} l.append(1)", 1, true)
    assert.matches("method 'items'); in Lua: for name, x in pairs(t) do", said "local t = {} t:items()", 1, true)
    assert.matches("'len' is not defined; in Lua: #x", said "print(len {1})")
    assert.matches("for i, x in ipairs%(list%)", said "for x in {1, 2} do print(x) end")
    assert.matches("for name, x in pairs%(table%)", said "for _ in pairs {1} do for k in {a = 1} do print(k) end end")
    assert.matches("for X, y in loader:batches%(%)",
      said "for X, y in lab.data.loader({X = lab.ones(2), y = lab.ones(2)}, {batch_size = 1}) do print(X, y) end")
  end)

  it("is told that a function of numbers was called with a tensor", function()
    assert.matches("'abs' is not defined; in Lua: lab.abs%(x%) of a tensor", said "print(abs(lab.ones(2)))")
    for _, name in ipairs { "abs", "sin", "sqrt", "exp", "log" } do
      assert.matches("; of a tensor: lab." .. name .. "%(x%)", said(("print(math.%s(lab.ones(2)))"):format(name)))
    end
    assert.not_matches("of a tensor", said "print(math.abs 'x')")
    for _, values in ipairs { "lab.ones(2), 0", "0, lab.ones(2)", "lab.ones(1), lab.ones(1)" } do
      assert.equal("optlab: x.lua:3: math.max takes numbers; of tensors: lab.maximum(a, b) of two, x:max() of the "
        .. "elements of one\n", said(("print(math.max(%s))"):format(values)))
    end
    assert.matches("math.min takes numbers; of tensors: lab.minimum(a, b)", said "math.min(lab.ones(2), 0)", 1, true)
  end)
end)
