--- lab.params: how a script's parameters are declared, read from the command line, and explained.
local lab = require "optlab"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local program = require "tests.support.program"
local contains = require("tests.support.text").contains

describe("params", function()
  local SPEC = {
    lr = 0.6, steps = 20, nesterov = false, name = "a", betas = { 0.9, 0.999 },
    weight_decay = { default = 0.0, min = 0, max = 1, help = "pull towards zero" },
    method = { default = "sgd", choices = { "sgd", "adam" } },
    limit = { type = "number" }, shares = { type = "list", min = 0, max = 1 },
    sets = { type = "list", choices = { "a", "b" } },
  }
  local function params(...) return lab.params(SPEC, { ... }) end

  it("gives the defaults", function()
    assert.same({
      lr = 0.6, steps = 20, nesterov = false, name = "a", betas = { 0.9, 0.999 }, weight_decay = 0.0, method = "sgd",
    }, params())
  end)

  it("does not read busted's arguments", function()
    assert.same({ verbose = false }, lab.params { verbose = false })
  end)

  it("reads --name value and --name=value by the default's type", function()
    local p = params("--lr", "1", "--steps=5", "--name", "b", "--betas", "0.5,0.25", "--limit", "2", "--method=adam")
    assert.same({ 1.0, "float" }, { p.lr, math.type(p.lr) })
    assert.same({ 5, "integer" }, { p.steps, math.type(p.steps) })
    assert.same({ "b", { 0.5, 0.25 }, 2.0, "adam" }, { p.name, p.betas, p.limit, p.method })
    assert.equal(1000, params("--steps", "1e3").steps)
  end)

  it("reads negative numbers", function()
    assert.equal(-0.5, params("--lr", "-0.5").lr)
    assert.equal(-.5, params("--lr", "-.5").lr)
    assert.equal(-3, params("--steps=-3").steps)
  end)

  it("reads infinities and nan", function()
    assert.equal(math.huge, params("--lr", "inf").lr)
    assert.equal(-math.huge, params("--lr", "-inf").lr)
    assert.equal(-math.huge, params("--lr=-inf").lr)
    assert.equal(math.huge, params("--lr", "1e999").lr)
    local nan = params("--lr", "nan").lr
    assert.is_true(nan ~= nan)
    assert.equal(math.maxinteger, params("--steps", tostring(math.maxinteger)).steps)
    assert.equal(math.mininteger, params("--steps", tostring(math.mininteger)).steps)
  end)

  it("reads lists, empty ones too", function()
    assert.same({}, params("--betas", "").betas)
    assert.same({}, params("--betas=").betas)
    assert.same({ math.huge, -math.huge }, params("--betas", "inf,-inf").betas)
    assert.same({ -1, 2 }, params("--betas", "-1,2").betas)
    assert.same({ -math.huge, 2 }, params("--betas", "-inf,2").betas)
    assert.same({ 1, 2 }, lab.params({ l = {} }, { "--l", "1,2" }).l)
    assert.same({ "a", "2" }, lab.params({ l = {} }, { "--l", "a,2" }).l)
    assert.same({ "1" }, lab.params({ l = { "x" } }, { "--l", "1" }).l)
    assert.same({}, lab.params({ l = {} }).l)
  end)

  it("prints defaults that read back as the same values", function()
    local text_of = require("optlab.params.options").text_of_number
    local read = require("optlab.params.options").number
    for _, x in ipairs { 0.1, 0.1 + 0.2, 1 / 3, 1e300, 5e-324, math.huge, -math.huge, 1.0, -0.0, 2 ^ 53 + 0.0 } do
      assert.equal(x, read(text_of(x)))
    end
    assert.equal("nan", text_of(0 / 0))
    assert.equal("0.1", text_of(0.1))
  end)

  it("reads booleans in every spelling", function()
    assert.is_true(params("--nesterov").nesterov)
    assert.is_false(params("--no-nesterov").nesterov)
    assert.is_true(params("--nesterov", "true", "--lr", "1").nesterov)
    assert.is_false(params("--nesterov=false").nesterov)
    assert.is_true(params("--nesterov", "--lr", "1").nesterov)
  end)

  it("takes the dash for the underscore", function()
    assert.equal(0.5, params("--weight-decay", "0.5").weight_decay)
    assert.equal(0.5, params("--weight_decay=0.5").weight_decay)
  end)

  it("lets the last of two values win", function()
    assert.equal(3, params("--steps", "2", "--steps", "3").steps)
  end)

  it("hands out a copy of a default list", function()
    params().betas[1] = 7
    assert.equal(0.9, params().betas[1])
  end)

  for given, message in pairs {
    ["--mometnum 1"] = "unknown option '--mometnum' (--help lists the options)",
    ["--step 1"] = "unknown option '--step'; did you mean '--steps'?",
    ["--lr x"] = "--lr must be a number, got 'x'",
    ["--lr [1,2]"] = "--lr must be a number, got '[1,2]'; several values have no brackets: 1,2,3",
    ["--lr"] = "option '--lr' requires an argument",
    ["--steps 1.5"] = "--steps must be an integer (a default such as 1.0 would allow fractions), got '1.5'",
    ["--weight_decay 2"] = "--weight_decay must be a number in [0, 1], got '2'",
    ["--weight_decay -1"] = "--weight_decay must be a number in [0, 1], got '-1'",
    ["--weight_decay nan"] = "--weight_decay must be a number in [0, 1], got 'nan'",
    ["--limit infinite"] = "--limit must be a number, got 'infinite'",
    ["--steps 1e20"] = "--steps must be an integer from -9223372036854775808 to 9223372036854775807, got '1e20'",
    ["--steps inf"] = "--steps must be an integer from -9223372036854775808 to 9223372036854775807, got 'inf'",
    ["--steps nan"] = "--steps must be an integer, got 'nan'",
    ["--shares 0.5,2"] = "--shares must be a list; its member 2 must be a number in [0, 1], got '0.5,2'",
    ["--sets a,c"] = "--sets must be a list; its member 2 must be one of 'a', 'b', got 'a,c'",
    ["--method sdg"] = "--method must be one of 'sgd', 'adam', got 'sdg'; did you mean 'sgd'?",
    ["--nesterov maybe"] = "--nesterov must be true or false, got 'maybe'",
    ["--betas 1,x"] = "--betas must be a list of numbers separated by commas, got '1,x'",
    ["--no-steps"] = "unknown option '--no-steps'; did you mean '--steps'?",
    ["-x"] = "unknown option '-x' (--help lists the options)",
    ["extra"] = "unexpected argument 'extra' (options are written --name value)",
  } do
    it("explains " .. given, function()
      local args = {}
      for word in given:gmatch("%S+") do args[#args + 1] = word end
      assert.equal(message, errors.text(lab.params, SPEC, args))
    end)
  end

  it("rejects declarations that mean nothing", function()
    local function rejects(spec, message)
      assert.matches(message, errors.text(lab.params, spec), 1, true)
    end
    rejects(3, "lab.params: defaults must be a table, got 3")
    rejects({ 1, 2 }, "lab.params: a parameter is written name = default, got the name 1")
    rejects({ out = "x" }, "lab.params: 'out' is an option of every script; use another name")
    rejects({ lr = { default = 1, hlep = "" } }, "lab.params: lr: unknown option 'hlep'; did you mean 'help'?")
    rejects({ lr = { type = "float" } }, "lab.params: lr: type must be one of 'integer', 'number'")
    rejects({ lr = { help = "x" } }, "lab.params: lr: give a default or a type")
    rejects({ m = { default = 2, max = 1 } }, "lab.params: the default of 'm' must be an integer of at most 1, got 2")
    rejects({ m = { default = { 0, 2 }, max = 1 } }, "the default of 'm' must be a list; its member 2 must be a number")
  end)

  describe("in a script", function()
    local dir

    before_each(function()
      dir = files.folder()
      files.write(dir .. "/a.lua", [[
--- Looks for the minimum. Slowly.
-- A second line.
local lab = require "optlab"
local p = lab.params {
  lr = 0.6,
  steps = { default = 20, help = "how many" },
}
print(p.lr, p.steps, lab.config.seed, lab.config.out)
]])
    end)
    after_each(function() files.remove(dir) end)

    it("takes the command line, the common options too", function()
      local status, out = program.run(dir, "a.lua", "--lr", "0.1", "--seed", "3", "--out", "o")
      assert.same({ 0, "0.1\t20\t3\to\n" }, { status, out })
      status, out = program.run(dir, "--seed", "3", "a.lua", "--steps", "1")
      assert.equal(0, status)
      assert.matches("^0.6\t1\t3\t%S+/%d+%-a\n$", out)
    end)

    it("prints parameters, defaults and the opening comment for --help", function()
      local status, out = program.run(dir, "a.lua", "--help")
      assert.equal(0, status)
      assert.matches("Usage: optlab a.lua [--name value ...]", out, 1, true)
      assert.matches("Looks for the minimum. Slowly.\nA second line.", out, 1, true)
      assert.matches("%-%-lr NUMBER +%(default 0%.6%)", out)
      assert.matches("%-%-steps INTEGER +how many %(default 20%)", out)
      assert.matches("%-%-seed N", out)
      files.write(dir .. "/i.lua", 'require("optlab").params{clip = math.huge, low = -math.huge, l = {}, s = ""}')
      local _, infinities = program.run(dir, "i.lua", "--help")
      assert.matches("%-%-clip NUMBER +%(default inf%)", infinities)
      assert.matches("%-%-low NUMBER +%(default %-inf%)", infinities)
      assert.matches('%-%-l LIST +%(default ""%)', infinities)
      assert.matches('%-%-s STRING +%(default ""%)', infinities)
      assert.not_matches("0.6\t20", out, 1, true)
    end)

    it("keeps to 80 columns, also with many choices", function()
      files.write(dir .. "/c.lua", [[
        require("optlab").params {
          schedule = {default = "alpha", help = "what to do", choices = {"alpha", "beta-beta", "gamma-gamma-gamma",
            "delta-delta-delta", "epsilon-epsilon", "zeta-zeta-zeta"}},
        }]])
      local status, out = program.run(dir, "c.lua", "--help")
      assert.equal(0, status)
      assert.matches("what to do %(one of alpha, beta%-beta,%s", out)
      for line in out:gmatch("[^\n]+") do assert.is_true(#line <= 80, line) end
    end)

    it("reports a mistake at the line of the call", function()
      local status, _, err = program.run(dir, "a.lua", "--stesp", "3")
      assert.same({ 1, "optlab: a.lua:4: unknown option '--stesp'; did you mean '--steps'?\n" }, { status, err })
    end)

    it("lets a script choose another seed, and the command line another one still", function()
      files.write(dir .. "/s.lua",
        'local lab = require "optlab" print(lab.params{seed = 5}.seed, lab.initial_seed())')
      local _, out = program.run(dir, "s.lua")
      assert.equal("5\t5\n", out)
      _, out = program.run(dir, "s.lua", "--seed", "0")
      assert.equal("0\t0\n", out)
      _, out = program.run(dir, "--seed", "6", "s.lua")
      assert.equal("6\t6\n", out)
    end)
  end)

  describe("that a script does not declare", function()
    local dir

    before_each(function() dir = files.folder() end)
    after_each(function() files.remove(dir) end)

    -- The script's status, output and errors.
    local function run(text, ...)
      files.write(dir .. "/a.lua", text)
      return program.run(dir, "a.lua", ...)
    end

    for name, work in pairs {
      ["a record"] = 'lab.metrics { "x" }', ["a progress bar"] = "lab.progress(3)", ["a training"] = "lab.train.fit {}",
      ["a figure"] = 'lab.plot.figure():line({ 1, 2 }):save("f")', ["a sweep"] = "lab.train.sweep {}",
      ["a descent"] = "lab.train.descend(math.abs, 1, {'SGD'}, 1)",
    } do
      it("are refused before " .. name, function()
        local status, out, err = run('local lab = require "optlab"\nprint "on"\n' .. work .. '\nprint "work"',
          "--sedd", "3")
        assert.same({ 1, "on\n", "optlab: a.lua: unknown option '--sedd'; did you mean '--seed'?\n" },
          { status, out, err })
        assert.same({ ".err", ".out", "a.lua" }, files.names(dir))
      end)
    end

    it("are refused at the script's end, also after os.exit(0)", function()
      local message = "optlab: a.lua: unknown option '--lr'; the script has not declared it (lab.params, before any "
        .. "record, figure or training) nor read it (arg, lab.arguments)\n"
      local script = 'local lab = require "optlab" print(lab.initial_seed())'
      assert.same({ 1, "3\n", message }, { run(script, "--lr=1", "--seed", "3") })
      assert.same({ 1, "3\n", message }, { run(script .. " os.exit(0)", "--lr=1", "--seed", "3") })
    end)

    it("are refused when a module asks for its own", function()
      files.write(dir .. "/mine.lua", 'local p = require("optlab").params { lr = 1.0 } return p')
      local status, out, err = run('print(require("mine").lr)', "--lr", "2")
      assert.same({ 1, "1.0\n" }, { status, out })
      assert.matches("unknown option '--lr'; the script has not declared it", err, 1, true)
    end)

    it("may be read by the script itself", function()
      local script = 'print(table.concat(require("optlab").arguments(), " "))'
      assert.same({ 0, "--mine 1 x --seed 2\n", "" }, { run(script, "--mine", "1", "x", "--seed", "2") })
      assert.same({ 0, "\n", "" }, { run(script) })
    end)

    it("may be read from arg", function()
      assert.same({ 0, "--mine\t3\n", "" }, { run('require "optlab" print(arg[1], #arg)', "--mine", "1", "x") })
      assert.same({ 0, "--mine 1\n", "" }, { run('print(table.concat(arg, " ")) require "optlab"', "--mine", "1") })
      assert.same({ 0, "--seed\n2\n3\n--a\n", "" },
        { run('local lab = require "optlab" for _, w in ipairs(arg) do print(w) end', "--seed", "2", "3", "--a") })
      local status, out, err = run('require "optlab" print(arg[0])', "--mine")
      assert.same({ 1, "a.lua\n" }, { status, out })
      assert.matches("unknown option '--mine'", err, 1, true)
    end)

    it("are refused also where only comments and strings speak of arg and params", function()
      local script = '-- lab.params and arg\nlocal lab = require "optlab" print("params, arg", lab.initial_seed())'
      local status, out, err = run(script, "--sedd", "3", "--seed", "4")
      assert.same({ 1, "params, arg\t4\n" }, { status, out })
      assert.matches("unknown option '--sedd'; did you mean '--seed'", err, 1, true)
      status, out, err = run(script, "--_odd")
      assert.equal(1, status)
      assert.matches("unknown option '--_odd'", err, 1, true)
      assert.equal("params, arg\t0\n", out)
    end)

    it("may be words without dashes and numbers", function()
      assert.same({ 0, "data.csv\t-1\n", "" }, { run('require "optlab" print(...)', "data.csv", "-1") })
      assert.same({ 0, "-inf\t-1e3\n", "" }, { run('require "optlab" print(...)', "-inf", "-1e3") })
    end)

    it("include --help, which shows the opening comment", function()
      local status, out = run('-- Says one.\nlocal lab = require "optlab"\nlab.metrics { "x" }', "--help")
      assert.equal(0, status)
      assert.matches("Says one.", out, 1, true)
      assert.matches("%-%-seed N", out)
    end)
  end)

  it("are errors where they were not declared, and options of functions", function()
    local p = lab.params({ lr = 0.5, momentum = 0.25, limit = { type = "number" } }, {})
    contains(errors.message(function() return p.lrr end), "lab.params has no 'lrr'; did you mean 'lr'?")
    contains(errors.message(function() return p.epochs end), "lab.params has no 'epochs' (it has lr, momentum)")
    assert.is_nil(p.limit)
    local opt = lab.optim.SGD({ lab.ones(2, { requires_grad = true }) }, p)
    assert.same({ 0.5, 0.25 }, { opt.lr, opt.momentum })
    p.mine = 3
    assert.equal(3, p.mine)
  end)

  describe("and the options of every script", function()
    local dir

    before_each(function() dir = files.folder() end)
    after_each(function() files.remove(dir) end)

    it("are in force from the beginning, once", function()
      files.write(dir .. "/a.lua", [[
        local lab = require "optlab"
        local before = lab.rand(1):item()
        local p = lab.params { lr = 1.0 }
        print(lab.config.out, p.lr, before == lab.rand(1):item())]])
      local status, out = program.run(dir, "a.lua", "--lr", "2", "--seed", "3", "--out", "o")
      assert.same({ 0, "o\t2.0\tfalse\n" }, { status, out })
    end)

    it("are read from a script on standard input too", function()
      local script = 'local lab = require "optlab" print(lab.params { lr = 1.0 }.lr, lab.config.seed)'
      local status, out = program.feed(dir, script, "-", "--lr", "2", "--seed", "3")
      assert.same({ 0, "2.0\t3\n" }, { status, out })
    end)
  end)
end)
