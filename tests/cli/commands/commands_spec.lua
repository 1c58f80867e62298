--- What holds for every command: it is in the man page and in --help, its own --help fits the screen, typing errors are
-- guessed.
local commands = require "optlab.cli.commands"
local files = require "tests.support.files"
local program = require "tests.support.program"

local function widest(text)
  local most = 0
  for line in text:gmatch("[^\n]+") do most = math.max(most, utf8.len(line) or #line) end
  return most
end

-- The names of a page's paragraphs that begin ".B optlab NAME" or ".BR "optlab NAME "", sorted.
local function names_in_man_page()
  local names, seen = {}, {}
  for name in files.read("packaging/optlab.1"):gmatch("\n%.TP\n%.B[RI]* \"?optlab (%l+)") do
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  table.sort(names)
  return names
end

describe("every command", function()
  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  it("is in the man page, and no other is", function()
    local names = { table.unpack(commands.NAMES) }
    table.sort(names)
    assert.same(names, names_in_man_page())
  end)

  it("is in optlab --help, which fits 80 columns", function()
    local status, out = program.run(dir, "--help")
    assert.equal(0, status)
    assert.is_true(widest(out) <= 80, out)
    for _, name in ipairs(commands.NAMES) do
      assert.is_truthy(out:find("\n  " .. name .. " +%a"), name)
      assert.is_truthy(commands.find(name).summary:match("^%l") or commands.find(name).summary:match("^%S"))
    end
  end)

  for _, name in ipairs(commands.NAMES) do
    it(name .. " explains itself within 80 columns", function()
      for _, flag in ipairs { "--help", "-h" } do
        local command = ("COLUMNS=200 '%s' %s %s </dev/null"):format(program.path, name, flag)
        local status, out, err = program.shell(dir, command)
        assert.same({ 0, "" }, { status, err })
        assert.is_true(widest(out) <= 80, out)
        assert.matches("^Usage: optlab " .. name, out)
      end
    end)
  end
end)

describe("a word that is neither command nor script", function()
  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  local function said(...)
    local status, out, err = program.run(dir, ...)
    assert.same({ 1, "" }, { status, out })
    return err:match("^optlab: (.-)\n$")
  end

  it("is taken for a command or an experiment", function()
    local missing = "cannot open %s: No such file or directory; did you mean '%s'?"
    assert.equal(missing:format("hepl", "optlab help"), said "hepl")
    assert.equal(missing:format("lst", "optlab list"), said("lst", "momentum"))
    assert.equal(missing:format("momentum", "experiments/momentum.lua"), said "momentum")
    assert.equal(missing:format("momentun.lua", "experiments/momentum.lua"), said "momentun.lua")
    assert.equal(missing:format("experiment/adam.lua", "experiments/adam.lua"), said "experiment/adam.lua")
    assert.equal("cannot open xyzzy: No such file or directory", said "xyzzy")
  end)
end)
