--- `optlab help NAME` and `?NAME` at the prompt.
local cli_help = require "optlab.cli.help"
local entries = require "optlab.reference.entries"
local files = require "tests.support.files"
local program = require "tests.support.program"

local function widest(text)
  local most = 0
  for line in text:gmatch("[^\n]+") do most = math.max(most, utf8.len(line)) end
  return most
end

describe("the help on a name", function()
  it("fits 80 columns for every entry, and in the overview", function()
    for _, entry in ipairs(entries.all()) do
      assert.is_true(widest(cli_help.text(entry)) <= 80, entry.callee)
    end
    assert.is_true(widest(cli_help.overview()) <= 80)
    for _, space in ipairs { "nn", "optim", "sched" } do
      assert.is_true(widest((cli_help.about(space))) <= 80, space)
    end
  end)

  it("takes the whole name or its last part", function()
    local text = cli_help.about "optim.SGD"
    assert.are.equal(text, cli_help.about "SGD")
    assert.are.equal(text, cli_help.about "lab.optim.SGD")
    assert.are.equal(text, cli_help.about "sgd")
    assert.is_truthy(text:find("momentum\n      number of at least 0, default 0\n", 1, true))
    assert.is_truthy(text:find("\n  p = p - lr * d\n", 1, true))
  end)

  it("shows the tables that a function takes as well", function()
    local text = cli_help.about "train.fit"
    assert.is_truthy(text:find("checkpoint = {path =, every = 1,", 1, true))
    assert.is_truthy(text:find("every_steps\n      integer of at least 1\n", 1, true))
  end)

  it("tells upper from lower case only where that matters", function()
    assert.is_truthy(cli_help.about("conv2d"):find("nn.functional.conv2d(", 1, true))
    assert.is_truthy(cli_help.about("Conv2d"):find("nn.Conv2d(", 1, true))
    assert.is_truthy(cli_help.about("CONV2D"):find("several", 1, true))
  end)

  it("lists those of one name, and those of a space", function()
    local text = cli_help.about "airfoil"
    assert.is_truthy(text:find("data.airfoil", 1, true) and text:find("train.airfoil", 1, true))
    text = cli_help.about "sched"
    assert.is_truthy(text:find "\n  StepLR +Multiplies the rate")
    assert.is_truthy(text:find "\n  warmup +A schedule after a warm%-up\n")
    text = cli_help.about "train"
    assert.is_truthy(text:find("train.fit\n", 1, true))
  end)

  it("shows the optimizers as a table of what they keep, cost and need", function()
    local text = cli_help.about "optim"
    for _, entry in ipairs(entries.of "optimizer") do
      assert.is_truthy(text:find(("\n%s +%%+?[%%drk]"):format(entry.name)), entry.name)
    end
    for _, row in ipairs {
      "SGD +0%-1 +1 +Sutskever et al%. 2013", "Adam +2%-3 +1 +Kingma, Ba 2015",
      "Adafactor +r%+c +1 +Shazeer, Stern 2018",
      "SAM +%+0 +2 +closure +Foret et al%. 2021", "AdaHessian +2 +1%+Hz +graph +Yao et al%. 2020",
      "Shampoo +1%+2f +1 +Gupta et al%. 2018", "Polyak +0 +1 +loss +Polyak 1987",
      "NovoGrad +1 +1 +Ginsburg et al%. 2019",
      "SM3 +0%-1%+r%+c +1 +Anil et al%. 2019", "EMA +%+1 +1 +Polyak, Juditsky 1992",
    } do
      assert.is_truthy(text:find("\n" .. row .. "\n"), row)
    end
    assert.is_truthy(text:find("optim.clip_grad_norm_\n", 1, true))
  end)

  it("guesses what a wrong name meant", function()
    local text, message = cli_help.about "SDG"
    assert.is_nil(text)
    assert.is_truthy(message:find("'SDG'; did you mean 'SGD'?", 1, true))
    assert.is_truthy(select(2, cli_help.about "train.fot"):find("did you mean 'train.fit'?", 1, true))
    assert.is_truthy(select(2, cli_help.about "xyzzy"):find("'xyzzy'", 1, true))
  end)
end)

describe("optlab help", function()
  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  local function run(arguments)
    return program.shell(dir, ("'%s' %s"):format(program.path, arguments))
  end

  it("prints an entry, or all names", function()
    local status, out = run "help StepLR"
    assert.are.equal(0, status)
    assert.are.equal(cli_help.about "StepLR", out)
    status, out = run "help"
    assert.are.equal(0, status)
    assert.are.equal(cli_help.overview(), out)
  end)

  it("fails for an unknown name and for several", function()
    local status, out, err = run "help SDG"
    assert.are.equal(1, status)
    assert.are.equal("", out)
    assert.is_truthy(err:find("did you mean 'SGD'?", 1, true))
    status, out, err = run "help SGD Adam"
    assert.are.equal(1, status)
    assert.are.equal("", out)
    assert.is_truthy(err:find("unexpected argument 'Adam'", 1, true))
  end)

  it("leaves scripts of that name alone", function()
    files.write(dir .. "/help", "print 'a script'")
    files.write(dir .. "/help.lua", "print 'a Lua script'")
    assert.are.equal("a script\n", select(2, run "./help"))
    assert.are.equal("a script\n", select(2, run "-- help"))
    assert.are.equal("a Lua script\n", select(2, run "help.lua"))
  end)

  it("is ?NAME at the prompt", function()
    local status, out = program.shell(dir, ("printf '?StepLR\\n?SDG\\n1 + 1\\n' | '%s' -i"):format(program.path))
    assert.are.equal(0, status)
    assert.is_truthy(out:find(cli_help.about "StepLR", 1, true))
    assert.is_truthy(out:find("did you mean 'SGD'?", 1, true))
    assert.is_truthy(out:find("2\n$"))
  end)
end)

describe("the man page", function()
  local page = files.read("packaging/optlab.1"):gsub("\\%-", "-")
  local pipe = assert(io.popen(program.quoted(program.path) .. " --help"))
  local help = pipe:read "a"
  pipe:close()

  local function names(pattern)
    local list = {}
    for line in help:gmatch "[^\n]+" do list[#list + 1] = line:match(pattern) end
    return list
  end

  it("describes every command", function()
    local commands = names "^  (%l+)  "
    assert.is_true(#commands > 15)
    for _, name in ipairs(commands) do assert.is_truthy(page:find("optlab " .. name .. "%f[%A]"), name) end
  end)

  it("describes every option", function()
    local options = names "^  (%-%-%l[%l-]+)"
    assert.is_true(#options > 15)
    for _, name in ipairs(options) do
      local at = page:find("\n%.BI? " .. name:gsub("%-", "%%-") .. "%f[^%l-]")
      assert.is_truthy(at, name)
    end
  end)
end)
