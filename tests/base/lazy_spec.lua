-- Fields that are loaded when they are first used, and what a script that starts does without.

local lab = require "optlab"
local lazy = require "optlab.base.modules.lazy"
local program = require "tests.support.program"

local function space()
  local asked = {}
  local t = lazy.fields({ there = 1 }, "lab.space", {
    shell = { "optlab.base.text.shell" },
    nearest = { "optlab.base.errors", "nearest" },
    made = function(name)
      asked[#asked + 1] = name
      return lazy.fields({}, "lab.space.made", { inner = function(inner)
        asked[#asked + 1] = inner
        return 2
      end })
    end,
  })
  return t, asked
end

describe("lazy fields", function()
  it("are loaded once, when they are first used", function()
    local t, asked = space()
    assert.equal(1, t.there)
    assert.equal(require "optlab.base.text.shell", t.shell)
    assert.equal(require("optlab.base.errors").nearest, t.nearest)
    assert.same({}, asked)
    assert.equal(t.made, t.made)
    assert.equal(2, t.made.inner)
    assert.same({ "made", "inner" }, asked)
  end)

  it("are all met by pairs, those in fields too", function()
    local t, asked = space()
    local names = {}
    for name in pairs(t) do names[#names + 1] = name end
    table.sort(names)
    assert.same({ "made", "nearest", "shell", "there" }, names)
    assert.same({ "made", "inner" }, asked)
  end)

  it("are found without an error by get", function()
    local t = space()
    assert.equal(2, lazy.get(lazy.get(t, "made"), "inner"))
    assert.is_nil(lazy.get(t, "mode"))
    assert.is_nil(lazy.get({}, "mode"))
  end)

  it("name what was meant", function()
    local t = space()
    assert.error_matches(function() return t.mode end, "lab.space has no 'mode'; did you mean 'made'?", 1, true)
    assert.is_nil(t[1])
  end)
end)

describe("at the start", function()
  local SCRIPT = [[
    local lab = require "optlab"
    local net = lab.nn.Linear(2, 1)
    local opt = lab.optim.SGD(net:parameters(), { lr = 0.1 })
    lab.nn.MSELoss()(net(lab.ones(4, 2)), lab.ones(4, 1)):backward()
    opt:step()
    local names = {}
    for name in pairs(package.loaded) do
      if name:find "^optlab%.optim%." or name:find "^optlab%.nn%." or name:find "^optlab%.linalg"
        or name:find "^optlab%.train" then
        names[#names + 1] = name
      end
    end
    table.sort(names)
    print(table.concat(names, " "))
  ]]

  it("a script loads the layers and optimizers that it uses", function()
    local pipe = assert(io.popen(("'%s' -e '%s' 2>&1"):format(program.path, SCRIPT)))
    local text = pipe:read "a"
    pipe:close()
    assert.equal("optlab.nn.module optlab.nn.ordered_dict optlab.optim.matrix optlab.optim.wrappers\n", text)
  end)

  it("methods of modules that are loaded later are there", function()
    local net = lab.nn.Linear(2, 1)
    for _, name in ipairs { "clone", "register_forward_hook", "register_forward_pre_hook" } do
      assert.equal("function", type(net[name]))
      assert.equal("function", type(lab.nn.Sequential(net)[name]))
    end
    assert.is_true(net:clone().weight:eq(net.weight):all():item() ~= 0)
  end)
end)
