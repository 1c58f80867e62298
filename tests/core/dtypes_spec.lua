--- Which dtype a result has: every function, pair of dtypes and kind of number against PyTorch. What differs on purpose
-- is listed here, with the reason.
local errors = require "tests.support.errors"
local lab = require "optlab"
local values = require "tests.reference.dtypes_values"

local DTYPES = { "float32", "float64", "int64", "uint8" }

-- "float32 0" (without dimensions), "float32 1", "integer" or "fraction" as an operand.
local function operand(key)
  if key == "integer" then return 2 end
  if key == "fraction" then return 0.5 end
  local dtype, dims = key:match("^(%w+) (%d)$")
  return lab.ones(dims == "0" and {} or { 2 }, { dtype = dtype })
end

local function dtype_of(f, ...)
  local ok, y = pcall(f, ...)
  return ok and y.dtype or "error"
end

-- "add: float32 0, integer" -> "add", and the operands.
local function parse(key)
  local name, a, b = key:match("^([%w_]+): ([%w ]+), ([%w ]+)$")
  return name, operand(a), operand(b)
end

-- Compares all rows; differing: key -> what optlab gives, of the rows that differ on purpose.
local function compare(rows, got, differing)
  local wrong = {}
  for key, want in pairs(rows) do
    local is = got(key)
    if is ~= (differing[key] or want) then wrong[#wrong + 1] = ("%s: %s, not %s"):format(key, is, want) end
  end
  table.sort(wrong)
  assert.equal("", table.concat(wrong, "\n"))
end

describe("the dtype of a result", function()
  it("is PyTorch's result_type for every pair, with and without dimensions, and for numbers", function()
    compare(values.result_type, function(key)
      local a, b = key:match("^([%w ]+), ([%w ]+)$")
      return dtype_of(lab.add, operand(a), operand(b))
    end, {})
  end)

  it("is PyTorch's for every function of two", function()
    compare(values.of_two, function(key)
      local name, a, b = parse(key)
      return dtype_of(lab[name], a, b)
    end, {})
  end)

  it("is PyTorch's, or the same refusal, for arithmetic in place", function()
    compare(values.in_place, function(key)
      local name, a, b = parse(key)
      return dtype_of(a[name], a, b)
    end, {})
  end)

  it("is PyTorch's for functions of one and reductions, but for integers that PyTorch refuses", function()
    local calls = {
      ["clamp(0, 1)"] = function(x) return x:clamp(0, 1) end,
      ["clamp(0, 0.5)"] = function(x) return x:clamp(0, 0.5) end,
      softmax = function(x) return x:softmax(1) end,
      log_softmax = function(x) return x:log_softmax(1) end,
      dot = function(x) return x:dot(x) end,
      mm = function(x) return x:reshape(1, 2):mm(x:reshape(2, 1)) end,
      matmul = function(x) return x:reshape(1, 1, 2):matmul(x:reshape(1, 2, 1)) end,
      cat = function(x) return lab.cat { x, x } end,
      masked_select = function(x) return x:masked_select(x:gt(0)) end,
    }
    local differing = {}
    for _, dtype in ipairs { "int64", "uint8" } do -- PyTorch has no such function of integers; here they become floats
      for _, name in ipairs { "mean", "var", "std", "norm", "softmax", "log_softmax", "softplus" } do
        differing[name .. ": " .. dtype] = "float32"
      end
    end
    for _, name in ipairs { "dot", "mm", "matmul" } do -- sums of products: as sums, they do not wrap at 256
      differing[name .. ": uint8"] = "int64"
    end
    compare(values.of_one, function(key)
      local name, dtype = key:match("^(.-): (%w+)$")
      local x = lab.ones(2, { dtype = dtype })
      return dtype_of(calls[name] or x[name], x)
    end, differing)
  end)

  it("of integers and numbers that do not fit into them is the next one that holds both", function()
    local bytes, whole = lab.ones(2, { dtype = "uint8" }), lab.ones(2, { dtype = "int64" })
    assert.same({ "int64", 301 }, { (bytes + 300).dtype, (bytes + 300)[1]:item() })
    assert.same({ "int64", -1 }, { (bytes * -1).dtype, (-1 * bytes)[1]:item() })
    assert.same({ "uint8", 0 }, { bytes:eq(257).dtype, bytes:eq(257)[1]:item() }) -- not 257 modulo 256
    assert.equal(300, lab.where(bytes, 300, bytes)[1]:item())
    assert.equal(300, lab.maximum(bytes, 300)[1]:item())
    assert.same({ "float32", 1e20 }, { (whole * 1e20).dtype, tonumber(("%.6g"):format((whole * 1e20)[1]:item())) })
    assert.equal(math.huge, (whole + math.huge)[1]:item())
    assert.same({ 0, 1 }, { whole:gt(math.huge)[1]:item(), whole:lt(1e300)[1]:item() })
    assert.same({ "int64", 2 }, { (whole * 2.0).dtype, (whole * 2.0)[1]:item() }) -- 2.0 is whole
  end)

  it("lets the gradient of an operand without dimensions come back in its own dtype", function()
    local s = lab.tensor(2, { dtype = "float64", requires_grad = true })
    local x = lab.ones({ 3 }, { requires_grad = true })
    local y = (s * x):sum()
    assert.equal("float32", y.dtype)
    y:backward()
    assert.same({ "float64", 3 }, { s.grad.dtype, s.grad:item() })
    assert.same({ "float32", 2 }, { x.grad.dtype, x.grad[1]:item() })
  end)
end)

describe("whole numbers", function()
  local big = (1 << 53) + 1 -- no double is this number
  local I = { dtype = "int64" }
  local function t(...) return lab.tensor({ ... }, I) end

  it("of 64 bits reach every function exactly", function()
    local results = {
      lab.full({ 1 }, big, I), lab.full_like(t(0), big), t(0):fill_(big), t(0):add_(big), t(big):add_(0, 3),
      t(0):sub_(-big), t(1):mul_(big), t(0) + big, big - t(0), t(1) * big, lab.maximum(t(0), big),
      lab.minimum(big, t(math.maxinteger)), t(0):clamp(big, nil), t(math.maxinteger):clamp(nil, big),
      t(math.maxinteger):clamp_(0, big), lab.where(t(1), big, t(0)), t(0):masked_fill(t(1):gt(0), big),
      t(0):masked_fill_(t(1):gt(0), big), lab.arange(big, big + 1, I), t(1):add_(1, big - 1), t(1):sub_(t(1), 1 - big),
      t(big) ^ 1, t(big):abs(), -t(-big), t(big):floor(), t(big):ceil(), t(big):round(), t(big):relu(), t(big):amax(),
      t(big):amin(), (t(big):max()), t(big, 0):sum(), t(big):dot(t(1)), t(big):reshape(1, 1):mm(t(1):reshape(1, 1)),
      lab.cat { t(big) }, t(big):clone(), t(big):masked_select(t(1):gt(0)), t(0):copy_(t(big)),
    }
    for i, r in ipairs(results) do
      assert.equal("int64", r.dtype, "result " .. i)
      assert.equal(big, r:reshape(-1)[1]:item(), "result " .. i)
    end
    local z = t(0, 0)
    z[1] = big
    z[z:eq(0)] = big
    assert.same({ big, big }, z:tolist())
    for _, f in ipairs { "eq", "le", "ge" } do assert.equal(1, t(big)[f](t(big), big)[1]:item(), f) end
    for _, f in ipairs { "ne", "lt", "gt" } do assert.equal(0, t(big)[f](t(big), big)[1]:item(), f) end
    assert.equal(1, t(big):gt(big - 1):item())
  end)

  it("of Lua stay exact in functions of plain numbers, and become floats where 64 bits are too few", function()
    for _, f in ipairs { "abs", "floor", "ceil", "round", "relu" } do
      assert.equal(big, lab[f](big), f)
      assert.equal("integer", math.type(lab[f](big)), f)
    end
    assert.equal(-big, lab.neg(big))
    assert.equal(big + 1, lab.add(big, 1))
    assert.equal(big - 1, lab.sub(big, 1))
    assert.equal(big * 3, lab.mul(big, 3))
    assert.equal(big, lab.maximum(big, big - 1))
    assert.equal(big, lab.clamp(big, 0, nil))
    assert.equal(0, lab.eq(big, big - 1))
    assert.equal(1, lab.gt(big, big - 1))
    assert.equal(4052555153018976267, lab.pow(3, 39)) -- no double is this number
    assert.same({ 0.5, 2.0 ^ 70, 2.0 ^ 80 }, { lab.pow(2, -1), lab.pow(2, 70), lab.square(1 << 40) })
    assert.equal(2.0 ^ 64, lab.add(math.maxinteger, math.maxinteger) + 2.0)
  end)

  it("are printed with all their digits", function()
    assert.equal("  9007199254740993                -1\n[int64 (2)]", tostring(t(big, -1)))
    assert.equal("9007199254740993  [int64 ()]", tostring(lab.tensor(big, I)))
    assert.equal("  -9223372036854775808\n[int64 (1)]", tostring(t(math.mininteger)))
  end)

  it("wrap at 64 bits, and at 256 for uint8", function()
    assert.equal(math.mininteger, (t(math.maxinteger) + 1):item())
    assert.equal(math.mininteger, t(math.mininteger):abs():item())
    assert.equal(math.mininteger, (-t(math.mininteger)):item())
    assert.equal(math.maxinteger * math.maxinteger, t(math.maxinteger):square():item())
    assert.equal(math.maxinteger + math.maxinteger, t(math.maxinteger, math.maxinteger):sum():item())
    assert.equal((1 << 62) * 6, (t(1 << 62) * t(6)):item())
    local bytes = lab.tensor({ 200, 100 }, { dtype = "uint8" })
    assert.same({ 144, 200 }, (bytes + bytes):tolist())
    assert.same({ 144, 200 }, bytes:clone():add_(bytes):tolist())
    assert.same({ 56, 156 }, (-bytes):tolist())
    assert.equal(300, bytes:sum():item())
    assert.equal(50000, bytes:dot(bytes):item())
  end)

  it("have powers that are whole or an error", function()
    assert.same({ 8, -27, 1 }, (t(2, -3, 7) ^ t(3, 3, 0)):tolist())
    assert.same({ 0, 1, -1, 1, 0 }, (t(2, 1, -1, -1, 0) ^ t(-1, -5, -3, -4, -2)):tolist()) -- as PyTorch's
    assert.same({ 4, 9 }, (t(2, -3) ^ 2):tolist())
    assert.same({ 4, 8 }, (2 ^ t(2, 3)):tolist())
    assert.equal("float32", (t(2) ^ 0.5).dtype)
    errors.fails("Tensor:__pow: integers to negative integer powers are not allowed", function() return t(2) ^ -1 end)
  end)

  it("are what integer tensors hold: everything else is an error, and leaves the tensor as it was", function()
    local x, bytes = t(7, 7), lab.tensor({ 7 }, { dtype = "uint8" })
    local nan, inf = 0 / 0, math.huge
    local U = { dtype = "uint8" }
    for what, f in pairs {
      ["int64 holds whole numbers from -2^63 to 2^63 - 1, got 2.5"] = function() x:fill_(2.5) end,
      ["Tensor:fill_: int64 holds whole numbers from -2^63 to 2^63 - 1, got nan"] = function() x:fill_(nan) end,
      ["Tensor:fill_: int64 holds whole numbers from -2^63 to 2^63 - 1, got inf"] = function() x:fill_(inf) end,
      ["lab.full: int64 holds whole numbers from -2^63 to 2^63 - 1, got 1e+19"] =
        function() return lab.full({ 1 }, 1e19, I) end,
      ["lab.full_like: int64 holds whole numbers from -2^63 to 2^63 - 1, got 0.5"] =
        function() return lab.full_like(x, 0.5) end,
      ["lab.full: uint8 holds whole numbers from 0 to 255, got 256"] = function() return lab.full({ 1 }, 256, U) end,
      ["lab.tensor: element 2: uint8 holds whole numbers from 0 to 255, got 300"] =
        function() return lab.tensor({ 1, 300 }, U) end,
      ["lab.tensor: element 1: uint8 holds whole numbers from 0 to 255, got -1"] =
        function() return lab.tensor({ -1 }, U) end,
      ["lab.tensor: element 1: int64 holds whole numbers from -2^63 to 2^63 - 1, got 0.5"] =
        function() return lab.tensor(0.5, I) end,
      ["lab.arange: int64 holds whole numbers from -2^63 to 2^63 - 1, got 0.5"] =
        function() return lab.arange(0, 2, 0.5, I) end,
      ["lab.arange: uint8 holds whole numbers from 0 to 255, got 299"] = function() return lab.arange(300, U) end,
      ["lab.linspace: int64 holds whole numbers from -2^63 to 2^63 - 1, got 2.5"] =
        function() return lab.linspace(0, 10, 5, I) end,
      ["t[key] = value: int64 holds whole numbers from -2^63 to 2^63 - 1, got 1.5"] = function() x[1] = 1.5 end,
      ["t[key] = value: uint8 holds whole numbers from 0 to 255, got 300"] = function() bytes[{ {} }] = t(300) end,
      ["t[key] = value: int64 holds whole numbers from -2^63 to 2^63 - 1, got 0.25"] =
        function() x[1] = lab.tensor(0.25) end,
      ["Tensor:add_: uint8 holds whole numbers from 0 to 255, got -1"] = function() bytes:add_(-1) end,
      ["Tensor:add_: alpha: int64 holds whole numbers"] = function() x:add_(1, 0.5) end,
      ["Tensor:masked_fill: int64 holds whole numbers"] = function() return x:masked_fill(x:gt(0), 0.5) end,
      ["Tensor:masked_fill_: result type float32 can't be cast to int64"] =
        function() x:masked_fill_(x:gt(0), lab.tensor(1)) end,
      ["Tensor:mul_: result type float32 can't be cast to int64"] = function() x:mul_(0.5) end,
      ["Tensor:mul_: result type float32 can't be cast to int64; use"] = function() x:mul_(1e20) end,
      ["Tensor:add_: result type float64 can't be cast to int64"] =
        function() x:add_(lab.ones({ 2 }, { dtype = "float64" })) end,
      ["Tensor:exp_: result type float32 can't be cast to int64"] = function() x:exp_() end,
      ["Tensor:clamp_: result type float32 can't be cast to int64"] = function() x:clamp_(0, 2.5) end,
      ["Tensor:uniform_: fills float tensors, this one is int64"] = function() x:uniform_() end,
    } do
      errors.fails(what, f)
    end
    assert.same({ { 7, 7 }, { 7 } }, { x:tolist(), bytes:tolist() })
    errors.fails("float32 holds numbers of a magnitude up to 3.4e38, inf and nan, got 1e+300",
      function() return lab.full({ 1 }, 1e300) end)
  end)

  it("may be written as floats, and go into floats as ever", function()
    assert.same({ 3, 4 }, t(1, 2):fill_(3.0):mul_(2.0):sub_(t(3, 2)):tolist())
    assert.same({ 0, 2, 4 }, lab.arange(0, 6.0, 2, I):tolist())
    assert.same({ 3, 1, -1 }, lab.arange(3, -2, -2, I):tolist())
    assert.same({ 0, 5, 10 }, lab.linspace(0, 10, 3, I):tolist())
    assert.same({ math.maxinteger - 1 }, lab.arange(math.maxinteger - 1, math.maxinteger, 1, I):tolist())
    assert.same({ 1, 2 }, lab.zeros(2):copy_(t(1, 2)):tolist())
    local x = t(0, 0)
    x[1] = lab.tensor(3.0)
    assert.same({ 3, 0 }, x:tolist())
    assert.equal(math.huge, lab.full({ 1 }, math.huge):item())
  end)

  it("come from floats by to() and copy_, which cut fractions as PyTorch does", function()
    assert.same({ 1, -2 }, lab.tensor({ 1.9, -2.9 }):to("int64"):tolist())
    assert.same({ 1, -2 }, t(0, 0):copy_(lab.tensor { 1.9, -2.9 }):tolist())
    assert.same({ 44, 255 }, t(300, -1):to("uint8"):tolist())
  end)

  it("are clamped in a dtype that holds the bounds", function()
    local bytes = lab.tensor({ 3, 200 }, { dtype = "uint8" })
    for _, case in ipairs {
      { { 0, 300 }, "uint8", { 3, 200 } }, { { -5, 100 }, "uint8", { 3, 100 } },
      { { 300, nil }, "int64", { 300, 300 } },
      { { -7, -5 }, "int64", { -5, -5 } }, { { 10, nil }, "uint8", { 10, 200 } }, { { 0.5, 4 }, "float32", { 3, 4 } },
      { { -math.huge, math.huge }, "uint8", { 3, 200 } }, { { nil, 1e30 }, "uint8", { 3, 200 } },
    } do
      local y = bytes:clamp(case[1][1], case[1][2])
      assert.same({ case[2], case[3] }, { y.dtype, y:tolist() })
    end
  end)
end)

describe("numbers without an ordinary value", function()
  local INPUT = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge, ["-0"] = -0.0, huge = 1e300, ["-huge"] = -1e300 }
  local function number(word) return tonumber(word) or INPUT[word] end
  local function near(a, b)
    if a == b then return a ~= 0 or 1 / a == 1 / b end -- 0 and -0 differ
    return (a ~= a and b ~= b) or math.abs(a - b) <= 1e-12 * math.abs(b)
  end

  it("give what PyTorch gives, as plain numbers and in tensors", function()
    local wrong = {}
    for key, want in pairs(values.extremes) do
      local name, a, b = key:match("^([%w_]+): ([%w-]+),? ?([%w-]*)$")
      local x, y = INPUT[a], INPUT[b]
      local plain = lab[name](x, y)
      local one = lab.tensor({ x }, { dtype = "float64" })
      local other = y and lab.tensor({ y }, { dtype = "float64" })
      local computed = y and lab[name](one, other) or lab[name](one)
      if key == "relu: -0" then want = "0" end -- PyTorch keeps the sign
      if not (near(plain, number(want)) and near(computed:item(), number(want))) then
        wrong[#wrong + 1] = ("%s: %s and %s, not %s"):format(key, plain, computed:item(), want)
      end
    end
    table.sort(wrong)
    assert.equal("", table.concat(wrong, "\n"))
  end)

  it("and reductions of nothing, one, nan and inf give what PyTorch gives", function()
    local inputs = {
      ["{}"] = {}, ["{5}"] = { 5 }, ["{0, 0}"] = { 0, 0 }, ["{3, 0, -4}"] = { 3, 0, -4 }, ["{1, nan}"] = { 1, 0 / 0 },
      ["{1, -inf}"] = { 1, -math.huge },
    }
    local wrong = {}
    for key, want in pairs(values.degenerate) do
      local name, list = key:match("^(.*) of ({.*})$")
      local x = lab.tensor(inputs[list], { dtype = "float64" })
      local p, by_n = tonumber(name:match("^norm (%-?[%d.]+)")), name:match("^(%w+) by n$")
      if name:match("inf$") then p = number(name:match("%-?inf")) end
      local ok, y = pcall(function()
        if p then return x:norm(p) end
        return by_n and x[by_n](x, { unbiased = false }) or x[name](x)
      end)
      local got = ok and y:item() or "error"
      if not (got == want or (got ~= "error" and want ~= "error" and near(got, number(want)))) then
        wrong[#wrong + 1] = ("%s: %s, not %s"):format(key, got, want)
      end
    end
    table.sort(wrong)
    assert.equal("", table.concat(wrong, "\n"))
  end)

  it("along one dimension too", function()
    local x = lab.zeros(0, 3)
    for _, f in ipairs { "var", "std", "mean" } do
      for _, v in ipairs(x[f](x, 1):tolist()) do assert.is_true(v ~= v, f) end
      assert.same({}, x[f](x, 2):tolist(), f)
    end
    assert.same({ 0, 0, 0 }, x:norm(0, 1):tolist())
    errors.fails("no norm of order inf", function() return x:norm(math.huge, 1) end)
    assert.same({ 2, 0 }, lab.tensor({ { 3, 0, 1 }, { 0, 0, 0 } }):norm(0, 2):tolist())
    assert.same({}, x:softmax(2):tolist())
    assert.same({ 3, 0 }, lab.zeros(3, 0):log_softmax(2).shape)
    errors.fails("no element to choose from", function() return x:amax(1) end)
    errors.fails("no element to choose from", function() return x:argmax(1) end)
  end)

  it("norm(0) has a gradient of 0", function()
    local x = lab.tensor({ 3, 0 }, { requires_grad = true })
    x:norm(0):backward()
    assert.same({ 0, 0 }, x.grad:tolist())
  end)
end)

describe("uint8", function()
  it("stays uint8 where nothing can overflow", function()
    local a, b = lab.tensor({ 3, 200 }, { dtype = "uint8" }), lab.tensor({ 7, 100 }, { dtype = "uint8" })
    assert.same({ 7, 200 }, lab.maximum(a, b):tolist())
    assert.same({ 3, 100 }, lab.minimum(a, b):tolist())
    assert.same({ 200, 3 }, { a:amax():item(), a:amin():item() })
    local columns = lab.stack({ a, b }, 2) -- along every order of memory
    assert.same({ 7, 200 }, columns:amax(2):tolist())
    assert.same({ 3, 100 }, columns:amin(2):tolist())
    assert.same({ 200, 100 }, columns:t():amax(2):tolist())
    assert.same({ 3, 200, 7, 100 }, lab.cat({ a, b }):tolist())
    assert.same({ 3, 100 }, lab.where(a:lt(100), a, b):tolist())
    assert.same({ 1, 1 }, a:sign():tolist())
  end)

  it("keeps extremes over many elements", function()
    local bytes = lab.randint(0, 256, { 300, 70 }):to("uint8")
    local whole = bytes:to("int64")
    for _, f in ipairs { "amax", "amin" } do
      for _, dim in ipairs { 1, 2 } do
        assert.same(whole[f](whole, dim):tolist(), bytes[f](bytes, dim):tolist())
        assert.same(whole[f](whole:t(), dim):tolist(), bytes[f](bytes:t(), dim):tolist())
      end
      assert.equal(whole[f](whole):item(), bytes[f](bytes):item())
    end
  end)
end)

it("mixed dtypes of every pair are computed without an error", function()
  for _, a in ipairs(DTYPES) do
    for _, b in ipairs(DTYPES) do
      local x, y = lab.ones({ 2, 2 }, { dtype = a }), lab.ones({ 2, 2 }, { dtype = b })
      assert.equal(8, x:mm(y):sum():item())
      assert.equal(4, lab.cat { x, y }:narrow(1, 1, 2):sum():item())
    end
  end
end)
