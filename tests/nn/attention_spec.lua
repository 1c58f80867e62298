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
    for _, opts in ipairs { {}, { is_causal = true }, { dropout_p = 0.2 } } do
      needed(64, opts)
      local short, long = needed(512, opts), needed(2048, opts)
      assert.is_true(long < 5 * short, ("%d bytes for 512, %d for 2048"):format(short, long))
      assert.is_true(long < 2048 * 2048)
    end
  end)
end)

describe("attention of tensors that repeat", function()
  it("is that of their copies", function()
    local function wide(shape, ...) return lab.randn({ ... }, { dtype = "float64" }):expand(table.unpack(shape)) end
    local q, k = wide({ 2, 3, 40, 24 }, 2, 3, 1, 24), wide({ 2, 3, 50, 24 }, 2, 1, 50, 24)
    for _, v in ipairs { wide({ 2, 3, 50, 30 }, 1, 1, 1, 30), wide({ 2, 3, 50, 30 }, 2, 3, 50, 1),
        wide({ 2, 3, 50, 1 }, 1, 3, 1, 1) } do
      for _, keys in ipairs { k, wide({ 2, 3, 50, 24 }, 1, 3, 1, 24) } do
        local function run(...)
          local list = { ... }
          for i, x in ipairs(list) do list[i] = x:detach():requires_grad_() end
          local y = F.scaled_dot_product_attention(table.unpack(list))
          return { y, table.unpack(lab.autograd.grad(y:sum(), list)) }
        end
        local got, want = run(q, keys, v), run(q:contiguous(), keys:contiguous(), v:contiguous())
        for i, t in ipairs(want) do assert.is_true(got[i]:eq(t):all():item() ~= 0) end
      end
    end
  end)
end)

describe("attention's dropout", function()
  local SIZES, P = { { 1, 2, 70, 130 }, { 2, 1, 3, 5 }, { 1, 1, 130, 300 } }, 0.3
  local threads = lab.get_num_threads()
  after_each(function() lab.set_num_threads(threads) end)

  local function leaf(...) return lab.randn({ ... }, { dtype = "float64" }):requires_grad_() end
  local function inputs(size)
    local n, h, l, s = table.unpack(size)
    return leaf(n, h, l, 4), leaf(n, h, s, 4), leaf(n, h, s, 6)
  end
  local function dropping(q, k, v, o)
    lab.manual_seed(5)
    return F.scaled_dot_product_attention(q, k, v, { dropout_p = P, is_causal = o.is_causal, attn_mask = o.attn_mask })
  end
  -- What the probabilities are multiplied by: they come out where the values are the unit vectors.
  local function factors(size)
    local n, h, l, s = table.unpack(size)
    local zero = lab.zeros({ n, h, l, 4 }, { dtype = "float64" })
    local unit = lab.eye(s, { dtype = "float64" }):expand(n, h, s, s)
    return dropping(zero, lab.zeros({ n, h, s, 4 }, { dtype = "float64" }), unit, {}) * s
  end
  local function by_hand(q, k, v, f, mask)
    local scores = q:matmul(k:transpose(3, 4)) / 2
    return ((mask and scores + mask or scores):softmax(4) * f):matmul(v)
  end
  local function near(a, b) assert.is_true((a - b):abs():max():item() < 1e-12) end

  it("leaves out probabilities with the chance asked for", function()
    local f = factors(SIZES[3])
    local zeros = f:lt(1e-9):to("float64")
    near(f, (1 - zeros) / (1 - P))
    assert.near(P, zeros:mean():item(), 4 * math.sqrt(P * (1 - P) / f:numel()))
    assert.is_true((zeros:mean(3) - P):abs():max():item() < 0.25)
    local y = F.scaled_dot_product_attention(lab.ones(1, 2, 3), lab.ones(1, 4, 3), lab.ones(1, 4, 3), { dropout_p = 1 })
    assert.equal(0, y:abs():max():item())
  end)

  for _, size in ipairs(SIZES) do
    for name, o in pairs { plain = {}, causal = { is_causal = true }, mask = { attn_mask = true } } do
      it(("has the gradients of the formula: %s, %s"):format(table.concat(size, " x "), name), function()
        local q, k, v = inputs(size)
        local mask
        if o.is_causal then mask = lab.full({ size[3], size[4] }, 0):masked_fill(
          lab.ones(size[3], size[4]):triu(1):ne(0), -math.huge):to("float64") end
        if o.attn_mask then
          mask = lab.randn({ size[3], size[4] }, { dtype = "float64" })
          o = { attn_mask = mask }
        end
        local y, want = dropping(q, k, v, o), by_hand(q, k, v, factors(size), mask)
        near(y, want)
        local d = lab.randn(y.shape):to("float64")
        local got = lab.autograd.grad(y, { q, k, v }, { grad_outputs = d })
        for i, g in ipairs(lab.autograd.grad(want, { q, k, v }, { grad_outputs = d })) do near(got[i], g) end
        for n = 1, 3 do
          lab.set_num_threads(n)
          local again = dropping(q, k, v, o)
          assert.is_true(again:eq(y):all():item() ~= 0)
          for i, g in ipairs(lab.autograd.grad(again, { q, k, v }, { grad_outputs = d })) do
            assert.is_true(g:eq(got[i]):all():item() ~= 0)
          end
        end
      end)
    end
  end

  it("is differentiated in second order", function()
    local q, k, v = inputs(SIZES[2])
    assert.is_true(lab.autograd.gradcheck(function(a, b, c) return dropping(a, b, c, {}) end, { q, k, v }))
  end)

  it("draws anew in each step, compiled and eager alike", function()
    local q, k, v = inputs(SIZES[2])
    local function run(step)
      lab.manual_seed(1)
      local list = {}
      for i = 1, 5 do list[i] = step() end
      return list
    end
    local function step()
      local y = F.scaled_dot_product_attention(q, k, v, { dropout_p = P })
      return lab.autograd.grad(y:sum(), q):sum() + y:sum()
    end
    local function numbers(list)
      local all = {}
      for i, t in ipairs(list) do all[i] = t:item() end
      return all
    end
    local function each(f)
      return function() return lab.tensor(f():item(), { dtype = "float64" }) end
    end
    local eager = numbers(run(each(step)))
    assert.same(eager, numbers(run(each(lab.compile(step)))))
    assert.is_false(eager[1] == eager[2])
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
