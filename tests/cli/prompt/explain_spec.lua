--- `?name` at the prompt, and help on what only the types for editors describe.
local cli_help = require "optlab.cli.help"
local explain = require "optlab.cli.prompt.explain"
local files = require "tests.support.files"
local lab = require "optlab"
local program = require "tests.support.program"
local scope = require "optlab.cli.prompt.scope"

describe("the help on functions and methods that no declaration describes", function()
  it("has a sentence about each, and what it takes and returns", function()
    local silent = {}
    for _, entry in ipairs(cli_help.all()) do
      if entry.args and entry.doc == "" then silent[#silent + 1] = entry.callee end
      if entry.signature then assert.is_truthy(entry.args or entry.kind, entry.callee) end
    end
    assert.same({}, silent)
  end)

  it("knows every function of lab and every method of a tensor, a module, an optimizer", function()
    local unknown = {}
    local function check(space, sign, members)
      for name, value in pairs(members) do
        if type(value) == "function" and not name:match("^__") and not cli_help.about(space .. sign .. name) then
          unknown[#unknown + 1] = space .. sign .. name
        end
      end
    end
    local function methods_of(object)
      return select(2, debug.getupvalue(debug.getmetatable(object).__index, 1))
    end
    check("lab", ".", lab)
    for _, space in ipairs { "nn", "optim", "sched", "data", "train", "autograd", "func" } do
      check(space, ".", lab[space])
    end
    check("Tensor", ":", methods_of(lab.zeros(1)))
    check("Module", ":", methods_of(lab.nn.Linear(1, 1)))
    check("Optimizer", ":", methods_of(lab.optim.SGD { lab.zeros(1) }))
    check("Loader", ":", methods_of(lab.data.loader { X = lab.zeros(2, 1) }))
    assert.same({}, unknown)
  end)

  it("fits 80 columns", function()
    for _, entry in ipairs(cli_help.all()) do
      for line in cli_help.text(entry):gmatch("[^\n]+") do assert.is_true(utf8.len(line) <= 80, line) end
    end
  end)

  it("takes a method by its class, with a colon or a dot, or alone", function()
    local text = cli_help.about "Tensor:mm"
    assert.matches("^Tensor:mm%(other%)\n", text)
    assert.equal(text, cli_help.about "Tensor.mm")
    assert.matches("^lab.mm%(x, other%)\n.*Also a method: Tensor:mm\n", cli_help.about "mm")
    assert.matches("^lab.zeros%(...%)\n", cli_help.about "lab.zeros")
    assert.matches("x\n      Tensor or number\n", cli_help.about "exp", 1, true)
    assert.matches("^optim.SGD", cli_help.about "lab.optim.SGD")
    assert.matches("best_epoch", cli_help.about "History", 1, true)
  end)
end)

describe("?name", function()
  local function about(name, locals)
    local s = scope.new()
    for key, value in pairs(locals or {}) do s:compile(("local %s = ..."):format(key))(value) end
    return explain.text(name, s)
  end

  it("of a user's function shows where it is defined, and its text", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    files.write(dir .. "/m.lua", "local M = {}\n-- Adds one.\nfunction M.inc(x, ...)\n  return x + 1\nend\nreturn M\n")
    local m = dofile(dir .. "/m.lua")
    assert.equal(("m.inc(x, ...): a function, defined in %s/m.lua:3\n\n-- Adds one.\nfunction M.inc(x, ...)\n"
      .. "  return x + 1\nend\n"):format(dir), about("m.inc", { m = m }))
  end)

  it("of one typed at the prompt shows its lines", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    local _, out = program.feed(dir, "local function f(a)\n  return a\nend\nx = 1\n?f\n", "-i")
    assert.equal("f(a): a function, defined at the prompt\n\nlocal function f(a)\n  return a\nend\n", out)
  end)

  it("of a user's object tells what it is", function()
    local net = lab.nn.Linear(2, 1)
    assert.matches("^net = Linear%(.-\n\nnn.Linear%(in_features", about("net", { net = net }))
    assert.equal(cli_help.about "Module:parameters", about("net:parameters", { net = net }))
    assert.equal(cli_help.about "Tensor:mm", about("t:mm", { t = lab.zeros(2) }))
    assert.matches("optim.SGD(params", about("opt", { opt = lab.optim.SGD(net:parameters()) }), 1, true)
    assert.equal("x = 5\n", about("x", { x = 5 }))
    assert.equal(cli_help.about "lab.exp", about("e", { e = lab.exp }))
    assert.equal(cli_help.about "nn.functional.relu", about("relu", { relu = lab.nn.functional.relu }))
  end)

  it("comes to the user's own names first, then to the reference", function()
    assert.equal("SGD = 1\n", about("SGD", { SGD = 1 }))
    assert.equal(cli_help.about "SGD", about "SGD")
    assert.equal(cli_help.about "data.csv", about "lab.data.csv")
    assert.equal(cli_help.about "dist.all_reduce", about "lab.dist.all_reduce")
    assert.matches("did you mean 'SGD'?", about "SDG", 1, true)
  end)

  it("sends to Lua's manual for Lua's own functions", function()
    assert.equal("math.sin: a function of Lua\n\nhttps://www.lua.org/manual/5.4/manual.html#pdf-math.sin\n",
      about "math.sin")
    assert.matches("#pdf-print\n", about "print", 1, true)
  end)
end)

describe("optlab help", function()
  it("explains commands, too", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    local _, out = program.run(dir, "help", "new")
    local _, said = program.run(dir, "new", "--help")
    assert.equal(said, out)
  end)
end)
