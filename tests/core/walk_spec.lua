--- The walk through strided memory (src/core/walk.h), by everything that uses it. A view of arange has in each element
-- the place of that element in memory, which plain Lua computes from the strides.
local lab = require "optlab"

-- The elements of a view of arange(0, n), row by row, from its first element and its strides.
local function places(t)
  local list, shape, stride = {}, t.shape, t:stride()
  local function add(d, at)
    if d > #shape then
      list[#list + 1] = at
      return
    end
    for i = 0, shape[d] - 1 do add(d + 1, at + i * stride[d]) end
  end
  if t:numel() > 0 then
    local first = t
    for _ = 1, #shape do first = first[1] end
    add(1, math.tointeger(first:item()))
  end
  return list
end

local function flat(t) return t:reshape(-1):tolist() end

-- assert.same for long flat lists.
local function assert_list(want, got)
  assert.equal(#want, #got)
  for i = 1, #want do
    if want[i] ~= got[i] then error(("element %d is %s, expected %s"):format(i, got[i], want[i]), 2) end
  end
end

local function numbers(...)
  local n = 1
  for _, size in ipairs { ... } do n = n * size end
  return lab.arange(n, { dtype = "float64" }):reshape(...)
end

-- name: a view of numbers(...)
local views = {
  ["a scalar"] = function() return numbers(3)[2] end,
  ["one element of rank 8"] = function() return numbers(1, 1, 1, 1, 1, 1, 1, 1) end,
  ["rank 8, permuted"] = function() return numbers(2, 3, 1, 2, 3, 2, 1, 2):permute(8, 3, 5, 1, 7, 2, 6, 4) end,
  ["rank 8 without dimensions of size 1"] = function()
    return numbers(2, 3, 2, 2, 3, 2, 2, 2):permute(2, 1, 8, 7, 3, 4, 6, 5)
  end,
  ["no element"] = function() return numbers(3, 4)[{ {}, { 2, 1 } }] end,
  ["a transposed matrix"] = function() return numbers(5, 7):t() end,
  ["a transposed matrix in whole tiles"] = function() return numbers(160, 128):t() end,
  ["a transposed matrix with pieces of tiles"] = function() return numbers(151, 131):t() end,
  ["a transposed matrix with few columns"] = function() return numbers(5003, 5):t() end,
  ["a transposed matrix with few rows"] = function() return numbers(5, 5003):t() end,
  ["a batch of transposed matrices"] = function() return numbers(3, 61, 127):permute(1, 3, 2) end,
  ["images with the channels last"] = function() return numbers(4, 20, 23, 25):permute(1, 3, 4, 2) end,
  ["images with the batch innermost"] = function() return numbers(20, 3, 23, 25):permute(4, 3, 2, 1) end,
  ["columns"] = function() return numbers(300, 50)[{ {}, { 3, 40 } }] end,
  ["columns, transposed"] = function() return numbers(300, 200)[{ {}, { 3, 170 } }]:t() end,
  ["every third row"] = function() return numbers(301, 70)[{ { 2, 301, 3 } }] end,
  ["a row, repeated"] = function() return numbers(1, 90):expand(400, 90) end,
  ["a column, repeated"] = function() return numbers(90, 1):expand(90, 400) end,
  ["a number, repeated"] = function() return numbers(1, 1):expand(200, 200) end,
}

for name, view in pairs(views) do
  describe("a walk over " .. name, function()
    local t, want = view(), nil
    setup(function() want = places(t) end)

    it("lists the elements", function() assert_list(want, flat(t:clone())) end)

    it("lists them without a copy", function()
      local list = t:tolist()
      for _ = 2, t:dim() do
        local joined = {}
        for _, part in ipairs(list) do table.move(part, 1, #part, #joined + 1, joined) end
        list = joined
      end
      assert_list(want, t:dim() == 0 and { list } or list)
    end)

    it("copies into a window of the same order", function()
      local copy = lab.zeros(t.shape, { dtype = "float64" })
      copy:copy_(t)
      assert_list(want, flat(copy))
    end)

    it("copies out of order, with conversion", function()
      local d = t:dim()
      local order, sizes = {}, {}
      for i = 1, d do
        order[i] = d + 1 - i
        sizes[i] = t.shape[d + 1 - i]
      end
      local turned = lab.zeros(sizes, { dtype = "int64" })
      if d > 0 then turned = turned:permute(table.unpack(order)) end
      turned:copy_(t)
      assert_list(want, flat(turned))
    end)

    it("maps one, two and three operands", function()
      assert_list(want, flat(-(-t)))
      assert_list(want, flat(t * 2 - t))
      assert_list(want, flat(lab.where(t:ge(0), t, -1)))
    end)

    it("maps operands in different orders", function()
      local plain = t:contiguous()
      assert_list(want, flat(t * 3 - plain * 2))
      assert_list(want, flat(plain * 3 - t * 2))
    end)

    it("adds up", function()
      local total = 0
      for _, v in ipairs(want) do total = total + v end
      assert.equal(total, t:sum():item())
      for d = 1, t:dim() do
        assert.equal(total, t:sum(d):sum():item())
      end
    end)

    it("fills with the random numbers that a contiguous tensor gets", function()
      local into, plain = view(), lab.zeros(t.shape, { dtype = "float64" })
      local repeated = false
      for d, s in ipairs(into:stride()) do repeated = repeated or (s == 0 and into.shape[d] > 1) end
      if repeated then return end
      lab.manual_seed(3)
      into:uniform_()
      lab.manual_seed(3)
      plain:uniform_()
      assert_list(flat(plain), flat(into))
    end)

    it("takes and adds along an index", function()
      if t:dim() == 0 or t:numel() == 0 then return end
      local d = t:dim()
      local sizes = t.shape
      sizes[d] = 2
      local index = lab.ones(sizes, { dtype = "int64" })
      index:narrow(d, 2, 1):fill_(t.shape[d])
      local first, last = {}, t.shape[d]
      for i = 1, #want, last do
        first[#first + 1] = want[i]
        first[#first + 1] = want[i + last - 1]
      end
      assert_list(first, flat(t:gather(d, index)))
    end)
  end)
end

describe("a copy", function()
  it("of 8-byte integers keeps every digit", function()
    local big = math.maxinteger - 5
    local t = lab.tensor({ { big, 1 }, { 2, big - 1 } }, { dtype = "int64" })
    assert.same({ { big, 2 }, { 1, big - 1 } }, t:t():tolist())
    assert.same({ { big, 2 }, { 1, big - 1 } }, t:t():contiguous():tolist())
  end)

  it("does not depend on the number of threads", function()
    local before = lab.get_num_threads()
    local x, results = lab.randn(300, 500), {}
    for threads = 1, 3 do
      lab.set_num_threads(threads)
      local y = x:t():contiguous()
      results[threads] = { flat(y), flat(x:t():exp() + y), flat(x:t():sum(1)), flat(lab.zeros(500, 300):t():copy_(x)) }
    end
    lab.set_num_threads(before)
    for i, list in ipairs(results[1]) do
      assert_list(list, results[2][i])
      assert_list(list, results[3][i])
    end
  end)
end)
