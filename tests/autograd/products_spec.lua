--- Products of batches of matrices: as the products one by one, with the same bits on any number of threads.
local lab = require "optlab"

describe("products of batches", function()
  local threads = lab.get_num_threads()
  after_each(function() lab.set_num_threads(threads) end)

  local function near(a, b, tolerance)
    assert.same(b.shape, a.shape)
    assert.is_true(a:numel() == 0 or (a:detach() - b:detach()):abs():max():item() < (tolerance or 1e-11))
  end
  local function same_bits(a, b) assert.is_true(a:eq(b):all():item() ~= 0) end

  local function one_by_one(a, b)
    local list = {}
    for i = 1, a.shape[1] do list[i] = a:select(1, i):contiguous():mm(b:select(1, i):contiguous()) end
    return lab.stack(list)
  end

  local function operands(batch, m, k, n, dtype)
    local o = { dtype = dtype }
    return { lab.randn({ batch, m, k }, o), lab.randn({ batch, k, m }, o):transpose(2, 3),
        lab.randn({ m, batch, k }, o):transpose(1, 2), lab.randn({ m, 1, k }, o):transpose(1, 2):expand(batch, m, k),
        lab.randn({ batch, m, 2 * k }, o)[{ {}, {}, { 1, -1, 2 } }] },
      { lab.randn({ batch, k, n }, o), lab.randn({ batch, n, k }, o):transpose(2, 3),
        lab.randn({ batch, k, 1 }, o):expand(batch, k, n) }
  end

  for _, size in ipairs { { 7, 5, 3, 4 }, { 40, 20, 24, 20 }, { 3, 130, 300, 110 }, { 9, 1, 33, 1 } } do
    for _, dtype in ipairs { "float32", "float64" } do
      it(("%d of %d x %d x %d, %s"):format(size[1], size[2], size[3], size[4], dtype), function()
        local left, right = operands(size[1], size[2], size[3], size[4], dtype)
        for _, a in ipairs(left) do
          for _, b in ipairs(right) do
            lab.set_num_threads(1)
            local y = a:matmul(b)
            near(y, one_by_one(a, b), dtype == "float32" and 1e-3 or 1e-11)
            for n = 2, 3 do
              lab.set_num_threads(n)
              same_bits(y, a:matmul(b))
            end
          end
        end
      end)
    end
  end

  it("multiplies integers, and empty ones", function()
    local a, b = lab.randint(-5, 5, { 300, 3, 4 }), lab.randint(-5, 5, { 300, 4, 2 })
    same_bits(a:matmul(b), one_by_one(a, b))
    assert.same({ 0, 3, 2 }, lab.zeros(0, 3, 4):matmul(lab.zeros(0, 4, 2)).shape)
    assert.same({ { { 0, 0 } } }, lab.zeros(1, 1, 0):matmul(lab.zeros(1, 0, 2)):tolist())
  end)

  it("takes many rows times one matrix as one product", function()
    local x, w = lab.randn({ 2, 3, 4 }, { dtype = "float64" }), lab.randn({ 4, 5 }, { dtype = "float64" })
    local v = lab.randn({ 4 }, { dtype = "float64" })
    x:requires_grad_()
    w:requires_grad_()
    local y = x:transpose(1, 2):matmul(w)
    near(y, x:detach():transpose(1, 2):contiguous():reshape(6, 4):mm(w):reshape(3, 2, 5))
    local gx, gw = table.unpack(lab.autograd.grad((y ^ 2):sum(), { x, w }))
    assert.same({ 2, 3, 4 }, gx.shape)
    near(gw, 2 * x:reshape(6, 4):t():mm(x:reshape(6, 4):mm(w)))
    assert.same({ 2, 3 }, x:matmul(v).shape)
    assert.is_true(lab.autograd.gradcheck(function(a, b) return a:matmul(b) end, { x, w }))
  end)
end)
