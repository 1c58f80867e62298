--- MultiheadAttention and TransformerEncoderLayer, with PyTorch's names of parameters.
--
--    local layer = nn.TransformerEncoderLayer(64, 4, {batch_first = true, norm_first = true, activation = "gelu"})
--    local y = layer(x, {is_causal = true})    -- x (batch, length, 64)
-- @module optlab.nn.transformer
local args = require "optlab.base.args"
local core = require "optlab.core".nn
local errors = require "optlab.base.errors"
local class = require "optlab.nn.class"

local F = core.functional
local M = {}

local DTYPE = { "dtype", "float_dtype", doc = "Dtype of the parameters; by default the default dtype." }
local MASK = { "attn_mask", "tensor",
  doc = "Broadcasts to (batch, heads, L, S): floats that are added to the scores, or uint8, 1 where a key is seen." }
local IS_CAUSAL = { "is_causal", "flag", default = false, doc = "Whether query i sees only the keys 1 to i." }

-- --- MultiheadAttention ---------------------------------------------------------------------------------------------

local ATTENTION = args.declare("nn.MultiheadAttention", {
  doc = "Attention in several heads, each over its part of the projected queries, keys and values.",
  positions = 2,
  { "embed_dim", "integer", min = 1, required = true, doc = "Numbers at each place of a sequence." },
  { "num_heads", "integer", min = 1, required = true, doc = "Heads; they divide embed_dim." },
  { "dropout", "number", min = 0, max = 1, default = 0, doc = "In training, probability that a weight becomes 0." },
  { "bias", "flag", default = true, doc = "Whether the projections add learned biases." },
  { "batch_first", "flag", default = false, doc = "Sequences are (batch, length, embed_dim), not (length, batch, .)." },
  DTYPE,
})
local ATTEND = args.declare("MultiheadAttention:forward", {
  doc = "The mixed values (of query's shape).",
  positions = 4,
  { "query", "tensor", required = true, doc = "Queries, a sequence or a batch of them." },
  { "key", "tensor", doc = "Keys; by default the queries." },
  { "value", "tensor", doc = "Values; by default the keys." },
  MASK, IS_CAUSAL,
})

local MultiheadAttention = { name = "MultiheadAttention" }

function MultiheadAttention:init(...)
  local o = ATTENTION:read(...)
  if o.embed_dim % o.num_heads ~= 0 then
    errors.raise("nn.MultiheadAttention: embed_dim must be a multiple of num_heads, got %d and %d", o.embed_dim,
      o.num_heads)
  end
  self.embed_dim, self.num_heads, self.dropout, self.batch_first = o.embed_dim, o.num_heads, o.dropout, o.batch_first
  local out = core.layers.Linear(o.embed_dim, o.embed_dim, { bias = o.bias, dtype = o.dtype })
  local projection = core.layers.Linear(o.embed_dim, 3 * o.embed_dim, { bias = o.bias, dtype = o.dtype })
  self.in_proj_weight = core.init.xavier_uniform_(projection.weight:detach()):requires_grad_()
  if o.bias then self.in_proj_bias = core.init.zeros_(projection.bias:detach()):requires_grad_() end
  self.out_proj = out
  if o.bias then core.init.zeros_(out.bias) end
end

-- (batch, length, width) -> (batch, heads, length, width / heads)
local function heads(self, x)
  return x:reshape { x.shape[1], x.shape[2], self.num_heads, -1 }:transpose(2, 3)
end

-- The three projections, (batch, length, embed_dim) each.
local function project(self, q, k, v)
  local w, b, e = self.in_proj_weight, self.in_proj_bias, self.embed_dim
  if q == k and k == v then
    local all = F.linear(q, w, b)
    return all:narrow(3, 1, e), all:narrow(3, 1 + e, e), all:narrow(3, 1 + 2 * e, e)
  end
  local function part(x, i) return F.linear(x, w:narrow(1, 1 + i * e, e), b and b:narrow(1, 1 + i * e, e)) end
  return part(q, 0), part(k, 1), part(v, 2)
end

function MultiheadAttention:forward(...)
  local o = ATTEND:read(...)
  local q, k = o.query, o.key or o.query
  local v = o.value or k
  local single = q:dim() == 2
  local function batched(x)
    if single then return x:unsqueeze(1) end
    return self.batch_first and x or x:transpose(1, 2)
  end
  local same_key, same_value = k == q, v == k
  q = batched(q)
  k = same_key and q or batched(k)
  v = same_value and k or batched(v)
  local pq, pk, pv = project(self, q, k, v)
  local y = F.scaled_dot_product_attention(heads(self, pq), heads(self, pk), heads(self, pv), {
    attn_mask = o.attn_mask, is_causal = o.is_causal, dropout_p = self.training and self.dropout or 0,
  })
  y = self.out_proj(y:transpose(2, 3):reshape { q.shape[1], q.shape[2], self.embed_dim })
  if single then return y:squeeze(1) end
  return self.batch_first and y or y:transpose(1, 2)
end

M.MultiheadAttention = class.extend(class.Module, MultiheadAttention)

-- --- TransformerEncoderLayer ----------------------------------------------------------------------------------------

local LAYER = args.declare("nn.TransformerEncoderLayer", {
  doc = "Self-attention, then two linear maps at each place; around both a sum with the input and a LayerNorm.",
  positions = 2,
  { "d_model", "integer", min = 1, required = true, doc = "Numbers at each place of a sequence." },
  { "nhead", "integer", min = 1, required = true, doc = "Heads of the attention." },
  { "dim_feedforward", "integer", min = 1, default = 2048, doc = "Numbers between the two linear maps." },
  { "dropout", "number", min = 0, max = 1, default = 0.1, doc = "In training, probability that an element becomes 0." },
  { "activation", "choice", choices = { "relu", "gelu" }, default = "relu", doc = "Between the linear maps." },
  { "layer_norm_eps", "number", min = 0, default = 1e-5, doc = "Added to the variances." },
  { "batch_first", "flag", default = false, doc = "Sequences are (batch, length, d_model), not (length, batch, ..)." },
  { "norm_first", "flag", default = false, doc = "Whether the norms stand before attention and linear maps." },
  DTYPE,
})
local ENCODE = args.declare("TransformerEncoderLayer:forward", {
  doc = "The sequences, of the same shape.",
  positions = 2,
  { "src", "tensor", required = true, doc = "A sequence or a batch of them." },
  { "src_mask", "tensor", doc = MASK.doc }, IS_CAUSAL,
})

local EncoderLayer = { name = "TransformerEncoderLayer" }

function EncoderLayer:init(...)
  local o = LAYER:read(...)
  local layers, dtype = core.layers, { dtype = o.dtype }
  self.activation, self.norm_first = o.activation, o.norm_first
  self.self_attn = M.MultiheadAttention(o.d_model, o.nhead,
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
    return self.dropout1(self.self_attn(x, { attn_mask = o.src_mask, is_causal = o.is_causal }))
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

return M
