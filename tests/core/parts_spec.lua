--- chunk, split and unbind.
local lab = require "optlab"
local fails = require("tests.support.errors").fails

local function shapes(list)
  local all = {}
  for i, t in ipairs(list) do all[i] = table.concat(t.shape, "x") end
  return table.concat(all, " ")
end

describe("parts of tensors", function()
  local x = lab.arange(14):reshape(2, 7)

  it("have PyTorch's sizes", function()
    assert.equal("2x3 2x3 2x1", shapes(x:chunk(3, 2)))
    assert.equal("1x7 1x7", shapes(x:chunk(5)))
    assert.equal("2x2 2x2 2x2 2x1", shapes(x:split(2, -1)))
    assert.equal("2x1 2x0 2x6", shapes(x:split({ 1, 0, 6 }, 2)))
    assert.equal("2x7", shapes(x:split { 2 }))
    assert.equal("7 7", shapes(x:unbind()))
    assert.equal("2 2 2 2 2 2 2", shapes(lab.unbind(x, 2)))
    assert.equal("0x3", shapes(lab.zeros(0, 3):chunk(2)))
    assert.equal("", shapes(lab.zeros(0, 3):unbind()))
  end)

  it("are views of their places", function()
    local y = x:clone()
    assert.same({ { 3, 10 }, { 4, 5, 6 } }, { y:unbind(2)[4]:tolist(), y:split({ 4, 3 }, 2)[2][1]:tolist() })
    y:chunk(2, 2)[2]:zero_()
    assert.same({ 0, 1, 2, 3, 0, 0, 0 }, y[1]:tolist())
  end)

  it("hand their gradients to the whole", function()
    local t = lab.ones({ 3, 4 }, { dtype = "float64", requires_grad = true })
    assert.is_true(lab.autograd.gradcheck(function(v)
      local a, b = table.unpack(v:chunk(2, 2))
      local rows = v:unbind(1)
      return (a * b):sum() + (rows[1] * rows[3] ^ 2):sum() + (v:split({ 1, 2 }, 1)[2] ^ 3):sum()
    end, { t }))
    t.grad = nil
    local i, f = table.unpack(t:chunk(2, 2))
    local l = (i * 2 + f * 3):sum()
    l:backward()
    assert.same({ 2, 2, 3, 3 }, t.grad[2]:tolist())
  end)

  it("say what is wrong", function()
    fails("Tensor:split: the sizes must add up to 7, that of dimension 2 of shape (2, 7)",
      function() return x:split({ 3, 3 }, 2) end)
    fails("Tensor:split: size must be at least 1, got 0", function() return x:split(0) end)
    fails("Tensor:chunk: chunks must be an integer of at least 1, got 0", function() return x:chunk(0) end)
    fails("Tensor:unbind: dim", function() return x:unbind(3) end)
  end)
end)

describe("cat", function()
  it("joins pieces of any length along any dimension", function()
    for _, dtype in ipairs { "uint8", "float32", "float64" } do
      for n = 1, 40, 3 do
        local a, b = lab.arange(3 * n):reshape(3, n):to(dtype), lab.arange(3 * (n + 1)):reshape(3, n + 1):to(dtype)
        local y = lab.cat({ a, b, a }, 2)
        assert.same({ 3, 3 * n + 1 }, y.shape)
        assert.same(a:tolist(), y:narrow(2, 1, n):tolist())
        assert.same(b:tolist(), y:narrow(2, n + 1, n + 1):tolist())
        assert.same(a:tolist(), y:narrow(2, 2 * n + 2, n):tolist())
      end
    end
  end)
end)
