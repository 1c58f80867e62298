-- Samples of parts of networks and losses: one or more per op, { function of the inputs, inputs... }.
local lab = require "optlab"
local inputs = require "tests.autograd.samples.inputs"
local tensors = require "tests.support.tensors"

local a, positive, batch, m34, gradient_of = inputs.a, inputs.positive, inputs.batch, inputs.m34, inputs.gradient_of
local index = tensors.int64
local function weights() return tensors.f64 { 0.5, 2, 1.5 } end
local function weighted() return { weight = weights(), ignore_index = 1, label_smoothing = 0.2 } end
local F = lab.nn.functional

return {
  softmax = { { function(x) return x:softmax(2) end, a() }, { function(x) return x:softmax(1) end, a() } },
  log_softmax = {
    { function(x) return x:log_softmax(-1) end, a() },
    { function(x) return x:log_softmax(2) end, batch(2, 3, 2) },
  },
  softmax_grad = {
    { gradient_of(function(x) return x:softmax(2) end, 1), a() },
    { gradient_of(function(x) return x:transpose(1, 2):softmax(1) end, 1), batch(2, 3, 2) },
  },
  log_softmax_grad = {
    { gradient_of(function(x) return x:log_softmax(-1) end, 1), a() },
    { gradient_of(function(x) return x:log_softmax(2) end, 1), batch(2, 3, 2) },
  },
  nll_loss = {
    { function(x) return F.nll_loss(x, index { 2, 3 }) end, a() },
    { function(x) return F.nll_loss(x ^ 2, index { { 1, 3 }, { 0, 2 } }, { reduction = "none", ignore_index = 0 }) end,
      batch(2, 3, 2) },
  },
  nll_loss_grad = {
    { gradient_of(function(x) return F.nll_loss(x, index { 2, 3 }, { weight = weights() }) end, 1), a() },
    { gradient_of(function(x) return F.nll_loss(x, index { { 1, 3 }, { 2, 2 } }, { reduction = "none" }) end, 1),
      batch(2, 3, 2) },
  },
  attention = {
    { F.scaled_dot_product_attention, batch(2, 3, 4), batch(2, 5, 4), batch(2, 5, 2) },
    { function(q, k, v) return F.scaled_dot_product_attention(q, k, v, { is_causal = true, scale = 0.7 }) end,
      batch(3, 2), batch(3, 2), batch(3, 2) },
    { function(q, k, v, m) return F.scaled_dot_product_attention(q, k, v, m) end,
      batch(2, 1, 3, 2), batch(2, 1, 4, 2), batch(2, 1, 4, 3), batch(3, 4) },
  },
  embedding = {
    { function(w) return F.embedding(index { { 1, 3 }, { 3, 2 } }, w) end, m34() },
  },
  embedding_grad = {
    { gradient_of(function(w) return F.embedding(index { { 1, 3 }, { 3, 2 } }, w, -1) end, 1), m34() },
  },
  row_norm = {
    { function(x, w, b) return F.layer_norm(x, 4, w, b) end, m34(), batch(4), batch(4) },
    { function(x) return F.layer_norm(x, { 3, 2 }) end, batch(2, 3, 2) },
    { function(x, w) return F.rms_norm(x, { 4 }, w) end, m34(), batch(4) },
  },
  batch_norm = {
    { function(x, w, b) return F.batch_norm(x, nil, nil, w, b, { training = true }) end, m34(), batch(4), batch(4) },
    { function(x) return F.batch_norm(x, nil, nil, { training = true }) end, batch(2, 3, 2) },
    { function(x, w, b) return F.batch_norm(x:transpose(1, 4), nil, nil, w, b, { training = true, eps = 0.1 }) end,
      batch(4, 2, 5, 3), batch(2), batch(2) },
  },
  batch_norm_relu = {
    { function(x, w, b) return F.batch_norm_relu(x, nil, nil, w, b, { training = true }) end,
      m34(), batch(4), batch(4) },
    { function(x, add) return F.batch_norm_relu(x, { training = true, add = add }) end,
      batch(2, 3, 2), batch(2, 3, 2) },
    { function(x, w, b, add)
      return F.batch_norm_relu(x:transpose(1, 4), nil, nil, w, b, { training = true, eps = 0.1, add = add })
    end, batch(4, 2, 5, 3), batch(2), batch(2), batch(3, 2, 5, 4) },
  },
  channel_norm = {
    { function(x, w, b) return F.batch_norm(x, weights(), weights(), w, b) end, batch(2, 3, 2), batch(3), batch(3) },
    { function(x, w) return F.batch_norm(x:transpose(1, 3), weights(), weights(), w) end, batch(2, 3, 4), batch(3) },
    { function(x) return F.batch_norm(x, weights(), weights()) end, batch(2, 3, 2) },
  },
  binary_cross_entropy = {
    { function(x, y) return F.binary_cross_entropy(x:sigmoid(), y:sigmoid()) end, a(), positive() },
  },
  mse_loss = {
    { lab.nn.functional.mse_loss, a(), positive() },
    { function(x, y) return lab.nn.functional.mse_loss(x, y, { reduction = "none" }) end, a(), positive() },
  },
  cross_entropy = {
    { function(x) return F.cross_entropy(x, index { 2, 3 }) end, a() },
    { function(x) return F.cross_entropy(x, index { 1, 4, 1 }, { reduction = "none", label_smoothing = 0.3 }) end,
      m34() },
    { function(x) return F.cross_entropy(x, index { { 1, 3 }, { 2, 2 } }, { reduction = "sum" }) end, batch(2, 3, 2) },
    { function(x)
      return F.cross_entropy(x, index { { 1, 3 }, { 2, 2 } }, weighted())
    end, batch(2, 3, 2) },
  },
  cross_entropy_grad = {
    { gradient_of(function(x) return F.cross_entropy(x, index { 2, 3 }) end, 1), a() },
    { gradient_of(function(x)
      return F.cross_entropy(x, index { 1, 4, 1 }, { reduction = "none", label_smoothing = 0.3 })
    end, 1), m34() },
    { gradient_of(function(x)
      return F.cross_entropy(x, index { { 1, 3 }, { 2, 2 } }, weighted())
    end, 1), batch(2, 3, 2) },
  },
}
