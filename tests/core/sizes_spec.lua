--- Sizes whose product is more than memory or an integer can hold, in every function that takes or makes a shape.
--
-- PyTorch refuses most of them too (views of more than 2^62 bytes are its exception, and shapes in which a zero comes
-- before the product overflows); NumPy refuses as optlab does.
local lab = require "optlab"
local errors = require "tests.support.errors"

local F = lab.nn.functional
local TOO_MANY = "more elements than memory can hold"

local one = lab.zeros(1, 1)

local function wide(n) return one:expand(1, n) end -- (1, n), of one number

describe("a shape with more elements than memory can hold", function()
  local pairs_of_sizes = { { 2 ^ 31, 2 ^ 31 }, { 2 ^ 32, 2 ^ 32 }, { 2 ^ 53, 2 ^ 10 }, { 2 ^ 30, 2 ^ 53 },
    { 2 ^ 53, 2 ^ 53 } }

  it("is refused by what creates tensors", function()
    for _, s in ipairs(pairs_of_sizes) do
      local m, n = math.tointeger(s[1]), math.tointeger(s[2])
      local shown = ("shape (%d, %d) has more elements than memory can hold"):format(m, n)
      for _, name in ipairs { "zeros", "ones", "empty", "rand", "randn" } do
        errors.fails("lab." .. name .. ": " .. shown, function() return lab[name](m, n) end)
      end
      errors.fails("lab.full: " .. shown, function() return lab.full({ m, n }, 1) end)
      errors.fails("lab.randint: " .. shown, function() return lab.randint(1, 5, { m, n }) end)
      errors.fails("lab.normal: " .. shown, function() return lab.normal(0, 1, { m, n }) end)
      errors.fails(TOO_MANY, function() return lab.zeros({ 1, m, 1, n, 1 }, { dtype = "uint8" }) end)
    end
    errors.fails("lab.eye: shape", function() return lab.eye(2 ^ 53) end)
    errors.fails("nn.Linear: shape", function() return lab.nn.Linear(2 ^ 53, 2 ^ 53) end)
    errors.fails("nn.Conv2d: shape", function() return lab.nn.Conv2d(2 ^ 53, 2 ^ 53, 3) end)
  end)

  it("is refused by views", function()
    for _, s in ipairs(pairs_of_sizes) do
      local m, n = math.tointeger(s[1]), math.tointeger(s[2])
      errors.fails(("expand: shape (%d, %d) has"):format(m, n), function() return one:expand(m, n) end)
      errors.fails("expand: shape", function() return one:expand(1, m, 1, n) end)
      errors.fails("reshape: shape", function() return lab.zeros(0):reshape(m, n, 0) end)
      errors.fails("Tensor:view: shape", function() return lab.zeros(0):view(0, m, n) end)
      errors.fails("reshape: shape", function() return lab.zeros(4):reshape(m, n, -1) end)
    end
    errors.fails("reshape: (-1, -1) is no shape", function() return one:reshape(-1, -1) end)
    assert.same({ 1, math.tointeger(2 ^ 53) }, wide(2 ^ 53).shape)
    assert.equal(3 * math.tointeger(2 ^ 53), one:expand(3, 2 ^ 53):flatten():numel())
  end)

  it("is refused by operations whose result has it", function()
    local e = wide(2 ^ 53)
    errors.fails("add: shape (9007199254740992, 9007199254740992) has", function() return e + e:t() end)
    errors.fails("mm: shape (9007199254740992, 9007199254740992) has", function() return e:t():mm(e) end)
    errors.fails("Tensor:matmul: (9007199254740992, 9007199254740992) batches are more than memory can hold",
      function() return lab.matmul(one:expand(2 ^ 53, 1, 1, 1), one:expand(2 ^ 53, 1, 1)) end)
    errors.fails(TOO_MANY, function() return lab.matmul(one:expand(2 ^ 53, 1, 1), one:expand(1, 1, 2 ^ 53)) end)
    local many = {}
    for i = 1, 1100 do many[i] = e end
    errors.fails("cat: the sizes of dimension 2 add up to more than memory can hold",
      function() return lab.cat(many, 2) end)
    errors.fails("cat: shape (1025, 9007199254740992) has",
      function() return lab.cat({ table.unpack(many, 1, 1025) }) end)
    errors.fails(TOO_MANY, function() return lab.stack(many) end)
  end)

  it("is refused though a zero makes it empty", function()
    for _, n in ipairs { 2 ^ 31, 2 ^ 32, 2 ^ 53 } do
      errors.fails(TOO_MANY, function() return lab.zeros(0, n, n) end)
      errors.fails(TOO_MANY, function() return lab.zeros(n, n, 0) end)
      errors.fails(TOO_MANY, function() return lab.zeros(0, 1, 1):expand(0, n, n) end)
      errors.fails(TOO_MANY, function() return lab.mm(lab.zeros(0, 1):expand(0, n), one:expand(n, n)) end)
    end
    assert.equal(0, lab.zeros(2 ^ 31, 0, 2 ^ 20):numel())
  end)
end)

describe("a shape that fits into a number but not into memory", function()
  it("is an error about memory, whatever copies it", function()
    local e = wide(2 ^ 53)
    local long = lab.ones(1, { dtype = "int64" }):expand(2 ^ 50)
    for name, f in pairs {
      arange = function() return lab.arange(2 ^ 53) end,
      linspace = function() return lab.linspace(0, 1, 2 ^ 53) end,
      randperm = function() return lab.randperm(2 ^ 53) end,
      clone = function() return e:clone() end,
      contiguous = function() return one:expand(3, 2 ^ 53):t():contiguous() end,
      to = function() return e:to("float64") end,
      mul = function() return e * 2 end,
      softmax = function() return e:softmax(2) end,
      index_select = function() return e:index_select(2, long) end,
      gather = function() return lab.zeros(1, 1):gather(1, long:reshape(-1, 1)) end,
      conv2d = function()
        local x = lab.zeros(1, 1, 1, 1)
        return F.conv2d(x:expand(16, 2 ^ 50, 1, 1), x:expand(1, 2 ^ 50, 1, 1))
      end,
      sum = function() return lab.zeros(2 ^ 50, 0):sum(2) end,
    } do
      errors.says(function() local _ = f() end, "out of memory: ", " bytes requested")
      assert.is_false((pcall(f)), name)
    end
  end)

  it("costs nothing while it is empty", function()
    local x, y = lab.zeros(2 ^ 50, 0), lab.zeros(2 ^ 50, 0, 0)
    for _, t in ipairs { x:clone(), x + 1, x:softmax(1), x:t():contiguous(), lab.cat { x, x }, y:matmul(y), x:exp(),
      x:index_select(1, lab.tensor({ 3 }, { dtype = "int64" })) } do
      assert.equal(0, t:numel())
    end
    assert.equal(0, x:sum():item())
  end)
end)

describe("other numbers that memory follows", function()
  it("are refused where their product is none", function()
    local function sweep(epochs)
      return lab.train.sweep {
        model = function() return lab.nn.Linear(2, 1) end, loss = lab.nn.MSELoss(), runs = { { seed = 1 } },
        optimizer = function(params) return lab.optim.SGD(params, { lr = 0.1 }) end,
        data = { X = lab.rand(8, 2), y = lab.rand(8, 1) }, batch_size = 4, epochs = epochs,
      }
    end
    for _, epochs in ipairs { 1 << 61, (1 << 61) + 1, math.maxinteger } do
      errors.says(function() sweep(epochs) end, "more losses than memory can hold")
    end
    local loader = lab.data.loader({ X = lab.rand(8, 2), y = lab.rand(8, 1) }, { batch_size = 1 << 53, shuffle = true })
    for X in loader:batches() do assert.equal(8, X.shape[1]) end
  end)
end)

describe("ranges and lists", function()
  it("take steps and lengths of any size", function()
    local x = lab.arange(5)
    assert.same({ 1 }, x[{ { 2, 5, math.maxinteger } }]:tolist())
    errors.fails("Tensor:narrow: 9007199254740992 elements from 2 on", function() return x:narrow(1, 2, 2 ^ 53) end)
  end)

  it("do not trust a length that a metamethod gives", function()
    local function liar() -- 2^61 + 1 pointers are 8 bytes, as far as a 64-bit number can tell
      local asked = 0
      return setmetatable({}, {
        __len = function() return (1 << 61) + 1 end,
        __index = function() asked = asked + 1 return asked < 100 and one or error("enough", 0) end,
      })
    end
    errors.says(function() lab.cat(liar()) end, "enough")
    errors.says(function() lab.optim.SGD(liar(), { lr = 1 }) end, "enough")
    errors.says(function() lab.zeros(liar()) end, "at most 8 dimensions")
  end)
end)
