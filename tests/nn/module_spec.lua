--- What every module can do, and modules written in Lua.
local lab = require "optlab"
local errors = require "tests.support.errors"
local layers = require "tests.support.layers"
local reference = dofile "tests/reference/nn_values.lua"
local nn = lab.nn

describe("every module", function()
  local function make()
    return nn.Sequential(nn.Linear(2, 3), nn.Dropout(), nn.Sequential(nn.Linear(3, 1)))
  end

  it("switches between training and evaluation, all the way down", function()
    local net = make()
    assert.equal(net, net:eval())
    for _, m in ipairs(net:modules()) do assert.is_false(m.training) end
    net:train()
    for _, m in ipairs(net:modules()) do assert.is_true(m.training) end
  end)

  it("forgets gradients with zero_grad", function()
    local net = make()
    net(lab.ones(4, 2)):sum():backward()
    assert.is_truthy(net[1].weight.grad)
    net:zero_grad()
    for _, p in ipairs(net:parameters()) do assert.is_nil(p.grad) end
  end)

  it("applies a function to children first, then to itself", function()
    local net, names = make(), {}
    net:apply(function(m) names[#names + 1] = nn.type(m) end)
    assert.same({ "Linear", "Dropout", "Linear", "Sequential", "Sequential" }, names)
    net:apply(function(m)
      if m.class == nn.Linear then nn.init.constant_(m.weight, 0.5) end
    end)
    assert.same({ { 0.5, 0.5, 0.5 } }, net[3][1].weight:tolist())
  end)

  it("lists its children", function()
    local net = make()
    assert.equal(3, #net:children())
    assert.equal(net[2], net:children()[2])
    local names = {}
    for name in net:named_children() do names[#names + 1] = name end
    assert.same({ "0", "1", "2" }, names)
    assert.equal(0, #nn.ReLU():children())
  end)

  it("converts its parameters in place", function()
    local net = make():eval()
    local w = net[1].weight
    local before = w:tolist()
    net(lab.ones(1, 2)):sum():backward()
    assert.equal(net, net:to "float64")
    assert.equal(w, net[1].weight)
    assert.equal("float64", w.dtype)
    assert.equal("float64", w.grad.dtype)
    assert.same(before, w:tolist())
    assert.is_true(w.requires_grad)
    assert.equal("float64", net(lab.ones(1, 2, { dtype = "float64" })).dtype)
  end)

  it("does not let a graph made before to() run backwards over converted values", function()
    local net = make():eval()
    local out = net(lab.ones(1, 2)):sum()
    net:to "float64"
    errors.fails("changed in place", function() out:backward() end)
  end)

  it("saves its state as copies and loads it back", function()
    lab.manual_seed(0)
    local net, other = make(), make()
    local state = net:state_dict()
    local names = {}
    for name, t in pairs(state) do
      names[#names + 1] = name
      assert.is_false(t.requires_grad)
    end
    assert.same({ "0.weight", "0.bias", "2.0.weight", "2.0.bias" }, names)
    local w = net[1].weight:tolist()
    assert.not_same(w, other[1].weight:tolist())
    local kept = other[1].weight
    other:load_state_dict(state)
    assert.same(w, other[1].weight:tolist())
    assert.equal(kept, other[1].weight)
    nn.init.zeros_(net[1].weight)
    assert.same(w, state["0.weight"]:tolist())
    net:load_state_dict(state)
    assert.same(w, net[1].weight:tolist())
  end)

  it("loads what fits with strict = false and says what did not", function()
    local net = make()
    local partly = { ["0.bias"] = lab.tensor { 1, 2, 3 }, x = lab.ones(1) }
    local missing, unexpected = net:load_state_dict(partly, { strict = false })
    assert.same({ "0.weight", "2.0.bias", "2.0.weight" }, missing)
    assert.same({ "x" }, unexpected)
    assert.same({ 1, 2, 3 }, net[1].bias:tolist())
  end)

  it("freezes and unfreezes", function()
    local net = make():requires_grad_(false)
    assert.is_false(net(lab.ones(1, 2)).requires_grad)
    assert.equal(4, #net:parameters())
    assert.is_true(net:requires_grad_()(lab.ones(1, 2)).requires_grad)
  end)

  for _, entry in ipairs(reference.texts) do
    it("prints as in PyTorch: " .. entry.lua, function()
      assert.equal(entry.text, tostring(layers.eval(entry.lua)))
    end)
  end

  it("prints dimensions counted from 1", function()
    assert.equal("Flatten(start_dim=2, end_dim=-1)", tostring(nn.Flatten()))
    assert.equal("Softmax(dim=2)", tostring(nn.Softmax(2)))
  end)
end)

describe("Module.extend", function()
  local Net = nn.Module.extend { name = "Net" }
  function Net:init(hidden)
    self.fc1 = nn.Linear(2, hidden)
    self.scale = lab.ones(1, { requires_grad = true })
    self.body = nn.Sequential(nn.Tanh(), nn.Linear(hidden, 1))
    self:register_buffer("calls", lab.zeros(1))
    self.note = "not a parameter"
    self.constant = lab.ones(3)
  end
  function Net:forward(x)
    self.last = self.body(self.fc1(x)) * self.scale
    return self.last
  end

  it("makes modules whose fields are parameters, buffers and children, in order", function()
    local net = Net(4)
    local names = {}
    for name in net:named_parameters() do names[#names + 1] = name end
    assert.same({ "scale", "fc1.weight", "fc1.bias", "body.1.weight", "body.1.bias" }, names)
    assert.equal(1, #net:buffers())
    net(lab.ones(5, 2)):sum():backward()
    assert.equal(5, #net:parameters()) -- `last` is no leaf
    for _, p in ipairs(net:parameters()) do assert.is_truthy(p.grad) end
    assert.equal(Net, net.class)
    assert.equal("Net", nn.type(net))
    assert.is_true(nn.is_module(net))
    assert.is_false(nn.is_module({}))
    assert.is_false(nn.is_module(lab.ones(1)))
    assert.is_nil(nn.type("Net"))
  end)

  it("gives modules everything that built-in ones have", function()
    local net = Net(3):to("float64"):eval()
    assert.is_false(net.body[2].training)
    assert.equal("float64", net.scale.dtype)
    assert.equal("float64", net.calls.dtype)
    local state = net:state_dict()
    assert.is_truthy(state.calls)
    local other = Net(3)
    other:load_state_dict(state)
    assert.same(net.fc1.weight:to("float32"):tolist(), other.fc1.weight:tolist())
    net(lab.ones(1, 2, { dtype = "float64" })):sum():backward()
    net:zero_grad()
    assert.is_nil(net.scale.grad)
    assert.equal(4, #net:modules() - 1)
  end)

  it("trains like a built-in one", function()
    lab.manual_seed(0)
    local net = Net(8)
    local x = lab.randn(32, 2)
    local y = (x:sum(2, { keepdim = true })):detach()
    local loss = nn.MSELoss()
    local function descend()
      net:zero_grad()
      local l = loss(net(x), y)
      l:backward()
      lab.no_grad(function()
        for _, p in ipairs(net:parameters()) do p:sub_(0.1 * p.grad) end
      end)
      return l:item()
    end
    local first, last = descend(), nil
    for _ = 1, 100 do last = descend() end
    assert.is_true(last < 0.1 * first, ("loss went from %g to %g"):format(first, last))
  end)

  it("prints names and extra_repr", function()
    local Scale = nn.Module.extend { name = "Scale", extra_repr = function(self) return "by=" .. self.by end }
    local m = Scale()
    m.by = 3
    assert.equal("Scale(by=3)", tostring(m))
    assert.equal("Net(\n  (fc1): Linear(in_features=2, out_features=3, bias=True)\n  (body): Sequential(\n"
      .. "    (0): Tanh()\n    (1): Linear(in_features=3, out_features=1, bias=True)\n  )\n)", tostring(Net(3)))
  end)

  it("makes classes below classes", function()
    local Twice = Net.extend { name = "Twice" }
    function Twice:forward(x) return 2 * Twice.super.forward(self, x) end
    lab.manual_seed(1)
    local a = Net(3)
    lab.manual_seed(1)
    local b = Twice(3)
    local x = lab.ones(2, 2)
    assert.same((2 * a(x)):tolist(), b(x):tolist())
    local Residual = nn.Sequential.extend { name = "Residual" }
    function Residual:forward(v) return v + nn.Sequential.forward(self, v) end
    local r = Residual(nn.ReLU())
    assert.same({ 2, -1 }, r(lab.tensor { 1, -1 }):tolist())
    assert.same({ 2, -1 }, nn.Sequential(r)(lab.tensor { 1, -1 }):tolist())
    r.gain, r.extra = lab.ones(1, { requires_grad = true }), nn.Linear(1, 1)
    assert.equal(3, #r:parameters())
    r.gain:backward()
    r:zero_grad()
    assert.is_nil(r.gain.grad)
    r.gain, r.extra = nil, nil
    assert.equal("Residual(\n  (0): ReLU()\n)", tostring(r))
  end)

  it("takes several arguments and gives several results", function()
    local Two = nn.Module.extend { forward = function(_, a, b) return a + b, a - b end }
    local s, d = Two()(lab.tensor { 3 }, lab.tensor { 1 })
    assert.equal(4, s:item())
    assert.equal(2, d:item())
  end)

  it("may be written with a colon", function()
    local A = nn.Module:extend { name = "A" }
    local B = A:extend { name = "B", forward = function() return 7 end }
    assert.equal(7, B()())
    assert.equal("B()", tostring(B()))
  end)
end)
