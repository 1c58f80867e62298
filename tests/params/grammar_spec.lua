--- Several values of a parameter in one word, as a sweep reads them.
local files = require "tests.support.files"
local grammar = require "optlab.params.grammar"
local program = require "tests.support.program"

describe("several values", function()
  local ANY = { name = "any", kind = "integer" }
  local LR = { name = "lr", kind = "number" }
  local STEPS = { name = "steps", kind = "integer", min = 1, max = 1000 }
  local METHOD = { name = "method", kind = "string", choices = { "sgd", "adam" } }
  local NAME = { name = "name", kind = "string" }
  local BETAS = { name = "betas", kind = "list" }
  local FLAG = { name = "flag", kind = "boolean" }

  local function values(entry, ...) return grammar.values(entry, { ... }) end
  local function refusal(entry, ...)
    local list, message = grammar.values(entry, { ... })
    assert.is_nil(list)
    return message
  end

  it("are written with commas", function()
    assert.same({ 0.1, 0.01 }, values(LR, "0.1,0.01"))
    assert.same({ 0.1, 0.01, 1.0 }, values(LR, "0.1, 0.01", "1"))
    assert.same({ "sgd", "adam" }, values(METHOD, "sgd,adam"))
    assert.same({ true, false }, values(FLAG, "true,no"))
    assert.same({ "a,b", "c" }, values(NAME, "a\\,b,c"))
    assert.same({ "f(1,2)", "1..3" }, values(NAME, "f(1,2),1..3"))
  end)

  it("count each value once", function() assert.same({ 0.1, 1 }, values(LR, "0.1,1,0.10,1.0")) end)

  it("may be ranges", function()
    assert.same({ 1, 2, 3, 4 }, values(STEPS, "1..4"))
    assert.equal("integer", math.type(values(STEPS, "1..4")[1]))
    assert.equal("float", math.type(values(LR, "1..4")[1]))
    assert.same({ 3, 2, 1 }, values(LR, "3..1"))
    assert.same({ 0, 0.25, 0.5, 0.75, 1 }, values(LR, "0..1..0.25"))
    assert.same({ 0, 0.1, 0.2, 0.3 }, values(LR, "0..0.3..0.1"))
    assert.same({ 1, 0.5, 0 }, values(LR, "1..0..-0.5"))
    assert.same({ -2, -1 }, values(LR, "-2..-1"))
    assert.same({ 1, 3, 5 }, values(STEPS, "1..6..2"))
    assert.same({ 1234567890123, 1234567890124 }, values(ANY, "1234567890123..1234567890124"))
    assert.same({ (1 << 53) + 1, (1 << 53) + 3 }, values(ANY, "9007199254740993..9007199254740995..2"))
    assert.same({ math.maxinteger }, values(ANY, "9223372036854775807..9223372036854775807"))
  end)

  it("may have equal ratios or equal distances", function()
    assert.same({ 1e-6, 1e-5, 1e-4, 1e-3, 1e-2 }, values(LR, "log(1e-6, 1e-2, 5)"))
    assert.same({ 0.1, 0.316228, 1 }, values(LR, "log(0.1,1,3)"))
    assert.same({ 0, 0.333333, 0.666667, 1 }, values(LR, "linspace(0,1,4)"))
    assert.same({ 0.0, 1e-4, 1e-2, 1 }, values(LR, "0,log(1e-4,1,3)"))
    assert.same({ 1, 10, 100 }, values(STEPS, "log(1,100,3)"))
    assert.same({ 1, 2, 3 }, values(STEPS, "linspace(1,3,5)"))
    assert.same({ 0.5 }, values(LR, "linspace(0.5,1,1)"))
  end)

  it("of a parameter that is a list are given by repeating the flag", function()
    assert.same({ { 0.9, 0.999 }, { 0.5, 0.9 } }, values(BETAS, "0.9,0.999", "0.5,0.9"))
  end)

  for _, case in ipairs {
    { LR, "0.1,x", "--lr must be a number, got 'x'" },
    { LR, "0.1,", "--lr must be a number, got ''" },
    { METHOD, "sgd,adm", "--method must be one of 'sgd', 'adam', got 'adm'; did you mean 'adam'?" },
    { STEPS, "999..1001", "--steps must be an integer from 1 to 1000, got '1001'" },
    { STEPS, "1..2..0.5", "--steps must be an integer (a default such as 1.0 would allow fractions), got '1.5'" },
    { LR, "0.1..0.5", "--lr: 0.1..0.5 needs a step, 0.1..0.5..STEP, or --sample N to draw from it" },
    { LR, "1..x", "--lr must be FROM..TO or FROM..TO..STEP, such as 1..10 or 0..1..0.25, got '1..x'" },
    { LR, "0..1..-1", "--lr must be FROM..TO or FROM..TO..STEP, such as 1..10 or 0..1..0.25, got '0..1..-1'" },
    { LR, "1..inf", "--lr must be FROM..TO or FROM..TO..STEP, such as 1..10 or 0..1..0.25, got '1..inf'" },
    { LR, "1..1e9", "--lr: 1..1e9 has 1000000000 values, at most 100000" },
    { LR, "0..1e300..1", "--lr: 0..1e300..1 has 1e+300 values, at most 100000" },
    { ANY, "-9223372036854775808..9223372036854775807",
      "--any: -9223372036854775808..9223372036854775807 has 9.2233720368547758e+18 values, at most 100000" },
    { LR, "log(0,1,3)",
      "--lr must be log(LOW, HIGH, COUNT) with 0 < LOW < HIGH, such as log(1e-4, 1, 5), got 'log(0,1,3)'" },
    { LR, "linspace(0,1,2.5)",
      "--lr must be linspace(LOW, HIGH, COUNT), such as linspace(0, 1, 5), got 'linspace(0,1,2.5)'" },
    { LR, "log(1e-4, 1)", "--lr: log(1e-4, 1) needs a number of values, log(0.0001, 1, COUNT), or --sample N to "
      .. "draw from it" },
    { LR, "lin(0,1,3)", "--lr must be a number, got 'lin(0,1,3)'" },
    { FLAG, "maybe", "--flag must be true or false, got 'maybe'" },
  } do
    it("explain " .. case[2], function() assert.equal(case[3], refusal(case[1], case[2])) end)
  end

  it("of text too long or strange are refused in order", function()
    local texts = { "(", ")", "..", "1..", "..1", "log(", "log()", "log(1)", "1...2", ("1,"):rep(9999), "\\", "\0" }
    for _, text in ipairs(texts) do
      local list, message = grammar.values(LR, { text })
      assert.is_true(list ~= nil or type(message) == "string")
    end
  end)

  it("are drawn from whole ranges", function()
    assert.same({ low = 0.1, high = 0.5, log = false }, grammar.source(LR, { "0.1..0.5" }))
    assert.same({ low = 1e-4, high = 1, log = true }, grammar.source(LR, { "log(1e-4, 1)" }))
    assert.same({ values = { 1, 2, 3 } }, grammar.source(LR, { "1..3..1" }))
    assert.same({ values = { "sgd", "adam" } }, grammar.source(METHOD, { "sgd,adam" }))
    local _, message = grammar.source(STEPS, { "0..10" })
    assert.equal("--steps must be an integer from 1 to 1000, got '0..10'", message)
    local log, steps = { low = 1e-4, high = 1, log = true }, { low = 1, high = 3, log = false }
    assert.same({ 1e-4, 0.01 }, { grammar.at(LR, log, 0), grammar.at(LR, log, 0.5) })
    for i, u in ipairs { 0.3, 0.5, 0.99 } do assert.equal(i, grammar.at(STEPS, steps, u)) end
    assert.equal("integer", math.type(grammar.at(STEPS, { low = 1, high = 1000, log = true }, 0.999999)))
    assert.equal("adam", grammar.at(METHOD, { values = { "sgd", "adam" } }, 0.7))
  end)
end)

describe("a script that is given several values", function()
  local dir
  before_each(function()
    dir = files.folder()
    files.write(dir .. "/x.lua", [[
local p = require("optlab").params { lr = 0.1, method = { default = "sgd", choices = { "sgd", "adam" } } }
print(p.lr)]])
  end)
  after_each(function() files.remove(dir) end)

  for words, said in pairs {
    ["--lr 0.1,0.01"] = "--lr must be a number, got '0.1,0.01'; to try several values: "
      .. "optlab sweep x.lua --lr 0.1,0.01",
    ["--lr log(1e-3,1,4)"] = "--lr must be a number, got 'log(1e-3,1,4)'; to try several values: "
      .. "optlab sweep x.lua --lr 'log(1e-3,1,4)'",
    ["--method sgd,adam"] = "--method must be one of 'sgd', 'adam', got 'sgd,adam'; to try several values: "
      .. "optlab sweep x.lua --method sgd,adam",
    ["--seed 1..10"] = "--seed must be an integer of at least 0, got '1..10'; to try several values: "
      .. "optlab sweep x.lua --seed 1..10",
    ["--lr 0.1,x"] = "--lr must be a number, got '0.1,x'",
  } do
    it("says about " .. words, function()
      local flag, value = words:match "^(%S+) (.*)$"
      local status, _, err = program.run(dir, "x.lua", flag, value)
      assert.equal(1, status)
      assert.equal(said, (err:match "^optlab: (.-)\n":gsub("^x.lua:1: ", "")))
    end)
  end
end)

describe("--parameters", function()
  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  it("prints the declaration and ends the run", function()
    files.write(dir .. "/x.lua", [[
require("optlab").params {
  lr = { default = 0.1, min = 0, max = 1, help = "the \"rate\"" }, clip = math.huge, betas = { 0.9 }, none = {},
  method = { default = "sgd", choices = { "sgd", "adam" } },
}
io.open("reached", "w")]])
    local status, out = program.run(dir, "--no-keep", "x.lua", "--parameters")
    assert.equal(0, status)
    local list = require("optlab.params.declaration").decode(out)
    assert.same({
      { name = "betas", kind = "list", default = { 0.9 } },
      { name = "clip", kind = "number", default = math.huge },
      { name = "lr", kind = "number", default = 0.1, min = 0, max = 1, help = 'the "rate"' },
      { name = "method", kind = "string", default = "sgd", choices = { "sgd", "adam" } },
      { name = "none", kind = "list", default = {} },
    }, list)
    assert.is_nil(io.open(dir .. "/reached"))
  end)

  it("prints an empty list for a script that declares none", function()
    files.write(dir .. "/x.lua", 'require "optlab"')
    local status, out = program.run(dir, "x.lua", "--parameters")
    assert.same({ 0, "[]\n" }, { status, out })
  end)
end)
