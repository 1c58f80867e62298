--- Initialisers that give structure: truncated normal numbers, orthogonal, sparse and identity weights.
local lab = require "optlab"
local init = lab.nn.init

local function weight(...) return lab.zeros({ ... }, { dtype = "float64" }) end

describe("nn.init.trunc_normal_", function()
  it("stays within the bounds, with the moments of the cut distribution", function()
    lab.manual_seed(1)
    local t = init.trunc_normal_(weight(200, 200), 1, 2, -1, 2)
    assert.is_true(t:min():item() >= -1 and t:max():item() <= 2)
    -- of N(1, 4) on [-1, 2], alpha = -1, beta = 0.5: mean 1 + 2 (phi(alpha) - phi(beta)) / Z
    assert.near(0.584, t:mean():item(), 0.01)
    assert.near(0.826, t:std():item(), 0.01)
  end)

  it("reaches far into a tail", function()
    lab.manual_seed(1)
    local t = init.trunc_normal_(weight(50, 50), 0, 1, -9, -7)
    assert.is_true(t:min():item() >= -9 and t:max():item() <= -7)
    assert.near(-7.14, t:mean():item(), 0.02)
  end)

  it("reaches as far above the mean, where the distribution function is 1", function()
    lab.manual_seed(1)
    local t = init.trunc_normal_(weight(50, 50), 1, 2, 19, 23)
    assert.is_true(t:min():item() >= 19 and t:max():item() <= 23)
    assert.near(19.2172, t:mean():item(), 0.02)
    assert.equal(2500, t:unique():numel())
  end)

  it("follows the distribution function", function()
    lab.manual_seed(2)
    local t = init.trunc_normal_(weight(20000), 0, 1, -3, 4)
    local lo, hi = 0.0013498980316301, 0.99996832875817
    local p = ((0.5 * lab.erfc(t / -math.sqrt(2)) - lo) / (hi - lo)):sort()
    local want = (lab.arange(20000, { dtype = "float64" }) + 0.5) / 20000
    assert.is_true((p - want):abs():max():item() < 1.63 / math.sqrt(20000)) -- Kolmogorov and Smirnov at 1 %
  end)

  it("refuses bounds in the wrong order", function()
    assert.error_matches(function() init.trunc_normal_(weight(2, 2), 0, 1, 2, 1) end, "a = 2 is greater than b = 1")
  end)
end)

describe("nn.init.orthogonal_", function()
  for _, shape in ipairs { { 5, 3 }, { 3, 5 }, { 4, 4 }, { 2, 3, 2, 2 }, { 1, 1 } } do
    it("makes rows or columns orthonormal: " .. table.concat(shape, " x "), function()
      local t = init.orthogonal_(lab.zeros(shape, { dtype = "float64" }), 2):reshape(shape[1], -1)
      local product = shape[1] <= t.shape[2] and t:mm(t:t()) or t:t():mm(t)
      local eye = lab.eye(product.shape[1], { dtype = "float64" })
      assert.is_true((product - 4 * eye):abs():max():item() < 1e-13)
    end)
  end

  it("depends on the seed alone, and fills a transposed tensor", function()
    lab.manual_seed(5)
    local a = init.orthogonal_(weight(3, 4))
    lab.manual_seed(5)
    local b = weight(4, 3):t()
    init.orthogonal_(b)
    assert.same(a:tolist(), b:tolist())
  end)

  it("wants a matrix", function()
    assert.error_matches(function() init.orthogonal_(weight(3)) end, "needs two dimensions")
  end)
end)

describe("nn.init.dirac_", function()
  it("makes a convolution copy its inputs, group by group", function()
    local conv = lab.nn.Conv2d(2, 4, 3, { padding = 1, bias = false })
    init.dirac_(conv.weight, 2)
    local x = lab.randn(1, 2, 4, 4)
    assert.same(lab.cat({ x, x }, 2):tolist(), conv(x):tolist())
  end)

  it("wants the weight of a convolution", function()
    assert.error_matches(function() init.dirac_(weight(3, 3)) end, "the weight of a convolution")
    assert.error_matches(function() init.dirac_(weight(3, 3, 3), 2) end, "cannot be divided into 2 groups")
  end)
end)

describe("nn.init.sparse_", function()
  it("sets the same share of each column to 0", function()
    local t = init.sparse_(weight(10, 4), 0.25, 1)
    assert.same({ 3, 3, 3, 3 }, t:eq(0):sum(1):tolist())
    assert.error_matches(function() init.sparse_(weight(3), 0.5) end, "only a matrix can be sparse")
  end)
end)
