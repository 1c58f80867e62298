local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local lab = require "optlab"

local function message_of(fn, ...)
  local ok, err = pcall(fn, ...)
  assert.is_false(ok)
  return (err:gsub("^tests/base/args_spec.lua:%d+: ", ""))
end

local ARGS = args.declare("spec.f", {
  positions = 2,
  { "n", "integer", min = 1, required = true, doc = "How many." },
  { "sizes", "integer|list", of = { "integer", min = 1 }, min = 1, doc = "One size, or several." },
  { "mode", "choice", choices = { "linear", "constant" }, default = "linear", doc = "Which way." },
  { "on", "flag", default = true, doc = "Whether." },
  { "size", "tuple", width = 2, of = { "number", above = 0 }, default = { 3, 4 }, doc = "Width and height." },
})
local TABLE = args.declare("spec.t", { { "path", "string", required = true, doc = "A file." } })

local function read(...) return ARGS:read(...) end
local function read_table(...) return TABLE:read(...) end

describe("a declaration of arguments", function()
  it("reads positions, names and defaults", function()
    assert.same({ n = 2, mode = "linear", on = true, size = { 3, 4 } }, read(2.0))
    assert.same({ n = 2, sizes = 5, mode = "linear", on = false, size = { 3, 4 } }, read(2, 5, { on = false }))
    assert.same({ n = 2, sizes = { 5, 6 }, mode = "constant", on = true, size = { 1, 2 } },
      read { n = 2, sizes = { 5, 6 }, mode = "constant", size = { 1, 2 } })
    assert.equal(math.type(read(2.0).n), "integer")
    assert.same({ path = "x" }, read_table { path = "x" })
  end)

  it("lets the table of options hold a list where one may stand", function()
    assert.same({ 5, 6 }, read(2, { 5, 6 }).sizes)
    local o = read(2, { 5, 6, on = false })
    assert.same({ 5, 6 }, o.sizes)
    assert.is_false(o.on)
    assert.is_nil(read(2, { on = false }).sizes)
    assert.same({}, read(2, {}).sizes)
    assert.equal(2, read(2, nil, nil).n)
  end)

  it("copies the default of a list", function()
    read(1).size[1] = 100
    assert.equal(3, read(1).size[1])
  end)

  it("drops nothing that was given", function()
    assert.equal("spec.f: unknown option 'mod'; did you mean 'mode'?", message_of(read, 1, { mod = 1 }))
    assert.equal("spec.f: unknown option 'foo' (options: n, sizes, mode, on, size)", message_of(read, 1, { foo = 1 }))
    assert.equal("spec.f: n is given twice, by position and by name", message_of(read, 1, { n = 1 }))
    assert.equal("spec.f: too many arguments (3, at most 2 and a table of options)", message_of(read, 1, 2, 3))
    assert.equal("spec.f: too many arguments (4, at most 2 and a table of options)", message_of(read, 1, 2, {}, 3))
    assert.equal("spec.f: the table of options must be the last argument", message_of(read, { on = true }, 2))
    assert.equal("spec.f: options are given by name, got the key true", message_of(read, 1, { on = true, [true] = 1 }))
    assert.equal("spec.t: too many arguments (2, at most a table of options)", message_of(read_table, { path = "" }, 1))
    assert.equal("spec.t: options must be a table, such as {path = ...}, got 'x'", message_of(read_table, "x"))
    assert.equal("spec.t: options must be a table, such as {path = ...}, got a tensor of shape (1)",
      message_of(read_table, lab.zeros(1)))
    local none = args.declare("spec.none", {})
    assert.equal("spec.none: unknown option 'x' (there are no options)", message_of(none.read, none, { x = 1 }))
  end)

  it("says what is missing or wrong, and what would be right", function()
    assert.equal("spec.f: n is missing; it must be an integer of at least 1", message_of(read))
    assert.equal("spec.t: path is missing; it must be a string", message_of(read_table))
    assert.equal("spec.f: n must be an integer of at least 1, got 0", message_of(read, 0))
    assert.equal("spec.f: n must be an integer of at least 1, got 2.5", message_of(read, 2.5))
    assert.equal("spec.f: n must be an integer of at least 1, got 'x'", message_of(read, "x"))
    assert.equal("spec.f: mode must be one of 'linear', 'constant', got 'lin'", message_of(read, 1, { mode = "lin" }))
    assert.equal("spec.f: on must be true or false, got 1", message_of(read, 1, { on = 1 }))
    assert.equal("spec.f: sizes must be an integer of at least 1 or a list of integers of at least 1, got 0",
      message_of(read, 1, 0))
    assert.equal("spec.f: sizes[2] must be an integer of at least 1, got 0", message_of(read, 1, { 1, 0 }))
    assert.equal("spec.f: size must be a list of 2 numbers above 0, got a table", message_of(read, 1, { size = { 1 } }))
    assert.equal("spec.f: size[1] must be a number above 0, got -1", message_of(read, 1, { size = { -1, 1 } }))
  end)

  it("raises at the line of the script", function()
    local _, err = pcall(function() ARGS:read(0) end)
    assert.matches("^tests/base/args_spec.lua:%d+: spec.f: n must", err)
  end)

  it("is found by the name of its function", function()
    local f = args.all()["spec.f"]
    assert.equal(2, f.positions)
    assert.same({
      name = "n", kind = "integer", what = "an integer of at least 1", required = true, doc = "How many.",
    }, f.args[1])
    assert.same({
      name = "mode", kind = "choice", what = "one of 'linear', 'constant'", required = false, default = "linear",
      choices = { "linear", "constant" }, doc = "Which way.",
    }, f.args[3])
  end)

  it("says in a sentence what each argument is", function()
    pairs(lab) -- loads all modules
    for callee, declaration in pairs(args.all()) do
      for _, row in ipairs(declaration.args) do
        assert.is_truthy(row.doc and row.doc:find("[%.}]$"), callee .. ": " .. row.name)
      end
    end
  end)
end)

describe("kinds of arguments", function()
  local function check(...) return args.check("f", "x", ...) end

  it("have words for their limits", function()
    for _, case in ipairs {
      { "number", {}, "a number" }, { "number", { finite = true }, "a finite number" },
      { "number", { min = 0 }, "a number of at least 0" }, { "number", { above = 0 }, "a number above 0" },
      { "number", { max = 1 }, "a number of at most 1" }, { "number", { below = 1 }, "a number below 1" },
      { "number", { min = 0, below = 1 }, "a number in [0, 1)" }, { "number", { above = 0, max = 0.5 },
        "a number in (0, 0.5]" },
      { "integer", { min = 1, max = 50 }, "an integer from 1 to 50" },
      { "dimension", {}, "a dimension (1, 2, ... or -1 for the last)" },
      { "dtype", {}, "one of 'float32', 'float64', 'int64', 'uint8'" }, { "float_dtype", {},
        "one of 'float32', 'float64'" },
      { "flag|choice", { choices = { "a", "b" } }, "true, false or one of 'a', 'b'" },
      { "string|false", {}, "a string or false" }, { "list", { of = { "string" } }, "a list of strings" },
      { "number|string|function", {}, "a number, a string or a function" },
      { "object", { has = { "step" }, what = "an optimizer" }, "an optimizer" },
    } do
      assert.equal("f: x must be " .. case[3] .. ", got a FILE*", message_of(check, io.stdout, case[1], case[2]))
    end
  end)

  it("accept what is right", function()
    local inf, layer = math.huge, lab.nn.ReLU()
    assert.equal(inf, check(inf, "number"))
    assert.equal(0.5, check(0.5, "number", { min = 0, below = 1 }))
    assert.equal(-1, check(-1, "dimension"))
    assert.equal("uint8", check("uint8", "dtype"))
    assert.is_false(check(false, "string|false"))
    assert.same({ 1, 2 }, check({ 1.0, 2 }, "list", { of = { "integer" } }))
    assert.same({ { 1, 2 }, { 3, 4 } }, check({ { 1, 2 }, { 3, 4 } },
      "list", { of = { "tuple", width = 2, of = { "number" } } }))
    assert.equal(layer, check(layer, "module"))
    assert.equal(layer, check(layer, "callable"))
    assert.equal(print, check(print, "callable"))
    local ds = { X = lab.zeros(1) }
    assert.equal(ds, check(ds, "dataset"))
    local opt = lab.optim.SGD({ lab.zeros(1, { requires_grad = true }) })
    assert.equal(opt, check(opt, "object", { has = { "step", "zero_grad" } }))
  end)

  it("refuse what is wrong", function()
    for _, case in ipairs {
      { 0 / 0, "number" }, { math.huge, "number", { min = 0 } }, { math.huge, "number", { finite = true } },
      { 1, "number", { below = 1 } }, { 0, "number", { above = 0 } }, { "1", "number" }, { 0, "dimension" },
      { 1.5, "dimension" }, { "int64", "float_dtype" }, { "f", "dtype" }, { true, "false" }, { "x", "tensor" },
      { {}, "callable" }, { {}, "module" }, { lab.zeros(1), "module" }, { { y = 1 }, "dataset" }, { lab.zeros(1),
        "dataset" },
      { lab.zeros(2), "list", { of = { "number" } } },
      { {}, "object", { has = { "step" } } }, { 3, "object", { has = { "step" } } }, { { 1 },
        "list", { of = { "number" }, least = 2 } },
      { { { 1, 2, 3 } }, "list", { of = { "tuple", width = 2, of = { "number" } } } },
    } do
      assert.matches("^f: x[%[%]1]* must be ", message_of(check, table.unpack(case, 1, 3)))
    end
    assert.equal("f: x[1][2] must be a number, got 'a'",
      message_of(check, { { 1, "a" } }, "list", { of = { "tuple", width = 2, of = { "number" } } }))
  end)
end)

describe("values in messages", function()
  it("are shown in one way", function()
    local opt = lab.optim.SGD({ lab.zeros(1, { requires_grad = true }) })
    for _, case in ipairs {
      { "a 'b'", "'a 'b''" }, { 3, "3" }, { 0.1, "0.1" }, { 2.0, "2" }, { 0 / 0, "nan" }, { -math.huge, "-inf" },
      { true, "true" }, { {}, "a table" }, { print, "a function" }, { io.stdout, "a FILE*" },
      { coroutine.create(print), "a thread" }, { lab.zeros(2, 3), "a tensor of shape (2, 3)" }, { lab.tensor(1),
        "a tensor of shape ()" },
      { opt, "an optlab.Optimizer" },
    } do
      assert.equal(case[2], errors.shown(case[1]))
    end
    assert.equal("nothing", errors.shown(nil))
  end)
end)
