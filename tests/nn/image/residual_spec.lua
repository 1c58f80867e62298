--- A convolution adds its input's gradient to those that reached the input before, in one pass: the same bits as apart.
local lab = require "optlab"
local compiled = require "tests.support.compiled"
local formula = require "tests.support.formula"
local F = lab.nn.functional

local function leaf(start, shape, dtype) return formula.centred(start, shape):to(dtype):requires_grad_() end

-- Batches of few images, of part of a block of images and of whole ones; windows with steps and groups; few channels.
local CASES = {
  { { 3, 4, 7, 6 }, { 4, 4, 3, 3 }, { padding = 1 } },
  { { 32, 4, 7, 6 }, { 4, 4, 3, 3 }, { padding = 1 } },
  { { 37, 4, 7, 6 }, { 4, 4, 3, 3 }, { padding = 1 } }, { { 130, 2, 5, 6 }, { 2, 2, 3, 3 }, { padding = 1 } },
  { { 96, 3, 8, 8 }, { 6, 3, 1, 1 }, { stride = 2 } }, { { 40, 20, 6, 6 }, { 8, 10, 3, 3 }, { stride = 2, groups = 2 } },
}

-- x as it is, or in another order of memory than the convolution's gradient.
local SOURCES = {
  squared = function(x) return x * x end,
  ["from a convolution"] = function(x) return F.conv2d(x, lab.ones(x.shape[2], 1, 1, 1, { dtype = x.dtype }),
    { groups = x.shape[2] }) end,
}

for i, case in ipairs(CASES) do
  for source, make in pairs(SOURCES) do
    it(("the sum of the gradients before a convolution, %s, case %d"):format(source, i), function()
      local threads = lab.get_num_threads()
      finally(function() lab.set_num_threads(threads) end)
      for _, dtype in ipairs { "float32", "float64" } do
        local x, w = leaf(0, case[1], dtype), leaf(9000, case[2], dtype)
        local y = make(x)
        local d = formula.centred(700, y.shape):to(dtype)
        local c = F.conv2d(y, w, case[3])
        local e = formula.centred(900, c.shape):to(dtype)
        -- the two paths apart, added as the graph adds them: what came last in the graph comes first
        local first = d
        local second = lab.autograd.grad(c, y, { grad_outputs = e, retain_graph = true })
        local want = lab.autograd.grad(y, x, { grad_outputs = first + second, retain_graph = true })
        for n = 1, 3 do
          lab.set_num_threads(n)
          local loss = (c * e):sum() + (y * d):sum()
          local got = lab.autograd.grad(loss, { x, w }, { retain_graph = true })
          assert.equal(0, want:ne(got[1]):sum():item(), dtype)
          local between = lab.autograd.grad(loss, y, { retain_graph = true })
          assert.equal(0, (first + second):ne(between):sum():item(), dtype)
        end
      end
    end)
  end
end

describe("a convolution's gradient", function()
  it("of a residual block can be differentiated again", function()
    local x, w = leaf(0, { 17, 2, 3, 3 }, "float64"), leaf(50, { 2, 2, 3, 3 }, "float64")
    assert.is_true(lab.autograd.gradcheck(function(a, b)
      local y = a * a
      return lab.autograd.grad((F.conv2d(y, b, { padding = 1 }) + y):square():sum(), { a, b }, { create_graph = true })[2]
    end, { x, w }))
  end)

  it("of a residual block leaves what its hooks got alone", function()
    local x, w = leaf(0, { 32, 2, 4, 4 }, "float32"), leaf(50, { 2, 2, 3, 3 }, "float32")
    local seen = {}
    local y, z = x * x
    y:register_hook(function(g) seen[#seen + 1] = g:clone() end)
    z = y * 1
    z:register_hook(function(g) seen[#seen + 1] = g end)
    local copy
    local c = F.conv2d(y, w, { padding = 1 })
    local d = formula.centred(700, z.shape):to "float32"
    copy = d:clone();
    (z * d + c):sum():backward()
    assert.equal(2, #seen)
    assert.equal(0, d:ne(copy):sum():item())
    assert.equal(0, seen[1]:ne(d):sum():item())
  end)

  it("of a residual block compiled gives the bits of a plain step", function()
    compiled.same(function()
      local w = leaf(50, { 4, 4, 3, 3 }, "float32")
      return { tensors = { w }, steps = 4, args = function(i) return lab.randn(33, 4, 6, 6) * i end,
        step = function(X)
          local x = X:detach():requires_grad_()
          local y = x:tanh();
          (F.conv2d(y, w, { padding = 1 }) + y):square():sum():backward()
          w.grad = nil
          return x.grad + 0
        end }
    end)
  end)
end)
