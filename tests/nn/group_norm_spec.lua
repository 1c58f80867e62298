--- GroupNorm and InstanceNorm beyond PyTorch's stored numbers: memory orders, threads, recorded steps, second
-- derivatives, errors.
local lab = require "optlab"
local close = require "tests.support.close"
local compiled = require "tests.support.compiled"
local fails = require("tests.support.errors").fails
local nn = lab.nn
local F = nn.functional

local function parts(fn, x, ...)
  local leaves = { x, ... }
  local y = fn(table.unpack(leaves))
  local d = lab.arange(y:numel(), { dtype = y.dtype }):cos():reshape(y.shape)
  return { y:detach(), table.unpack(lab.autograd.grad(y, leaves, { grad_outputs = d })) }
end

local function leaf(dtype, ...) return lab.randn({ ... }, { dtype = dtype }):requires_grad_() end
local function group(x, w, b) return F.group_norm(x, 3, w, b) end
local function instance(x, w, b) return F.instance_norm(x, nil, nil, w, b) end

describe("normalisation of groups and samples", function()
  it("takes any order of memory", function()
    for _, fn in ipairs { group, instance } do
      local x, w, b = leaf("float64", 6, 5, 7, 4), leaf("float64", 6), leaf("float64", 6)
      local function turned(a, ...) return fn(a:permute(4, 1, 3, 2), ...) end
      local function copied(a, ...) return fn(a:permute(4, 1, 3, 2):contiguous(), ...) end
      local want, got = parts(copied, x, w, b), parts(turned, x, w, b)
      for i = 1, 4 do close.within(want[i], got[i], 1e-12, "value " .. i) end
    end
  end)

  it("gives the same bits on 1, 2 and 3 threads, and compiled", function()
    local threads = lab.get_num_threads()
    finally(function() lab.set_num_threads(threads) end)
    for _, fn in ipairs { group, instance } do
      for _, shape in ipairs { { 9, 6, 5, 7 }, { 40, 6, 90 }, { 2, 6, 130, 70 } } do
        local x, w, b = leaf("float32", table.unpack(shape)), leaf("float32", 6), leaf("float32", 6)
        lab.set_num_threads(1)
        local want = parts(fn, x, w, b)
        local function assert_same(got)
          for i = 1, 4 do assert.equal(0, want[i]:ne(got[i]):sum():item(), "value " .. i) end
        end
        for n = 2, 3 do
          lab.set_num_threads(n)
          assert_same(parts(fn, x, w, b))
        end
        local step = lab.compile(function() return table.unpack(parts(fn, x, w, b)) end)
        for _ = 1, 3 do assert_same { step() } end
      end
    end
  end)

  it("can be differentiated twice", function()
    lab.manual_seed(4)
    local x, w, b = leaf("float64", 2, 3, 4), leaf("float64", 3), leaf("float64", 3)
    for _, fn in ipairs { group, instance } do
      local function f(...) return fn(...):square() * 0.5 end
      assert.is_true(lab.autograd.gradcheck(f, { x, w, b }))
    end
  end)

  it("passes on tensors without elements", function()
    assert.same({ 0, 6, 5 }, F.group_norm(lab.ones(0, 6, 5), 2).shape)
    assert.same({ 0, 6, 5 }, F.instance_norm(lab.ones(0, 6, 5)).shape)
    assert.same({ 2, 6, 0 }, F.group_norm(lab.ones(2, 6, 0), 2).shape)
  end)

  it("follows statistics in recorded steps as well", function()
    compiled.same(function()
      local m = nn.InstanceNorm2d(2, { track_running_stats = true })
      return { tensors = m:buffers(), steps = 5, args = function() return lab.randn(3, 2, 4, 4) end,
        step = function(x) return m(x) end }
    end)
  end)

  it("says what it takes", function()
    fails("nn.functional.group_norm: input is (2, 5, 3): its 5 channels do not make 2 groups of equal size",
      F.group_norm, lab.ones(2, 5, 3), 2)
    fails("nn.GroupNorm: num_channels must be a multiple of num_groups, got 5 and 2", nn.GroupNorm, 2, 5)
    fails("nn.GroupNorm: input is (2, 5, 3): its second dimension must be num_channels, 4", nn.GroupNorm(2, 4),
      lab.ones(2, 5, 3))
    fails("nn.functional.group_norm: input is (1, 4): 4 groups have one value each", F.group_norm, lab.ones(1, 4), 4)
    fails("nn.functional.group_norm: weight is (3), input is (2, 4, 3): it must be (4), one number a channel",
      F.group_norm, lab.ones(2, 4, 3), 2, lab.ones(3))
    fails("nn.InstanceNorm1d: input is (2, 3, 4, 4), must be (N, 3, L) or (3, L)", nn.InstanceNorm1d(3),
      lab.ones(2, 3, 4, 4))
    fails("nn.InstanceNorm2d: input is (2, 4, 4, 4): its second dimension must be num_features, 3",
      nn.InstanceNorm2d(3), lab.ones(2, 4, 4, 4))
    fails("nn.InstanceNorm1d: input is (2, 3, 1): every channel of a sample needs more than one value",
      nn.InstanceNorm1d(3), lab.ones(2, 3, 1))
    fails("nn.functional.instance_norm: running_mean and running_var are needed unless use_input_stats = true",
      F.instance_norm, lab.ones(2, 3, 4), { use_input_stats = false })
  end)
end)
