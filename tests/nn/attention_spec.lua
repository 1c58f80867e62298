--- Attention: its memory, its dropout, the masks of modules. The numbers are in rows_spec.lua.
local lab = require "optlab"
local errors = require "tests.support.errors"
local nn, F = lab.nn, lab.nn.functional

describe("attention", function()
  -- The most memory, in bytes, that f holds at a time beyond what is there before.
  local function most(f)
    collectgarbage()
    local before = lab.memory().live
    lab.reset_peak_memory()
    f()
    return lab.memory().peak - before
  end

  it("needs memory that grows linearly with the length", function()
    local function needed(length, opts)
      local q = lab.randn(1, 2, length, 8):requires_grad_()
      return most(function() F.scaled_dot_product_attention(q, q, q, opts):sum():backward() end)
    end
    for _, opts in ipairs { {}, { is_causal = true } } do
      needed(64, opts)
      local short, long = needed(512, opts), needed(2048, opts)
      assert.is_true(long < 5 * short, ("%d bytes for 512, %d for 2048"):format(short, long))
      assert.is_true(long < 2048 * 2048)
    end
  end)
end)

describe("MultiheadAttention", function()
  local function u8(list) return lab.tensor(list, { dtype = "uint8" }) end

  it("returns its weights unless they are not needed", function()
    local attention, x = nn.MultiheadAttention(6, 3, { batch_first = true }), lab.randn(2, 4, 6)
    local y, weights = attention(x)
    assert.same({ 2, 4, 4 }, weights.shape)
    assert.is_true((weights:sum(3) - 1):abs():max():item() < 1e-6)
    local same, none = attention(x, { need_weights = false })
    assert.is_nil(none)
    assert.is_true((y - same):abs():max():item() < 1e-5)
    assert.same({ 3, 4, 4 }, select(2, attention(x[1], { average_attn_weights = false })).shape)
  end)

  it("sees nothing of a hidden key, by any mask", function()
    local attention, x = nn.MultiheadAttention(4, 2, { batch_first = true }), lab.randn(1, 3, 4)
    local masks = {
      { key_padding_mask = u8 { { 0, 0, 1 } } }, { attn_mask = u8 { { 0, 0, 1 }, { 0, 0, 1 }, { 0, 0, 1 } } },
      { key_padding_mask = lab.tensor { { 0, 0, -math.huge } } },
      { key_padding_mask = u8 { { 0, 0, 1 } }, attn_mask = lab.zeros(2, 3, 3) },
    }
    local want = attention(x, x[{ {}, { 1, 2 } }]:contiguous(), x[{ {}, { 1, 2 } }]:contiguous())
    for _, mask in ipairs(masks) do
      for _, need in ipairs { true, false } do
        mask.need_weights = need
        assert.is_true((attention(x, mask) - want):abs():max():item() < 1e-6)
      end
    end
    local causal, weights = attention(x, { is_causal = true, key_padding_mask = u8 { { 0, 0, 1 } } })
    assert.equal(0, weights[{ {}, {}, 3 }]:abs():max():item())
    assert.equal(0, weights[{ 1, 1, 2 }]:item())
    causal:sum():backward()
  end)

  it("names a mask that does not fit", function()
    local attention, x = nn.MultiheadAttention(4, 2, { batch_first = true }), lab.randn(3, 5, 4)
    assert.equal("MultiheadAttention:forward: key_padding_mask is (5), must be (3, 5): batch, S",
      errors.text(function() attention(x, { key_padding_mask = lab.zeros(5) }) end))
    assert.equal("MultiheadAttention:forward: attn_mask is (3, 5, 5), must be (6, 5, 5): batch * heads, L, S",
      errors.text(function() attention(x, { attn_mask = lab.zeros(3, 5, 5) }) end))
  end)
end)

describe("TransformerEncoder", function()
  it("has copies of its layer", function()
    local layer = nn.TransformerEncoderLayer(4, 2, { dim_feedforward = 3 })
    local encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(4))
    local names = {}
    for name in encoder:named_parameters() do names[#names + 1] = name end
    assert.equal(2 * 12 + 2, #names)
    assert.equal("layers.0.self_attn.in_proj_weight", names[1])
    assert.equal("norm.bias", names[#names])
    lab.no_grad(function() layer.linear1.weight:zero_() end)
    assert.is_true(encoder.layers[1].linear1.weight:abs():max():item() > 0)
    assert.is_false(encoder.layers[1].linear1.weight == encoder.layers[2].linear1.weight)
    assert.same({ 3, 5, 4 }, encoder(lab.randn(3, 5, 4)).shape)
  end)
end)
