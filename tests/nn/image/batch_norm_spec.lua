--- Batch normalisation in its own rows: against plain operations on tensors of many shapes and memory orders, and the
-- same bits on any number of threads.
local lab = require "optlab"
local close = require "tests.support.close"
local compiled = require "tests.support.compiled"
local fails = require("tests.support.errors").fails
local formula = require "tests.support.formula"
local nn = lab.nn
local F = nn.functional

-- The channel's pieces in memory: whole channels, rows of many and of few elements, single elements; with the batch
-- innermost, channels last.
local SHAPES = {
  { 2, 3 }, { 70, 5 }, { 600, 40 }, { 3, 1 }, { 5, 3, 2 }, { 4, 3, 17 }, { 3, 2, 4100 }, { 130, 2, 40 }, { 2, 1, 4, 3 },
  { 3, 4, 5, 7 }, { 2, 3, 90, 50 }, { 40, 2, 3, 5 }, { 2, 2, 2, 2, 3 },
}

-- t with dimension d the innermost in memory.
local function innermost(t, d)
  local order, back = {}, {}
  for k = 1, t:dim() do if k ~= d then order[#order + 1] = k end end
  order[#order + 1] = d
  for k, from in ipairs(order) do back[from] = k end
  return t:permute(order):contiguous():permute(back)
end

local ORDERS = {
  plain = function(t) return t end,
  reversed = function(t)
    local back = {}
    for d = 1, t:dim() do back[d] = t:dim() + 1 - d end
    return t:permute(back):contiguous():permute(back)
  end,
  ["batch innermost"] = function(t) return innermost(t, 1) end,
  ["channels last"] = function(t) return innermost(t, 2) end,
  sliced = function(t) return lab.cat({ t, t }, 2):narrow(2, 1, t.shape[2]) end,
}

local function as_channels(t, x)
  local shape = {}
  for d = 1, x:dim() do shape[d] = d == 2 and -1 or 1 end
  return t:reshape(shape)
end

-- y by plain operations, with mean and variance given or the batch's.
local function plain(x, w, b, mean, var)
  if not mean then
    local flat = x:transpose(1, 2):reshape { x.shape[2], -1 }
    mean = flat:mean(2)
    var = (flat - mean:unsqueeze(2)):square():mean(2)
  end
  return (x - as_channels(mean, x)) / lab.sqrt(as_channels(var, x) + 1e-5) * as_channels(w, x) + as_channels(b, x)
end

local function leaf(start, shape, dtype, order)
  local t = ORDERS[order or "plain"](formula.centred(start, shape):to(dtype or "float64"))
  return t:detach():requires_grad_()
end

-- The output of fn(x, w, b) and the gradients by them.
local function run(fn, x, w, b)
  local y = fn(x, w, b)
  local d = ORDERS.reversed(formula.centred(300000, y.shape):to(y.dtype))
  return { y:detach(), table.unpack(lab.autograd.grad(y, { x, w, b }, { grad_outputs = d })) }
end

local function arguments(shape, dtype, order)
  return leaf(0, shape, dtype, order), leaf(1000, { shape[2] }, dtype), leaf(2000, { shape[2] }, dtype)
end

local function train(x, w, b) return F.batch_norm(x, nil, nil, w, b, { training = true }) end
local function statistics(channels, dtype)
  return formula.centred(5000, { channels }):to(dtype), (formula.centred(6000, { channels }):abs() + 0.5):to(dtype)
end

local function assert_close(want, got, tol)
  for i = 1, #want do close.within(want[i], got[i], i == 1 and tol or 100 * tol, "value " .. i) end
end

for _, shape in ipairs(SHAPES) do
  describe("batch norm of (" .. table.concat(shape, ", ") .. ")", function()
    it("agrees with plain operations in every order of memory, by the batch and by given statistics", function()
      local mean, var = statistics(shape[2], "float64")
      local function given(x, w, b) return F.batch_norm(x, mean, var, w, b) end
      local want, eval = run(plain, arguments(shape)), run(function(x, w, b) return plain(x, w, b, mean, var) end,
        arguments(shape))
      for order in pairs(ORDERS) do
        assert_close(want, run(train, arguments(shape, "float64", order)), 1e-11)
        assert_close(eval, run(given, arguments(shape, "float64", order)), 1e-11)
      end
    end)

    it("gives the same bits on 1, 2 and 3 threads", function()
      local threads = lab.get_num_threads()
      finally(function() lab.set_num_threads(threads) end)
      for order in pairs(ORDERS) do
        local want
        for n = 1, 3 do
          lab.set_num_threads(n)
          local got = run(train, arguments(shape, "float32", order))
          want = want or got
          for i = 1, #want do assert.equal(0, want[i]:ne(got[i]):sum():item(), order .. ", value " .. i) end
        end
      end
    end)
  end)
end

describe("batch norm", function()
  it("keeps the input's order in memory", function()
    local x = ORDERS["batch innermost"](lab.randn(5, 3, 4, 4)):requires_grad_()
    local y = nn.BatchNorm2d(3)(x)
    assert.same(x:stride(), y:stride())
    assert.same(x:stride(), lab.autograd.grad(y:square():sum(), x):stride())
  end)

  it("finds the variance of numbers far from 0, and none in equal ones", function()
    local x = lab.arange(64):reshape(32, 2) + 1e6
    close.within(train(x - 1e6, lab.ones(2), lab.zeros(2)), train(x, lab.ones(2), lab.zeros(2)), 1e-5, "output")
    local flat = lab.full({ 3, 2, 50, 50 }, 0.1)
    assert.equal(0, F.batch_norm(flat, nil, nil, { training = true, eps = 0 }):abs():max():item())
  end)

  it("passes nan on to its channel alone", function()
    local x = lab.randn(4, 3, 5, 5)
    x[{ 2, 2, 3, 3 }] = 0 / 0
    local y = nn.BatchNorm2d(3)(x)
    local bad = y:ne(y):sum({ 1, 3, 4 }):tolist()
    assert.same({ 0, 100, 0 }, bad)
  end)

  it("without momentum keeps the means over all batches seen, compiled too", function()
    compiled.same(function()
      local m = nn.BatchNorm1d(2, { momentum = false })
      return { tensors = m:buffers(), steps = 6, args = function(i) return lab.full({ 2, 2 }, i) * lab.ones(2, 2) end,
        step = function(X) return m(X) end }
    end)
    local m = nn.BatchNorm1d(1, { momentum = false, dtype = "float64" })
    for i = 1, 4 do m(lab.tensor({ { i }, { i + 2 } }, { dtype = "float64" })) end
    assert.equal(3.5, m.running_mean:item())
    assert.equal(2, m.running_var:item())
    assert.equal(false, m.momentum)
    assert.equal("BatchNorm1d(1, eps=1e-05, momentum=None, affine=True, track_running_stats=True)", tostring(m))
    fails("nn.BatchNorm1d: momentum must be a finite number or false, got 'none'", nn.BatchNorm1d, 1,
      { momentum = "none" })
  end)

  it("is whole again after a failed allocation", function()
    for _, shape in ipairs { { 6, 4 }, { 2, 2, 70, 70 } } do
      local m, x = nn.BatchNorm1d(shape[2]), lab.randn(shape):requires_grad_()
      if #shape == 4 then m = nn.BatchNorm2d(shape[2]) end
      local function step() lab.autograd.grad(m(x):sum(), { x, m.weight }) end
      step()
      local failures = 0
      for n = 1, 60 do
        lab.fail_allocation(n)
        if not pcall(step) then failures = failures + 1 end
        lab.fail_allocation(0)
      end
      assert.is_true(failures > 5)
      step()
    end
  end)
end)
