--- Every layer and loss gives the same bits on 1, 2 and 3 threads, and in compiled steps: outputs, gradients, buffers
-- and the generator's state, over four calls.
local lab = require "optlab"
local core = require "optlab.core"
local layers = require "tests.support.layers"
local nn = lab.nn

local function normal(...) return lab.randn { ... } end
local function share(...) return lab.rand({ ... }) * 0.8 + 0.1 end
local function index(most, ...) return lab.randint(1, most + 1, { ... }) end
local function signs(...) return lab.randint(0, 2, { ... }):to("float32") * 2 - 1 end
local function m() return normal(300, 120) end
local function image() return normal(16, 4, 24, 24) end
local function signal() return normal(16, 8, 300) end
local function sequence() return normal(20, 60, 30) end
local function pair() return m(), m() end

-- {expression of the module, its inputs...}
local CASES = {
  { "nn.Linear(120, 110)", m() }, { "nn.Embedding(40, 120)", index(40, 300) }, { "nn.Identity()", m() },
  { "nn.ReLU()", m() }, { "nn.LeakyReLU()", m() }, { "nn.ELU()", m() }, { "nn.SiLU()", m() }, { "nn.GELU()", m() },
  { "nn.GELU'tanh'", m() },
  { "nn.Softplus()", m() }, { "nn.Sigmoid()", m() }, { "nn.Tanh()", m() }, { "nn.Softmax()", m() },
  { "nn.LogSoftmax(1)", m() }, { "nn.Flatten()", image() },
  { "nn.Dropout(0.3)", m() }, { "nn.Dropout1d(0.3)", signal() }, { "nn.Dropout2d(0.3)", image() },
  { "nn.BatchNorm1d(120)", m() }, { "nn.BatchNorm1d(8)", signal() },
  { "nn.BatchNorm2d(4)", image() }, { "nn.BatchNorm2d(4, {affine=false, track_running_stats=false})", image() },
  { "nn.BatchNormReLU(120)", m(), m() }, { "nn.BatchNormReLU(4)", image() },
  { "nn.Sequential(nn.BatchNorm2d(4), nn.ReLU())", image() },
  { "nn.LayerNorm(120)", m() }, { "nn.RMSNorm(120)", m() }, { "nn.GroupNorm(2, 4)", image() },
  { "nn.InstanceNorm1d(8)", signal() }, { "nn.InstanceNorm2d(4, {affine=true})", image() },
  { "nn.Conv1d(8, 6, 5)", signal() }, { "nn.Conv2d(4, 6, 3, {padding='same', dilation=2, groups=2})", image() },
  { "nn.ConvTranspose1d(8, 4, 3, {stride=2})", signal() }, { "nn.ConvTranspose2d(4, 3, 3, {stride=2})", image() },
  { "nn.MaxPool1d(3, {stride=2})", signal() }, { "nn.MaxPool2d(3, {stride=2, padding=1})", image() },
  { "nn.AvgPool1d(3)", signal() }, { "nn.AvgPool2d(3, {stride=2, padding=1})", image() },
  { "nn.AdaptiveAvgPool1d(7)", signal() }, { "nn.AdaptiveMaxPool1d(7)", signal() },
  { "nn.AdaptiveAvgPool2d{7, 5}", image() }, { "nn.AdaptiveMaxPool2d{7, 5}", image() },
  { "nn.Upsample{scale_factor=2, mode='bilinear'}", image() },
  { "nn.CosineSimilarity()", pair() }, { "nn.PairwiseDistance()", pair() },
  { "nn.MSELoss()", pair() }, { "nn.L1Loss()", pair() }, { "nn.HuberLoss()", pair() }, { "nn.SmoothL1Loss()", pair() },
  { "nn.CrossEntropyLoss{label_smoothing=0.1}", m(), index(120, 300) }, { "nn.NLLLoss()", m(), index(120, 300) },
  { "nn.BCELoss()", share(300, 120), share(300, 120) }, { "nn.BCEWithLogitsLoss()", m(), share(300, 120) },
  { "nn.KLDivLoss{reduction='batchmean'}", m(), share(300, 120) }, { "nn.PoissonNLLLoss()", m(), share(300, 120) },
  { "nn.GaussianNLLLoss()", m(), m(), share(300, 120) }, { "nn.HingeEmbeddingLoss()", m(), signs(300, 120) },
  { "nn.MarginRankingLoss()", m(), m(), signs(300, 120) }, { "nn.CosineEmbeddingLoss()", m(), m(), signs(300) },
  { "nn.TripletMarginLoss()", m(), m(), m() },
  { "nn.RNN(30, 40)", sequence() }, { "nn.GRU(30, 40, {bidirectional=true})", sequence() },
  { "nn.LSTM(30, 40, 2, {dropout=0.2, batch_first=true})", sequence() },
  { "nn.RNNCell(120, 40)", m() }, { "nn.GRUCell(120, 40)", m() }, { "nn.LSTMCell(120, 40)", m() },
  { "nn.MultiheadAttention(32, 4, {batch_first=true})", normal(8, 40, 32), normal(8, 40, 32), normal(8, 40, 32) },
  { "nn.TransformerEncoderLayer(32, 4, {dim_feedforward=64, batch_first=true})", normal(8, 40, 32) },
}

-- What computes nothing, or only calls others.
local NOT_ASKED = { Module = true, ModuleList = true, ModuleDict = true, ParameterList = true, Sequential = true,
  TransformerEncoder = true }

-- Tensors in what a module returned, also in lists.
local function tensors_in(value, list)
  if lab.is_tensor(value) then list[#list + 1] = value end
  if type(value) == "table" then
    for _, each in ipairs(value) do tensors_in(each, list) end
  end
  return list
end

-- Four steps of a new module: all that they leave, as one list of tensors. make: what runs a step.
local function trace(case, make)
  lab.manual_seed(8)
  local net, inputs = layers.eval(case[1]), {}
  for i = 2, #case do
    inputs[i - 1] = case[i].dtype == "float32" and case[i]:clone():requires_grad_() or case[i]
  end
  local wanted = net:parameters()
  for _, t in ipairs(inputs) do
    if t.requires_grad then wanted[#wanted + 1] = t end
  end
  local step = make(function()
    local outputs, sum = tensors_in(table.pack(net(table.unpack(inputs))), {}), 0
    for _, y in ipairs(outputs) do
      if y.requires_grad then sum = sum + (y * y):mean() end
    end
    for _, t in ipairs(wanted) do t.grad = nil end
    sum:backward()
    for i, y in ipairs(outputs) do outputs[i] = y:detach() end
    return table.unpack(outputs)
  end)
  local all = {}
  for _ = 1, 4 do
    for _, y in ipairs { step() } do all[#all + 1] = y:clone() end
    for _, t in ipairs(wanted) do all[#all + 1] = t.grad and t.grad:clone() or lab.zeros(0) end
    for _, t in ipairs(net:buffers()) do all[#all + 1] = t:clone() end
  end
  all[#all + 1] = lab.rand(3)
  return all, step
end

local function with_threads(n, f, ...)
  local before, given = lab.get_num_threads(), { ... }
  lab.set_num_threads(n)
  return core.ensure(function() return f(table.unpack(given)) end, function() lab.set_num_threads(before) end)
end

local function same(want, got, what)
  assert.equal(#want, #got)
  for i, t in ipairs(want) do
    assert.same(t.shape, got[i].shape)
    assert.equal(t:numel(), t:eq(got[i]):sum():item(), ("%s, tensor %d"):format(what, i))
  end
end

describe("the same bits", function()
  local function eager(step) return step end

  for _, case in ipairs(CASES) do
    it("of " .. case[1] .. " on any number of threads, and compiled", function()
      local want = with_threads(1, trace, case, eager)
      same(want, with_threads(2, trace, case, eager), "2 threads")
      local got, step = with_threads(3, trace, case, lab.compile)
      same(want, got, "3 threads, compiled")
      assert.is_true(step.replays > 0, tostring(step) .. tostring(step.reason))
    end)
  end

  it("was asked of every layer and loss", function()
    local missing = {}
    for name in pairs(nn) do
      local asked = NOT_ASKED[name] or name:match("^%l")
      for _, case in ipairs(CASES) do asked = asked or case[1]:match("^nn%.(%w+)") == name end
      if not asked then missing[#missing + 1] = name end
    end
    table.sort(missing)
    assert.equal("", table.concat(missing, " "))
  end)
end)
