--- Every row of the op table gives the same bits on 1, 2 and 3 threads, and in compiled steps: values and gradients of
-- first and second order.
local lab = require "optlab"
local core = require "optlab.core"

local LEAST = 32768 -- elements of a tensor of each row; fewer where work is not shared by elements
local FEWER = { attention = 5000, attention_grad = 5000 }
for name in pairs(require "tests.autograd.samples.linalg") do
  if name ~= "mm" and name ~= "linear" then FEWER[name] = 5000 end
end
for _, name in ipairs { "lu_factor", "lu_permutation", "eigvalsh", "eigvals", "svdvals" } do FEWER[name] = 5000 end

-- --- samples --------------------------------------------------------------------------------------------------------

-- A sample's input, repeated until it is large, with elements that differ a little.
local function enlarged(t)
  local n = 33000
  local copies = t:detach():reshape(-1):tile(n // t:numel() + 1):narrow(1, 1, n)
  return (copies * (1 + 0.01 * lab.arange(n, { dtype = "float64" }):sin())):requires_grad_()
end

local function elementwise()
  local list = {}
  for name, samples in pairs(require "tests.autograd.samples.elementwise") do
    for _, s in ipairs(samples) do
      local large = { name, s[1], once = true } -- gradients of second order have rows of their own
      for i = 2, #s do large[i + 1] = enlarged(s[i]) end
      list[#list + 1] = large
    end
  end
  list[#list + 1] = { "comparisons", function(a, b)
    return a:eq(b), a:ne(b), a:lt(b), a:le(b), a:gt(b), a:ge(b), a:isnan(), a:isinf(), a:isfinite(), a // b
  end, enlarged(lab.tensor { 0.5, -1, 2 }), enlarged(lab.tensor { 0.5, 3 }) }
  list[#list + 1] = { "logic", function(a, b)
    local p, q = a:gt(0), b:gt(0)
    return p:logical_not(), p:logical_and(q), p:logical_or(q), p:logical_xor(q)
  end, enlarged(lab.tensor { 0.5, -1, 2 }), enlarged(lab.tensor { 0.5, 3 }) }
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return list
end

local samples = elementwise()
for _, s in ipairs(require "tests.autograd.samples.large") do samples[#samples + 1] = s end

-- --- what a sample leaves -------------------------------------------------------------------------------------------

local weights = (lab.arange(1, 160000):cos())

-- A sum of all elements with different weights.
local function weighted(tensors)
  local sum = 0
  for i, y in ipairs(tensors) do
    if y.requires_grad then
      sum = sum + (y * weights:narrow(1, i, y:numel()):reshape(y.shape)):sum():to("float64")
    end
  end
  return sum
end

-- Values, gradients, and gradients of these, in one list.
local function results(s)
  local inputs = { table.unpack(s, 3) }
  local all = { s[2](table.unpack(inputs)) }
  local function differentiate(what, create_graph)
    local y = weighted(what)
    if not lab.is_tensor(y) or not y.requires_grad then return {} end
    local g = lab.autograd.grad(y, inputs, { create_graph = create_graph, allow_unused = true })
    local list = {}
    for i = 1, #inputs do list[#list + 1] = g[i] end
    return list
  end
  local first = differentiate(all, false)
  table.move(first, 1, #first, #all + 1, all)
  if not s.once then
    local again = differentiate(differentiate({ s[2](table.unpack(inputs)) }, true), false)
    table.move(again, 1, #again, #all + 1, all)
  end
  for i, t in ipairs(all) do all[i] = t:detach() end
  return all
end

local function same(want, got, what)
  assert.equal(#want, #got, what)
  for i, t in ipairs(want) do
    local equal = t:eq(got[i])
    if t.dtype ~= "int64" then equal = equal:logical_or(t:isnan():logical_and(got[i]:isnan())) end
    assert.equal(t:numel(), equal:sum():item(), ("%s, result %d"):format(what, i))
  end
end

local function with_threads(n, f)
  local before = lab.get_num_threads()
  lab.set_num_threads(n)
  return core.ensure(f, function() lab.set_num_threads(before) end)
end

describe("the same bits", function()
  randomize(false) -- the last spec looks at what the others reached
  local reached = {} -- row -> the most elements of one of its tensors

  for _, s in ipairs(samples) do
    it("of " .. s[1] .. " on any number of threads, and compiled", function()
      local want
      local seen = core.autograd.observe_ops(function() want = with_threads(1, function() return results(s) end) end)
      for row, n in pairs(seen) do reached[row] = math.max(n, reached[row] or 0) end
      same(want, with_threads(2, function() return results(s) end), "2 threads")
      local step = lab.compile(function() return table.unpack(results(s)) end)
      for k = 1, 3 do same(want, with_threads(3, function() return { step() } end), "3 threads, call " .. k) end
      assert.is_true(step.replays > 0, tostring(step) .. tostring(step.reason))
    end)
  end

  it("was asked of every row that computes something", function()
    local missing = {}
    for _, row in ipairs(core.autograd.computing_ops()) do
      local n, least = reached[row] or 0, FEWER[row] or LEAST
      if n < least then missing[#missing + 1] = ("%s: %d of %d elements"):format(row, n, least) end
    end
    assert.equal("", table.concat(missing, "\n"), "samples/large.lua has too small ones, or none")
  end)
end)
