--- Layers, losses, initialisation and containers, with PyTorch's names, defaults and numbers.
--
-- Built-in layers and losses are made in C and are fastest; containers and layers of your own are Lua. All of them are
-- modules and share the methods of `optlab.nn.module`. Class labels and dimensions count from 1; the names of
-- parameters are PyTorch's and count layers from 0 ("0.weight").
--
--    local net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
--    local loss = nn.MSELoss()
--    loss(net(X), y):backward()
--
-- Layers: `Linear(in, out, {bias=true, dtype})` `ReLU` `LeakyReLU{negative_slope=0.01}` `ELU{alpha=1}` `SiLU`
-- `GELU{approximate="none"}` `Softplus{beta=1, threshold=20}` `Sigmoid` `Tanh` `Softmax(dim=-1)` `LogSoftmax(dim=-1)`
-- `Flatten(start_dim=2, end_dim=-1)` `Identity` `Dropout(p=0.5)`.
-- For images (N, C, H, W), a size being a number or a pair {height, width}: `Conv2d(in, out, kernel_size, {stride=1,
-- padding=0, dilation=1, groups=1, bias=true, dtype})`, padding also "same" or "valid", `ConvTranspose2d(in, out,
-- kernel_size, {stride=1, padding=0, output_padding=0, groups=1, bias=true, dilation=1, dtype})`
-- `MaxPool2d(kernel_size, {stride=kernel_size, padding=0, dilation=1, ceil_mode=false})` `AvgPool2d(kernel_size,
-- {stride, padding, ceil_mode, count_include_pad=true, divisor_override})` `AdaptiveAvgPool2d(output_size)`
-- `AdaptiveMaxPool2d(the same)` `Upsample{size, scale_factor, mode="nearest", align_corners=false}`; pools of signals
-- (N, C, L) with 1d.
-- `BatchNorm2d(num_features, {eps=1e-5, momentum=0.1, affine=true, track_running_stats=true, dtype})` `BatchNorm1d(the
-- same)` `BatchNormReLU(the same)` `GroupNorm(num_groups, num_channels, {eps=1e-5, affine=true, dtype})`
-- `InstanceNorm2d(num_features, {eps=1e-5, momentum=0.1, affine=false, track_running_stats=false, dtype})`
-- `InstanceNorm1d(the same)` `Dropout1d` `Dropout2d`.
-- For sequences: `RNN(input_size, hidden_size, {num_layers=1, nonlinearity="tanh", bias=true, batch_first=false,
-- dropout=0, bidirectional=false, dtype})` `LSTM(the same)` `GRU(the same)`, `RNNCell(input_size, hidden_size, {bias,
-- nonlinearity, dtype})` `LSTMCell` `GRUCell`.
-- Losses, all with `{reduction="mean"|"sum"|"none"}`: `MSELoss` `L1Loss` `HuberLoss{delta=1}` `SmoothL1Loss{beta=1}`
-- `CrossEntropyLoss{weight, label_smoothing=0}` `NLLLoss{weight}` `BCELoss` `BCEWithLogitsLoss{pos_weight}`
-- `KLDivLoss{log_target=false}` (also reduction="batchmean") `PoissonNLLLoss{log_input=true, full=false}`
-- `GaussianNLLLoss{full=false, eps=1e-6}` `HingeEmbeddingLoss{margin=1}` `MarginRankingLoss{margin=0}`
-- `CosineEmbeddingLoss{margin=0}` `TripletMarginLoss{margin=1, p=2, swap=false}`; `CosineSimilarity(dim=2)`
-- `PairwiseDistance(p=2)`.
-- @module optlab.nn
local args = require "optlab.base.args"
local core = require "optlab.core".nn
local lazy = require "optlab.base.modules.lazy"
local module = require "optlab.nn.module"
local strict = require("optlab.base.errors").strict

local VALUE = { "value", "any", doc = "Anything." }
local IS_MODULE = args.declare("nn.is_module", {
  doc = "Whether a value is a module.",
  positions = 1, VALUE,
})
local TYPE = args.declare("nn.type", {
  doc = "The name of a module's class; nil for other values.",
  positions = 1, VALUE,
})

local M = {
  --- The same computations as functions: `nn.functional.relu(x)`, `nn.functional.mse_loss(input, target,
  -- {reduction="sum"})`, `linear(x, weight, bias)`, `conv2d(x, weight, bias, {stride=1, padding=0})`, `max_pool2d(x,
  -- kernel_size, {stride, padding})`, `avg_pool2d`, `batch_norm(x, running_mean, running_var, {weight, bias,
  -- training=false, momentum=0.1, eps=1e-5})`, `dropout(x, p, training)`, `one_hot(labels, num_classes)`, ...
  functional = core.functional,
  --- First values of parameters, in place: `uniform_(t, a, b)` `normal_(t, mean, std)` `constant_(t, val)` `zeros_`
  -- `ones_` `eye_` `xavier_uniform_(t, gain)` `xavier_normal_` `kaiming_uniform_(t, a, mode, nonlinearity)`
  -- `kaiming_normal_` `trunc_normal_(t, mean, std, a, b)` `orthogonal_(t, gain)` `dirac_(t, groups)` `sparse_(t,
  -- sparsity, std)` `calculate_gain`; arguments by position or by name: `nn.init.normal_(m.weight, {std=0.01})`.
  -- Each returns its tensor.
  init = core.init,
}

for name, constructor in pairs(core.layers) do M[name] = constructor end

--- Whether a value is a module, built-in or user-defined.
-- @treturn boolean
function M.is_module(...)
  return module.is_module(IS_MODULE:read(...).value)
end

--- The name of a module's class, "Linear" for instance; nil if the value is no module.
-- @treturn ?string
function M.type(...)
  local value = TYPE:read(...).value
  if not module.is_module(value) then return nil end
  return (module.describe(value))
end

-- --- what is loaded when it is first used ---------------------------------------------------------------------------

local LAZY = {
  Module = { "optlab.nn.class", "Module" },
  Sequential = { "optlab.nn.sequential" },
  --- A module as a function of its parameters: `nn.functional_call(net, {["0.weight"] = W}, x)`.
  functional_call = { "optlab.nn.stateless", "functional_call" },
}

local UTILS = {}

--- `rnn`: sequences of different lengths (`pack_padded_sequence`, `pad_packed_sequence`, `pack_sequence`,
-- `pad_sequence`).
local RNN = {}

for file, names in pairs {
  ["attention"] = "MultiheadAttention",
  ["containers"] = "ModuleList ModuleDict ParameterList",
  ["recurrent.cells"] = "RNNCell LSTMCell GRUCell",
  ["recurrent.layers"] = "RNN LSTM GRU",
  ["transformer"] = "TransformerEncoderLayer TransformerEncoder",
} do
  for name in names:gmatch "%w+" do LAZY[name] = { "optlab.nn." .. file, name } end
end
for _, name in ipairs { "parameters_to_vector", "vector_to_parameters" } do
  UTILS[name] = { "optlab.nn.stateless", name }
end
for _, name in ipairs { "pack_padded_sequence", "pad_packed_sequence", "pack_sequence", "pad_sequence" } do
  RNN[name] = { "optlab.nn.recurrent.packed", name }
end

-- Methods of modules: their files put themselves in the place of these.
for name, file in pairs {
  clone = "optlab.nn.copy", register_forward_hook = "optlab.nn.hooks", register_forward_pre_hook = "optlab.nn.hooks",
  register_full_backward_hook = "optlab.nn.hooks",
} do
  local function method(...)
    require(file)
    return module.methods[name](...)
  end
  module.methods[name], core.methods[name] = method, method
end

M.utils = lazy.fields({ rnn = lazy.fields({}, "lab.nn.utils.rnn", RNN) }, "lab.nn.utils", UTILS)
strict(M.functional, "lab.nn.functional")
strict(M.init, "lab.nn.init")
return lazy.fields(M, "lab.nn", LAZY, { "optlab.nn.copy", "optlab.nn.hooks" })
