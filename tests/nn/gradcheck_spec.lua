--- Gradients of layers and losses against differences, first and second order.
local lab = require "optlab"
local layers = require "tests.support.layers"
local tensors = require "tests.support.tensors"
local nn, F = lab.nn, lab.nn.functional

describe("gradcheck through layers, first and second order:", function()
  local x = tensors.f64 { { 0.3, -0.7, 1.2, 0.5 }, { -0.9, 0.4, 2.1, -1.4 }, { 0.8, -0.2, 0.6, 1.3 } }
  x.requires_grad = true
  local y = tensors.f64 { { 0.1, 0.6, -0.2, 0.9 }, { 0.3, -0.5, 1.7, 0.2 }, { -0.4, 0.8, 0.1, 2.2 } }
  local q = F.softmax(y, 2)
  local labels = tensors.int64 { 2, 4, 1 }

  local smooth = {
    "nn.LeakyReLU()", "nn.ELU()", "nn.SiLU()", "nn.GELU()", "nn.GELU('tanh')", "nn.Softplus()",
    "nn.Sigmoid()", "nn.Tanh()", "nn.Softmax()",
    "nn.LogSoftmax(1)", "nn.Flatten(1)", "nn.Linear(4, 2, {dtype='float64'})",
    "nn.Sequential(nn.Linear(4, 3, {dtype='float64'}), nn.Tanh(), nn.Linear(3, 1, {dtype='float64'}))",
  }
  for _, source in ipairs(smooth) do
    it(source, function()
      local m = layers.eval(source)
      local inputs = { x, table.unpack(m:parameters()) }
      assert.is_true(lab.autograd.gradcheck(function(a) return m(a) end, inputs))
    end)
  end

  local losses = {
    { "nn.MSELoss()", y }, { "nn.L1Loss()", y }, { "nn.HuberLoss{delta=0.7}", y }, { "nn.SmoothL1Loss{beta=0.45}", y },
    { "nn.CrossEntropyLoss()", labels }, { "nn.CrossEntropyLoss{label_smoothing=0.2}", labels },
    { "nn.CrossEntropyLoss{reduction='sum'}", q }, { "nn.NLLLoss()", labels }, { "nn.BCEWithLogitsLoss()", q },
  }
  for _, entry in ipairs(losses) do
    local source, target = table.unpack(entry)
    it(source, function()
      local loss = layers.eval(source)
      assert.is_true(lab.autograd.gradcheck(function(a) return loss(a, target) end, { x }))
    end)
  end

  it("nn.BCELoss()", function()
    local p = F.sigmoid(x):detach():requires_grad_()
    local loss = nn.BCELoss()
    assert.is_true(lab.autograd.gradcheck(function(a) return loss(a, q) end, { p }))
  end)

  it("nn.Dropout() with one mask", function()
    local drop = nn.Dropout(0.4)
    local function masked(a)
      lab.manual_seed(3)
      return drop(a * a)
    end
    assert.is_true(lab.autograd.gradcheck(masked, { x }))
  end)
end)
