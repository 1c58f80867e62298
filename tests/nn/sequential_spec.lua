--- nn.Sequential.
local lab = require "optlab"
local nn = lab.nn

describe("Sequential", function()
  it("is a list of layers", function()
    local a, b = nn.Linear(2, 3), nn.Tanh()
    local net = nn.Sequential(a, b)
    assert.equal(2, #net)
    assert.equal(a, net[1])
    assert.equal(b, net[2])
    assert.equal(net, net:append(nn.Linear(3, 1)))
    assert.same({ 4, 1 }, net(lab.ones(4, 2)).shape)
    net[2] = nn.ReLU()
    assert.equal("ReLU", nn.type(net[2]))
    net[4] = nn.Flatten(1)
    assert.same({ 4 }, net(lab.ones(4, 2)).shape)
    assert.equal(3, #nn.Sequential { a, b, nn.ReLU() })
  end)

  it("gives its input back when empty", function()
    local x = lab.ones(2)
    assert.equal(x, nn.Sequential()(x))
  end)

  it("takes plain functions and modules of one's own between built-in layers", function()
    local Double = nn.Module.extend { name = "Double", forward = function(_, x) return 2 * x end }
    local net = nn.Sequential(nn.ReLU(), lab.exp, nn.Identity(), Double(), nn.Flatten(1))
    local x = lab.tensor { { 0, 1 }, { -1, 2 } }
    assert.same((2 * lab.exp(lab.relu(x))):reshape(-1):tolist(), net(x):tolist())
    assert.is_truthy(tostring(net):find("(1): Lambda()", 1, true))
  end)

  it("names parameters as PyTorch does and always gives the same tensors", function()
    local net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Sequential(nn.Linear(3, 1, { bias = false })))
    local names = {}
    for name in net:named_parameters() do names[#names + 1] = name end
    assert.same({ "0.weight", "0.bias", "2.0.weight" }, names)
    local again = {}
    for name in pairs(net:named_parameters()) do again[#again + 1] = name end
    assert.same(names, again)
    local first, second = net:parameters(), net:parameters()
    for i = 1, 3 do assert.equal(first[i], second[i]) end
    assert.equal(net[1].weight, first[1])
    assert.equal(net[1].weight, net:named_parameters()["0.weight"])
  end)

  it("runs many layers as it runs them one by one, and those together that one operation can do", function()
    for before = 28, 33 do -- where the layers are handed over in parts
      local net = nn.Sequential()
      for i = 1, before do net:append(i % 9 == 0 and lab.tanh or nn.Tanh()) end
      net:append(nn.Conv2d(1, 2, 3)):append(nn.ReLU()):append(nn.MaxPool2d(2)):append(nn.Flatten())
      lab.manual_seed(before)
      local x = lab.randn(8, 1, 6, 6):requires_grad_()
      local y = x
      for i = 1, #net do y = net[i](y) end
      assert.same(y:tolist(), net(x):tolist())
      assert.same(lab.autograd.grad((y ^ 2):sum(), x):tolist(), lab.autograd.grad((net(x) ^ 2):sum(), x):tolist())
    end
  end)

  it("names the layer that fails, however far back it is", function()
    local net = nn.Sequential()
    for _ = 1, 40 do net:append(nn.Identity()) end
    net:append(nn.Linear(3, 1))
    local ok, why = pcall(net, lab.ones(2, 2))
    assert.is_false(ok)
    assert.matches("nn.Linear: .*layer 41 'Linear' of Sequential", why)
  end)

  it("counts a layer that is used twice once", function()
    local shared = nn.Linear(2, 2)
    local net = nn.Sequential(shared, nn.Tanh(), shared)
    assert.equal(2, #net:parameters())
    assert.equal(3, #net:modules())
    local other = nn.Linear(2, 2)
    other.weight = shared.weight
    assert.equal(3, #nn.Sequential(shared, other):parameters())
  end)
end)
