--- Masks (uint8, 0 and 1) and positions (int64) as indices: selecting, assigning, filling, finding.
local errors = require "tests.support.errors"
local lab = require "optlab"
local tensors = require "tests.support.tensors"

local function mask(values) return lab.tensor(values, { dtype = "uint8" }) end
local leaf, int64 = tensors.leaf, tensors.int64
local NOT_AN_INDEX = "t[key]: an index tensor must be int64 positions or a uint8 mask, got "

describe("t[mask]", function()
  local x = lab.arange(1, 13):reshape(3, 4)

  it("gives the elements where the mask is 1", function()
    local t = lab.tensor { 5, 6, 7 }
    assert.same({ 5, 6, 7 }, t[t:gt(0)]:tolist())
    assert.same({ 6, 7 }, t[t:gt(5)]:tolist())
    assert.same({ 0 }, t[t:gt(9)].shape)
    assert.same({ 9, 10, 11, 12 }, x[x:gt(8)]:tolist())
  end)

  it("takes a mask of the first dimensions, of others behind ranges, and of none", function()
    assert.same({ { 1, 2, 3, 4 }, { 9, 10, 11, 12 } }, x[mask { 1, 0, 1 }]:tolist())
    assert.same({ { 2, 4 }, { 6, 8 }, { 10, 12 } }, x[{ {}, mask { 0, 1, 0, 1 } }]:tolist())
    assert.same({ { 6, 8 }, { 10, 12 } }, x[{ { 2, 3 }, mask { 0, 1, 0, 1 } }]:tolist())
    assert.same({ 2, 10 }, x[{ mask { 1, 0, 1 }, 2 }]:tolist())
    assert.same({ 10, 12 }, x[{ 3, mask { 0, 1, 0, 1 } }]:tolist())
    assert.same({ { 3, 4 }, { 11, 12 } }, x[{ mask { 1, 0, 1 }, { 3, 4 } }]:tolist())
    local deep = lab.arange(24):reshape(2, 3, 4)
    assert.same({ { 0, 1, 2, 3 }, { 20, 21, 22, 23 } }, deep[mask { { 1, 0, 0 }, { 0, 0, 1 } }]:tolist())
    assert.same({ 2, 3, 2 }, lab.zeros(2, 3, 4, 5)[{ {}, {}, mask { 1, 0, 1, 0 }, 1 }].shape)
    assert.same({ 1, 3, 4 }, x[mask(1)].shape)
    assert.same({ 0, 3, 4 }, x[mask(0)].shape)
    assert.same({ 7 }, lab.tensor(7)[mask(1)]:tolist())
  end)

  it("of transposed tensors and masks follows the order of the rows", function()
    local m = x:gt(3):t()
    assert.same({ 5, 9, 6, 10, 7, 11, 4, 8, 12 }, x:t()[m]:tolist())
    assert.same({ { 5, 9 }, { 7, 11 } }, x:t()[{ mask { 1, 0, 1, 0 }, { 2, 3 } }]:tolist())
  end)

  it("is a copy with a gradient, of second order too", function()
    local w = leaf { 1, 2, 3 }
    local y = w[mask { 1, 0, 1 }] ^ 3
    y:sum():backward()
    assert.same({ 3, 0, 27 }, w.grad:tolist())
    local m = mask { { 1, 0, 1 }, { 0, 1, 1 } }
    local a = leaf { { 0.3, -0.7, 1.2 }, { 0.9, 0.4, -1.1 } }
    assert.is_true(lab.autograd.gradcheck(function(v) return (v[m] ^ 3):sum() end, { a }))
    assert.is_true(lab.autograd.gradcheck(function(v) return (v[{ {}, mask { 1, 0, 1 } }] ^ 3):sum() end, { a }))
    assert.is_true(lab.autograd.gradcheck(function(v) return (v:masked_select(m) ^ 3):sum() end, { a }))
  end)

  it("refuses masks of other sizes, other values and tensors that are no index", function()
    errors.fails("t[mask]: a mask of shape (2) does not fit dimension 1 of shape (3, 4)",
      function() return x[mask { 1, 0 }] end)
    errors.fails("a mask of shape (3) does not fit dimension 2 of shape (3, 4)",
      function() return x[{ {}, mask { 1, 0, 1 } }] end)
    errors.fails("a mask has elements 0 and 1 only, this uint8 tensor has others; compare it (mask:ne(0)) to make a "
      .. "mask, or convert positions with to('int64')", function() return x[mask { 1, 2, 3 }] end)
    errors.fails(NOT_AN_INDEX .. "float32", function() return x[lab.tensor { 1.9, 2.9 }] end)
    errors.fails(NOT_AN_INDEX .. "float64", function() return x[{ 1, lab.tensor({ 1 }, { dtype = "float64" }) }] end)
    errors.fails("3 indices for a tensor of shape (3, 4)", function() return x[{ 1, 1, int64 { 1 } }] end)
    errors.fails("a mask of shape (1) does not fit dimension 3", function() return x[{ 1, 1, mask { 1 } }] end)
    errors.fails("2 indices for a tensor of shape (3, 4)", function() return x[{ mask { { 1 } }, 1 }] end)
    errors.fails("1 indices for a tensor of shape ()", function() return lab.tensor(5)[int64 { 1 }] end)
    errors.fails("a mask of shape (1) does not fit dimension 1 of shape ()",
      function() return lab.tensor(5)[mask { 1 }] end)
  end)
end)

describe("positions", function()
  local x = lab.arange(1, 13):reshape(3, 4)

  it("pick rows, or parts of another dimension in a list", function()
    assert.same({ { 9, 10, 11, 12 }, { 1, 2, 3, 4 } }, x[int64 { 3, 1 }]:tolist())
    assert.same({ { 4, 1 }, { 8, 5 }, { 12, 9 } }, x[{ {}, int64 { 4, 1 } }]:tolist())
    assert.same({ 12, 9, 9 }, x[{ 3, int64 { 4, 1, 1 } }]:tolist())
    errors.fails("t[key]: index 5 at position 1 is out of range 1..4",
      function() return x[{ 1, int64 { 5 } }] end)
    errors.fails("t[key]: index 0 at position 2", function() return x[int64 { 1, 0 }] end)
  end)

  it("must be int64 everywhere", function()
    for _, f in ipairs { "index_select", "gather" } do
      local index = f == "gather" and { { 1.9, 2.9, 1, 1 } } or { 1.9, 2.9 }
      errors.fails("Tensor:" .. f .. ": index must be a tensor of int64 positions, got float32; convert it with "
        .. "to('int64')", function() return x[f](x, 1, lab.tensor(index)) end)
      errors.fails("Tensor:" .. f .. ": index must be a tensor of int64 positions, got uint8; t[mask] and "
        .. "masked_select select by a mask", function() return x[f](x, 1, lab.tensor(index):gt(0)) end)
    end
  end)
end)

describe("t[mask] = value", function()
  local function x() return lab.arange(1, 7):reshape(2, 3) end

  it("writes a number, one value for each element, or what broadcasts", function()
    local t = x()
    t[t:gt(4)] = 0
    assert.same({ { 1, 2, 3 }, { 4, 0, 0 } }, t:tolist())
    t[t:eq(0)] = lab.tensor { 7, 8 }
    assert.same({ { 1, 2, 3 }, { 4, 7, 8 } }, t:tolist())
    t[mask { 0, 1 }] = lab.tensor { 9, 8, 7 }
    assert.same({ { 1, 2, 3 }, { 9, 8, 7 } }, t:tolist())
    t[mask { 1, 1 }] = lab.tensor { { 1 }, { 2 } }
    assert.same({ { 1, 1, 1 }, { 2, 2, 2 } }, t:tolist())
    t[mask { 1, 1 }] = lab.tensor { { 5, 6, 7 } }
    assert.same({ { 5, 6, 7 }, { 5, 6, 7 } }, t:tolist())
    t[t:gt(9)] = lab.zeros(0)
    t[t:gt(6)] = lab.tensor(0)
    assert.same({ { 5, 6, 0 }, { 5, 6, 0 } }, t:tolist())
  end)

  it("goes through views and lists of keys, and into integers if they can hold the value", function()
    local t = x()
    t[{ {}, mask { 1, 0, 1 } }] = lab.tensor { { 10, 20 }, { 30, 40 } }
    assert.same({ { 10, 2, 20 }, { 30, 5, 40 } }, t:tolist())
    t[{ 2, mask { 1, 1, 0 } }] = -1
    assert.same({ { 10, 2, 20 }, { -1, -1, 40 } }, t:tolist())
    t:t()[mask { 0, 1, 0 }] = lab.tensor { 7, 8 }
    assert.same({ { 10, 7, 20 }, { -1, 8, 40 } }, t:tolist())
    local whole = int64 { 1, 2, 3 }
    whole[whole:gt(1)] = lab.tensor { 5, 6 }
    assert.same({ 1, 5, 6 }, whole:tolist())
    errors.fails("t[key] = value: int64 holds whole numbers from -2^63 to 2^63 - 1, got 0.5",
      function() whole[whole:gt(1)] = lab.tensor { 0.5, 1 } end)
    assert.same({ 1, 5, 6 }, whole:tolist())
    local bytes = lab.tensor({ 1, 0, 2 }, { dtype = "uint8" })
    errors.fails("t[key] = value: uint8 holds whole numbers from 0 to 255, got 257",
      function() bytes[bytes:gt(0)] = 257 end)
    errors.fails("t[key] = value: int64 holds whole numbers", function() whole[whole:gt(1)] = 0.5 end)
    assert.same({ 1, 0, 2 }, bytes:tolist())
  end)

  it("refuses values of other sizes and what would lose a gradient", function()
    local t = x()
    errors.fails("t[key] = value: shape (3) does not expand to (2)", function() t[t:gt(4)] = lab.zeros(3) end)
    errors.fails("t[key] = value: shapes", function() t[mask { 1, 0 }] = lab.zeros(2) end)
    errors.fails("t[key] = value: a mask of shape (3) does not fit dimension 1 of shape (2, 3)",
      function() t[mask { 1, 0, 1 }] = 1 end)
    errors.fails("t[key] = value: a mask has elements 0 and 1 only", function() t[mask { 2, 0 }] = 1 end)
    errors.fails("t[key] = value: value must be a number or a tensor, got 'a'", function() t[mask { 1, 0 }] = "a" end)
    errors.fails("the tensor that is written requires a gradient",
      function() t[t:gt(0)] = lab.ones({ 6 }, { requires_grad = true }) end)
    local w = lab.ones({ 2 }, { requires_grad = true })
    errors.fails("this tensor requires a gradient", function() w[mask { 1, 0 }] = 0 end)
    lab.no_grad(function() w[mask { 1, 0 }] = 0 end)
    assert.same({ 0, 1 }, w:tolist())
    assert.same(x():tolist(), t:tolist())
  end)
end)

describe("masked_fill", function()
  local x = lab.tensor { { 1, -2 }, { -3, 4 } }

  it("gives a new tensor, or changes the old one", function()
    assert.same({ { 1, 0 }, { 0, 4 } }, x:masked_fill(x:lt(0), 0):tolist())
    assert.same({ { 9, -2 }, { 9, 4 } }, lab.masked_fill(x, mask { 1, 0 }, 9):tolist())
    assert.same({ 3, 2 }, lab.zeros(2):masked_fill(lab.ones({ 3, 2 }, { dtype = "uint8" }), 1).shape)
    local y = x:clone()
    assert.is_true(y:masked_fill_(y:lt(0), -math.huge) == y)
    assert.same({ { 1, -math.huge }, { -math.huge, 4 } }, y:tolist())
    y:masked_fill_(mask { { 1 }, { 0 } }, lab.tensor(5))
    assert.same({ { 5, 5 }, { -math.huge, 4 } }, y:tolist())
    assert.equal("float32", x:masked_fill(x:lt(0), lab.tensor(0, { dtype = "float64" })).dtype)
  end)

  it("has gradients of both, twice", function()
    local a, v = leaf { { 0.3, -0.7 }, { -1.1, 0.4 } }, leaf(0.5)
    local m = mask { { 1, 0 }, { 0, 1 } }
    assert.is_true(lab.autograd.gradcheck(function(p, q) return (p:masked_fill(m, q) ^ 3):sum() end, { a, v }))
  end)

  it("refuses what is no mask and what is no single value", function()
    errors.fails(
      "Tensor:masked_fill: mask must be a uint8 tensor of 0 and 1, as comparisons make, got a float32 tensor",
      function() return x:masked_fill(x, 1) end)
    errors.fails("a mask has elements 0 and 1 only", function() return x:masked_fill(mask { 1, 7 }, 1) end)
    errors.fails("Tensor:masked_fill: value must be a number or a tensor without dimensions, got a tensor of shape (2)",
      function() return x:masked_fill(mask { 1, 0 }, lab.ones(2)) end)
    errors.fails("Tensor:masked_fill_: shape (3, 2) does not broadcast to (2)",
      function() return lab.zeros(2):masked_fill_(lab.ones({ 3, 2 }, { dtype = "uint8" }), 1) end)
    errors.fails("requires a gradient", function()
      return lab.zeros(2):masked_fill_(mask { 1, 0 }, lab.tensor(1, { requires_grad = true }))
    end)
  end)
end)

describe("masked_select and nonzero", function()
  it("broadcast, count from 1 and take any dtype", function()
    assert.same({ 1, 1, 1 }, lab.ones(3, 1):masked_select(mask { 1, 0 }):tolist())
    assert.same({ 2, 4 }, lab.tensor({ { 1, 2 }, { 3, 4 } }):masked_select(mask { 0, 1 }):tolist())
    assert.same({ { 1, 2 }, { 2, 1 } }, lab.tensor({ { 0, 0 / 0 }, { 1, 0 } }):nonzero():tolist())
    assert.same({ { 1, 1 }, { 2, 1 } }, lab.tensor({ { 3, 5 }, { 0, 0 } }):t():nonzero():tolist())
    assert.same({ { 1 }, { 3 } }, lab.nonzero(int64 { 5, 0, -1 }):tolist())
    assert.same({ "int64", { 1, 0 } }, { lab.tensor(5):nonzero().dtype, lab.tensor(5):nonzero().shape })
    assert.same({ 0, 2 }, lab.zeros(2, 2):nonzero().shape)
    errors.fails("Tensor:masked_select: shapes (3) and (2) do not broadcast",
      function() return lab.ones(3):masked_select(mask { 1, 0 }) end)
  end)

  it("agree on large tensors, also transposed ones", function()
    local x = lab.randn(123, 77)
    local m = x:gt(0.5)
    assert.equal(m:sum():item(), #x[m])
    assert.same(x[m]:tolist(), x:masked_select(m):tolist())
    local at = x:t():gt(0.5):nonzero()
    local first = at[{ {}, 1 }]
    assert.same(x:t():masked_select(m:t()):tolist(), x:t():reshape(-1)[(first - 1) * 123 + at[{ {}, 2 }]]:tolist())
  end)
end)

describe("masks", function()
  it("are combined by logic, which takes everything but 0 for true", function()
    local a, b = lab.tensor { 0, 2, 0 / 0, 0 }, int64 { 0, 0, 1, 3 }
    assert.same({ 0, 0, 1, 0 }, lab.logical_and(a, b):tolist())
    assert.same({ 0, 1, 1, 1 }, a:logical_or(b):tolist())
    assert.same({ 0, 1, 0, 1 }, lab.logical_xor(a, b):tolist())
    assert.same({ 1, 0, 0, 1 }, lab.logical_not(a):tolist())
    assert.equal("uint8", lab.logical_not(b).dtype)
    assert.same({ { 0, 1 }, { 0, 0 } }, mask({ { 1 }, { 0 } }):logical_and(mask { 0, 1 }):tolist())
    assert.same({ 1, 0, 1, 0 },
      { lab.logical_and(2, 1), lab.logical_or(0, 0), lab.logical_xor(0, 3), lab.logical_not(2) })
    local many = lab.randn(1000)
    assert.same(many:gt(-1):mul(many:lt(1)):tolist(), many:gt(-1):logical_and(many:lt(1)):tolist())
  end)

  it("stay masks when they are multiplied, compared or joined", function()
    local t = lab.tensor { 1, 2, 3, 4 }
    assert.same({ 2, 3 }, t[t:gt(1) * t:lt(4)]:tolist())
    assert.same({ 1, 4 }, t[t:gt(1):ne(t:lt(4))]:tolist())
    assert.same({ 1, 2, 4 }, t[lab.cat { t:lt(3)[{ { 1, 2 } }], t:gt(3)[{ { 3, 4 } }] }]:tolist())
    assert.same({ 1, 4 }, t[1 - t:gt(1) * t:lt(4)]:tolist())
  end)
end)

describe("a compiled step", function()
  local REFUSED = "reads a value, which a compiled step cannot know while it is recorded; compute with tensors "
    .. "(lab.where or masked_fill instead of if and t[mask])"

  local function refused(name, f)
    local step = lab.compile(f)
    errors.says(function() for _ = 1, 3 do step(lab.randn(4)) end end, name .. " " .. REFUSED)
  end

  it("cannot hold what depends on how many elements a mask names, and says what it can", function()
    refused("t[mask]", function(x) return x[x:gt(0)]:sum() end)
    refused("masked_select()", function(x) return x:masked_select(x:gt(0)):sum() end)
    refused("nonzero()", function(x) return x:nonzero():sum() end)
    refused("t[key] = value", function(x)
      local y = x:clone()
      y[x:lt(9)] = lab.zeros(4)
      return y
    end)
  end)

  it("holds where, masked_fill, logic and t[mask] = number", function()
    local function f(x)
      local y = x:masked_fill(x:gt(0):logical_and(x:lt(1)), 5) + lab.where(x:gt(1), x, 0)
      y[y:gt(4)] = -1
      y:masked_fill_(y:eq(-1), 2)
      return y + x[lab.tensor({ 1, 0, 0, 0 }, { dtype = "uint8" })] -- a mask that does not change
    end
    local step = lab.compile(f)
    for _ = 1, 6 do
      local x = lab.randn(4) * 2
      assert.same(f(x):tolist(), step(x):tolist())
    end
    assert.matches("replays=4", tostring(step))
  end)

  it("refuses a mask with other values at each call", function()
    local step = lab.compile(function(x, m) return x:masked_fill(m, 0) end)
    for _ = 1, 4 do step(lab.ones(2), mask { 0, 1 }) end
    errors.says(function() step(lab.ones(2), mask { 0, 2 }) end, "a mask has elements 0 and 1 only")
    assert.same({ 1, 0 }, step(lab.ones(2), mask { 0, 1 }):tolist())
  end)
end)

it("without memory masks give an error at every point, and leave the tensor as it was", function()
  local x, m = lab.arange(6):reshape(2, 3), mask { { 1, 0, 1 }, { 0, 1, 1 } }
  local calls = {
    function(t) return t[m] end, function(t) return t[{ {}, mask { 1, 0, 1 } }] end, function(t) t[m] = 7 end,
    function(t) t[m] = lab.tensor { 9, 8, 7, 6 } end, function(t) return t:masked_fill(m, 3) end,
    function(t) t:masked_fill_(m, lab.tensor(2)) end, function(t) return t:masked_select(m) end,
    function(t) return t:nonzero() end, function(t) return t[int64 { 2, 1 }] end,
    function(t) return t:gt(2):logical_and(m) end, function(t) t:add_(t:t():t(), 2) end,
  }
  for i, call in ipairs(calls) do
    local failures = 0
    for n = 1, 60 do
      local t = x:clone()
      collectgarbage()
      lab.fail_allocation(n)
      local ok, message = pcall(call, t)
      lab.fail_allocation(0)
      if ok then break end
      failures = failures + 1
      assert.matches("out of memory", message)
      assert.same(x:tolist(), t:tolist(), "call " .. i)
    end
    assert.is_true(failures > 1 and failures < 60, "call " .. i)
    assert.is_true(lab.is_grad_enabled())
  end
end)
