local new = require("optlab.train.sweep_results").new

-- Results of runs, one a table of parameters, with the losses 1, 2, 3, ...
local function results(...)
  local list = {}
  for i, run in ipairs { ... } do list[i] = { run = run, loss = i, diverged = false } end
  return new(list)
end

describe("the results of train.sweep", function()
  it("are grouped by all digits of a value, also inside tables", function()
    local list = results({ betas = { 0.9, 0.9999999 } }, { betas = { 0.9, 0.99999999 } },
      { betas = { 0.9, 0.9999999 } })
    local groups = list:group "betas"
    assert.same({ 2, 1 }, { #groups[1], #groups[2] })
    assert.same({ betas = { 0.9, 0.9999999 } }, groups[1].run)
    assert.is_nil(list:group({})[1].run.betas)
  end)

  it("tell tables with other fields apart, and show these", function()
    local list = results({ o = { name = "a" } }, { o = { name = "b", 2 } }, { o = { name = "a" } })
    assert.equal(2, #list:group "o")
    assert.matches("{name = a}.*\n *{2, name = b}", list:table())
  end)

  it("take 1 and 1.0 for the same value, 1 and \"1\" for two", function()
    assert.equal(1, #results({ n = 1 }, { n = 1.0 }):group "n")
    assert.equal(2, #results({ n = 1 }, { n = "1" }):group "n")
  end)

  it("know the parameters that only some runs have", function()
    local list = results({ lr = 0.1, seed = 1 }, { lr = 0.1, momentum = 0.9, seed = 1 })
    assert.matches("^ *lr  momentum  runs", list:table())
    assert.equal(2, #list:group "momentum")
    assert.error_matches(function() list:group "momentun" end, "no parameter 'momentun'; did you mean 'momentum'%?")
  end)

  it("keep a common parameter that is false", function()
    local list = results({ nesterov = false, seed = 1 }, { nesterov = false, seed = 2 })
    assert.same({ nesterov = false }, list:group({})[1].run)
  end)
end)
