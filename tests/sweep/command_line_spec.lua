--- The command line of a sweep and the cells that it stands for.
local plans = require "optlab.sweep.plan"
local scripts = require "optlab.sweep.script"
local words = require "optlab.sweep.words"

local LIST = {
  { name = "lr", kind = "number", default = 0.1, min = 0 },
  { name = "weight_decay", kind = "number", default = 0.0 },
  { name = "method", kind = "string", default = "sgd", choices = { "sgd", "adam" } },
  { name = "nesterov", kind = "boolean", default = false },
  { name = "betas", kind = "list", default = { 0.9, 0.999 } },
  { name = "epochs", kind = "integer", default = 3, min = 1 },
  { name = "note", kind = "string", default = "" },
}

local function split(line)
  local list = {}
  for word in line:gmatch "%S+" do list[#list + 1] = word end
  return list
end

local function script(list) return scripts.new("x.lua", "-- bytes", list or LIST) end

local function read(line)
  local plan, message = words.begin(split(line))
  if not plan then return nil, message end
  return words.finish(plan, script().declaration)
end

local function cells(line, list)
  local plan = assert(words.begin(split(line)))
  local s = script(list)
  assert(words.finish(plan, s.declaration))
  return plans.new(s, plan.given, plan.options)
end

local function refusal(line)
  local plan, message = read(line)
  assert.is_nil(plan)
  return message
end

describe("the command line of a sweep", function()
  it("has options before and behind the script", function()
    local plan = read "--jobs 2 x.lua --lr 0.1,0.01 --minimize test_loss --seed 1..3 --threads 1 --lr=1 --dry-run"
    assert.equal("x.lua", plan.script)
    assert.same({ jobs = 2, minimize = "test_loss", dry_run = true }, plan.options)
    assert.same({ "--threads=1" }, plan.common)
    assert.same({ "lr", "seed" }, { plan.given[1], plan.given[2] })
    assert.same({ "0.1,0.01", "1" }, { plan.given.lr[1], plan.given.lr[2] })
  end)

  it("has one form for options of every script, however they are written", function()
    local expected = { "--data=d", "--require-real-data", "--runs-dir=r" }
    assert.same(expected, read("--data d --require_real_data --runs_dir=r x.lua").common)
    assert.same(expected, read("--data=d x.lua --require-real-data --runs-dir r").common)
  end)

  it("gives a text that looks like an option to the script as a value", function()
    assert.same({ "--note=-x" }, cells("x.lua --note=-x").cells[1].words)
    assert.same({ "--lr", "0.1", "--weight_decay", "-1" }, cells("x.lua --lr 0.1 --weight-decay -1").cells[1].words)
  end)

  it("takes negative numbers, dashes for underscores, and flags without a value", function()
    local plan = read "x.lua --weight-decay -1,0 --nesterov --no-nesterov --nesterov true"
    assert.equal("-1,0", plan.given.weight_decay[1])
    assert.same({ "true", "false", "true" }, { table.unpack(plan.given.nesterov) })
  end)

  for line, message in pairs {
    [""] = "a script is missing: optlab sweep x.lua --lr 0.1,0.01",
    ["--lr 0.1 x.lua"] = "unknown option '--lr'; parameters are written behind the script",
    ["--job 2 x.lua"] = "unknown option '--job'; did you mean '--jobs'?",
    ["--seed 1 x.lua"] = "the values of --seed are written behind the script, as those of every parameter",
    ["x.lua --l 1"] = "unknown option '--l'; did you mean '--lr'?",
    ["x.lua --momentum 1"] = "unknown option '--momentum' (optlab x.lua --help lists the parameters)",
    ["x.lua --wieght_decay 1"] = "unknown option '--wieght_decay'; did you mean '--weight_decay'?",
    ["x.lua --lr"] = "option '--lr' requires an argument",
    ["x.lua --lr --epochs 1"] = "option '--lr' requires an argument",
    ["x.lua --lr 0.1 0.2"] = "unexpected argument '0.2' (options are written --name value; several values: "
      .. "--lr 0.1,0.2)",
    ["x.lua 0.1"] = "unexpected argument '0.1' (options are written --name value)",
    ["--jobs 0 x.lua"] = "--jobs must be an integer of at least 1, got '0'",
    ["--dry-run=1 x.lua"] = "option '--dry-run' takes no value",
    ["x.lua --out y"] = "--out: the files of a sweep lie in its own directory (docs/howto/sweeps.md)",
    ["x.lua --no-keep"] = "--no-keep: the cells of a sweep are runs that are kept",
    ["x.lua --minimize a --maximize b"] = "give either --minimize or --maximize",
  } do
    it("explains " .. (line == "" and "nothing" or line), function() assert.equal(message, refusal(line)) end)
  end
end)

describe("the cells", function()
  local function values(plan, ...)
    local rows = {}
    for i, cell in ipairs(plan.cells) do
      rows[i] = {}
      for k, name in ipairs { ... } do rows[i][k] = cell.values[name] end
    end
    return rows
  end

  it("are all combinations, the seed varies fastest", function()
    local plan = cells "x.lua --seed 1,2 --lr 0.1,0.2 --method sgd,adam"
    assert.same({
      { 0.1, "sgd", 1 }, { 0.1, "sgd", 2 }, { 0.1, "adam", 1 }, { 0.1, "adam", 2 },
      { 0.2, "sgd", 1 }, { 0.2, "sgd", 2 }, { 0.2, "adam", 1 }, { 0.2, "adam", 2 },
    }, values(plan, "lr", "method", "seed"))
    assert.same({ "--lr", "0.1", "--method", "sgd", "--seed", "1" }, plan.cells[1].words)
    assert.same({ "lr", "method" }, { plan.varied[1].name, plan.varied[2].name })
  end)

  it("have all parameters, and the identity of a single run", function()
    local cell = cells("x.lua --lr 0.5 --seed 3").cells[1]
    assert.same({ lr = 0.5, weight_decay = 0.0, method = "sgd", nesterov = false, betas = { 0.9, 0.999 }, epochs = 3,
      note = "" }, cell.parameters)
    assert.equal(3, cell.seed)
    assert.equal(require("optlab.runs").cell("-- bytes", cell.parameters, 3), cell.id)
    assert.not_equal(cells("x.lua --lr 0.5 --seed 4").cells[1].id, cell.id)
  end)

  it("hand over lists, empty texts and texts with dashes as words", function()
    assert.same({ "--betas", "0.5,0.9" }, cells("x.lua --betas 0.5,0.9 --betas 0.8,0.9").cells[1].words)
    assert.same({ "--note=" }, cells("x.lua --note=").cells[1].words)
    assert.same({ "--note=--a" }, cells("x.lua --note=--a").cells[1].words)
    assert.same({ "--nesterov", "false" }, cells("x.lua --no-nesterov").cells[1].words)
  end)

  it("use the seed of the script where none is given", function()
    assert.equal(7, cells("x.lua --lr 1", { LIST[1], { name = "seed", kind = "integer", default = 7 } }).cells[1].seed)
  end)

  it("are refused where they are too many or none", function()
    local plan, message = cells "x.lua --lr linspace(0,1,1000) --weight_decay linspace(0,1,1000)"
    assert.same({ nil, "these are 1000000 cells, at most 100000" }, { plan, message })
    plan, message = cells "x.lua"
    assert.same({ nil, "nothing to vary: give a parameter of x.lua several values" }, { plan, message })
    plan, message = cells "x.lua --lr -1,1"
    assert.same({ nil, "--lr must be a number of at least 0, got '-1'" }, { plan, message })
  end)

  it("are drawn at random from ranges and lists, the first ones the same for more of them", function()
    local line = "x.lua --lr log(1e-4,1) --weight_decay 0..0.5 --method sgd,adam --epochs 2..9 --sample "
    local plan, more = cells(line .. 5), cells(line .. 9)
    local few = values(plan, "lr", "weight_decay", "method", "epochs")
    assert.equal(5, #few)
    local many = values(more, "lr", "weight_decay", "method", "epochs")
    for i = 1, 5 do assert.same(many[i], few[i]) end
    assert.same(values(cells(line .. 5), "lr"), values(plan, "lr"))
    assert.not_same(values(cells(line .. "5 --sample-seed 1"), "lr"), values(plan, "lr"))
    for _, row in ipairs(many) do
      assert.is_true(row[1] >= 1e-4 and row[1] <= 1 and row[2] >= 0 and row[2] <= 0.5)
      assert.equal("float", math.type(row[2]))
      assert.is_true(row[4] >= 2 and row[4] <= 9 and math.type(row[4]) == "integer")
    end
  end)

  it("that are drawn run with every seed, and each once", function()
    local plan = cells "x.lua --method sgd,adam --seed 1..3 --sample 50"
    assert.equal(6, #plan.cells)
    local none, message = cells "x.lua --lr 0.1 --seed 1..3 --sample 50"
    assert.same({ nil, "--sample: no parameter but the seed has several values or a range to draw from" },
      { none, message })
  end)
end)
