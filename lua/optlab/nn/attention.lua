--- MultiheadAttention, with PyTorch's names of parameters.
--
--    local attention = nn.MultiheadAttention(64, 4, {batch_first = true})
--    local y, weights = attention(x)                                       -- x (batch, length, 64)
--    local y = attention(x, {is_causal = true, need_weights = false})
--
-- Without the weights it computes in blocks, and its memory grows with the length, not with the length's square.
-- @module optlab.nn.attention
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local class = require "optlab.nn.class"

local nn, tensor = core.nn, core.tensor
local F = nn.functional
local M = {}

--- Declarations that transformer.lua has, too.
M.DTYPE = { "dtype", "float_dtype", doc = "Dtype of the parameters; by default the default dtype." }
M.MASK = "(L, S) or (batch * heads, L, S), or broadcasts to (batch, heads, L, S): floats that are added to the "
  .. "scores, or uint8, 1 where a key is not seen."
M.PADDING = "(batch, S): floats that are added to the scores of a key, or uint8, 1 where a key is not seen."
M.IS_CAUSAL = { "is_causal", "flag", default = false, doc = "Whether query i sees only the keys 1 to i." }

local ATTENTION = args.declare("nn.MultiheadAttention", {
  doc = "Attention in several heads, each over its part of the projected queries, keys and values.",
  positions = 2,
  { "embed_dim", "integer", min = 1, required = true, doc = "Size of the vector at each position of a sequence." },
  { "num_heads", "integer", min = 1, required = true, doc = "Number of heads, a divisor of embed_dim." },
  { "dropout", "number", min = 0, max = 1, default = 0, doc = "In training, probability that a weight becomes 0." },
  { "bias", "flag", default = true, doc = "Whether the projections add learned biases." },
  { "batch_first", "flag", default = false, doc = "Sequences are (batch, length, embed_dim), not (length, batch, .)." },
  M.DTYPE,
})
local ATTEND = args.declare("MultiheadAttention:forward", {
  doc = "The output (of the query's shape); with need_weights also the weights of the keys for each query.",
  positions = 4,
  { "query", "tensor", required = true, doc = "Queries, a sequence or a batch of them." },
  { "key", "tensor", doc = "Keys; by default the queries." },
  { "value", "tensor", doc = "Values; by default the keys." },
  { "key_padding_mask", "tensor", doc = M.PADDING },
  { "need_weights", "flag", default = true, doc = "Whether the weights are returned, too." },
  { "attn_mask", "tensor", doc = M.MASK },
  { "average_attn_weights", "flag", default = true,
    doc = "Whether the weights are (batch, L, S), means over the heads, not (batch, heads, L, S)." },
  M.IS_CAUSAL,
})

local MultiheadAttention = { name = "MultiheadAttention" }

function MultiheadAttention:init(...)
  local o = ATTENTION:read(...)
  if o.embed_dim % o.num_heads ~= 0 then
    errors.raise("nn.MultiheadAttention: embed_dim must be a multiple of num_heads, got %d and %d", o.embed_dim,
      o.num_heads)
  end
  self.embed_dim, self.num_heads, self.dropout, self.batch_first = o.embed_dim, o.num_heads, o.dropout, o.batch_first
  local out = nn.layers.Linear(o.embed_dim, o.embed_dim, { bias = o.bias, dtype = o.dtype })
  local projection = nn.layers.Linear(o.embed_dim, 3 * o.embed_dim, { bias = o.bias, dtype = o.dtype })
  self.in_proj_weight = nn.init.xavier_uniform_(projection.weight:detach()):requires_grad_()
  if o.bias then self.in_proj_bias = nn.init.zeros_(projection.bias:detach()):requires_grad_() end
  self.out_proj = out
  if o.bias then nn.init.zeros_(out.bias) end
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

-- --- masks: numbers to add to the scores ----------------------------------------------------------------------------

local function additive(mask, dtype)
  if mask.dtype ~= "uint8" then return mask:to(dtype) end
  return tensor.zeros(mask.shape, { dtype = dtype }):masked_fill(mask, -math.huge)
end

-- (batch, heads, L, S), or what broadcasts to it
local function of_scores(mask, size)
  if mask:dim() ~= 3 then return mask end
  if mask.shape[1] ~= size[1] * size[2] or mask.shape[2] ~= size[3] or mask.shape[3] ~= size[4] then
    errors.raise("MultiheadAttention:forward: attn_mask is (%s), must be (%d, %d, %d): batch * heads, L, S",
      table.concat(mask.shape, ", "), size[1] * size[2], size[3], size[4])
  end
  return mask:reshape(size)
end

-- (batch, S), or (S) of a single sequence
local function of_keys(mask, size, single)
  local batched = single and mask:dim() == 1 and mask:unsqueeze(1) or mask
  if batched:dim() ~= 2 or batched.shape[1] ~= size[1] or batched.shape[2] ~= size[4] then
    errors.raise("MultiheadAttention:forward: key_padding_mask is (%s), must be %s(%d, %d): batch, S",
      table.concat(mask.shape, ", "), single and ("(%d) or "):format(size[4]) or "", size[1], size[4])
  end
  return batched:reshape { size[1], 1, 1, size[4] }
end

-- All masks as one, or nil; size: {batch, heads, L, S}. Without other masks `is_causal` needs none.
local function merged(o, size, dtype, single)
  local mask = o.attn_mask and additive(of_scores(o.attn_mask, size), dtype)
  if o.key_padding_mask then
    local keys = additive(of_keys(o.key_padding_mask, size, single), dtype)
    mask = mask and mask + keys or keys
  end
  if o.is_causal and (mask or o.need_weights) then
    local later = additive(tensor.ones({ size[3], size[4] }, { dtype = "uint8" }):triu(1), dtype)
    mask = mask and mask + later or later
  end
  return mask, o.is_causal and not mask
end

-- --- forward --------------------------------------------------------------------------------------------------------

-- The mixed values and all weights.
local function by_weights(q, k, v, mask, dropout)
  local scores = q:matmul(k:transpose(3, 4)) / math.sqrt(q.shape[4])
  local p = F.dropout((mask and scores + mask or scores):softmax(4), dropout)
  return p:matmul(v), p
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
  local size = { q.shape[1], self.num_heads, q.shape[2], k.shape[2] }
  local mask, causal = merged(o, size, q.dtype, single)
  local dropout = self.training and self.dropout or 0
  local y, weights
  if o.need_weights then
    y, weights = by_weights(heads(self, pq), heads(self, pk), heads(self, pv), mask, dropout)
    if o.average_attn_weights then weights = weights:mean(2) end
    if single then weights = weights:squeeze(1) end
  else
    y = F.scaled_dot_product_attention(heads(self, pq), heads(self, pk), heads(self, pv),
      { attn_mask = mask, is_causal = causal, dropout_p = dropout })
  end
  y = self.out_proj(y:transpose(2, 3):reshape { q.shape[1], q.shape[2], self.embed_dim })
  if single then return y:squeeze(1), weights end
  return self.batch_first and y or y:transpose(1, 2), weights
end

M.MultiheadAttention = class.extend(class.Module, MultiheadAttention)

return M
