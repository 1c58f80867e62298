--- `optlab new`: every kind of script runs at once, as does its --help; nothing is overwritten.
local commands = require "optlab.cli.commands"
local files = require "tests.support.files"
local new = require "optlab.cli.new"
local program = require "tests.support.program"

describe("optlab new", function()
  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  local function run(...)
    local status, out, err = program.run(dir, ...)
    assert.same({ 0, "" }, { status, (err:gsub("optlab: airfoil: no real data[^\n]*\n", "")) })
    return out
  end

  for _, kind in ipairs(new.KINDS) do
    it("writes a " .. kind[1] .. " that runs, and explains itself", function()
      assert.equal("my.lua is written. Run it: optlab my.lua\n", run("new", "my", "--kind", kind[1]))
      local printed = run("--quiet", "my.lua")
      assert.is_truthy(printed:find("%d"))
      assert.is_truthy(#files.read(dir .. "/out/my/metrics.csv") > 0)
      assert.equal("", (select(3, program.shell(dir, "ls out/my/*.svg >/dev/null"))))
      local help = run("my.lua", "--help")
      assert.matches("my: ", help, 1, true)
      assert.matches("Numbers and figures are then in out/my/", help, 1, true)
      assert.matches("\n   --%l", help)
      if commands.find "sweep" then
        for words in files.read(dir .. "/my.lua"):gmatch("\n%-%-     optlab sweep ([^\n]*)") do
          local command = ("%s sweep --dry-run %s"):format(program.quoted(program.path), words)
          local status, _, err = program.shell(dir, command)
          assert.same({ 0, "" }, { status, err })
        end
      end
      for line in files.read(dir .. "/my.lua"):gmatch("[^\n]+") do assert.is_true(utf8.len(line) <= 120, line) end
    end)
  end

  it("writes scripts whose choices all run", function()
    run("new", "s", "--kind", "schedule")
    run("new", "o", "--kind", "optimizer")
    for _, choice in ipairs { "cosine", "constant" } do run("--quiet", "s.lua", "--schedule", choice) end
    for _, choice in ipairs { "SGD", "Adam" } do run("--quiet", "o.lua", "--method", choice) end
  end)

  it("takes a path, with .lua or without", function()
    assert.is_truthy(os.execute("mkdir " .. dir .. "/a"))
    run("new", "a/my.lua")
    assert.matches("^%-%-%- my: ", files.read(dir .. "/a/my.lua"))
    assert.matches("optlab a/my.lua ", files.read(dir .. "/a/my.lua"), 1, true)
  end)

  it("writes commands that a shell understands, whatever the name", function()
    assert.equal("my file.lua is written. Run it: optlab 'my file.lua'\n", run("new", "my file"))
    assert.equal("-x.lua is written. Run it: optlab ./-x.lua\n", run("new", "--", "-x"))
    for _, name in ipairs { "my file", "-x" } do
      local command = files.read(("%s/%s.lua"):format(dir, name)):match "\n%-%-     optlab ([^\n]*%-%-help)"
      assert.equal(0, (program.shell(dir, program.quoted(program.path) .. " " .. command)), command)
    end
  end)

  it("leaves what is there, and says so", function()
    files.write(dir .. "/my.lua", "-- mine")
    local status, out, err = program.run(dir, "new", "my")
    assert.same({ 1, "", "optlab: my.lua is there already; it is left as it is\n" }, { status, out, err })
    assert.equal("-- mine", files.read(dir .. "/my.lua"))
  end)

  it("refuses unknown kinds and names that are none", function()
    local function said(...)
      local status, out, err = program.run(dir, "new", ...)
      assert.same({ 1, "" }, { status, out })
      return err
    end
    assert.matches("must be one of 'descent', ", said("my", "--kind", "swep"), 1, true)
    assert.equal("optlab: 'a/' is not the name of a script\n", said "a/")
    assert.equal("optlab: 'a\nb' is not the name of a script\n", said "a\nb")
    assert.matches("cannot write nowhere/my.lua: ", said "nowhere/my", 1, true)
    assert.matches("name", said())
  end)
end)
