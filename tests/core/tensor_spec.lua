--- Tensors: creation, fields, views, indexing, assignment, printing, memory.
local lab = require "optlab"
local errors = require "tests.support.errors"

describe("a tensor", function()
  it("says what is meant by names and signs that it does not have", function()
    local x = lab.ones(2)
    errors.fails("a tensor has no field or method 'sigmiod'; did you mean 'sigmoid'?", function() return x.sigmiod end)
    errors.fails("a tensor has no field or method 'T'; write x:t()", function() return x.T end)
    errors.fails("a tensor has no field or method 'cuda'; all tensors are in the computer's memory",
      function() return x:cuda() end)
    errors.fails("tensors have no order; x:gt(y), x:ge(y), x:lt(y) and x:le(y) compare element by element",
      function() return x > 0 end)
    errors.fails("x:item() is the number of a tensor with one element", function() return x <= x end)
    errors.fails("start must be an integer, got a tensor of shape (1); its number is x:item()",
      function() return x:narrow(1, lab.ones(1), 1) end)
    assert.equal(1, math.max(1, x[1]:item()))
  end)
end)

describe("creation", function()
  it("takes sizes one by one or in a table, and options", function()
    assert.same({ { 0, 0, 0 }, { 0, 0, 0 } }, lab.zeros(2, 3):tolist())
    assert.same({ { 1, 1 } }, lab.ones({ 1, 2 }, { dtype = "int64" }):tolist())
    assert.equal("float64", lab.full({ 2 }, 0.1, { dtype = "float64" }).dtype)
    assert.same({ { 1, 0 }, { 0, 1 } }, lab.eye(2):tolist())
    assert.is_true(lab.zeros({ 2 }, { requires_grad = true }).requires_grad)
  end)

  it("makes ranges half-open as PyTorch does", function()
    assert.same({ 0, 1, 2 }, lab.arange(3):tolist())
    assert.same({ 1, 1.5 }, lab.arange(1, 2, 0.5):tolist())
    assert.equal(300, lab.arange(-1, 2, 0.01):numel())
    assert.same({ 0, 0.25, 0.5, 0.75, 1 }, lab.linspace(0, 1, 5):tolist())
    errors.fails("no numbers lead from 1.0 to 2.0", function() return lab.arange(1, 2, 0) end)
  end)

  it("reads nested tables, keeps large integers, rejects ragged ones", function()
    assert.same({ 2, 2, 1 }, lab.tensor { { { 1 }, { 2 } }, { { 3 }, { 4 } } }.shape)
    assert.same({}, lab.tensor(5).shape)
    assert.equal(9007199254740993, lab.tensor({ 9007199254740993 }, { dtype = "int64" }):tolist()[1])
    errors.fails("ragged table: a list of 1 where the first one has 2",
      function() return lab.tensor { { 1, 2 }, { 3 } } end)
    errors.fails("lab.tensor: element 2 must be a number, got 'x'", function() return lab.tensor { 1, "x" } end)
    errors.fails("lab.tensor: data must be a number or a table of numbers, got 'x'",
      function() return lab.tensor("x") end)
  end)

  it("draws the same numbers from the same seed, uniform and normal", function()
    lab.manual_seed(7)
    local u, n = lab.rand(1000), lab.randn(10000)
    lab.manual_seed(7)
    assert.same(u:tolist(), lab.rand(1000):tolist())
    assert.is_true(u:min():item() >= 0 and u:max():item() < 1)
    assert.near(0, n:mean():item(), 0.05)
    assert.near(1, n:std():item(), 0.05)
    local p = lab.randperm(50)
    local seen = {}
    for _, v in ipairs(p:tolist()) do seen[v] = true end
    for i = 1, 50 do assert.is_true(seen[i]) end
    local r = lab.randint(3, 6, { 200 })
    assert.same({ 3, 5 }, { r:min():item(), r:max():item() })
  end)

  it("rejects bad sizes, dtypes and options with a hint", function()
    errors.fails("lab.zeros: size must be an integer of at least 0 or a list of them, got -1",
      function() return lab.zeros(-1) end)
    errors.fails("more elements than memory can hold", function() return lab.zeros(2 ^ 40, 2 ^ 40) end)
    errors.fails("lab.zeros: dtype must be one of 'float32', 'float64', 'int64', 'uint8', got 'float16'",
      function() return lab.zeros({ 2 }, { dtype = "float16" }) end)
    errors.fails("unknown option 'dtyp'; did you mean 'dtype'?",
      function() return lab.zeros({ 2 }, { dtyp = "float64" }) end)
    errors.fails("only float tensors",
      function() return lab.zeros({ 2 }, { dtype = "int64", requires_grad = true }) end)
    errors.fails("at most 8 dimensions", function() return lab.zeros(1, 1, 1, 1, 1, 1, 1, 1, 1) end)
  end)
end)

describe("views", function()
  local x = lab.arange(24):reshape(2, 3, 4)
  it("share memory", function()
    local y = lab.zeros(2, 3)
    y:t()[1][2] = 5
    y[1][1] = 7
    assert.same({ { 7, 0, 0 }, { 5, 0, 0 } }, y:tolist())
    y:view(-1)[6] = 9
    assert.equal(9, y[2][3]:item())
  end)

  it("are tensors of their own, also where they show the whole", function()
    local v, s = lab.ones(3), lab.tensor(2)
    for name, view in pairs { range = v[{ {} }], ends = v[{ { 1, -1 } }], t = v:t(), none = s[{}], ts = s:t() } do
      assert.is_false(view == v or view == s, name)
      view:requires_grad_()
      assert.is_false(v.requires_grad or s.requires_grad, name)
      lab.no_grad(function() view:mul_(2) end)
    end
    assert.same({ 8, 8, 8 }, v:tolist())
    assert.equal(8, s:item())
  end)

  it("reshape gives the row-major order whatever the strides", function()
    assert.same({ 0, 12, 1, 13 }, x:permute(2, 3, 1):reshape(-1)[{ { 1, 4 } }]:tolist())
    assert.same({ 2, 12 }, x:reshape(2, -1).shape)
    assert.same({ 1, 24, 1 }, x:reshape(1, 24, 1).shape)
    assert.same(x:tolist(), x:transpose(1, 3):transpose(1, 3):reshape(6, 4):reshape(2, 3, 4):tolist())
    errors.fails("24 elements, which do not fit into (5, 5)", function() return x:reshape(5, 5) end)
    errors.fails("works on matrices", function() return x:t() end)
    errors.fails("each dimension", function() return x:permute(1, 1, 2) end)
    errors.fails("use reshape", function() return x:transpose(1, 2):view(-1) end)
  end)

  it("squeeze, unsqueeze, flatten, expand", function()
    assert.same({ 2, 1, 3 }, lab.zeros(2, 3):unsqueeze(2).shape)
    assert.same({ 2, 3, 1 }, lab.zeros(2, 3):unsqueeze(-1).shape)
    assert.same({ 2, 3 }, lab.zeros(1, 2, 1, 3):squeeze().shape)
    assert.same({ 2, 1, 3 }, lab.zeros(1, 2, 1, 3):squeeze(1).shape)
    assert.same({ 2, 12 }, x:flatten(2).shape)
    assert.same({ { 1, 1 }, { 2, 2 } }, lab.tensor({ { 1 }, { 2 } }):expand(2, 2):tolist())
    errors.fails("does not expand to", function() return x:expand(5, 3, 4) end)
  end)
end)

describe("indexing", function()
  local x = lab.arange(1, 13):reshape(3, 4)
  it("takes numbers, ranges, steps, negative positions and index tensors", function()
    assert.same({ 5, 6, 7, 8 }, x[2]:tolist())
    assert.equal(12, x[-1][-1]:item())
    assert.same({ { 2, 3 }, { 6, 7 }, { 10, 11 } }, x[{ {}, { 2, 3 } }]:tolist())
    assert.same({ 6, 8 }, x[{ 2, { 2, 4, 2 } }]:tolist())
    assert.same({ { 9, 10, 11, 12 }, { 1, 2, 3, 4 } }, x[lab.tensor({ 3, 1 }, { dtype = "int64" })]:tolist())
    assert.same({ 0, 4 }, x[{ { 3, 2 } }].shape)
  end)

  it("assigns numbers and tensors, with broadcasting", function()
    local y = lab.zeros(3, 4)
    y[1] = 1
    y[{ {}, 2 }] = lab.tensor { 7, 8, 9 }
    y[{ 3, { 3, 4 } }] = lab.tensor(5)
    assert.same({ { 1, 7, 1, 1 }, { 0, 8, 0, 0 }, { 0, 9, 5, 5 } }, y:tolist())
    errors.fails("shape (3) does not broadcast to (4)", function() y[1] = lab.zeros(3) end)
    errors.fails("t[key] = value: value must be a number or a tensor, got 'a'", function() y[1] = "a" end)
  end)

  it("says what the range was when an index is out of range", function()
    errors.fails("index 4 is out of range 1..3 in dimension 1 of a tensor of shape (3, 4)", function() return x[4] end)
    errors.fails("index 0 is out of range", function() return x[0] end)
    errors.fails("index 5 is out of range 1..4 in dimension 2", function() return x[{ 1, { 2, 5 } }] end)
    errors.fails("t[key]: the key of dimension 1 must be an integer or a range {from, to}, got 1.5",
      function() return x[1.5] end)
    errors.fails("use item", function() return lab.tensor(1)[1] end)
    errors.fails("index 4 at position 1 is out of range 1..3",
      function() return x:index_select(1, lab.tensor({ 4 }, { dtype = "int64" })) end)
    errors.fails("Tensor:sum: dim must be in 1..2, or -1 for the last, for a tensor of 2 dimensions, got 3",
      function() return x:sum(3) end)
    errors.fails("Tensor:narrow: 4 elements from 3 on", function() return x:narrow(2, 3, 4) end)
    assert.same({ 0 }, lab.zeros(0):narrow(1, 1, 0).shape)
    assert.same({ 0 }, lab.zeros(3):narrow(1, 4, 0).shape)
    errors.fails("Tensor:narrow: start must be in 1..3", function() return lab.zeros(3):narrow(1, 5, 0) end)
  end)

  it("names the function that was called, not what it is made of", function()
    local none = lab.zeros(0)
    for _, name in ipairs { "amax", "amin", "argmax", "argmin", "max", "min" } do
      errors.fails("Tensor:" .. name .. ": shape (0) has no element to choose from", none[name], none)
    end
    errors.fails("Tensor:max: shape (0) has no element", function() return none:max(1) end)
    errors.fails("Tensor:view: (3, 4) has 12 elements, which do not fit into (5)", function() return x:view(5) end)
    errors.fails("lab.stack: the tensors must have one shape, got (3, 4) and (0)", lab.stack, { x, none })
    errors.fails("lab.cat: shapes (3, 4) and (0) differ", lab.cat, { x, none })
    errors.fails("Tensor:matmul: shapes (1, 3, 4) and (3, 4) do not multiply",
      function() return x:unsqueeze(1):matmul(x) end)
    errors.fails("Tensor:copy_: shape (0) does not broadcast", function() return lab.zeros(3):copy_(none) end)
    errors.fails("t[key]: index 9 at position 1 is out of range 1..3",
      function() return x[lab.tensor({ 9 }, { dtype = "int64" })] end)
    local w = lab.ones(2, { requires_grad = true })
    local y = w * w
    y:sum():backward()
    errors.fails("autograd.grad: the graph of this result was freed", lab.autograd.grad, y, w,
      { grad_outputs = lab.ones(2) })
  end)
end)

describe("var and std of float32", function()
  -- Numbers of torch.std and torch.var.
  it("are computed in float64, so that squares stay in range", function()
    local large, small = lab.tensor { 1e30, -1e30 }, lab.tensor { 1e-30, 3e-30, 5e-30 }
    assert.near(1.4142135e30, large:std():item(), 1e24)
    assert.equal(math.huge, large:var():item())
    assert.near(2e-30, small:std():item(), 1e-36)
    assert.near(math.sqrt(8 / 3) * 1e-30, small:std { unbiased = false }:item(), 1e-36)
    assert.equal(0, lab.full({ 7 }, 0.1):var():item())
  end)

  it("are those of equal elements, 0, however many there are", function()
    for _, n in ipairs { 1, 17, 4096, 4097, 100003 } do
      assert.equal(0, lab.full({ n }, 0.1, { dtype = "float64" }):var { unbiased = false }:item())
    end
  end)

  -- Rows of 10,000 are several chunks, the last of them short; 2 rows are shared chunk by chunk, 20 row by row.
  it("of long rows, columns and views are those of two passes, the same bits on any number of threads", function()
    local before = lab.get_num_threads()
    finally(function() lab.set_num_threads(before) end)
    for _, rows in ipairs { 1, 2, 20 } do
      lab.manual_seed(rows)
      local x = lab.randn(rows, 10000) + 1000
      local function results()
        return { x:var(2):tolist(), x:t():contiguous():var(1):tolist(), x:t():var(1):tolist(),
          x:std():item(), x:narrow(2, 3, 9990):std(2):tolist() }
      end
      lab.set_num_threads(1)
      local alone = results()
      lab.set_num_threads(3)
      assert.same(alone, results())
      local wide = x:to "float64"
      local centred = wide - wide:mean(2, true)
      local expected = ((centred * centred):sum(2) / 9999):tolist()
      for i, value in ipairs(alone[1]) do
        assert.near(expected[i], value, 1e-6)
        assert.equal(value, alone[2][i])
        assert.equal(value, alone[3][i])
      end
    end
  end)
end)

describe("fields and methods", function()
  it("reads shape, dtype, length", function()
    local x = lab.zeros(3, 2)
    assert.equal(3, #x)
    assert.equal(6, x:numel())
    assert.equal(2, x:dim())
    assert.equal(2, x:size(-1))
    assert.same({ 3, 2 }, x:size())
    assert.is_nil(x.grad)
    errors.fails("no field or method 'shap'", function() return x.shap end)
    errors.fails("'shape' cannot be set", function() x.shape = 1 end)
    errors.fails("only one element can become a number", function() return x:item() end)
    errors.fails("Tensor:item: self must be a tensor, got 3",
      function() return lab.zeros(2).item(3) end)
  end)

  it("changes in place", function()
    local x = lab.tensor { 1, 2, 3 }
    x:add_(1):mul_(2):sub_(lab.tensor { 1, 1, 1 }, 2)
    assert.same({ 2, 4, 6 }, x:tolist())
    x:div_(2):clamp_(nil, 2):fill_(x:sum():item())
    assert.same({ 5, 5, 5 }, x:tolist())
    assert.same({ 0, 0, 0 }, x:zero_():tolist())
    x:copy_(lab.tensor({ 1 }, { dtype = "int64" }))
    assert.same({ 1, 1, 1 }, x:tolist())
    local y = lab.arange(4)
    y[{ { 2, 4 } }]:copy_(y[{ { 1, 3 } }])
    assert.same({ 0, 0, 1, 2 }, y:tolist())
    errors.fails("does not broadcast", function() x:add_(lab.zeros(2, 3)) end)
  end)

  it("converts between dtypes, cutting fractions and saturating", function()
    assert.same({ 1, -2 }, lab.tensor({ 1.9, -2.9 }):to("int64"):tolist())
    assert.equal(math.mininteger, lab.tensor(0 / 0):to("int64"):item())
    assert.same({ 1, 0 }, lab.tensor({ 257, 256 }):to("uint8"):tolist())
  end)

  it("sets the default dtype", function()
    lab.set_default_dtype("float64")
    assert.equal("float64", lab.zeros(1).dtype)
    lab.set_default_dtype("float32")
    assert.equal("float32", lab.zeros(1).dtype)
    errors.fails("lab.set_default_dtype: dtype must be one of 'float32', 'float64', got 'int64'",
      function() lab.set_default_dtype("int64") end)
  end)
end)

describe("printing", function()
  it("aligns columns and names dtype and shape", function()
    assert.equal("   1.0000  -2.5000\n  10.0000   0.0000\n[float32 (2, 2)]",
      tostring(lab.tensor { { 1, -2.5 }, { 10, 0 } }))
    assert.equal("  1  2  3\n[int64 (3)]", tostring(lab.tensor({ 1, 2, 3 }, { dtype = "int64" })))
    assert.matches("^0.5  %[float32 %(%), requires_grad%]", tostring(lab.tensor(0.5, { requires_grad = true })))
    assert.matches("%(2, %., %.%) =", tostring(lab.zeros(2, 2, 2)))
    assert.matches("%.%.%.", tostring(lab.zeros(100, 100)))
    assert.matches("nan", tostring(lab.tensor { 0 / 0, 1 }))
  end)
end)

describe("memory", function()
  it("frees a <close> tensor at the end of its block, and says so when it is used", function()
    local kept
    do
      local t <close> = lab.zeros(10)
      kept = t
    end
    errors.fails("was closed", function() return kept + 1 end)
    assert.equal("[closed tensor]", tostring(kept))
  end)

  it("stays flat over many steps without collectgarbage", function()
    local x = lab.zeros(1000)
    for _ = 1, 2000 do x = x + 1 end
    local before = lab.memory().live
    for _ = 1, 50000 do x = x + 1 end
    -- The collector lets garbage grow to about the size of Lua's own heap, which other specs may have made large.
    local heap = collectgarbage("count") * 1024
    assert.is_true(lab.memory().live < before + 2 * heap + 8 * 1024 * 1024)
    assert.equal(52000, x[1]:item())
  end)

  it("turns a failed allocation into an error at every point, and recovers", function()
    local w = lab.randn({ 3, 3 }, { requires_grad = true })
    local function step()
      w.grad = nil
      local y = lab.tanh(w:mm(w)):sum() + lab.cat({ w, w * 2 }):square():mean()
      y:backward()
      return w.grad:sum():item()
    end
    local expected, failures = step(), 0
    for n = 1, 400 do
      collectgarbage()
      lab.fail_allocation(n)
      local ok, message = pcall(step)
      lab.fail_allocation(0)
      if ok then break end
      failures = failures + 1
      assert.matches("out of memory", message)
    end
    assert.is_true(failures > 20)
    assert.equal(expected, step())
  end)
end)
