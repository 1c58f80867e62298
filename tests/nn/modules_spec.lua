--- Lists and tables of modules, hooks, copies, modules as functions of their parameters.
local lab = require "optlab"
local errors = require "tests.support.errors"
local nn, F = lab.nn, lab.nn.functional

local function names(m)
  local list = {}
  for name in pairs(m:named_parameters()) do list[#list + 1] = name end
  return table.concat(list, " ")
end

describe("containers", function()
  it("list modules and parameters by number and by name", function()
    local Net = nn.Module.extend { name = "Net" }
    function Net:init()
      self.layers = nn.ModuleList { nn.Linear(2, 2), nn.Linear(2, 1) }
      self.heads = nn.ModuleDict { b = nn.Linear(1, 1), a = nn.Tanh() }
      self.scales = nn.ParameterList(lab.ones(1), lab.ones(2))
    end
    function Net:forward(x)
      for _, layer in ipairs(self.layers) do x = layer(x) end
      return self.heads.a(self.heads.b(x)) * self.scales[1]
    end
    local net = Net()
    assert.equal("layers.0.weight layers.0.bias layers.1.weight layers.1.bias heads.b.weight heads.b.bias "
      .. "scales.0 scales.1", names(net))
    net.layers:append(nn.Linear(1, 1))
    assert.equal(3, #net.layers)
    net(lab.ones(3, 2)):sum():backward()
    assert.is_truthy(net.scales[1].grad)
    net:zero_grad()
    assert.is_nil(net.scales[1].grad)
    assert.is_nil(net.layers[1].weight.grad)
    assert.matches("ModuleList%(\n    %(0%): Linear", tostring(net))
    assert.equal("b.weight b.bias", names(nn.ModuleDict { { "b", nn.Linear(1, 1) }, { "a", nn.Tanh() } }))
    errors.fails("nn.ModuleList: member 1 must be a module", function() nn.ModuleList { 1 } end)
    errors.fails("nn.ParameterList: member 1 must be a tensor", function() nn.ParameterList(1) end)
    errors.fails("nn.ModuleDict: a must be a module", function() nn.ModuleDict { a = 1 } end)
  end)
end)

describe("copies", function()
  it("have tensors of their own and share what the original shares", function()
    local net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 2))
    net[3].weight = net[1].weight
    net[1].bias.requires_grad = false
    net:eval()
    local copy = lab.deepcopy(net)
    local x = lab.randn(3, 2)
    assert.same(net(x):tolist(), copy(x):tolist())
    assert.equal(names(net), names(copy))
    assert.is_true(rawequal(copy[1].weight, copy[3].weight))
    assert.is_false(copy[1].bias.requires_grad)
    assert.is_false(copy.training or copy[2].training)
    lab.no_grad(function() copy[1].weight:fill_(7) end)
    assert.is_true(net[1].weight:ne(7):sum():item() > 0)
    assert.equal(tostring(net), tostring(copy))
    assert.matches("layer 1 'Linear' of Sequential", errors.message(function() copy(lab.ones(3, 5)) end))
  end)

  it("of modules written in Lua, tables and tensors", function()
    local Net = nn.Module.extend { name = "Net" }
    function Net:init()
      self.w = lab.ones(2):requires_grad_()
      self.list = { nn.Linear(1, 1), nn.Linear(1, 1) }
      self:register_buffer("mean", lab.zeros(1))
      self.n = 3
    end
    local net = Net()
    local copy = net:clone()
    assert.equal("w list.0.weight list.0.bias list.1.weight list.1.bias", names(copy))
    assert.equal(3, copy.n)
    assert.is_truthy(copy:named_buffers().mean)
    assert.is_false(rawequal(copy.w, net.w))
    local t = lab.deepcopy { a = net.w, b = { net.w } }
    assert.is_true(rawequal(t.a, t.b[1]))
    errors.fails("only tensors that were not computed", function() lab.deepcopy(net.w * 2) end)
  end)
end)

describe("a module as a function of its parameters", function()
  it("is called with other tensors, also computed ones", function()
    local net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    local x = lab.randn(4, 2)
    local scale = lab.ones({}, { requires_grad = true })
    local others = {}
    for name, p in pairs(net:named_parameters()) do others[name] = p:detach() * scale end
    local y = nn.functional_call(net, others, x)
    assert.same(net(x):tolist(), y:tolist())
    y:sum():backward()
    assert.is_truthy(scale.grad)
    assert.is_nil(net[1].weight.grad)
    assert.is_true(net[1].weight.is_leaf)
    errors.fails("nn.functional_call: the module has no tensor 'w'", function()
      nn.functional_call(net, { w = x }, x)
    end)
    errors.fails("nn.functional_call: '0.weight' must have shape (3, 2), got (4, 2)", function()
      nn.functional_call(net, { ["0.weight"] = x }, x)
    end)
    local before = net[1].weight
    errors.fails("input", function() nn.functional_call(net, others, lab.ones(4, 5)) end)
    assert.is_true(rawequal(before, net[1].weight))
  end)

  it("puts each parameter back where it was, also where one stood for another", function()
    local net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    local a, b, one = net[1].weight, net[2].weight, lab.ones(2, 2)
    for _, others in ipairs { { b, nil }, { b, a }, { one, one } } do
      local y = nn.functional_call(net, { ["0.weight"] = others[1], ["1.weight"] = others[2] }, lab.ones(1, 2))
      local want = F.linear(F.linear(lab.ones(1, 2), others[1], net[1].bias), others[2] or b, net[2].bias)
      assert.same(want:tolist(), y:tolist())
      assert.is_true(rawequal(a, net[1].weight) and rawequal(b, net[2].weight))
    end
    assert.is_false(pcall(nn.functional_call, net, { ["0.weight"] = one, ["1.weight"] = one:t() }, lab.ones(3, 3)))
    assert.is_true(rawequal(a, net[1].weight) and rawequal(b, net[2].weight))
  end)

  it("keeps nothing of them", function()
    local Scale = nn.Module.extend { name = "Scale" }
    function Scale:init() self.w = lab.ones(2, { requires_grad = true }) end
    function Scale:forward(x) return x * self.w end
    local m = Scale()
    local others = { w = m.w * 2 }
    nn.functional_call(m, others, lab.ones(2))
    local copy = m:clone()
    assert.same({ 1, 1 }, copy.w:tolist())
    assert.equal(1, #copy:parameters())
    assert.is_true(others.w.requires_grad)
  end)

  it("and they are one vector", function()
    local net = nn.Linear(2, 3)
    local v = nn.utils.parameters_to_vector(net:parameters())
    assert.same({ 9 }, v.shape)
    nn.utils.vector_to_parameters(lab.arange(1, 10), net:parameters())
    assert.same({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, net.weight:tolist())
    assert.same({ 7, 8, 9 }, net.bias:tolist())
    errors.fails("vector must have 9 elements", function()
      nn.utils.vector_to_parameters(lab.ones(8), net:parameters())
    end)
  end)
end)

describe("hooks of modules", function()
  it("see and change inputs and outputs", function()
    local inner = nn.Linear(2, 2)
    local net = nn.Sequential(inner, nn.Tanh())
    local x = lab.randn(3, 2)
    local plain, log = net(x):tolist(), {}
    local handles = {
      inner:register_forward_pre_hook(function(m, inputs) log[#log + 1] = { m, inputs[1] } end),
      inner:register_forward_hook(function(_, _, output) return output * 0 end),
      net:register_forward_hook(function(m, _, output) log[#log + 1] = { m, output } end),
    }
    assert.equal(0, net(x):abs():sum():item())
    assert.is_true(rawequal(inner, log[1][1]))
    assert.same(x:tolist(), log[1][2]:tolist())
    assert.is_true(rawequal(net, log[2][1]))
    for _, handle in ipairs(handles) do handle:remove() end
    assert.same(plain, net(x):tolist())
    assert.equal(2, #log)
  end)

  it("see and change gradients", function()
    local inner = nn.Linear(2, 2)
    local net = nn.Sequential(nn.Tanh(), inner, nn.Tanh())
    local x = lab.randn(3, 2, { requires_grad = true })
    net(x):sum():backward()
    local want, seen = x.grad, nil
    x.grad = nil
    local handle = inner:register_full_backward_hook(function(_, inputs, outputs)
      seen = { #inputs, inputs[1].shape, #outputs, outputs[1].shape }
      return inputs[1] * 2
    end)
    net(x):sum():backward()
    assert.same({ 1, { 3, 2 }, 1, { 3, 2 } }, seen)
    assert.same((want * 2):tolist(), x.grad:tolist())
    handle:remove()
  end)
end)
