--- Operations of tensors against PyTorch's results and gradients, for inputs in order and across, on float32, compiled.
local lab = require "optlab"
local close = require "tests.support.close"
local compiled = require "tests.support.compiled"
local formula = require "tests.support.formula"
local tensors = require "tests.support.tensors"
local cases = dofile "tests/reference/operations_values.lua"

local COTANGENT = 5000 -- where its numbers begin in the stream

-- An entry {shape, values} as a tensor.
local function stored(entry)
  local t = tensors.f64(entry[2])
  return #entry[1] == 0 and t:reshape {} or t:reshape(entry[1])
end

local function input(entry, float)
  local kind, at, shape, more, scale, shift, dtype = table.unpack(entry)
  local x = formula[kind](at, shape, table.unpack(more)) * scale + shift
  return x:to(dtype == "float64" and float or dtype):requires_grad_(dtype == "float64")
end

local function inputs(case, float, change)
  local list = {}
  for i, entry in ipairs(case.inputs) do
    list[i] = input(entry, float)
    if change then list[i] = change(list[i]) end
  end
  return list
end

-- The same tensor with its memory in the opposite order, or with gaps.
local function across(x)
  if x:dim() == 0 then return x end
  local order = {}
  for d = 1, x:dim() do order[d] = x:dim() + 1 - d end
  local y = x:detach()
  y = x:dim() > 1 and y:permute(order):contiguous():permute(order) or lab.stack({ y, y }, 2):t()[1]
  return y:requires_grad_(x.requires_grad)
end

local function call(case, list)
  local f = assert(load("local lab, a, b, c = ... return " .. case.lua))
  return table.pack(f(lab, table.unpack(list)))
end

local function backward(y)
  if y:numel() > 0 then y:backward(formula.centred(COTANGENT, y.shape):to(y.dtype)) end
end

local function check(case, list, tol)
  local results = call(case, list)
  assert.equal(#case.results, results.n)
  for i, want in ipairs(case.results) do
    local got = results[i]
    local w = stored(want)
    assert.same(w:isnan():tolist(), got:isnan():tolist())
    local function finite(t) return lab.where(t:isfinite(), t, t:gt(0):to("float64") * 3 + 5):to("float64") end
    close.tensor(finite(w), finite(got), tol, "result " .. i)
  end
  if not case.grads then return end
  backward(results[1])
  for i, want in ipairs(case.grads) do
    if want and results[1]:numel() > 0 then
      close.tensor(stored { list[i].shape, want }, list[i].grad, math.max(tol, 1e-9), "gradient " .. i)
    end
  end
end

local function same_compiled(case)
  compiled.same(function()
    local list = inputs(case, "float32")
    local leaves = {}
    for i, x in ipairs(list) do
      if x.requires_grad and case.grads then leaves[#leaves + 1] = x end
      if not case.grads then list[i] = x:detach() end
    end
    return { steps = 4, tensors = leaves, args = function() return 1 end, step = function()
      for _, x in ipairs(leaves) do x.grad = nil end
      local results = call(case, list)
      if case.grads then results[1]:sum():backward() end
      return table.unpack(results, 1, results.n)
    end }
  end)
end

describe("an operation gives PyTorch's results and gradients:", function()
  for i, case in ipairs(cases) do
    local shapes = {}
    for k, entry in ipairs(case.inputs) do shapes[k] = "(" .. table.concat(entry[3], ", ") .. ")" end
    it(("%d: %s of %s"):format(i, case.lua, table.concat(shapes, ", ")), function()
      check(case, inputs(case, "float64"), 1e-12)
      check(case, inputs(case, "float64", across), 1e-12)
      if not case.float64 then check(case, inputs(case, "float32"), 2e-5) end
      if not case.eager then same_compiled(case) end
    end)
  end
end)
