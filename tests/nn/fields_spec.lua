--- The fields of modules written in Lua: which are found, in which order, under which names, and which are refused.
local lab = require "optlab"
local errors = require "tests.support.errors"
local nn = lab.nn

local function parameter() return lab.ones(1, { requires_grad = true }) end

-- A module whose init is a function of the spec.
local function make(init)
  return nn.Module.extend { name = "M", init = init, forward = function(_, x) return x end }()
end

local function names(net)
  local list = {}
  for name in net:named_parameters() do list[#list + 1] = name end
  return table.concat(list, " ")
end

describe("fields of a module", function()
  describe("are in the order in which they are assigned:", function()
    it("those of one statement as they stand there", function()
      assert.equal("a.weight b.weight c.weight", names(make(function(self)
        self.a, self.b, self.c = nn.Linear(1, 1, { bias = false }), nn.Linear(1, 1, { bias = false }),
          nn.Linear(1, 1, { bias = false })
      end)))
      assert.equal("w v", names(make(function(self) self.w, self.v = parameter(), parameter() end)))
      local x, y = parameter(), parameter()
      assert.equal("a b c", names(make(function(self) self.a, self.b, self.c = y, x, parameter() end)))
      assert.equal("b a", names(make(function(self)
        self.b,
        self.a = y,
          x
      end)))
    end)

    it("statements one after the other, on one line too", function()
      local x, y, z = parameter(), parameter(), parameter()
      assert.equal("c a b", names(make(function(self) self.c = z self.a = x self.b = y end)))
      assert.equal("p3 p2 p1", names(make(function(self)
        for i, p in ipairs { x, y, z } do self["p" .. 4 - i] = p end
      end)))
      assert.equal("a b c d", names(make(function(self)
        self.a, self.b = x, y
        self.c, self.d = z, parameter()
      end)))
    end)

    it("with values of other kinds between them", function()
      assert.equal("a b", names(make(function(self) self.a, self.n, self.b = parameter(), 3, parameter() end)))
      assert.equal("a list.0", names(make(function(self) self.a, self.list = parameter(), { parameter() } end)))
      assert.equal("list.0 a", names(make(function(self) self.list, self.a = { parameter() }, parameter() end)))
    end)

    it("of a container too", function()
      local Net = nn.Sequential.extend { name = "Net" }
      local net = Net(nn.Linear(1, 1, { bias = false }))
      net.gain, net.shift = parameter(), parameter()
      assert.equal("gain shift 0.weight", names(net))
    end)

    it("at the end after they were removed", function()
      local net = make(function(self) self.a, self.b = parameter(), parameter() end)
      net.a = nil
      assert.equal("b", names(net))
      net.a = parameter()
      assert.equal("b a", names(net))
    end)
  end)

  describe("that are tables", function()
    local function net()
      return make(function(self)
        self.first = nn.Linear(1, 1)
        self.layers = {}
        self.last = nn.Linear(1, 1, { bias = false })
        for i = 1, 2 do self.layers[i] = nn.Linear(1, 1, { bias = i == 1 }) end
      end)
    end

    it("hold children and parameters, also ones that are put in later", function()
      local m = net()
      assert.equal("first.weight first.bias layers.0.weight layers.0.bias layers.1.weight last.weight", names(m))
      assert.equal(5, #m:modules())
      m:eval()
      assert.is_false(m.layers[2].training)
      m.layers[2].weight:sum():backward()
      m:zero_grad()
      assert.is_nil(m.layers[2].weight.grad)
      m:to "float64"
      assert.equal("float64", m.layers[1].weight.dtype)
      local other = net():to "float64"
      other:load_state_dict(m:state_dict())
      assert.equal(m.layers[1].weight:item(), other.layers[1].weight:item())
      assert.matches("(layers.1): Linear(in_features=1, out_features=1, bias=False)", tostring(m), 1, true)
    end)

    it("by name and nested", function()
      local m = make(function(self)
        self.parts = { up = parameter(), down = { parameter(), nn.Linear(1, 1, { bias = false }) }, n = 3 }
        self.parts.round = self.parts
        self.log = { 1, 2, 3 }
      end)
      assert.equal("parts.down.0 parts.up parts.down.1.weight", names(m))
      assert.equal(3, #m:requires_grad_(false):parameters())
      assert.equal(3, #m:requires_grad_(true):parameters())
    end)
  end)

  describe("that change", function()
    it("are what they hold now", function()
      local m = make(function(self) self.a, self.layer = parameter(), false end)
      m.a, m.layer = nn.Linear(1, 1, { bias = false }), nn.Linear(1, 1, { bias = false })
      assert.equal("a.weight layer.weight", names(m))
      assert.equal(3, #m:modules())
      m.layer = parameter()
      assert.equal("layer a.weight", names(m))
    end)

    it("stay parameters while they are frozen", function()
      local m = make(function(self) self.a = parameter() end)
      m:requires_grad_(false)
      assert.equal("a", names(m))
    end)

    it("stay buffers", function()
      local m = make(function(self) self:register_buffer("seen", lab.zeros(1)) end)
      m.seen = lab.ones(1)
      assert.equal(1, #m:buffers())
      assert.equal("", names(m))
    end)
  end)

  describe("that are shared", function()
    it("count once and are saved under all their names", function()
      local m = make(function(self)
        self.a = nn.Linear(1, 1)
        self.b = self.a
        self.w = self.a.weight
      end)
      assert.equal("w a.bias", names(m))
      local saved = {}
      for name in m:state_dict() do saved[#saved + 1] = name end
      assert.same({ "w", "a.weight", "a.bias", "b.weight", "b.bias" }, saved)
      m:load_state_dict(m:state_dict())
    end)
  end)

  describe("are refused:", function()
    for _, name in ipairs { "train", "parameters", "forward", "register_buffer", "extend", "class", "state_dict" } do
      it("a value called " .. name, function()
        for _, value in ipairs { 5, nn.Identity(), lab.ones(1) } do
          local text = errors.text(function() make(function(self) self[name] = value end) end)
          assert.matches(("M: a field cannot be called '%s'"):format(name), text, 1, true)
        end
      end)
    end

    it("one that is called like a method of its own class", function()
      local Net = nn.Module.extend { name = "Net", encode = function() end }
      errors.says(function() Net().encode = nn.Identity() end, "fields_spec.lua:",
        "Net: a field cannot be called 'encode'")
    end)

    it("a buffer that is called like a method", function()
      errors.says(function() make(function(self) self:register_buffer("eval", lab.ones(1)) end) end,
        "M: a field cannot be called 'eval'")
    end)

    it("a name with a dot", function()
      errors.says(function() make(function(self) self["a.b"] = nn.Identity() end) end, "cannot be 'a.b'")
      errors.says(function() make(function(self) self:register_buffer("a.b", lab.ones(1)) end) end, "cannot be 'a.b'")
    end)

    it("a method of modules that is no function in a class", function()
      errors.says(function() nn.Module.extend { name = "N", train = 5 } end,
        "N: 'train' is a method of modules and must be a function, got 5")
      local Net = nn.Module.extend { name = "N" }
      errors.says(function() Net.parameters = {} end, "N: 'parameters' is a method of modules")
      function Net:train() return self end
      assert.is_truthy(Net():train())
    end)

    it("a module inside itself", function()
      local m = make(function() end)
      errors.says(function() m.me = m end, "fields_spec.lua:", "M: a module cannot contain itself; 'me' does")
      local outer = nn.Sequential(m)
      errors.says(function() m.outer = outer end, "M: a module cannot contain itself; 'outer' does")
      errors.says(function() outer:append(outer) end, "Sequential: a module cannot contain itself")
    end)

    it("a module that comes into itself through a table", function()
      local m = make(function(self) self.list = {} end)
      m.list[1] = m
      errors.says(function() m:state_dict() end, "M: a module cannot contain itself; 'list.0' does")
      assert.equal("M(\n  (list.0): M(...)\n)", tostring(m))
      assert.equal(0, #m:parameters())
    end)
  end)

  it("may be functions in the place of forward", function()
    local m = make(function(self) self.forward = function(_, x) return 2 * x end end)
    assert.equal(6, m(lab.tensor(3)):item())
  end)
end)
