--- How the prompt shows values.
local lab = require "optlab"
local show = require("optlab.cli.prompt.show").text
local nn, optim, train = lab.nn, lab.optim, lab.train

local function f(x) return x ^ 2 end

describe("a table at the prompt", function()
  it("shows its fields, and short tables inside", function()
    assert.equal('{1, 2, ["a b"] = "c", x = {}}', show { 1, 2, x = {}, ["a b"] = "c" })
    assert.equal("{lr = 0.1, seeds = {1, 2}}", show { lr = 0.1, seeds = { 1, 2 } })
    assert.equal("{{a = {b = {...}}}}", show { { a = { b = { c = 1 } } } })
    assert.equal("{}", show {})
    assert.equal("{[1.5] = 3.0, [true] = function}", show { [1.5] = 3.0, [true] = print })
  end)

  it("is cut where it is long", function()
    local list, fields = {}, {}
    for i = 1, 100 do
      list[i] = i / 3
      fields["field" .. i] = i
    end
    assert.equal("{0.333333, 0.666667, 1.0, ..., 33.3333} (100 in all)", show(list))
    assert.equal("{list = {0.333333, 0.666667, 1.0, ..., 33.3333} (100 in all)}", show { list = list })
    assert.equal("{{...} (100 fields)}", show { fields })
    assert.matches("\n  %.%.%.\n}$", show(fields))
    assert.is_true(#show(fields) < 1000)
  end)

  it("shows tensors and modules inside on a line", function()
    assert.equal("{1 2 [float32 (2)]}", (show { lab.tensor { 1, 2 } }:gsub(" +", " ")))
    assert.equal("{[float32 (20, 30)]}", show { lab.zeros(20, 30) })
    local net = nn.Sequential(nn.Linear(200, 300), nn.ReLU(), nn.Linear(1, 1))
    assert.equal("{net = Sequential(...)}", show { net = net })
  end)

  it("that holds itself ends", function()
    local t = {}
    t.t = t
    assert.equal("{t = {t = {t = {...}}}}", show(t))
  end)
end)

describe("what the library gives", function()
  it("is shown as what it is", function()
    local net = nn.Linear(1, 1)
    for expected, value in pairs {
      ["^Linear%(in_features=1"] = net, ["^SGD %("] = optim.SGD(net:parameters()),
      ["^Dataset airfoil: X %(10, 5%)"] = lab.data.airfoil { n = 10 },
      ["^Loader%(2 rows"] = lab.data.loader { X = lab.ones(2, 1) },
      ["^Cosine%(max_update=3%)"] = lab.sched.Cosine { max_update = 3 },
      ['^Figure "t" %(0 elements'] = lab.plot.figure { title = "t" },
      ["^{epochs = 1}$"] = { epochs = 1 },
      ["^class N below Module %("] = nn.Module.extend { name = "N" },
    } do assert.matches(expected, show(value)) end
  end)

  it("is shown by its name if it is a function or a part", function()
    assert.equal("function nn.Linear (?nn.Linear explains it)", show(nn.Linear))
    assert.equal("function lab.exp (?lab.exp explains it)", show(lab.exp))
    local text = show(nn)
    assert.matches("^nn %(%?nn explains these names%)\n  ", text)
    assert.matches(" Linear ", text, 1, true)
    assert.matches("^lab ", show(lab))
  end)

  it("is a history with its losses, a path with its points", function()
    local model = nn.Linear(5, 1)
    local history = train.fit {
      model = model, data = lab.data.loader(lab.data.airfoil { n = 20 }, { batch_size = 10 }), epochs = 2,
      progress = false,
      loss = function(p, y) return nn.functional.mse_loss(p, y:reshape(-1, 1)) end,
      optimizer = optim.SGD(model:parameters(), { lr = 0.01 }),
    }
    local text = show(history)
    assert.matches("^history of 2 points, loss [%d.]+ to [%d.]+ {", text)
    assert.matches("\n  steps = {2, 4},\n", text, 1, true)
    assert.equal("{2.0, 1.0, 0.5}", show(train.descend(f, 2, { "SGD", lr = 0.25 }, 2)))
    assert.matches("^{{2.0, 2.0}, .-, ..., {.-}} %(31 in all%)$",
      show(train.descend(function(a, b) return a ^ 2 + b ^ 2 end, { 2, 2 }, { "SGD", lr = 0.25 }, 30)))
    local diverged = setmetatable({ 1, 2 }, { __name = "path", __index = { diverged = { step = 2 } } })
    assert.matches(", diverged at step 2$", show(diverged))
  end)
end)

describe("one's own function", function()
  it("is shown with its arguments and the place of its definition", function()
    assert.matches("^function%(a, %.%.%.%), defined in .*show_spec.lua:%d+$", show(function(a, ...) return a, ... end))
    assert.equal("{f = function(x)}", show { f = f })
  end)
end)
