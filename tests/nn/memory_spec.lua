--- Layers and losses give their memory back, also when it runs out.
local lab = require "optlab"
local tensors = require "tests.support.tensors"
local nn, F = lab.nn, lab.nn.functional

describe("memory", function()
  local function live()
    collectgarbage()
    collectgarbage()
    return lab.memory().live
  end

  local x = lab.randn(4, 3, { requires_grad = true })
  local y, q, labels = lab.randn(4, 3), lab.rand(4, 3), tensors.int64 { 1, 2, 3, 1 }
  local images = lab.randn({ 2, 1, 6, 6 }, { requires_grad = true })
  local many = lab.randn({ 20, 1, 6, 6 }, { requires_grad = true })
  local sequence = lab.randn({ 2, 5, 4 }, { requires_grad = true })
  local makers = {
    function() return nn.Conv2d(1, 2, { 3, 2 }), nn.BatchNorm2d(2) end,
    function()
      local net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.MaxPool2d(2), nn.AvgPool2d(2, 1))
      return lab.autograd.grad(net(images):sum(), { images, net[1].weight })
    end,
    function()
      local net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(3, { stride = 1 }),
        nn.ConvTranspose2d(2, 1, 3))
      return lab.autograd.grad(net(many):sum(), { many, net[1].weight, net[4].weight }),
        lab.autograd.grad(net(images):sum(), { images, net[1].weight, net[4].weight })
    end,
    function() return nn.ConvTranspose1d(1, 2, 3)(lab.ones(2, 1, 4)) end,
    function() return nn.Linear(3, 2) end,
    function() return nn.Linear(3, 2):to("float64") end,
    function() return nn.Sequential(nn.Linear(3, 2), lab.exp, nn.Softplus(), nn.Dropout(), nn.Flatten(1))(x) end,
    function() return nn.Sequential(nn.LeakyReLU(), nn.ELU(), nn.SiLU(), nn.GELU(), nn.Softmax(), nn.Sigmoid(),
      nn.Tanh())(x) end,
    function() return nn.HuberLoss()(x, y) end,
    function() return nn.SmoothL1Loss()(x, y) end,
    function() return nn.BCELoss()(q, q) end,
    function() return nn.BCEWithLogitsLoss { pos_weight = q }(x, q) end,
    function() return nn.CrossEntropyLoss { weight = lab.ones(3), label_smoothing = 0.1 }(x, labels) end,
    function() return nn.CrossEntropyLoss { label_smoothing = 0.1 }(x, q) end,
    function() return nn.NLLLoss { weight = lab.ones(3) }(x, labels) end,
    function() return F.one_hot(labels) end,
    function()
      local query = sequence:expand(2, 5, 4)
      local z = F.scaled_dot_product_attention(query, query, sequence, { dropout_p = 0.2, is_causal = true })
      return lab.autograd.grad(z:sum(), sequence)
    end,
    function()
      local encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, { dim_feedforward = 3 }), 2)
      return lab.autograd.grad(encoder(sequence, { is_causal = true }):sum(), sequence)
    end,
    function() return sequence:matmul(sequence:transpose(2, 3)):matmul(lab.ones(5, 2)) end,
    function() return nn.Linear(3, 2):state_dict() end,
  }
  it("that runs out leaves an error behind, no leak and no crash, wherever it happens", function()
    for _, make in ipairs(makers) do
      make()
      local before, done, tries = live(), false, 0
      while not done do
        tries = tries + 1
        lab.fail_allocation(tries)
        local message
        done, message = pcall(make)
        lab.fail_allocation(0)
        if not done then assert.matches("memory_spec.lua:%d+: .*memory", message) end
        message = nil -- luacheck: ignore
        if done or tries % 20 == 0 then assert.equal(before, live()) end -- collecting takes far longer than a try
      end
      assert.is_true(tries > 1)
    end
  end)

  it("of layers and losses is given back", function()
    local function work()
      local model = nn.Sequential(nn.Linear(50, 50), nn.Dropout(), nn.ReLU(), nn.Linear(50, 10))
      local loss = nn.CrossEntropyLoss { weight = lab.ones(10), label_smoothing = 0.1 }
      loss(model(lab.ones(8, 50)), tensors.int64 { 1, 2, 3, 4, 5, 6, 7, 8 }):backward()
    end
    work()
    local before = live()
    for _ = 1, 50 do work() end
    assert.equal(before, live())
  end)
end)
