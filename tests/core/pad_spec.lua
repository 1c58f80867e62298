--- nn.functional.pad and logsumexp: what is refused, images with the batch innermost, the same bits everywhere.
local assert = require "luassert"
local compiled = require "tests.support.compiled"
local errors = require "tests.support.errors"
local lab = require "optlab"

local F = lab.nn.functional

local function on_threads(f)
  local before = lab.get_num_threads()
  finally(function() lab.set_num_threads(before) end)
  lab.set_num_threads(1)
  local one = f()
  for threads = 2, 3 do
    lab.set_num_threads(threads)
    for k, t in ipairs(f()) do assert.equal(t:numel(), one[k]:eq(t):sum():item()) end
  end
end

describe("pad", function()
  it("refuses what does not fit", function()
    local x = lab.ones(2, 3)
    errors.fails("pad must hold two numbers for each of the last dimensions, got 3 numbers for shape (2, 3)",
      function() F.pad(x, { 1, 2, 3 }) end)
    errors.fails("nn.functional.pad: pad must hold two numbers for each of the last dimensions, got 6 numbers",
      function() F.pad(x, { 1, 1, 1, 1, 1, 1 }) end)
    errors.fails("pad: mode 'reflect' can add at most 2 positions to a dimension of 3, got 3 for dimension 2",
      function() F.pad(x, { 3, 0 }, "reflect") end)
    errors.fails("pad: mode 'circular' can add at most 3 positions to a dimension of 3, got 4 for dimension 2",
      function() F.pad(x, { 0, 4 }, "circular") end)
    errors.fails("nn.functional.pad: dimension 1 is empty, there is nothing for mode 'replicate' to show",
      function() F.pad(lab.ones(0, 3), { 0, 0, 1, 0 }, { mode = "replicate" }) end)
    errors.fails("nn.functional.pad: -2 and -2 positions before and behind dimension 2 leave nothing of its 3",
      function() F.pad(x, { -2, -2 }) end)
    errors.fails("nn.functional.pad: value is for mode 'constant' alone",
      function() F.pad(x, { 1, 1 }, "reflect", 2) end)
    errors.fails("nn.functional.pad: uint8 holds whole numbers from 0 to 255, got 0.5",
      function() F.pad(x:gt(0), { 1, 1 }, { value = 0.5 }) end)
    assert.error_matches(function() F.pad(lab.ones(2 ^ 20, 1), { 2 ^ 31 - 1, 2 ^ 31 - 1, 2 ^ 31 - 1, 0 }) end,
      "nn.functional.pad: .*more elements than")
  end)

  it("keeps images whose batch is innermost as they lie", function()
    local x = lab.randn({ 3, 4, 5, 6 }, { dtype = "float64" }):requires_grad_()
    local inner = x:permute(2, 3, 4, 1):contiguous():permute(4, 1, 2, 3)
    for _, mode in ipairs { "constant", "reflect", "replicate", "circular" } do
      local a, b = F.pad(x, { 2, 1, 1, 3 }, mode), F.pad(inner, { 2, 1, 1, 3 }, mode)
      assert.same(a:tolist(), b:tolist())
      assert.same({ 1, 3 * 9 * 9, 3 * 9, 3 }, b:stride())
      local weight = lab.randn({ 3, 4, 9, 9 }, { dtype = "float64" })
      local function gradient(y) return lab.autograd.grad((y * weight):sum(), x, { retain_graph = true }):tolist() end
      assert.same(gradient(a), gradient(b))
    end
  end)

  it("gives the same bits on any number of threads", function()
    on_threads(function()
      lab.manual_seed(2)
      local x, list = lab.randn(9, 5, 30, 31):requires_grad_(), {}
      for _, mode in ipairs { "constant", "reflect", "replicate", "circular" } do
        local y = F.pad(x, { 7, 2, 1, 9, 2, 1 }, mode)
        list[#list + 1] = y:detach()
        list[#list + 1] = lab.autograd.grad((y ^ 2):sum(), x)
      end
      return list
    end)
  end)
end)

describe("logsumexp", function()
  it("gives the same bits on any number of threads and in compiled steps", function()
    on_threads(function()
      lab.manual_seed(2)
      local x = lab.randn(70, 40, 33)
      return {
        x:logsumexp(1), x:logsumexp(2), x:logsumexp(3), x:logsumexp { 1, 3 }, x:reshape(70, -1):t():logsumexp(1),
      }
    end)
    compiled.same(function()
      local x = lab.randn(4, 5, 40):requires_grad_()
      return { steps = 4, tensors = { x }, args = function() return 1 end, step = function()
        x.grad = nil
        local y = F.pad(x, { 1, 2, 2, 1 }, "reflect"):logsumexp({ 1, 3 }) + F.pad(x, { 0, 0, 1, 2 }):logsumexp({ 1, 3 })
        y:sum():backward()
        return y
      end }
    end)
  end)

  it("takes integers as floats, and needs no dimension", function()
    local x = lab.tensor({ 1, 2, 3 }, { dtype = "int64" })
    assert.equal("float32", x:logsumexp(1).dtype)
    assert.near(math.log(math.exp(1) + math.exp(2) + math.exp(3)), x:logsumexp():item(), 1e-6)
    assert.equal(2.5, lab.tensor(2.5):logsumexp():item())
    assert.equal(-math.huge, lab.zeros(0):logsumexp(1):item())
  end)
end)

describe("lab.func", function()
  it("has vmap and functional_call too", function()
    local layer = lab.nn.Linear(2, 1)
    local W = lab.ones(1, 2)
    local x = lab.tensor { { 1, 2 }, { 3, 4 } }
    local per_row = lab.func.vmap(function(row)
      return lab.func.functional_call(layer, { weight = W, bias = lab.zeros(1) }, row)
    end)
    assert.same({ { 3 }, { 7 } }, per_row(x):tolist())
  end)
end)
