--- Batch norm, a sum and a ReLU as one row: bit for bit what the three rows give, in every order of memory.
local lab = require "optlab"
local close = require "tests.support.close"
local compiled = require "tests.support.compiled"
local fails = require("tests.support.errors").fails
local formula = require "tests.support.formula"
local nn = lab.nn
local F = nn.functional

-- Pieces of a channel in memory: rows, single elements, long and short planes.
local SHAPES = { { 70, 5 }, { 3, 1 }, { 5, 3, 2 }, { 4, 3, 17 }, { 3, 2, 4100 }, { 2, 3, 90, 50 }, { 40, 2, 3, 5 } }

local function innermost(t)
  local back = { t:dim() }
  for d = 2, t:dim() do back[d] = d - 1 end
  local order = {}
  for d = 1, t:dim() do order[back[d]] = d end
  return t:permute(order):contiguous():permute(back)
end

local ORDERS = {
  plain = function(t) return t:contiguous() end,
  ["batch innermost"] = innermost,
  sliced = function(t) return lab.cat({ t, t }, 2):narrow(2, 1, t.shape[2]) end,
}

local function leaf(start, shape, dtype, order)
  return ORDERS[order or "plain"](formula.centred(start, shape):to(dtype)):detach():requires_grad_()
end

-- {x, add, weight, bias}
local function arguments(shape, dtype, order)
  return { leaf(0, shape, dtype, order), leaf(70000, shape, dtype), leaf(1000, { shape[2] }, dtype),
    leaf(2000, { shape[2] }, dtype) }
end

local function one(x, add, w, b, o)
  return F.batch_norm_relu(x, { weight = w, bias = b, training = true, add = add, eps = o })
end
local function apart(x, add, w, b, o)
  local y = F.batch_norm(x, { weight = w, bias = b, training = true, eps = o })
  return (add and y + add or y):relu()
end

-- What fn gives for these of the arguments, and the gradients by them.
local function run(fn, args, with_add, with_affine, options)
  local x, add, w, b = table.unpack(args)
  local y = fn(x, with_add and add or nil, with_affine and w or nil, with_affine and b or nil)
  local wanted = { x }
  if with_add then wanted[#wanted + 1] = add end
  if with_affine then wanted[#wanted + 1], wanted[#wanted + 2] = w, b end
  local d = formula.centred(300000, y.shape):to(y.dtype)
  return { y, table.unpack(lab.autograd.grad(y, wanted, { grad_outputs = d, create_graph = options })) }
end

local function same(want, got, what)
  assert.equal(#want, #got)
  for i, t in ipairs(want) do assert.equal(0, t:ne(got[i]):sum():item(), ("%s, value %d"):format(what, i)) end
end

for _, shape in ipairs(SHAPES) do
  it("batch norm, sum and ReLU of (" .. table.concat(shape, ", ") .. ") are bit for bit the three apart, on any number "
    .. "of threads", function()
    local threads = lab.get_num_threads()
    finally(function() lab.set_num_threads(threads) end)
    for order in pairs(ORDERS) do
      for _, dtype in ipairs { "float32", "float64" } do
        for _, with_add in ipairs { true, false } do
          for _, affine in ipairs { true, false } do
            local args = arguments(shape, dtype, order)
            lab.set_num_threads(1)
            local want = run(apart, args, with_add, affine)
            for n = 1, 3 do
              lab.set_num_threads(n)
              same(want, run(one, args, with_add, affine), ("%s, %s, %d threads"):format(order, dtype, n))
            end
            assert.same(want[1]:stride(), one(args[1], with_add and args[2] or nil, args[3], args[4]):stride())
          end
        end
      end
    end
  end)
end

describe("batch_norm_relu", function()
  it("can be differentiated again", function()
    local args = arguments({ 4, 3, 2 }, "float64")
    local function second(fn)
      local first, sum = run(fn, args, true, true, true), 0
      for i = 2, #first do sum = sum + first[i]:square():sum() end
      return lab.autograd.grad(sum, { args[1], args[3] })
    end
    local want, got = second(apart), second(one)
    for i = 1, 2 do close.within(want[i], got[i], 1e-12, "value " .. i) end
  end)

  it("passes nan on, and its gradient", function()
    local x = lab.randn(4, 3, 5, 5)
    x[{ 2, 2, 3, 3 }] = 0 / 0
    local args = { x:requires_grad_(), lab.randn(4, 3, 5, 5):requires_grad_(), lab.ones(3), lab.zeros(3) }
    local want, got = run(apart, args, true), run(one, args, true)
    for i = 1, 3 do
      local a, b = want[i]:detach(), got[i]:detach()
      assert.equal(0, (a:ne(b) * (a:eq(a) + b:eq(b))):sum():item(), "value " .. i)
    end
  end)

  it("is the three apart with given statistics, mixed types and gradients of some inputs alone", function()
    local x, w = lab.randn(6, 3), lab.rand({ 3 }, { dtype = "float64" })
    local mean, var = lab.randn(3), lab.rand(3) + 0.5
    same({ (F.batch_norm(x, mean, var, w) + x):relu() }, { F.batch_norm_relu(x, mean, var, w, { add = x }) }, "eval")
    same({ (F.batch_norm(x, { weight = w, training = true }) + x):relu() },
      { F.batch_norm_relu(x, { weight = w, training = true, add = x }) }, "float64")
    local a, bias = lab.randn(6, 3):requires_grad_(), lab.zeros(3):requires_grad_()
    for _, wanted in ipairs { { a }, { bias }, { bias, a } } do
      local d = lab.randn(6, 3)
      local function grads(fn) return lab.autograd.grad(fn(x, a, nil, bias), wanted, { grad_outputs = d }) end
      same(grads(apart), grads(one), "some")
    end
    assert.same({ 0, 3 }, F.batch_norm_relu(lab.zeros(0, 3), mean, var, { add = lab.zeros(0, 3) }).shape)
  end)

  it("says what does not fit", function()
    local m = nn.BatchNormReLU(3)
    fails("nn.BatchNormReLU: add is (4, 2), input is (4, 3): their shapes must be the same", m, lab.ones(4, 3),
      lab.ones(4, 2))
    fails("nn.BatchNormReLU: add must be a tensor, got 3", m, lab.ones(4, 3), 3)
    fails("nn.BatchNormReLU: too many arguments (3, at most 2)", m, lab.ones(4, 3), lab.ones(4, 3), lab.ones(4, 3))
    fails("nn.BatchNormReLU: input is (4, 2): its second dimension must be num_features, 3", m, lab.ones(4, 2))
    fails("nn.BatchNormReLU: input is (4), must be (N, C) or (N, C, ...)", m, lab.ones(4))
    fails("nn.functional.batch_norm_relu: add is (3), input is (4, 3)", F.batch_norm_relu, lab.ones(4, 3),
      { training = true, add = lab.ones(3) })
  end)

  it("is whole again after a failed allocation", function()
    local m, x = nn.BatchNormReLU(2), lab.randn(2, 2, 70, 70):requires_grad_()
    local function step() lab.autograd.grad(m(x, x):sum(), { x, m.weight }) end
    step()
    local failures = 0
    for n = 1, 60 do
      lab.fail_allocation(n)
      if not pcall(step) then failures = failures + 1 end
      lab.fail_allocation(0)
    end
    assert.is_true(failures > 5)
    step()
  end)
end)

describe("BatchNormReLU", function()
  -- Two blocks, as layers one by one and together, with the same parameters and the same running statistics.
  local function nets(sequential)
    lab.manual_seed(3)
    local bn, both = nn.BatchNorm2d(4), nn.BatchNormReLU(4)
    both:load_state_dict(bn:state_dict())
    if sequential then
      local net = nn.Sequential(nn.Conv2d(4, 4, 3, 1, 1), bn, nn.ReLU())
      return { bn, function(x) return bn(net[1](x)):relu() end }, { bn, net }
    end
    return { bn, function(x) return (bn(x) + x):relu() end }, { both, function(x) return both(x, x) end }
  end

  for _, sequential in ipairs { false, true } do
    it("trains and evaluates as its parts do" .. (sequential and ", in a Sequential too" or ""), function()
      local a, b = nets(sequential)
      local x = innermost(lab.randn(33, 4, 6, 5)):requires_grad_()
      local before = a[1]:state_dict()
      for k, t in pairs(before) do before[k] = t:clone() end
      local function outcome(net)
        net[1]:load_state_dict(before)
        net[1]:train()
        local y = net[2](x)
        local list = { y, table.unpack(lab.autograd.grad(y:square():sum(), { x, net[1].weight, net[1].bias })) }
        for _, t in ipairs(net[1]:buffers()) do list[#list + 1] = t:clone() end
        net[1]:eval()
        list[#list + 1] = net[2](x)
        return list
      end
      same(outcome(a), outcome(b), "outcome")
    end)
  end

  it("compiled gives the bits of a plain step", function()
    compiled.same(function()
      local m = nn.BatchNormReLU(3)
      return { tensors = { m.weight, m.bias, table.unpack(m:buffers()) }, steps = 4,
        args = function(i) return lab.randn(20, 3, 4, 4) * i end,
        step = function(X)
          local x = X:detach():requires_grad_()
          m(m(x, x), x):square():sum():backward()
          local g = x.grad + 0
          m.weight.grad, m.bias.grad = nil, nil
          return g
        end }
    end)
  end)
end)
