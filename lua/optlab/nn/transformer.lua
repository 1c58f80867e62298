--- TransformerEncoderLayer and TransformerEncoder, with PyTorch's names of parameters.
--
--    local layer = nn.TransformerEncoderLayer(64, 4, {batch_first = true, norm_first = true, activation = "gelu"})
--    local encoder = nn.TransformerEncoder(layer, 6, {norm = nn.LayerNorm(64)})
--    local y = encoder(x, {is_causal = true})    -- x (batch, length, 64)
-- @module optlab.nn.transformer
local args = require "optlab.base.args"
local attention = require "optlab.nn.attention"
local class = require "optlab.nn.class"
local containers = require "optlab.nn.containers"
local core = require "optlab.core".nn
require "optlab.nn.copy"

local F = core.functional
local M = {}

local IS_CAUSAL = attention.IS_CAUSAL

-- --- TransformerEncoderLayer ----------------------------------------------------------------------------------------

local LAYER = args.declare("nn.TransformerEncoderLayer", {
  doc = "Self-attention, then two linear maps at each position; after each, a sum with the input and a LayerNorm.",
  positions = 2,
  { "d_model", "integer", min = 1, required = true, doc = "Size of the vector at each position of a sequence." },
  { "nhead", "integer", min = 1, required = true, doc = "Number of heads of the attention." },
  { "dim_feedforward", "integer", min = 1, default = 2048, doc = "Size of the vector between the two linear maps." },
  { "dropout", "number", min = 0, max = 1, default = 0.1, doc = "In training, probability that an element becomes 0." },
  { "activation", "choice", choices = { "relu", "gelu" }, default = "relu", doc = "Between the linear maps." },
  { "layer_norm_eps", "number", min = 0, default = 1e-5, doc = "Added to the variances." },
  { "batch_first", "flag", default = false, doc = "Sequences are (batch, length, d_model), not (length, batch, ..)." },
  { "norm_first", "flag", default = false, doc = "Whether the norms come before attention and linear maps." },
  attention.DTYPE,
})
local ENCODE = args.declare("TransformerEncoderLayer:forward", {
  doc = "Returns the sequences, of the same shape.",
  positions = 3,
  { "src", "tensor", required = true, doc = "A sequence or a batch of them." },
  { "src_mask", "tensor", doc = attention.MASK },
  { "src_key_padding_mask", "tensor", doc = attention.PADDING }, IS_CAUSAL,
})

local EncoderLayer = { name = "TransformerEncoderLayer" }

function EncoderLayer:init(...)
  local o = LAYER:read(...)
  local layers, dtype = core.layers, { dtype = o.dtype }
  self.activation, self.norm_first = o.activation, o.norm_first
  self.self_attn = attention.MultiheadAttention(o.d_model, o.nhead,
    { dropout = o.dropout, batch_first = o.batch_first, dtype = o.dtype })
  self.linear1 = layers.Linear(o.d_model, o.dim_feedforward, dtype)
  self.dropout = layers.Dropout(o.dropout)
  self.linear2 = layers.Linear(o.dim_feedforward, o.d_model, dtype)
  self.norm1 = layers.LayerNorm(o.d_model, { eps = o.layer_norm_eps, dtype = o.dtype })
  self.norm2 = layers.LayerNorm(o.d_model, { eps = o.layer_norm_eps, dtype = o.dtype })
  self.dropout1, self.dropout2 = layers.Dropout(o.dropout), layers.Dropout(o.dropout)
end

function EncoderLayer:forward(...)
  local o = ENCODE:read(...)
  local function attend(x)
    return self.dropout1((self.self_attn(x, { attn_mask = o.src_mask, key_padding_mask = o.src_key_padding_mask,
      is_causal = o.is_causal, need_weights = false })))
  end
  local function feed(x)
    return self.dropout2(self.linear2(self.dropout(F[self.activation](self.linear1(x)))))
  end
  local x = o.src
  if self.norm_first then
    x = x + attend(self.norm1(x))
    return x + feed(self.norm2(x))
  end
  x = self.norm1(x + attend(x))
  return self.norm2(x + feed(x))
end

M.TransformerEncoderLayer = class.extend(class.Module, EncoderLayer)

-- --- TransformerEncoder ---------------------------------------------------------------------------------------------

local STACK = args.declare("nn.TransformerEncoder", {
  doc = "Copies of a TransformerEncoderLayer, applied one after the other; they start with the same weights.",
  positions = 3,
  { "encoder_layer", "module", required = true, doc = "The layer; the encoder contains only copies of it." },
  { "num_layers", "integer", min = 0, required = true, doc = "How many copies." },
  { "norm", "module", doc = "A module after the last copy, for example a LayerNorm." },
})
local STACK_ENCODE = args.declare("TransformerEncoder:forward", {
  doc = "Returns the sequences, of the same shape.",
  positions = 3,
  { "src", "tensor", required = true, doc = "A sequence or a batch of them." },
  { "mask", "tensor", doc = attention.MASK },
  { "src_key_padding_mask", "tensor", doc = attention.PADDING }, IS_CAUSAL,
})

local Encoder = { name = "TransformerEncoder" }

function Encoder:init(...)
  local o = STACK:read(...)
  self.layers = containers.ModuleList()
  for _ = 1, o.num_layers do self.layers:append(o.encoder_layer:clone()) end
  self.norm = o.norm
end

function Encoder:forward(...)
  local o = STACK_ENCODE:read(...)
  local x = o.src
  for _, layer in ipairs(self.layers) do
    x = layer(x, { src_mask = o.mask, src_key_padding_mask = o.src_key_padding_mask, is_causal = o.is_causal })
  end
  return self.norm and self.norm(x) or x
end

M.TransformerEncoder = class.extend(class.Module, Encoder)

return M
