--- Index tensors of any shape: reading, assigning, adding, scattering. PyTorch's numbers, equal bits, errors.
local lab = require "optlab"
local compiled = require "tests.support.compiled"
local errors = require "tests.support.errors"
local formula = require "tests.support.formula"
local tensors = require "tests.support.tensors"

local reference = dofile "tests/reference/index_values.lua"
local int64 = tensors.int64
local SHAPES = { e = { 0, 3 }, m = { 7, 9 }, v = { 6 }, w = { 5, 6 }, x = { 5, 4, 3 }, y = { 2, 4, 3 } }
local NAMES = { "e", "m", "v", "w", "x", "y" }

local function evaluate(text, dtype)
  local scope, leaves = { lab = lab, i = function(t) return int64(t) end }, {}
  for k, name in ipairs(NAMES) do
    leaves[k] = formula.centred(1000 * (k - 1), SHAPES[name]):to(dtype):requires_grad_()
    scope[name] = leaves[k]
  end
  scope.w = scope.w:t()
  local result = assert(load("return " .. text, text, "t", scope))()
  return result, leaves
end

local function gradients(y, leaves, options)
  options.allow_unused = true
  return lab.autograd.grad((y * formula.centred(300000, y.shape):to(y.dtype)):sum(), leaves, options)
end

describe("index tensors", function()
  for _, want in ipairs(reference) do
    it(want.lua .. " is PyTorch's", function()
      local y, leaves = evaluate(want.lua, "float64")
      formula.assert_digest(want.result, y, 1e-12, "result")
      for _, create_graph in ipairs { false, true } do
        local grads = gradients(y, leaves, { retain_graph = true, create_graph = create_graph })
        for k, name in ipairs(NAMES) do
          assert.equal(want.grads[name] ~= nil, grads[k] ~= nil, name)
          if grads[k] then formula.assert_digest(want.grads[name], grads[k], 1e-9, "gradient of " .. name) end
        end
      end
    end)
  end

  it("pick the same from float32", function()
    for _, want in ipairs(reference) do
      local y = evaluate(want.lua, "float32")
      formula.assert_digest(want.result, y, 1e-6, want.lua)
    end
  end)

  it("add to gradients that are there, as often as a tensor is read", function()
    local W = lab.zeros(6, 3):requires_grad_()
    local function loss()
      return (W[int64 { 1, 2 }] + W[{ int64 { { 2 }, { 6 } } }]:sum(1) * 2 + W[{ { 3, 4 } }]):sum()
    end
    loss():backward()
    loss():backward()
    assert.same({ 2, 10, 2, 2, 0, 8 }, W.grad:select(2, 1):tolist())
    local part = W[{ { 2, 6 }, { 2, 3 } }]
    W.grad = nil
    W:sum():backward()
    part[int64 { 1, 1, 5 }]:sum():backward()
    assert.same({ { 1, 1, 1 }, { 1, 3, 3 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 2, 2 } }, W.grad:tolist())
  end)
end)

describe("t[positions] = value", function()
  it("writes what broadcasts; the last of several values stays", function()
    local t = lab.zeros(3, 4)
    t[int64 { 1, 3 }] = lab.tensor { 1, 2, 3, 4 }
    assert.same({ { 1, 2, 3, 4 }, { 0, 0, 0, 0 }, { 1, 2, 3, 4 } }, t:tolist())
    t[{ int64 { 2, -1 }, int64 { 2, 4 } }] = 9
    assert.same({ { 1, 2, 3, 4 }, { 0, 9, 0, 0 }, { 1, 2, 3, 9 } }, t:tolist())
    t[{ int64 { 1, 1 }, 1 }] = lab.tensor { 5, 6 }
    assert.equal(6, t[{ 1, 1 }]:item())
    t[{ {}, int64 { 4, 1 } }] = t[{ {}, int64 { 1, 4 } }]
    assert.same({ { 4, 2, 3, 6 }, { 0, 9, 0, 0 }, { 9, 2, 3, 1 } }, t:tolist())
    t[int64 { 1, 2 }] = t[{ { 2, 3 } }]
    assert.same({ { 0, 9, 0, 0 }, { 9, 2, 3, 1 }, { 9, 2, 3, 1 } }, t:tolist())
    local bytes = lab.zeros(3, { dtype = "uint8" })
    bytes[int64 { 2, 3 }] = 255
    assert.same({ 0, 255, 255 }, bytes:tolist())
  end)

  it("leaves the tensor as it was when it fails", function()
    local t = lab.zeros(3, 4)
    errors.fails("t[key] = value: index 4 at position 2 is out of range 1..3", function() t[int64 { 1, 4 }] = 1 end)
    errors.fails("t[key] = value: index 0 at position 1", function() t[int64 { 0 }] = 1 end)
    errors.fails("t[key] = value: shape (3) does not expand to (2, 4)",
      function() t[int64 { 1, 2 }] = lab.ones(3) end)
    errors.fails("t[key]: index tensors of shapes (2) and (3) do not broadcast",
      function() return t[{ int64 { 1, 2 }, int64 { 1, 2, 3 } }] end)
    errors.fails("t[key] = value: int64 holds whole numbers",
      function() lab.zeros(3, { dtype = "int64" })[int64 { 1 }] = 0.5 end)
    assert.equal(0, t:abs():sum():item())
    errors.fails("this tensor requires a gradient", function() lab.zeros(3):requires_grad_()[int64 { 1 }] = 1 end)
  end)
end)

describe("writing to places", function()
  local function m() return lab.arange(1, 7):reshape(2, 3) end

  it("in place does what the form without '_' does", function()
    local source = lab.tensor { { 10, 20, 30 } }
    local calls = {
      index_add = { 1, int64 { 2 }, source }, index_copy = { 1, int64 { 1 }, source },
      index_fill = { 2, int64 { 3, 1 }, 7 }, index_put = { { int64 { 1, 2 }, int64 { 3, 1 } }, 0.5 },
      scatter = { 2, int64 { { 3 }, { 1 } }, 8 }, scatter_add = { 1, int64 { { 2, 2, 1 } }, source },
      scatter_reduce = { 1, int64 { { 2, 2, 1 } }, source, "mean", { include_self = false } },
      masked_scatter = { m():gt(3), source },
    }
    for name, arguments in pairs(calls) do
      local x = m()
      local y = x[name](x, table.unpack(arguments))
      assert.same(m():tolist(), x:tolist())
      assert.is_true(rawequal(x, x[name .. "_"](x, table.unpack(arguments))), name)
      assert.same(y:tolist(), x:tolist(), name)
      assert.not_same(m():tolist(), x:tolist(), name)
    end
  end)

  it("reads index and values before it writes, where they lie in the same memory", function()
    local x = int64 { 2, 3, 4, 5, 6, 1 }
    x[x] = int64 { 3, 3, 3, 3, 3, 1000000000 }
    assert.same({ 1000000000, 3, 3, 3, 3, 3 }, x:tolist())
    x = int64 { 2, 3, 1 }
    assert.same({ 4, 4, 4 }, x:scatter_(1, x, 4):tolist())
    x = int64 { 2, 3, 1 }
    assert.same({ 3, 5, 4 }, x:index_add_(1, x, x):tolist())
  end)

  it("refuses what does not fit", function()
    errors.fails("Tensor:index_add: source must have shape (1, 3), got (3)",
      function() m():index_add(1, int64 { 1 }, lab.ones(3)) end)
    errors.fails("Tensor:index_copy: source must have the dtype of the tensor, float32, got float64",
      function() m():index_copy(1, int64 { 1 }, lab.ones({ 1, 3 }, { dtype = "float64" })) end)
    errors.fails("Tensor:scatter: index 4 at position 1 is out of range 1..3",
      function() m():scatter(2, int64 { { 4 } }, 1) end)
    errors.fails("Tensor:scatter: an index of shape (3, 1) does not fit dimension 2 of shape (2, 3)",
      function() m():scatter(2, int64 { { 1 }, { 1 }, { 1 } }, 1) end)
    errors.fails("Tensor:scatter_add_: src of shape (1, 1) is smaller than the index, which has shape (1, 2)",
      function() m():scatter_add_(2, int64 { { 1, 2 } }, lab.ones(1, 1)) end)
    errors.fails("Tensor:scatter_reduce: index 4 at position 1 is out of range 1..3",
      function() m():scatter_reduce(2, int64 { { 4 } }, m(), "sum") end)
    errors.fails("Tensor:scatter_reduce: src must be a tensor",
      function() m():scatter_reduce(2, int64 { { 1 } }, 1, "sum") end)
    errors.fails("Tensor:scatter_reduce: src must be as deep as the index",
      function() m():scatter_reduce(2, int64 { { 1 } }, lab.tensor(1), "sum") end)
    errors.fails("Tensor:take: index 7 at position 1 is out of range 1..6", function() m():take(int64 { 7 }) end)
    errors.fails("Tensor:masked_scatter: source has 2 elements, the mask has 3 ones",
      function() m():masked_scatter(m():gt(3), lab.ones(2)) end)
    errors.fails("Tensor:index_put: 3 index tensors for a tensor of shape (2, 3)",
      function() m():index_put({ int64 { 1 }, int64 { 1 }, int64 { 1 } }, 1) end)
  end)
end)

describe("scatter_reduce", function()
  it("takes every dtype, and nan as larger and smaller than every number", function()
    local places = int64 { 1, 2, 1, 1 }
    local want = { sum = { 12, 6, 7 }, prod = { 72, 5, 7 }, mean = { 3, 3, 7 }, amax = { 4, 5, 7 }, amin = { 2, 1, 7 } }
    for _, dtype in ipairs { "float32", "float64", "int64", "uint8" } do
      local x = lab.tensor({ 3, 1, 7 }, { dtype = dtype })
      local src = lab.tensor({ 2, 5, 4, 3 }, { dtype = dtype })
      for how, values in pairs(want) do
        local y = x:scatter_reduce(1, places, src, how)
        assert.equal(dtype, y.dtype)
        assert.same(values, y:tolist(), dtype .. " " .. how)
      end
      assert.same({ 4, 5, 7 }, x:scatter_reduce(1, places, src, "amax", { include_self = false }):tolist())
      assert.same({ 2, 5, 7 }, x:scatter_reduce(1, places, src, "amin", { include_self = false }):tolist())
      assert.same({ 24, 5, 7 }, x:scatter_reduce(1, places, src, "prod", false):tolist())
      assert.same({ 3, 5, 7 }, x:scatter_reduce(1, places, src, "mean", false):tolist())
    end
    local x = lab.tensor { 1, 0 / 0, 3 }:scatter_reduce(1, int64 { 1, 2, 3 }, lab.tensor { 0 / 0, 1, 1 }, "amax")
    assert.same({ 1, 1, 0 }, x:isnan():tolist())
    x = lab.tensor { 1, 0 / 0, 3 }:scatter_reduce(1, int64 { 1, 2, 3 }, lab.tensor { 0 / 0, 1, 1 }, "amin")
    assert.same({ 1, 1, 0 }, x:isnan():tolist())
  end)
end)

describe("large indices", function()
  local function results(threads)
    lab.manual_seed(3)
    lab.set_num_threads(threads)
    local W, V = lab.randn(900, 70), lab.randn(40000)
    local rows, places = lab.randint(1, 901, { 70, 60 }), lab.randint(1, 40001, { 90000 })
    local picks = lab.randint(1, 901, { 900, 70 })
    return {
      W[rows], V[places], W:t()[{ {}, rows }], W:index_add(1, rows:reshape(-1), W[rows]:reshape(-1, 70)),
      V:index_add(1, places, V[places]), W:gather(1, picks), W:scatter_add(1, picks, W), W:scatter(1, picks, W),
      W:scatter_reduce(1, picks, W, "prod"), W:t():scatter_reduce(2, picks:t(), W:t(), "amax"),
      W:t():scatter_add(2, picks:t(), W:t()), W:index_put({ rows }, 1.5, { accumulate = true }),
      W:index_copy(1, rows:reshape(-1), W[rows]:reshape(-1, 70)),
    }
  end

  it("give the same bits on any number of threads", function()
    local before = lab.get_num_threads()
    finally(function() lab.set_num_threads(before) end)
    local one = results(1)
    for threads = 2, 3 do
      for k, t in ipairs(results(threads)) do assert.equal(t:numel(), one[k]:eq(t):sum():item()) end
    end
  end)

  it("and in compiled steps", function()
    compiled.same(function()
      local W = lab.randn(9, 4):requires_grad_()
      local index = {}
      for k = 1, 8 do index[k] = lab.randint(1, 10, { 3, 2 }) end
      local opt = lab.optim.SGD({ W }, { lr = 0.1 })
      local memory = lab.zeros(9, 4)
      return {
        tensors = { W, memory }, args = function(k) return index[k] end,
        step = function(i)
          opt:zero_grad()
          local y = W[i] + W[{ i, { 2 } }] * W:gather(1, i[{ 1 }]:reshape(1, 2):expand(2, 2)[{ {}, { 1 } }]):sum()
          local loss = (y ^ 2):sum() + W:scatter_add(1, i[{ { 1, 2 } }], W):sum()
          loss = loss + W:scatter_reduce(1, i[{ { 1, 2 } }], W, "amin"):sum()
          loss:backward()
          opt:step()
          memory[{ i[1], 2 }] = loss:detach()
          memory:index_add_(1, i[2], lab.ones(2, 4))
          return loss
        end,
      }
    end)
  end)
end)
