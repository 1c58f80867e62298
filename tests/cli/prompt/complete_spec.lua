--- What Tab does at the prompt.
local complete = require("optlab.cli.prompt.complete").complete
local files = require "tests.support.files"
local lab = require "optlab"
local scopes = require "optlab.cli.prompt.scope"

local PARTS = { "nn", "optim", "train", "data", "plot" }

describe("Tab at the prompt", function()
  local scope

  setup(function()
    rawset(_G, "lab", lab)
    for _, part in ipairs(PARTS) do rawset(_G, part, lab[part]) end
  end)

  teardown(function()
    rawset(_G, "lab", nil)
    for _, part in ipairs(PARTS) do rawset(_G, part, nil) end
  end)

  before_each(function() scope = scopes.new() end)

  local function define(name, value) scope:compile(("local %s = ..."):format(name))(value) end
  local function inserts(expected, text) assert.equal(expected, (complete(text, scope)), text) end

  local function shows(text, name, other)
    local _, list = complete(text, scope)
    list = " " .. (list or ""):gsub("%s+", " ") .. " "
    assert.is_truthy(list:find(" " .. name .. " ", 1, true), text .. ":" .. list)
    if other then assert.is_nil(list:find(" " .. other .. " ", 1, true), text .. ":" .. list) end
  end

  it("completes globals, keywords and locals", function()
    inserts("urn", "ret")
    define("my_network", 1)
    inserts("etwork", "x = my_n")
    inserts("", "x = nowhere_to")
  end)

  it("completes fields and methods of values", function()
    define("t", lab.zeros(2))
    define("net", lab.nn.Linear(1, 1))
    define("config", { learning_rate = 1, inner = { deep = 2 } })
    inserts("e", "optim.defin")
    inserts("earning_rate", "config.l")
    inserts("eep", "print(config.inner.d")
    inserts("rad_", "t:requires_g")
    shows("net:", "parameters", "mm")
    shows("lab.", "params")
  end)

  it("completes methods of what a call gives, and runs nothing", function()
    define("boom", function() error "it was called" end)
    shows("lab.zeros(2):m", "mm")
    shows("x = lab.zeros(2):mm(boom(')')):add{1}:m", "mul_")
    shows("nn.Linear(1, 1):named_", "named_parameters", "name")
    shows("optim.SGD(boom()):", "zero_grad", "mm")
    shows("plot.figure{title = 'a'}:line{1}:", "save", "mm")
    shows("data.loader(boom()):", "batches")
    inserts("", "boom():")
    define("net", lab.nn.Linear(1, 1))
    shows("net(x):", "mm", "parameters")
    define("SGD", lab.optim.SGD)
    shows("SGD(x):", "step")
  end)

  it("completes the options of the call that the line is in", function()
    inserts("tum = ", "optim.SGD(params, {lr = 0.1, momen")
    shows("optim.SGD(net:parameters(), {", "nesterov =")
    shows("optim.SGD(p, {momentum = 0.9, ", "lr =", "momentum =")
    shows("train.fit{model = net, ", "epochs =", "model =")
    inserts("teps = ", "train.fit{checkpoint = {every_s")
    inserts("el = ", "plot.figure():line(x, y, {lab")
    inserts("", "{momen")
  end)

  it("completes names of the reference after ?", function()
    inserts("near", "?nn.Li")
    inserts("arameters", "?Module:p")
    inserts("rad_", "?clip_g")
    shows("?Tensor:a", "Tensor:abs")
  end)

  it("completes files inside a string", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    files.write(dir .. "/some table.csv", "1")
    inserts("table.csv", ("data.csv('%s/some "):format(dir))
    inserts("", ("print('a' .. \"%s/nothing"):format(dir))
  end)

  it("indents at the beginning of a line, and leaves comments alone", function()
    inserts("  ", "")
    inserts("  ", "for i = 1, 2 do\n  ")
    inserts("", "x = 1 -- ret")
  end)
end)
