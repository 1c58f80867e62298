--- Random choices by probabilities: bernoulli, multinomial; einsum's and other errors of operations of whole tensors.
local lab = require "optlab"
local compiled = require "tests.support.compiled"

describe("bernoulli", function()
  it("gives 1 as often as its probability says, at each place", function()
    lab.manual_seed(3)
    local p = lab.tensor { 0, 0.2, 0.9, 1 }:expand(20000, 4)
    local mean = lab.bernoulli(p):mean(1):tolist()
    assert.equal(0, mean[1])
    assert.near(0.2, mean[2], 0.01)
    assert.near(0.9, mean[3], 0.01)
    assert.equal(1, mean[4])
    assert.near(0.3, lab.zeros(20000):bernoulli_(0.3):mean():item(), 0.015)
    assert.same({ 1, 0 }, lab.zeros({ 2 }, { dtype = "uint8" }):bernoulli_(lab.tensor { 1, 0 }):tolist())
  end)

  it("refuses what is no probability", function()
    assert.error_matches(function() lab.bernoulli(lab.tensor { 0.5, 1.5 }) end,
      "Tensor:bernoulli: the probabilities must be in %[0, 1%]")
    assert.error_matches(function() lab.zeros(2):bernoulli_(2) end, "p must be a number in %[0, 1%], got 2")
  end)
end)

describe("multinomial", function()
  it("draws positions as often as their weights say, with replacement", function()
    lab.manual_seed(4)
    local n = lab.tensor { 1, 0, 3 }:multinomial(20000, true):bincount(nil, 3):tolist()
    assert.near(5000, n[1], 200)
    assert.equal(0, n[2])
    assert.equal(20000, n[1] + n[3])
  end)

  it("draws each at most once without replacement, a row for each row", function()
    local w = lab.rand(50, 6) + 0.01
    local rows = w:multinomial(6)
    assert.same({ 50, 6 }, rows.shape)
    assert.is_true((rows:sort()):eq(lab.arange(1, 7)):all():item() == 1)
    assert.same({ 2 }, lab.tensor { 0, 2, 0 }:multinomial(1):tolist())
  end)

  it("draws without replacement one after the other by the weights that are left", function()
    lab.manual_seed(5)
    local rows = lab.tensor { 1, 0, 2, 5 }:expand(20000, 4):multinomial(2)
    local pairs_of = (rows:select(2, 1) * 10 + rows:select(2, 2)):bincount(nil, 43):tolist()
    -- 1 first: 1/8; then 3 and 4 in proportion 2 to 5
    local want = { [13] = 1 / 8 * 2 / 7, [14] = 1 / 8 * 5 / 7, [31] = 2 / 8 * 1 / 6, [34] = 2 / 8 * 5 / 6,
      [41] = 5 / 8 * 1 / 3, [43] = 5 / 8 * 2 / 3 }
    for pair, n in ipairs(pairs_of) do assert.near(20000 * (want[pair] or 0), n, 250, pair) end
  end)

  it("draws all of many in time that grows with their number", function()
    local from = os.clock()
    assert.equal(50000, lab.ones(50000):multinomial(50000):unique():numel())
    assert.is_true(os.clock() - from < 1)
  end)

  it("says what is wrong", function()
    local function says(what, w, ...)
      local more = { ... }
      assert.error_matches(function() lab.tensor(w):multinomial(table.unpack(more)) end, what)
    end
    says("weights must be finite and not negative", { 1, -1 }, 1)
    says("sum of the weights must be positive", { 0, 0 }, 1)
    says("at most 2 without replacement, got 3", { 1, 1 }, 3)
    says("at most 1, the number of weights that are not 0", { 1, 0 }, 2)
  end)
end)

it("random choices in a compiled step are those of the step itself", function()
  compiled.same(function()
    local p = lab.tensor { 0.2, 0.5, 0.9 }
    return { steps = 6, tensors = {}, args = function() return 1 end, step = function()
      return lab.bernoulli(p), p:multinomial(2), p:multinomial(5, true), p:clone():bernoulli_(0.5)
    end }
  end)
end)

describe("errors name the function and what was given:", function()
  local m = lab.zeros(2, 3)
  for what, f in pairs {
    ["lab.einsum: 'ij' has 2 letters for operand 1 of shape %(2, 3, 1%)"] = function()
      lab.einsum("ij->i", m:unsqueeze(3))
    end,
    ["lab.einsum: 'j' has the sizes 3 and 2"] = function() lab.einsum("ij,jk", m, m) end,
    ["lab.einsum: 'ij,jk' names 2 operands, got 1"] = function() lab.einsum("ij,jk", m) end,
    ["lab.einsum: 'i' has the sizes 1 and 3 in one operand"] = function() lab.einsum("ii->i", lab.ones(1, 3)) end,
    ["lab.einsum: a product of two operands has 10 indices .* at most 8 dimensions"] = function()
      lab.einsum("abcde,fghij->abcdefghij", lab.ones(1, 1, 1, 1, 1), lab.ones(1, 1, 1, 1, 1))
    end,
    ["has the letter 'k' of the result"] = function() lab.einsum("ij->k", m) end,
    ["Tensor:tril: works on matrices, this tensor has shape %(3%)"] = function() m[1]:tril() end,
    ["Tensor:topk: k must be at most 3, the size of dimension 2 of shape %(2, 3%), got 4"] = function() m:topk(4) end,
    ["Tensor:kthvalue: k must be at most 3, .* got 4"] = function() m:kthvalue(4) end,
    ["Tensor:median: shape %(0%) has no element"] = function() lab.zeros(0):median() end,
    ["Tensor:quantile: q must be a number in %[0, 1%], got 2"] = function() m:quantile(2) end,
    ["Tensor:bincount: the numbers must be at least 1"] = function() m:reshape(6):to("int64"):bincount() end,
    ["Tensor:flip: dimension 1 is given twice"] = function() m:flip(1, -2) end,
    ["Tensor:roll: 2 shifts for 1 dimensions"] = function() m:roll({ 1, 2 }, 1) end,
    ["Tensor:cumsum: dim must be .*got 3"] = function() m:cumsum(3) end,
    ["floor_divide: an integer is divided by 0"] = function() return m:to("int64") // 0 end,
  } do
    it(what, function() assert.error_matches(f, what) end)
  end

  it("results whose size depends on values cannot be recorded", function()
    local step = lab.compile(function(x) return x:unique() end)
    assert.error_matches(function() for _ = 1, 2 do step(m) end end, "unique%(%)")
  end)
end)

it("results of repetitions share no memory with their operand, nor among their elements", function()
  local x = lab.tensor { 3, 4 }
  local same = { x:tile(1), x:tile(1, 1), x:repeat_interleave(1), x:repeat_interleave(1, 1), x:roll(0), x:roll(2, 1),
    lab.tensor { 7 }:tile(3), lab.tensor { 7 }:repeat_interleave(3), lab.linalg.matrix_power(lab.eye(2), 1) }
  for _, y in ipairs(same) do y:add_(lab.arange(y:numel()):reshape(y.shape)) end
  assert.same({ 3, 4 }, x:tolist())
  assert.same({ 7, 8, 9 }, same[7]:tolist())
end)

it("prod keeps all dimensions if it is to, as sum does", function()
  local x = lab.tensor { { 2, 3 }, { 4, 5 } }
  assert.same({ { 120 } }, x:prod { keepdim = true }:tolist())
  assert.same({}, x:prod().shape)
end)

it("quantiles that are elements may be infinite", function()
  local x = lab.tensor { math.huge, 1, -math.huge, math.huge, 2 }
  for _, how in ipairs { "lower", "higher", "nearest" } do
    local q = x:quantile({ 0, 0.5, 0.75, 1 }, { interpolation = how })
    assert.same({ -math.huge, 2, math.huge, math.huge }, q:tolist())
  end
end)

it("einsum expands a size of 1 to 0 as to any other", function()
  assert.same({ 2, 4 }, lab.einsum("ij,jk->ik", lab.ones(2, 1), lab.ones(0, 4)).shape)
  assert.equal(0, lab.einsum("i,i", lab.ones(1), lab.ones(0)):item())
  assert.same({ 0 }, lab.einsum("i,i->i", lab.ones(0), lab.ones(1)).shape)
end)

it("the runs of a sweep may sort, each on any thread", function()
  local before, data = lab.get_num_threads(), { X = lab.randn(60, 3), y = lab.randn(60, 50) }
  local function losses(threads)
    lab.set_num_threads(threads)
    local results = lab.train.sweep {
      model = function() return lab.nn.Linear(3, 50) end, data = data, batch_size = 20, epochs = 3, evaluate = false,
      loss = function(p, y) return ((p:sort(2)) - (y:sort(2))):square():mean() + (p:median(1)):square():mean() end,
      optimizer = function(params) return lab.optim.SGD(params, { lr = 0.05 }) end,
      grid = { seed = lab.arange(1, 13):tolist() },
    }
    local list = {}
    for i, r in ipairs(results) do list[i] = compiled.bits(r.model.weight) end
    return list
  end
  local one = losses(1)
  for threads = 2, 4 do assert.same(one, losses(threads)) end
  lab.set_num_threads(before)
end)

describe("survives any failed allocation:", function()
  local x, w = lab.randn(5, 7), lab.rand(6)
  for name, f in pairs {
    sort = function() x:sort(1) end,
    median = function() x:median() end,
    quantile = function() x:quantile({ 0.1, 0.5 }, 2) end,
    searchsorted = function() lab.searchsorted(w, w) end,
    unique = function() x:unique { return_inverse = true, return_counts = true } end,
    multinomial = function() w:multinomial(3) end,
    einsum = function() lab.einsum("ij,kj->ik", x, x) end,
    repetitions = function() return x:tile(2, 1), x:repeat_interleave(3, 1), x:roll({ 1, 2 }, { 1, 2 }) end,
  } do
    it(name, function()
      for n = 1, 200 do
        lab.fail_allocation(n)
        local ok, why = pcall(f)
        lab.fail_allocation(0)
        if ok then return end
        assert.matches("memory", tostring(why))
      end
    end)
  end
end)

it("sorting, scans and diagonals are the same bits on any number of threads", function()
  local before = lab.get_num_threads()
  local x = lab.randn(70, 1000)
  local function all()
    local list = { x:sort(), x:argsort(1), x:cumsum(1), x:cumsum(2), x:cumprod(2), x:prod(1), (x:median(2)),
      (x:topk(9)), x:flip(1, 2), x:tril(), x:triu(3), x:quantile(0.3, 2), x:any(1), x:all(), lab.exp(x),
      lab.tanh(x), lab.erfc(x) }
    for i, t in ipairs(list) do list[i] = compiled.bits(t) end
    return list
  end
  lab.set_num_threads(1)
  local one = all()
  for n = 2, 3 do
    lab.set_num_threads(n)
    assert.same(one, all())
  end
  lab.set_num_threads(before)
end)
