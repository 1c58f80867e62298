-- The sums over the parts of a batch, and gradients that are handed over while backward goes on, on one rank.
local core = require("optlab.core").dist
local lab = require "optlab"

local nn = lab.nn

-- ((1 + 2) + (3 + 4)) + 5: pairs, then pairs of pairs.
local function in_pairs(list, add)
  while #list > 1 do
    local above = {}
    for i = 1, #list, 2 do above[#above + 1] = list[i + 1] and add(list[i], list[i + 1]) or list[i] end
    list = above
  end
  return list[1]
end

local function same_bits(a, b) return a:eq(b):sum():item() == a:numel() end

describe("sums over parts", function()
  it("are added in pairs for every number of parts, in buckets of every size", function()
    lab.manual_seed(3)
    for parts = 1, 9 do
      for _, n in ipairs { 1, 7, 5000 } do
        local t = { lab.zeros(n), lab.zeros({n}, {dtype = "float64"}), lab.zeros(2, 3) }
        local s, values = core.sums(t, parts), {}
        for round = 1, 2 do
          for p = 1, parts do
            values[p] = {}
            for i, x in ipairs(t) do
              x:copy_(lab.randn(x.shape):mul(10 ^ (p % 3 * 3)))
              values[p][i] = x:clone()
            end
            for i = #t, 1, -1 do s:put(i) end
          end
          s:wait "spec"
          for i, x in ipairs(t) do
            assert.are.equal(parts, s:take(i))
            local list = {}
            for p = 1, parts do list[p] = values[p][i] end
            assert.is_true(same_bits(x, in_pairs(list, lab.add)), ("%d parts, round %d"):format(parts, round))
          end
        end
      end
    end
  end)

  it("count the parts that have values", function()
    local x = lab.ones(3)
    local s = core.sums({x}, 4)
    for p = 1, 4 do s:put(1, p % 2 == 0) end
    s:wait "spec"
    assert.are.equal(2, s:take(1))
    assert.are.same({2, 2, 2}, x:tolist())
  end)

  it("refuse to be complete before they are", function()
    local s = core.sums({lab.ones(3)}, 2)
    s:put(1)
    assert.error_matches(function() s:wait "train.fit" end, "train.fit: a sum was not complete on rank 0")
  end)
end)

describe("a reducer", function()
  local model, X, y, loss_of

  before_each(function()
    lab.manual_seed(1)
    model = nn.Sequential(nn.Linear(5, 40), nn.Tanh(), nn.Linear(40, 3))
    X, y = lab.randn(8, 5), lab.randn(8, 3)
    loss_of = nn.MSELoss()
  end)

  local function gradients()
    local list = {}
    for i, p in ipairs(model:parameters()) do list[i] = p.grad and p.grad:clone() end
    return list
  end

  local function plain(from, n)
    for _, p in ipairs(model:parameters()) do p.grad = nil end
    loss_of(model(X:narrow(1, from, n)), y:narrow(1, from, n)):backward(lab.tensor(n / 8))
    local list = gradients()
    for _, p in ipairs(model:parameters()) do p.grad = nil end
    return list
  end

  local function reduce(r, parts)
    local n = 8 // parts
    r:start()
    for p = 1, parts do
      local from = 1 + (p - 1) * n
      r:backward(loss_of(model(X:narrow(1, from, n)), y:narrow(1, from, n)), n / 8)
    end
    r:finish(1, "spec")
  end

  it("gives the sum of the parts' gradients, to the bit", function()
    for _, parts in ipairs { 1, 2, 4, 8 } do
      for _, bucket in ipairs { 1, 100, 65536 } do
        local expected = {}
        for p = 1, parts do expected[p] = plain(1 + (p - 1) * (8 // parts), 8 // parts) end
        local r = core.reducer(model:parameters(), parts, bucket)
        for _ = 1, 2 do
          for _, p in ipairs(model:parameters()) do p.grad = nil end
          reduce(r, parts)
          for i, g in ipairs(gradients()) do
            local list = {}
            for p = 1, parts do list[p] = expected[p][i] end
            assert.is_true(same_bits(g, in_pairs(list, lab.add)))
          end
        end
      end
    end
  end)

  it("adds to the gradients that there are, which it puts aside meanwhile", function()
    local r = core.reducer(model:parameters(), 2, 1024)
    reduce(r, 2)
    local once = gradients()
    reduce(r, 2)
    for i, g in ipairs(gradients()) do assert.is_true(same_bits(g, once[i]:add(once[i]))) end
    r:start()
    for _ = 1, 2 do r:backward(loss_of(model(X), y), 1) end
    r:drop "spec"
    for i, g in ipairs(gradients()) do assert.is_true(same_bits(g, once[i]:add(once[i]))) end
  end)

  it("leaves alone what got no gradient in any part", function()
    local unused = lab.ones(3, {requires_grad = true})
    local used = lab.ones(3, {requires_grad = true})
    local r = core.reducer({unused, used}, 2, 1024)
    r:start()
    r:absent()
    r:backward(used:mul(2):sum(), 1)
    r:finish(1, "spec")
    assert.is_nil(unused.grad)
    assert.are.same({2, 2, 2}, used.grad:tolist())
  end)

  it("takes a leaf that is used several times, and one that is the loss", function()
    local w = lab.ones(2, 2, {requires_grad = true})
    local b = lab.ones(1, {requires_grad = true})
    local r = core.reducer({w, b}, 1, 64)
    r:start()
    r:backward(w:matmul(w):mul(w):sum():add(b:sum()), 1)
    r:finish(1, "spec")
    local again = w.grad
    w.grad = nil
    w:matmul(w):mul(w):sum():backward()
    assert.is_true(same_bits(again, w.grad))
    r:start()
    r:backward(b, 3)
    r:finish(1, "spec")
    assert.are.equal(4, b.grad:item())
  end)

  it("does not see other gradients than those of its backward", function()
    local w = lab.ones(2, {requires_grad = true})
    local r = core.reducer({w}, 1, 64)
    r:start()
    local g = lab.autograd.grad(w:mul(3):sum(), w)
    assert.are.same({3, 3}, g:tolist())
    w:mul(5):sum():backward()
    assert.are.same({5, 5}, w.grad:tolist())
  end)

  it("hands a gradient over as soon as it is complete", function()
    -- A backward that fails at the first layer: the last layer's gradients are with the reducer by then.
    local r = core.reducer(model:parameters(), 1, 64)
    r:start()
    local h = X:mul(1)
    local out = model(h):sum()
    h:add_(1)
    assert.error_matches(function() r:backward(out, 1) end, "changed")
    assert.is_nil(model[3].weight.grad)
    r:absent()
    r:finish(1, "spec")
    assert.is_not_nil(model[3].weight.grad)
    assert.is_nil(model[1].weight.grad)
  end)
end)
