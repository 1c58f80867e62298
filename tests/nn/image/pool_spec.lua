--- Pools and resizes where PyTorch's stored numbers do not reach: orders of memory, threads, compiled steps, failures.
local lab = require "optlab"
local close = require "tests.support.close"
local fails = require("tests.support.errors").fails
local nn = require "optlab.nn"
local F = nn.functional

local FUNCTIONS = {
  max = function(x) return F.max_pool2d(x, 3, 2, 1) end,
  ["max, dilated"] = function(x) return F.max_pool2d(x, 2, { stride = 1, dilation = { 2, 1 }, ceil_mode = true }) end,
  ["max, windows of 300 places"] = function(x)
    return F.max_pool2d(x, { 20, 15 }, { stride = 3, padding = { 10, 7 } })
  end,
  avg = function(x) return F.avg_pool2d(x, 2) end,
  ["avg, parts beyond the border"] = function(x) return F.avg_pool2d(x, 3, 2, 1, true, false) end,
  ["adaptive avg"] = function(x) return F.adaptive_avg_pool2d(x, { 3, 5 }) end,
  ["adaptive max"] = function(x) return F.adaptive_max_pool2d(x, { 3, 5 }) end,
  nearest = function(x) return F.interpolate(x, { scale_factor = 2 }) end,
  bilinear = function(x) return F.interpolate(x, { 13, 5 }, { mode = "bilinear" }) end,
  bicubic = function(x) return F.interpolate(x, { 5, 17 }, { mode = "bicubic" }) end,
}

local function randn(n, c, h, w, dtype, innermost)
  local x = lab.randn({ c, h, w, n }, { dtype = dtype }):permute(4, 1, 2, 3)
  if not innermost then x = x:contiguous() end
  return x:detach():requires_grad_()
end

local function run(fn, x)
  x.grad = nil
  local y = fn(x)
  local weight = lab.cos(lab.arange(y:numel(), { dtype = x.dtype })):reshape(y.shape)
  y:backward(weight)
  return y:detach(), x.grad:clone()
end

local function same(a, b) return lab.eq(a, b):to("int64"):sum():item() == a:numel() end

describe("pools and resizes", function()
  for name, fn in pairs(FUNCTIONS) do
    for _, dtype in ipairs { "float32", "float64" } do
      it(("%s, %s: the same bits in any order of memory, for any batch and any number of threads"):format(name, dtype),
        function()
          for _, n in ipairs { 1, 3, 16, 33 } do
            local x = randn(n, 3, 12, 11, dtype, true)
            local y, dx = run(fn, x)
            for _, other in ipairs { x:detach():contiguous(),
              x:detach():permute(2, 3, 4, 1):contiguous():permute(4, 1, 2, 3),
              x:detach():permute(1, 3, 4, 2):contiguous():permute(1, 4, 2, 3) } do
              local y2, dx2 = run(fn, other:detach():requires_grad_())
              assert.is_true(same(y, y2))
              assert.is_true(same(dx, dx2))
            end
            local y1, dx1 = run(fn, lab.cat({ x:detach(), x:detach() }, 1):requires_grad_())
            assert.is_true(same(y, y1[{ { 1, n } }]))
            if name:find "max" or n > 1 then assert.equal(2 * n, dx1:size(1)) end
          end
          local x = randn(40, 20, 24, 25, dtype, true)
          local y, dx = run(fn, x)
          for threads = 2, 3 do
            lab.set_num_threads(threads)
            local y2, dx2 = run(fn, x)
            lab.set_num_threads(1)
            assert.is_true(same(y, y2))
            assert.is_true(same(dx, dx2))
          end
        end)
    end

    it(name .. ": float32 is near float64; compiled steps give the same bits; no image gives none", function()
      local x = randn(5, 4, 12, 11, "float64", false)
      local y, dx = run(fn, x)
      local y32, dx32 = run(fn, x:detach():to("float32"):requires_grad_())
      close.within(y, y32:to("float64"), 1e-5, "output")
      close.within(dx, dx32:to("float64"), 1e-5, "gradient")
      local step = lab.compile(function(t)
        local leaf = t * 1
        return (fn(leaf * x) ^ 2):sum()
      end)
      local t = lab.ones({ 5, 4, 12, 11 }, { dtype = "float64" })
      local first = step(t):item()
      for _ = 1, 3 do assert.equal(first, step(t):item()) end
      local none = randn(0, 4, 12, 11, "float32", false)
      local empty, grad = run(fn, none)
      assert.equal(0, empty:size(1))
      assert.same({ 0, 4, 12, 11 }, grad.shape)
    end)

    it(name .. ": without memory it fails, and nothing is lost", function()
      local x = randn(3, 2, 12, 11, "float32", true)
      local want, want_grad = run(fn, x)
      local y = fn(x)
      for fail = 1, 30 do
        lab.fail_allocation(fail)
        pcall(fn, x)
        lab.fail_allocation(fail)
        pcall(function() y:backward(y:detach(), { retain_graph = true }) end)
        lab.fail_allocation(0)
      end
      local got, got_grad = run(fn, x)
      assert.is_true(same(want, got) and same(want_grad, got_grad))
    end)
  end
end)

describe("max_pool2d", function()
  it("a window that lies in the padding is minus infinity, and has no gradient", function()
    local x = lab.ones({ 1, 1, 1, 1 }, { requires_grad = true })
    local y = F.max_pool2d(x, 2, { padding = 1, dilation = 2 })
    assert.equal(-math.huge, y:item())
    y:sum():backward()
    assert.equal(0, x.grad:item())
  end)

  it("of minus infinities the first place wins", function()
    local x = lab.full({ 1, 1, 2, 2 }, -math.huge):requires_grad_()
    F.max_pool2d(x, 2):sum():backward()
    assert.same({ { { { 1, 0 }, { 0, 0 } } } }, x.grad:tolist())
  end)
end)

describe("errors of pools and resizes:", function()
  local image, signal = lab.ones(1, 2, 4, 4), lab.ones(1, 2, 4)
  it("windows, sizes and modes", function()
    fails("padding 2 is more than half of kernel_size 3", F.max_pool1d, signal, 3, { padding = 2 })
    fails("kernel_size is 9, padding is 0: the window must fit into the padded signal", F.avg_pool1d, signal, 9)
    fails("the window must fit into the padded image", F.max_pool2d, image, 3, { dilation = 2 })
    fails("a single signal becomes one by x:unsqueeze(1)", F.max_pool1d, signal[1], 2)
    fails("must be (N, C, H, W)", F.adaptive_avg_pool2d, lab.ones(1, 2, 4, 4, 1), 2)
    fails("one of size and scale_factor must be given", F.interpolate, image)
    fails("one of size and scale_factor must be given", F.interpolate, image, 2, 2)
    fails("align_corners goes with mode 'linear'", F.interpolate, image, 2, { align_corners = true })
    fails("mode 'bilinear' is for (N, C, H, W)", F.interpolate, signal, 2, { mode = "bilinear" })
    fails("mode 'linear' is for (N, C, L)", F.interpolate, image, 2, { mode = "linear" })
    fails("must be one number for signals", F.interpolate, signal, { 2, 3 })
    fails("the output would have 0 places", F.interpolate, image, { scale_factor = 0.1 })
  end)
end)
