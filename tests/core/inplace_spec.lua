--- Changes in place: tensors whose elements share their place in memory, operands that overlap, gradients that a change
-- would lose.
local errors = require "tests.support.errors"
local lab = require "optlab"

local SHARED = "unsupported operation: more than one element of the written-to tensor, shape (3), refers to a single "
  .. "memory location; clone() it first"

describe("a tensor whose elements share memory", function()
  local function x() return lab.ones(1):expand(3) end
  local m = lab.tensor({ 1, 0, 1 }, { dtype = "uint8" })

  it("is not written to, by any way", function()
    local writes = {
      add_ = { 1 }, sub_ = { lab.ones(3) }, mul_ = { 2 }, div_ = { 2 }, pow_ = { 2 }, copy_ = { lab.ones(3) },
      exp_ = {}, log_ = {}, sqrt_ = {}, square_ = {}, abs_ = {}, neg_ = {}, clamp_ = { 0, 1 }, relu_ = {},
      sigmoid_ = {}, tanh_ = {}, floor_ = {}, round_ = {}, uniform_ = {}, normal_ = {}, masked_fill_ = { m, 0 },
    }
    for name, arguments in pairs(writes) do
      local t = x()
      errors.fails("Tensor:" .. name .. ": " .. SHARED, function() t[name](t, table.unpack(arguments)) end)
      assert.same({ 1, 1, 1 }, t:tolist())
    end
    errors.fails("t[key] = value: " .. SHARED, function() x()[{ {} }] = lab.zeros(3) end)
    errors.fails("t[key] = value: " .. SHARED, function() x()[m] = 0 end)
    errors.fails("t[key] = value: " .. SHARED, function() x()[m] = lab.ones(2) end)
    errors.fails("t.grad = value: " .. SHARED, function() lab.ones({ 3 }, { requires_grad = true }).grad = x() end)
    errors.fails("nn.init.uniform_: " .. SHARED, function() lab.nn.init.uniform_(x()) end)
    errors.fails("nn.functional.batch_norm: " .. SHARED,
      function() lab.nn.functional.batch_norm(lab.ones(4, 3), x(), x(), { training = true }) end)
    errors.fails("optim.SGD: parameter 1 has elements that share a place in memory (expand); clone() it first",
      function() return lab.optim.SGD { x():requires_grad_() } end)
  end)

  it("may be filled, and written to where its elements differ", function()
    assert.same({ 3, 3, 3 }, x():fill_(3):tolist())
    assert.same({ 0, 0, 0 }, x():zero_():tolist())
    local t = x()
    t[{ {} }] = 5
    assert.same({ 5, 5, 5 }, t:tolist())
    t[2] = lab.tensor(7)
    assert.same({ 7, 7, 7 }, t:tolist())
    local rows = lab.arange(4):reshape(2, 1, 2):expand(2, 3, 2)
    rows:fill_(4)
    assert.equal(48, rows:sum():item())
    rows[{ {}, 1 }]:add_(lab.tensor({ { 1, 2 }, { 3, 4 } })) -- one of the three
    assert.same({ { 5, 6 }, { 7, 8 } }, rows[{ {}, 3 }]:tolist())
    assert.same({ 2, 2 }, lab.ones(1, 2):expand(1, 2):add_(1)[1]:tolist()) -- expanded to what it is
    assert.same({}, lab.ones(1):expand(0, 3):mul_(2):tolist()) -- no element at all
    local large = lab.zeros(1, 70):expand(6000, 70)
    assert.equal(6000 * 70, large:fill_(1):sum():item())
  end)
end)

describe("operands that share memory with the tensor", function()
  it("count as they were before", function()
    local t = lab.tensor { { 1, 2 }, { 3, 4 } }
    assert.same({ { 2, 5 }, { 5, 8 } }, t:clone():add_(t:t()):tolist())
    local a = t:clone()
    assert.same({ { 2, 5 }, { 5, 8 } }, a:add_(a:t()):tolist())
    local b = lab.arange(5)
    b[{ { 2, 5 } }]:add_(b[{ { 1, 4 } }])
    assert.same({ 0, 1, 3, 5, 7 }, b:tolist())
    local c = lab.arange(5)
    c[{ { 2, 5 } }]:copy_(c[{ { 1, 4 } }])
    assert.same({ 0, 0, 1, 2, 3 }, c:tolist())
    local d = lab.tensor { 2, 3, 4 }
    assert.same({ 4, 6, 8 }, d:mul_(d[1]):tolist())
    local e = lab.tensor { 1, 2, 3 }
    e[{ { 2, 3 } }] = e[{ { 1, 2 } }]
    assert.same({ 1, 1, 2 }, e:tolist())
    local f = lab.tensor { 1, 2, 3 }
    f[f:gt(1)] = f[{ { 1, 2 } }]
    assert.same({ 1, 1, 2 }, f:tolist())
    local g = lab.tensor { 1, 2, 3 }
    assert.same({ 3, 6, 9 }, g:add_(g, 2):tolist())
    local whole = lab.tensor({ 1, 2, 3 }, { dtype = "int64" })
    assert.same({ 2, 4, 6 }, whole[{ { 1, 3 } }]:add_(whole[{ { 1, 3 } }]):tolist())
    local bytes = lab.tensor({ 1, 2, 3 }, { dtype = "uint8" })
    assert.same({ 2, 4, 6 }, bytes:add_(bytes:to("int64")):tolist())
    assert.same({ 2, 4, 6 }, bytes:tolist())
  end)
end)

describe("a value that requires a gradient", function()
  it("is not written into a tensor, where its gradient would be lost", function()
    local w = lab.ones({ 2 }, { requires_grad = true })
    local writes = {
      copy_ = function(t) t:copy_(w * 3) end,
      add_ = function(t) t:add_(w) end,
      sub_ = function(t) t:sub_(w, 2) end,
      mul_ = function(t) t:mul_(w) end,
      ["t[key] = value"] = function(t) t[1] = w[1] end,
      masked_fill_ = function(t) t:masked_fill_(t:gt(0), w[1]) end,
    }
    for name, write in pairs(writes) do
      local t = lab.ones(2)
      errors.fails(name .. ": the tensor that is written requires a gradient, which an in-place change would lose",
        function() write(t) end)
      assert.same({ 1, 1 }, t:tolist())
      lab.no_grad(function() write(t) end)
    end
    local slice = lab.zeros(2)
    errors.fails("copy_: the tensor that is written requires",
      function() slice[{ { 1, 1 } }]:copy_(w[{ { 1, 1 } }] * 2) end)
    assert.same({ 3, 3 }, lab.zeros(2):copy_((w * 3):detach()):tolist())
  end)

  it("is not changed itself, nor is a view of it", function()
    local w = lab.ones({ 2, 2 }, { requires_grad = true })
    for _, t in ipairs { w, w[1], w:t(), w:narrow(1, 1, 1), w * 2 } do
      errors.fails("a gradient", function() t:add_(1) end)
      errors.fails("a gradient", function() t:copy_(lab.zeros(1)) end)
      errors.fails("a gradient", function() t:fill_(1) end)
      errors.fails("a gradient", function() t:zero_() end)
      errors.fails("a gradient", function() t:exp_() end)
      errors.fails("a gradient", function() t:clamp_(0, 1) end)
      errors.fails("a gradient", function() t:uniform_() end)
      errors.fails("a gradient", function() t:masked_fill_(t:gt(0), 1) end)
      errors.fails("a gradient", function() t[1] = 0 end)
      errors.fails("a gradient", function() t[t:gt(0)] = 0 end)
    end
    assert.same({ { 1, 1 }, { 1, 1 } }, w:tolist())
  end)
end)
